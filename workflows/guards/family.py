"""Who holds a baby now: the focus carer, whoever is linked to the baby, and whoever comes along to the contacts."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from workflows.beside import Known, RecordKind, entries
from workflows.fields.merging import TAKEN_IN
from workflows.guards.people import baby_of
from workflows.histories import standing
from workflows.vocabulary import Facts


def holds_this_baby(facts: Facts, carer: str) -> bool:
    """Whether a carer's record is of this referral's family on the day of the step.

    A link that was ended outweighs that somebody once came along. What was before another became the focus carer was
    another relationship: who came then and holds the baby still is linked to the baby.
    """
    if carer == facts.recorded.get("focus_carer"):
        return True
    links = _links(facts)
    if any(entry["carer"] == carer for entry in links):
        return carer in standing(links, "carer")
    return carer in set(_came_along(facts))


def _links(facts: Facts) -> list[Mapping[str, Any]]:
    """Of the baby's record and those that were merged into it; the record that stands has the last word."""
    baby = baby_of(facts)
    records = _one_baby(facts, baby) if baby else ()
    return [entry for record in records for entry in entries(record.answers, "carers")]


def _one_baby(facts: Facts, record: Known) -> Iterator[Known]:
    for entry in entries(record.answers, TAKEN_IN):
        other = facts.beside.record(RecordKind.INFANT, str(entry["other_record"]))
        if other is not None:
            yield from _one_baby(facts, other)
    yield record


def _came_along(facts: Facts) -> Iterator[str]:
    since = facts.recorded.get("focus_carer_since")
    for contact in facts.entries("contacts"):
        if not isinstance(since, date) or contact["on"] > since:
            yield from (one["carer"] for one in contact.get("participants", ()) if one.get("carer"))
