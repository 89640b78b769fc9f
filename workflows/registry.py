"""Every live chart, listed by hand. A chart stays here as long as a case is pinned to it."""

from workflows.chart import Chart
from workflows.services.essex_v1 import ESSEX
from workflows.services.leeds_v1 import LEEDS

CHARTS: dict[str, Chart] = {c.id: c for c in (LEEDS, ESSEX)}
CURRENT: dict[str, Chart] = {c.rules.service: c for c in (LEEDS, ESSEX)}
"""The chart that a new referral of each service is pinned to."""


class UnknownService(LookupError):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"There is no such service here. Services: {', '.join(CURRENT)}.")


class UnknownPathway(LookupError):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"There is no such pathway here. Pathways: {', '.join(CHARTS)}.")


def chart_for(service: str) -> Chart:
    """The pathway of a service today. Raises `UnknownService`."""
    try:
        return CURRENT[service]
    except KeyError:
        raise UnknownService(service) from None


def chart_named(name: str) -> Chart:
    """A pathway by `name@version`, or by name alone: then the current one. Raises `UnknownPathway`."""
    try:
        return CHARTS[name] if "@" in name else CURRENT[name]
    except KeyError:
        raise UnknownPathway(name) from None
