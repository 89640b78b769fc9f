"""What a family has said by the day of a step: on its referral, and on those that were merged into it."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from workflows.beside import RecordKind, entries
from workflows.fields.merging import TAKEN_IN
from workflows.fields.people import WITHOUT_RESPONSIBILITY
from workflows.histories import said_by
from workflows.vocabulary import Facts

Said = Mapping[str, Any]


def said_of(facts: Facts, referral: Mapping[str, object]) -> list[Said]:
    """Entries of `consents`. Who refused on the one referral has not agreed because there were two (H10).

    Of two words of one day that of the referral itself is the later one: it alone is written on since the merge.
    """
    since = referral.get("focus_carer_since")
    return [said for said in said_by(_said(facts, referral), facts.on) if not _ended_with_the_care(said, since)]


def _ended_with_the_care(said: Said, since: object) -> bool:
    """A "no" of one who held the baby without parental responsibility ends when another holds the baby: nobody else
    could take it back. Who has responsibility, or may have, is still heard (requirements X3 S4, "their standing").
    """
    if said["consent_decision"] == "given" or said["consent_standing"] != WITHOUT_RESPONSIBILITY:
        return False
    return isinstance(since, date) and said["consent_said_on"] < since


def _said(facts: Facts, referral: Mapping[str, object]) -> Iterator[Said]:
    for entry in entries(referral, TAKEN_IN):
        other = facts.beside.record(RecordKind.REFERRAL, str(entry["other_record"]))
        if other is not None:
            yield from ({**said, "number": 0} for said in _said(facts, other.answers))
    yield from entries(referral, "consents")
