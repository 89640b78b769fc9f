"""Three questions of the replay that need a line more than it has room for; nothing here is used by the live path."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from casework.case import CaseEvent
from casework.spans import is_working_day
from workflows import Chart, Move


def became(row: Move, event: CaseEvent, folded: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that the newest entry of a list brings with it, from all entries of the list as folded."""
    rule = row.becomes
    if rule is None or event.data.get(rule.only[0]) != rule.only[1] or not {rule.name, rule.value} <= event.data.keys():
        return {}
    name, standing = event.data[rule.name], None
    for entry in folded[row.adds]:
        fits = entry.get(rule.name) == name and entry.get(rule.only[0]) == rule.only[1]
        if fits and rule.value in entry and (standing is None or entry["on"] >= standing["on"]):
            standing = entry
    dated = [day for day in (folded.get(rule.dates), event.effective_on) if day]
    return {name: standing and standing[rule.value], rule.dates: max(dated)}


def still_pending(row: Move, folded: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without the entries that lapse with a step; a list of which none is left is not there."""
    left = dict(folded)
    for name, asked, values in row.lapses:
        stays = [e for e in left.pop(name, []) if asked not in e or (values and e[asked] not in values)]
        left |= {name: stays} if stays else {}
    return left


def counted_from(event: CaseEvent, chart: Chart, clock: str, otherwise: date) -> date:
    """The day from which a clock counts that is started on an opening: hour by hour until the door is open."""
    asked = chart.clocks[clock].from_opening
    if not asked:
        return otherwise
    opens, closes = chart.rules.opening_hours or (0, 24)
    day, hour = event.effective_on, int(event.data.get(asked, f"{opens:02}:00")[:2])
    while not (is_working_day(day) and hour < closes):
        day, hour = day + timedelta(days=1), 0
    return day
