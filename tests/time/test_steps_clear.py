"""The step that ends the cause of a flag ends the flag at once, and is named in it; no night is waited for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from casework import Casework
from casework.store import FlagStretch
from tests.casework.families import ESSEX, LEEDS, Family, form
from tests.conftest import Actors, Clock
from tests.time.second_opinion import KINDS
from workflows import Figure

DAYS = {
    "form_reminder": 14, "information_reminder": 10, "outcome": 5, "consultation": 21, "summary": 10,
    "formulation": 14, "ageing_out": 56, "birth_unrecorded": 14, "rating_stale": 56, "silence": 28,
    "call_back": 1, "safeguarding_review": 5, "gp_recheck": 14, "record_location": 14,
}  # fmt: skip
ACCEPTED = ("pass_checks", "accept_direct")
AT_WORK = (*ACCEPTED, "allocate", "first_contact")

Given = Mapping[str, Any]


@dataclass(frozen=True)
class Cause:
    """How a referral comes to a flag of a kind, and the step that ends what it is about.

    In what is given with the opening and with the steps, a whole number stands for the day so many days from then.
    """

    kind: str
    ends: str
    after: int
    way: tuple[str, ...] = ()
    opens: str = "receive_referral"
    service: str = LEEDS
    form: Given = field(default_factory=dict)
    given: Given = field(default_factory=dict)
    at_its_end: Given = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind} by {self.ends}"


AS_THEY_ARE: Given = {"staleness_accepted": "yes", "staleness_reason": "Seen last week."}
"""Of ratings that are old when a clinician is allocated."""

MESSAGE: Given = {"left_at": "10:00", "call_back_number": "0113 496 0000", "urgent": "no"}

UNBORN: Given = {"infant_dob": None, "infant_name": None, "expected_due_date": 20}
CAUSES = [
    Cause("wait_8_weeks", "allocate", 56, ACCEPTED, at_its_end=AS_THEY_ARE),
    Cause("wait_8_weeks", "place_hold", 56, ACCEPTED, at_its_end={"review_on": 30}),
    Cause("wait_8_weeks", "withdraw_consent", 56, ACCEPTED),
    Cause("wait_over_12_weeks", "allocate", 85, ACCEPTED, at_its_end=AS_THEY_ARE),
    Cause("allocated_not_started", "first_contact", 56, (*ACCEPTED, "allocate")),
    Cause("allocated_not_started", "unallocate", 56, (*ACCEPTED, "allocate")),
    Cause("missing_information", "add_information", 0, form={"postcode": None}, at_its_end={"postcode": "LS3 7AB"}),
    Cause("missing_information", "move_away", 0, form={"postcode": None}),
    Cause(
        "missing_warn",
        "add_information",
        0,
        service=ESSEX,
        form={"motivation": None},
        at_its_end={"motivation": "high"},
    ),
    Cause("ack_due", "acknowledge", 7, service=ESSEX),
    Cause("ack_late", "acknowledge", 8, service=ESSEX),
    Cause("callback_due", "take_call", 3, opens="log_voicemail", form=MESSAGE),
    Cause("callback_due", "book_call", 3, opens="log_voicemail", form=MESSAGE),
    Cause("callback_due", "receive_referral", 3, opens="log_voicemail", form=MESSAGE),
    Cause("form_not_received", "receive_referral", 14, ("indicate_direct",), opens="take_call"),
    Cause("form_not_received", "lapse", 14, ("indicate_direct",), opens="take_call"),
    Cause("info_not_received", "supply_information", 10, ("request_information",)),
    Cause("info_not_received", "supply_information", 3, ("request_information",), given={"review_on": 3}),
    Cause("not_listed_for_forum", "accept_direct", 7, ("pass_checks",)),
    Cause("not_listed_for_forum", "defer", 7, ("pass_checks",)),
    Cause("not_listed_for_forum", "decline", 7, ("pass_checks",)),
    Cause("outcome_not_told", "tell_outcome", 5, ACCEPTED),
    Cause("outcome_not_told", "tell_outcome", 5, ("pass_checks", "decline")),
    Cause("watch_review_due", "review_to_group", 92, ("pass_checks", "watch_and_wait"), given={"review_on": 300}),
    Cause("watch_review_due", "review_and_close", 40, ("pass_checks", "watch_and_wait"), given={"review_on": 40}),
    Cause("consultation_due", "hold_consultation", 21, ("pass_checks", "offer_consultation")),
    Cause("summary_due", "send_summary", 10, ("pass_checks", "offer_consultation", "hold_consultation")),
    Cause("formulation_due", "offer_plan", 14, (*AT_WORK, "finish_assessment")),
    Cause("ages_out_before_start", "first_contact", 0, (*ACCEPTED, "allocate"), form={"infant_dob": -700}),
    Cause("ages_out_soon", "add_information", 0, form={"infant_dob": -700}, at_its_end={"infant_dob": -100}),
    Cause("birth_before_start", "record_birth", 0, form=UNBORN, at_its_end={"infant_dob": -1}),
    Cause("birth_unrecorded", "record_birth", 34, form=UNBORN, at_its_end={"infant_dob": -2}),
    Cause("safeguarding_open", "sign_off_safeguarding", 5, ("raise_safeguarding",)),
    Cause("safeguarding_open", "sign_off_safeguarding", 5, ("raise_safeguarding", "move_away")),
    Cause("gp_recheck_after_birth", "recheck_gp", 14, ("record_birth",), form=UNBORN),
    Cause("gp_recheck_after_birth", "move_away", 14, ("record_birth",), form=UNBORN),
    Cause(
        "record_location_after_birth",
        "move_record_entry",
        14,
        ("record_birth", "move_record_entry"),
        form=UNBORN,
        given={"call_recorded_in": "mothers_record"},
        at_its_end={"call_recorded_in": "infants_record"},
    ),
    Cause("hold_review_due", "review_hold", 9, ("place_hold",), given={"review_on": 9}, at_its_end={"review_on": 20}),
    Cause("hold_review_due", "resume", 9, ("place_hold",), given={"review_on": 9}),
    Cause("rating_stale", "add_information", 56, at_its_end={"motivation": "high"}),
    Cause("rating_stale", "allocate", 56, ACCEPTED, at_its_end=AS_THEY_ARE),
    Cause("rating_stale", "rate", 56, ACCEPTED),
    Cause("silent_case", "record_contact", 28, AT_WORK),
    Cause("silent_case", "place_hold", 28, AT_WORK, at_its_end={"review_on": 30}),
    Cause("silent_case", "move_away", 28, AT_WORK),
]


@pytest.fixture
def clinic(casework: Casework, clock: Clock) -> Casework:
    for service in (LEEDS, ESSEX):
        for name, days in DAYS.items():
            casework.nights.enter(service, Figure(name, days, "a letter", clock.today), by="the manager")
    return casework


def dated(given: Given, clock: Clock) -> dict[str, Any]:
    return {n: clock.today + timedelta(days=v) if isinstance(v, int) else v for n, v in given.items()}


def brought_about(cause: Cause, clinic: Casework, clock: Clock, actors: Actors) -> Family:
    """A referral on the morning after the night that found the flag."""
    answers = cause.form if cause.opens == "log_voicemail" else form(clock.today, **dated(cause.form, clock))
    family = Family(clinic, clock, actors.everyone).opens(cause.service, cause.opens, **answers)
    for step in cause.way:
        last = step == cause.way[-1]
        family.does(step, **(dated(cause.given, clock) if last else {}))
    clock.advance(days=cause.after)
    clinic.night()
    assert cause.kind in kinds(clinic, family)
    return family


def kinds(clinic: Casework, family: Family) -> set[str]:
    return {flag.kind for flag in clinic.case_flags(family.id)}


def last_of(clinic: Casework, family: Family, kind: str) -> FlagStretch:
    return [stretch for stretch in clinic.flag_history(family.id) if stretch.kind == kind][-1]


@pytest.mark.parametrize("cause", CAUSES, ids=str)
def test_the_step_that_ends_the_cause_ends_the_flag_at_once_and_is_named(
    cause: Cause, clinic: Casework, clock: Clock, actors: Actors
) -> None:
    family = brought_about(cause, clinic, clock, actors)
    receipt = family.does(cause.ends, **dated(cause.at_its_end, clock))
    assert cause.kind in receipt.cleared_flags
    assert cause.kind not in kinds(clinic, family)
    ended = last_of(clinic, family, cause.kind)
    assert ended.cleared_because == f"{cause.ends}#{receipt.version}"
    assert (ended.cleared_on, ended.cleared_at) == (clock.today, clock.now)
    clock.advance(days=1)
    clinic.night()
    assert cause.kind not in kinds(clinic, family)
    assert last_of(clinic, family, cause.kind) == ended


def test_every_kind_that_can_be_told_from_the_referral_is_among_them() -> None:
    assert {cause.kind for cause in CAUSES} == set(KINDS)


def test_a_step_that_ends_no_cause_leaves_the_flags_as_they_are(clinic: Casework, clock: Clock, actors: Actors) -> None:
    """The control: it is not any step that clears."""
    family = brought_about(Cause("wait_8_weeks", "", 56, ACCEPTED), clinic, clock, actors)
    before = kinds(clinic, family)
    receipt = family.does("add_information", gp_in_area="yes")
    assert receipt.cleared_flags == ()
    assert kinds(clinic, family) == before >= {"wait_8_weeks", "outcome_not_told", "rating_stale"}


def test_a_closing_ends_every_flag_of_the_referral_at_once(clinic: Casework, clock: Clock, actors: Actors) -> None:
    family = brought_about(Cause("wait_8_weeks", "", 56, ACCEPTED, form=UNBORN), clinic, clock, actors)
    before = kinds(clinic, family)
    assert before >= {"wait_8_weeks", "outcome_not_told", "rating_stale", "birth_unrecorded", "birth_before_start"}
    receipt = family.does("move_away")
    assert set(receipt.cleared_flags) == before
    assert kinds(clinic, family) == set()
    because = {stretch.cleared_because for stretch in clinic.flag_history(family.id)}
    assert because == {f"move_away#{receipt.version}"}


def test_a_flag_that_comes_back_is_the_same_flag_with_a_second_stretch(
    clinic: Casework, clock: Clock, actors: Actors
) -> None:
    """Allocated and unallocated again, the wait goes on from the figure that it had: the next night flags it anew."""
    family = brought_about(Cause("wait_8_weeks", "", 56, ACCEPTED), clinic, clock, actors)
    family.does("allocate", **AS_THEY_ARE)
    clock.advance(days=3)
    family.does("unallocate")
    clinic.night()
    stretches = [s for s in clinic.flag_history(family.id) if s.kind == "wait_8_weeks"]
    assert [(s.cleared_because or "").partition("#")[0] for s in stretches] == ["allocate", ""]
