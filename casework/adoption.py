"""Adoption: a child goes on under a new identity, and nothing that people ordinarily read leads back to the old one.

The old record stays whole, under restriction. Which two records are one child stands in one table, and is told only to
the safeguarding lead or the clinical lead, for a reason, and as a reading that is kept (requirements W32, X4.12).
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date
from typing import Any
from uuid import UUID

from casework import limits
from casework.actor import Actor, checked_actor
from casework.case import Attempt, Case, CaseEvent, new_case
from casework.change import Change, Latest, Receipt
from casework.errors import BadRequest, StepRefused
from casework.following import Following
from casework.life.carried import OF_A_CONCERN, carried
from casework.life.concerns import along_with
from casework.life.records import is_one_baby, referrals_of
from casework.lists import LONGEST_REASON
from casework.readings import IDENTITIES
from casework.service import Casework
from casework.store import Store
from workflows import Refusal
from workflows.beside import RecordKind, entries
from workflows.guards.safeguarding import CONCERNS
from workflows.records.infant import RESTRICTED
from workflows.registry import chart_for

GOES_ON = ("infant_dob", "infant_sex", "gestation_weeks")
"""What is the same under the new identity."""

ON_THE_REFERRAL = ("infant_name", "infant_nhs_number", "infant_dob", "postcode", "gp_practice_code")


def adopt(
    clinic: Casework,
    ref: str,
    actor: Actor,
    identity: Mapping[str, Any],
    *,
    reason: str,
    seen: int | Latest,
    on: date | None = None,
    key: str | None = None,
    dry_run: bool = False,
) -> Receipt:
    """Close a baby's record under restriction and open one with the new identity, in one transaction.

    `identity` answers what opening a record asks; the day of birth goes on. Each open referral is closed with the old
    record and goes on from where it stands under the new one, with its days and without its texts, people and consent.
    The receipt alone names both. Raises `StepRefused`, `StaleCase`, `BadRequest`.
    """
    answers = limits.answers(identity)
    why = limits.words(reason, "reason", "Say on what ground.", LONGEST_REASON)
    if clinic.case(ref).chart.kind is not RecordKind.INFANT:
        raise BadRequest("not_an_infant", "It is a baby's record that is adopted. Give its reference.", "reference")
    attempt = Attempt("restrict", checked_actor(actor), clinic.now(), {"reason": why}, on)

    def goes_on(store: Store, old: Case, event: CaseEvent) -> Iterator[Following]:
        new = {**{n: old.answers[n] for n in GOES_ON if n in old.answers}, **answers}
        _another_identity(old, new, event)
        record = new_case(chart_for(old.service, RecordKind.INFANT, event.effective_on))
        yield Following(record, "open_record", new)
        yield from along_with(old, record, OF_A_CONCERN)
        if not dry_run:
            store.keep_identity(old.id, record.id, attempt.actor, attempt.now)
        were_open = list(_that_were_open(store, old, event))
        yield from _referrals_go_on(were_open, event, record, new)
        yield from _concerns_go_on(store, old, {old.id, *(referral.id for referral, _ in were_open)})

    return clinic.make(ref, seen, Change(attempt, ("adopt", answers, why, on), key, dry_run, asked=(goes_on,)))


def _another_identity(old: Case, new: Mapping[str, Any], event: CaseEvent) -> None:
    for name in ("infant_name", "infant_nhs_number", "family"):
        if new.get(name) and new[name] == old.answers.get(name):
            sentence = (
                f"This is the earlier {name.replace('_', ' ')}: it would lead from the new record to the old one."
            )
            raise StepRefused("restrict", event.source, [Refusal("earlier_identity", sentence, (name,))])


def _that_were_open(store: Store, old: Case, event: CaseEvent) -> Iterator[tuple[Case, list[CaseEvent]]]:
    """Those that this act has closed, each with its events up to then; where nothing is written they are open still.

    One that somebody put under restriction by hand, on the same day or before, stays where it is.
    """
    for referral in referrals_of(store, old):
        events = list(store.events(referral.id))
        if referral.open:
            yield referral, events
        elif referral.state == RESTRICTED:
            closing = next(one for one in events if one.seq == referral.placed_by)
            if closing.recorded_at == event.recorded_at:
                yield referral, events[: events.index(closing)]


def _referrals_go_on(
    were_open: Sequence[tuple[Case, list[CaseEvent]]], event: CaseEvent, record: Case, new: Mapping[str, Any]
) -> Iterator[Following]:
    """Each from where it stood, under the identity of the new record."""
    for referral, events in were_open:
        own = {name: record.answers.get(name, new.get(name)) for name in ON_THE_REFERRAL}
        stood = _before(referral, events)
        case, history = carried(stood, events, {n: v for n, v in own.items() if v}, event.recorded_at)
        yield Following(case, "link_records", {"infant": record.reference}, history)


def _concerns_go_on(store: Store, old: Case, goes_on: Set[UUID]) -> Iterator[Following]:
    """Nobody is reminded of a concern on a record that goes on elsewhere, nor on one that was merged into it."""
    for case in (*is_one_baby(store, old), *referrals_of(store, old)):
        if {case.id, store.standing(case).id} & goes_on and entries(case.answers, CONCERNS):
            yield Following(case, "concern_goes_on", again=True)


def _before(referral: Case, events: list[CaseEvent]) -> Case:
    """The referral as it stood before it was closed."""
    case = Case(referral.id, referral.chart, referral.reference)
    for event in events:
        case.apply(event)
    return case


def other_identities(clinic: Casework, ref: str, actor: Actor, why: str) -> tuple[str, ...]:
    """The references of a child's other records, before and after adoption. That somebody asked is kept as a reading.

    Raises `StepRefused` for anybody but the safeguarding lead and the clinical lead, and without a reason.
    """
    asked = clinic.read(ref, actor, why, IDENTITIES)
    with clinic.database.reading() as store:
        return tuple(store.case(other).reference for other in store.identities(asked.case.id))
