"""Who holds a baby now: the focus carer, whoever is linked to the baby, and whoever comes along to the contacts."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from workflows.beside import RecordKind, entries
from workflows.guards.infant import one_baby, own_infant_record
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
    baby = own_infant_record(facts)
    records = list(one_baby(facts, RecordKind.INFANT, baby.reference)) if baby else []
    return [entry for record in reversed(records) for entry in entries(record.answers, "carers")]


def _came_along(facts: Facts) -> Iterator[str]:
    since = facts.recorded.get("focus_carer_since")
    for contact in facts.entries("contacts"):
        if not isinstance(since, date) or contact["on"] > since:
            yield from (one["carer"] for one in contact.get("participants", ()) if one.get("carer"))
