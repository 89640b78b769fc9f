"""Four hundred services, as the whole country has: nine in ten work as Leeds does, the others as Essex.

The charts of the two are used for all, under other names. Nearly all have the figures of their documents; a handful
entered figures of their own, so that each flag of the pathway is on somewhere and the night has to tell services apart.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from tests.workflows.shipped import ESSEX, LEEDS
from workflows.chart import Chart
from workflows.registry import CHARTS, CURRENT

LIKE_LEEDS, LIKE_ESSEX = 360, 40
ENTERED_ON = date(2026, 1, 5)


def _named(chart: Chart, number: int) -> list[str]:
    service = chart.rules.service
    return [service, *(f"{service}-{n:03}" for n in range(1, number))]


LEEDS_LIKE, ESSEX_LIKE = _named(LEEDS, LIKE_LEEDS), _named(ESSEX, LIKE_ESSEX)
SERVICES = (*LEEDS_LIKE, *ESSEX_LIKE)

ENTERED: dict[str, dict[str, int]] = {
    "leeds-imhs-001": {"wait_first": 42, "wait_over": 71, "forum": 14},
    "leeds-imhs-002": {"form_reminder": 14, "information_reminder": 14, "outcome": 7, "acknowledge": 3},
    "leeds-imhs-003": {"ageing_out": 60, "rating_stale": 56, "silence": 42, "birth_unrecorded": 14},
    "leeds-imhs-004": {"consultation": 28, "summary": 10, "formulation": 14, "watch": 2},
    "together-with-baby-001": {"wait_first": 56, "wait_over": 127, "forum": 14},
    "together-with-baby-002": {"acknowledge": 3, "silence": 42, "formulation": 14, "watch": 3},
}
"""What services entered beside their documents."""


def register() -> None:
    """Every service is a service of this process."""
    for chart, names in ((LEEDS, LEEDS_LIKE), (ESSEX, ESSEX_LIKE)):
        for name in names[1:]:
            rules = replace(chart.rules, service=name, name=name)
            CURRENT[name] = replace(chart, name=name, rules=rules)
            CHARTS[f"{name}@{chart.version}"] = CURRENT[name]


def entered() -> Iterator[tuple[object, ...]]:
    """Rows of `service_figures` without their number."""
    for service, figures in ENTERED.items():
        for name, amount in figures.items():
            yield service, name, amount, "a benchmark", ENTERED_ON, "manager", f"{ENTERED_ON} 09:00:00"


def figure_of(service: str, name: str) -> int | None:
    """The amount in force; None: off."""
    published = (LEEDS if service in _LEEDS_LIKE else ESSEX).rules.figures
    return ENTERED.get(service, {}).get(name) or next((f.amount for f in published if f.name == name), None)


_LEEDS_LIKE = frozenset(LEEDS_LIKE)
