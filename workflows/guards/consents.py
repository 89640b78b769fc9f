"""What a family has said by the day of a step: on its referral, and on those that were merged into it."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.beside import RecordKind, entries
from workflows.fields.merging import TAKEN_IN
from workflows.histories import said_by
from workflows.vocabulary import Facts

Said = Mapping[str, Any]


def said_of(facts: Facts, referral: Mapping[str, object]) -> list[Said]:
    """Entries of `consents`. Who refused on the one referral has not agreed because there were two (H10).

    Of two words of one day that of the referral itself is the later one: it alone is written on since the merge.
    """
    return said_by(_said(facts, referral), facts.on)


def _said(facts: Facts, referral: Mapping[str, object]) -> Iterator[Said]:
    for entry in entries(referral, TAKEN_IN):
        other = facts.beside.record(RecordKind.REFERRAL, str(entry["other_record"]))
        if other is not None:
            yield from ({**said, "number": 0} for said in _said(facts, other.answers))
    yield from entries(referral, "consents")
