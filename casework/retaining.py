"""Until when the record of a baby is kept, and by which rule. A day to look on: nothing is deleted by it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from casework.case import Case
from casework.figures import figures_with
from casework.life.records import infant_of, is_one_baby, referrals_of
from casework.lists import Lists, id_of
from casework.store import Store
from workflows.beside import RecordKind, entries
from workflows.retention import RULES, LifeOfRecord, Retention, retain_until

IN_NO_COUNT = ("void", "merged")
"""A referral that is no life of its own: it neither keeps the record open nor is its last closing."""


def retention(casework: Lists, case: str | UUID) -> Retention | None:
    """Of a referral or a baby's record, as of today; None of any other record. Raises `NoSuchCase`."""
    with casework.database.reading() as store:
        found = store.case(id_of(store, case))
        if found.chart.kind not in (RecordKind.REFERRAL, RecordKind.INFANT):
            return None
        figure = figures_with({found.service: store.figures(found.service)})
        in_force = {rule.figure: figure(found.service, rule.figure, casework.today()) for rule in RULES}
        years = {name: known.amount if known else None for name, known in in_force.items()}
        return retain_until(_life(store, found), years)


def _life(store: Store, case: Case) -> LifeOfRecord:
    """A record that was merged into another is kept as long as that one: they are of one baby."""
    stands = store.standing(case)
    infant = stands if case.chart.kind is RecordKind.INFANT else infant_of(store, stands)
    referrals = referrals_of(store, infant) if infant else tuple(is_one_baby(store, stands))
    records = [*([infant] if infant else []), *referrals]
    concerned = any(entries(record.answers, "concerns") for record in records)
    return LifeOfRecord(
        _day(records, "infant_dob"), _last_closing(referrals), _day(records, "lost_on"), open_concern=concerned
    )


def _day(records: Sequence[Case], name: str) -> date | None:
    """What the baby's own record says, else the first referral that says it."""
    return next((record.answers[name] for record in records if record.answers.get(name)), None)


def _last_closing(referrals: Sequence[Case]) -> date | None:
    counted = [referral for referral in referrals if referral.state not in IN_NO_COUNT]
    closed = [referral.closed_on for referral in counted or referrals]
    return max((day for day in closed if day), default=None) if all(closed) else None
