"""The figures of the services here: what their documents say, and what they entered since."""

from collections.abc import Mapping

from workflows.figures import Figure, Lookup, lookup
from workflows.registry import CURRENT, published


def figures_with(entered: Mapping[str, tuple[Figure, ...]]) -> Lookup:
    """Every service's figures, those of its documents and those it entered, as one question."""
    return lookup({service: published(service) for service in CURRENT}, entered)
