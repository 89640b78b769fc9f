"""Faults that somebody could make in casework, one at a time: the same lives have to find each of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from casework import aside, consequences
from casework import case as cases
from casework.case import Case, CaseEvent
from casework.life import births
from casework.store import Store
from workflows import Move
from workflows.beside import RecordKind
from workflows.guards.merging import duplicate_of_the_same_baby
from workflows.guards.people import one_focus_carer
from workflows.guards.pregnancy import lost_of_several
from workflows.guards.safeguarding import no_open_concern
from workflows.registry import CHARTS, CURRENT

Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Fault:
    """`often`: the steps that come more often, so that it is met soon."""

    says: str
    plant: Plant
    often: tuple[str, ...]


def rows(trigger: str, **changed: Any) -> Plant:
    """The rows of a step, altered in every service."""
    return _altered(lambda row: replace(row, **changed) if row.trigger == trigger else row)


def without(guard: Any) -> Plant:
    """A guard that no row asks any more."""
    return _altered(lambda row: replace(row, only_if=tuple(g for g in row.only_if if g is not guard)))


def _altered(alter: Callable[[Move], Move]) -> Plant:
    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        for charts in (CHARTS, CURRENT):
            for name, chart in list(charts.items()):
                if chart.kind is RecordKind.REFERRAL:
                    monkeypatch.setitem(charts, name, replace(chart, moves=tuple(map(alter, chart.moves))))

    return plant


def nothing_follows(kind: RecordKind, trigger: str) -> Plant:
    return lambda monkeypatch: monkeypatch.setitem(consequences.RULES, (kind, trigger), ())


def _dated_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin's referral begins on the day of the split."""
    copied = births._copied

    def today(event: CaseEvent, case: Case, cause: CaseEvent) -> CaseEvent:
        return replace(copied(event, case, cause), effective_on=cause.effective_on, effective_at=cause.effective_at)

    monkeypatch.setattr(births, "_copied", today)


def _twin_lost_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loss of one baby closes the other one's referral."""

    def all_of_them(store: Store, referral: Case, event: CaseEvent) -> Iterator[consequences.Following]:
        first = referral.answers.get("split_from")
        other = store.record(referral.service, RecordKind.REFERRAL, str(first)) if first else None
        if other is not None and other.open:
            yield consequences.Following(other, "record_loss", {n: event.data[n] for n in _OF_A_LOSS})

    kept = consequences.RULES[RecordKind.REFERRAL, "record_loss"]
    monkeypatch.setitem(consequences.RULES, (RecordKind.REFERRAL, "record_loss"), (*kept, all_of_them))


def _hold_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """A referral that was merged and stands again is on hold no more."""
    stands = aside.stand_again

    def without_hold(case: Case) -> None:
        stands(case)
        case.held_since = None

    monkeypatch.setattr(cases, "stand_again", without_hold)


def _twin_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second parent's referral, split, opens a second record of the other baby."""
    monkeypatch.setattr(births, "_known_twin", lambda *asked: None)


_only_here = nothing_follows(RecordKind.INFANT, "record_loss")
_raised_there_alone = nothing_follows(RecordKind.REFERRAL, "raise_safeguarding")
_OF_A_LOSS = ("lost_on", "confirmed_by", "confirmed_from", "family_told")
BORN = ("record_birth", "split_multiple") * 6
LOST = ("record_loss",) * 12
RAISED = ("raise_safeguarding",) * 8
SIGNED = ("sign_off_safeguarding",) * 8
LINKED = ("link_records",) * 12

FAULTS = (
    Fault("a loss leaves a letter pending", rows("record_loss", forgets=()), ("prepare_letter", *LOST) * 2),
    Fault("a birth ends the wait", rows("record_birth", stops=("total_time",)), BORN),
    Fault("a concern is signed off by nobody", rows("sign_off_safeguarding", needs=()), (*RAISED, *SIGNED)),
    Fault("a second focus carer is let in", without(one_focus_carer), LINKED),
    Fault("a hold lets everything through", _altered(lambda row: replace(row, while_held=True)), ("place_hold",) * 10),
    Fault("a split loses the dates", _dated_anew, BORN * 2),
    Fault("an open concern keeps nothing from ending", without(no_open_concern), (*RAISED, "close_disengaged", "void")),
    Fault("a concern on a merged entry holds nothing", _raised_there_alone, (*RAISED, "merge_into") * 2),
    Fault("a loss stays on one of the baby's referrals", _only_here, (*LINKED, *LOST)),
    Fault("the loss of one twin closes the other's referral", _twin_lost_too, (*BORN, *LOST)),
    Fault("a twin has a record for each parent", _twin_not_known, BORN * 2),
    Fault("a twin's referral is voided as a duplicate", without(duplicate_of_the_same_baby), (*BORN, *["void"] * 12)),
    Fault("a loss before the birth ends the way of both twins", without(lost_of_several), LOST),
    Fault("a merge ends a hold", _hold_forgotten, ("place_hold", "merge_into", "unmerge") * 8),
)
