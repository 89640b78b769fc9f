"""What may happen to a referral, by whom and under which rule: pathways as tables.

This package knows nothing of cases, databases or clocks on the wall. It answers questions that are
put to it with `Facts`, and every answer is data.
"""

from workflows.chart import Chart, UnsoundChart
from workflows.figures import Figure, WaitFigures
from workflows.vocabulary import (
    Clock,
    Facts,
    Field,
    Kind,
    Move,
    Part,
    Refusal,
    Role,
    ServiceRules,
    Stage,
    State,
)

__all__ = [
    "Chart",
    "Clock",
    "Facts",
    "Field",
    "Figure",
    "Kind",
    "Move",
    "Part",
    "Refusal",
    "Role",
    "ServiceRules",
    "Stage",
    "State",
    "UnsoundChart",
    "WaitFigures",
]
