"""The guard of the four names: imported first, it raises where another package stands in front of one of ours."""

from importlib.util import find_spec
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
SIBLINGS = ("workflows", "persistence", "jobs")


def found(name: str) -> Path | None:
    """Where Python would import a package or module of that name from."""
    spec = find_spec(name)
    if spec is None:
        return None
    return Path(next(iter(spec.submodule_search_locations or [spec.origin or ""]))).resolve()


for _sibling in SIBLINGS:
    if (_place := found(_sibling)) != HOME / _sibling:
        raise ImportError(
            f"casework needs its own package {_sibling!r} beside it, in {HOME}; Python found {_place or 'none'}. "
            "Another package of that name stands in front: run casework as a process of its own, or rename the other."
        )
