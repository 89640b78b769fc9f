"""Which baby's record a referral is about, and the record that is opened by the first step that needs one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from casework.actor import Actor
from casework.case import Attempt, Case, CaseEvent, new_case
from casework.following import Following
from casework.store import Store
from casework.surroundings import Surroundings
from workflows.beside import RecordKind, entries
from workflows.guards.people import taken_in_with
from workflows.records.infant import RESTRICTED
from workflows.registry import chart_named

CARRIED = (
    "infant_name", "infant_nhs_number", "infant_dob", "expected_due_date", "postcode", "gp_practice_code", "infant_sex",
    "babies_born", "birth_order", "gestation_weeks", "family",
)  # fmt: skip
"""What a referral knows of its baby, in the names that the baby's record has for it."""


def infant_of(store: Store, referral: Case) -> Case | None:
    """The baby's record that a referral is about: the one it names, else the one that was opened by it, else the one
    of a referral that was merged into it.
    """
    opened: Sequence[Case] = ()
    if not (named := referral.answers.get("infant")):
        opened = store.linked(referral.service, RecordKind.INFANT, "first_referral", referral.reference)
        named = taken_in_with(referral.answers)
    if opened or not named:
        return opened[0] if opened else None
    found = store.record(referral.service, RecordKind.INFANT, str(named))
    return store.standing(found) if found else None


def referrals_of(store: Store, infant: Case) -> tuple[Case, ...]:
    """Every referral that is about a baby, open or closed, in the order in which they were opened."""
    found: dict[UUID, Case] = {}
    for record in is_one_baby(store, infant):
        found.update((c.id, c) for c in store.linked(record.service, RecordKind.REFERRAL, "infant", record.reference))
        first = record.answers.get("first_referral")
        opened_by = store.record(record.service, RecordKind.REFERRAL, str(first)) if first else None
        if opened_by and opened_by.answers.get("infant") in (None, record.reference):
            found.setdefault(opened_by.id, opened_by)
    return tuple(sorted(found.values(), key=lambda case: case.id))


def is_restricted(case: Case) -> bool:
    """Whether no ordinary search, list or link leads to a record. A referral that had ended keeps how it ended."""
    return case.state == RESTRICTED or bool(case.answers.get("restricted_on"))


def is_one_baby(store: Store, record: Case) -> Iterator[Case]:
    """A baby's record or a referral, and those that were merged into it."""
    yield record
    for entry in entries(record.answers, "taken_in"):
        other = store.record(record.service, record.chart.kind, str(entry["other_record"]))
        if other is not None:
            yield from is_one_baby(store, other)


def opened_for(store: Store, referral: Case, **more: Any) -> Following:
    """The opening of the record of a referral's baby, with what the referral knows; `more` is what it does not.

    It opens as born where the date of birth is known. Ask `infant_of` first: this one does not look for a record.
    """
    data = {name: value for name, value in known_of(referral, more).items() if name in CARRIED}
    born = "infant_dob" in data
    chart = chart_named(f"{referral.chart.name}.{RecordKind.INFANT}@{referral.chart.version}")
    data = {n: v for n, v in data.items() if n in chart.fields and (born or n != "gestation_weeks")}
    case = new_case(chart)
    return Following(case, "open_record" if born else "open_unborn", {**data, "first_referral": referral.reference})


def may_be_opened(referral: Case) -> bool:
    """Whether enough is known of a referral's baby for a record: when it was born, or is due."""
    return bool(referral.answers.get("infant_dob") or referral.answers.get("expected_due_date"))


def known_of(referral: Case, more: Mapping[str, Any]) -> dict[str, Any]:
    return {**{n: v for n, v in referral.answers.items() if n in CARRIED}, **{n: v for n, v in more.items() if v}}


def step_of_infant(
    store: Store, referral: Case, event: CaseEvent, trigger: str, data: Mapping[str, Any] | None = None
) -> Following:
    """A step on the record of a referral's baby, which is opened first where there is none.

    `event` is the referral's, from which the step follows: the record is opened by the same person on the same day.
    """
    found = infant_of(store, referral)
    if found is not None:
        return Following(found, trigger, data or {})
    case, history = after_opening(store, opened_for(store, referral), referral, event)
    return Following(case, trigger, data or {}, history)


def after_opening(
    store: Store, opening: Following, referral: Case, cause: CaseEvent
) -> tuple[Case, tuple[CaseEvent, ...]]:
    """A new record as it stands once it is open, and the event that opened it, for a further step in the same act."""
    on = None if cause.effective_at else cause.effective_on
    actor = Actor(cause.actor, (), cause.via)
    attempt = Attempt(opening.trigger, actor, cause.recorded_at, opening.data, on, follows=True)
    event = opening.case.fire(attempt, beside=Surroundings(store, opening.case, [referral]))
    opening.case.apply(event)
    return opening.case, (event,)
