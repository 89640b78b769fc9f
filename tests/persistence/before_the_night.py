"""Families whose days and clocks revision 0002 has to work out, and the tables as 0001 had them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from zlib import crc32

import sqlalchemy as sa

from persistence.night_tables import flags
from persistence.types import Json, UtcInstant
from tests.casework.families import answers_for
from tests.persistence.families import ESSEX, LEEDS, form
from tests.persistence.populations import Step, Walked, walked
from workflows.registry import chart_for

DAY = date(2026, 3, 2)
ONE_DAY = timedelta(days=1)
RATED = {"relationship_need": "moderate", "motivation": "adequate", "readiness": "adequate"}
ASKED = {"questions": "Which practice?", "contents_read": "yes"}
WATCHED = {"rmg_on": DAY, "holder": "The health visitor", "waiting_would_harm": "no"}
MET = {"setting": "home", "participants": [{"who": "mother", "attended": "yes"}]}
HELD = {"hold_reason": "neonatal_stay"}
LATER, LAST = DAY + 9 * ONE_DAY, DAY + 20 * ONE_DAY
CHECKED: Step = ("pass_checks", DAY, {})
ACCEPTED: Step = ("accept_direct", LATER, {"rmg_on": LATER, "reason": "Direct work", **RATED})
WITHDRAWN: Step = ("withdraw_consent", LATER, {"withdrawn_by": "The mother"})
REOPENED: Step = ("reopen", LAST, {"reason": "Closed by mistake", "consent_on": LAST})

runs_of_0001 = sa.table(
    "night_runs",
    sa.column("id", sa.Uuid()),
    sa.column("as_of", sa.Date()),
    sa.column("by", sa.String()),
    sa.column("state", sa.String()),
    sa.column("started_at", UtcInstant()),
    sa.column("finished_at", UtcInstant()),
    sa.column("examined", sa.Integer()),
    sa.column("counts", Json()),
)
flags_of_0001 = sa.table(
    "flags",
    *(sa.column(c.name, c.type) for c in flags.columns if c.name not in ("id", "service", "quiet_until", "cleared_by")),
)


def family(number: int, *steps: Step, service: str = LEEDS, **otherwise: Any) -> Walked:
    """A family whose steps the pathway lets it take, every one."""
    came = ("receive_referral", DAY, {n: v for n, v in form(number, **otherwise).items() if v is not None})
    case, events = walked(service, f"E-{number}", (came, *steps))
    assert [e.trigger for e in events] == ["receive_referral", *(trigger for trigger, _, _ in steps)]
    return case, events


def edge_cases() -> list[Walked]:
    """Where days and clocks are easily got wrong."""
    return [*babies(), *rated_and_met(), *agreed(), *deferred()]


def babies() -> list[Walked]:
    unborn: dict[str, Any] = {"infant_dob": None, "infant_name": None, "expected_due_date": "2026-06-01"}
    return [
        family(1, infant_dob="2024-02-29"),
        family(2, service=ESSEX, infant_dob="2024-02-29"),
        family(3, service=ESSEX, infant_dob="2024-12-31"),
        family(4, **unborn),
        family(5, ("add_information", LATER, {"infant_dob": LATER}), **unborn),
        family(6, infant_dob=None, expected_due_date=None),
        family(7, relationship_need=None, motivation=None, readiness=None),
    ]


def rated_and_met() -> list[Walked]:
    """Rated twice; and met on a day that was written down after a later one."""
    at_work = (CHECKED, ACCEPTED, ("allocate", LATER, {"clinician": "clin-01"}), ("first_contact", LAST, MET))
    return [
        family(8, CHECKED, ACCEPTED),
        family(9, *at_work, ("record_contact", LAST + ONE_DAY, MET), ("record_contact", LATER, MET)),
        family(10, *at_work, ("withdraw_consent", LAST, {"withdrawn_by": "The mother"})),
    ]


def agreed() -> list[Walked]:
    watched: Step = ("watch_and_wait", DAY, {**WATCHED, "review_on": LAST})
    asked: Step = ("request_information", DAY, {**ASKED, "review_on": LATER})
    held: Step = ("place_hold", DAY, {**HELD, "review_on": LATER})
    held_again: Step = ("place_hold", LAST, {**HELD, "review_on": LAST + ONE_DAY})
    return [
        family(11, CHECKED, watched, WITHDRAWN),
        family(12, CHECKED, watched, WITHDRAWN, REOPENED),
        family(13, asked),
        family(14, asked, ("supply_information", LATER, {}), ("request_information", LAST, ASKED)),
        family(15, held),
        family(16, held, ("resume", LATER, {}), held_again),
        family(17, held, ("review_hold", LATER, {"review_on": LAST})),
    ]


def deferred() -> list[Walked]:
    """By the group: after a hold, before one in which the case was closed by mistake, and before it decided."""
    deferred: Step = ("defer", LATER - ONE_DAY, {"rmg_on": DAY, "reason": "No time was left"})
    first: Step = ("place_hold", DAY + ONE_DAY, {**HELD, "review_on": LAST})
    second: Step = ("place_hold", LATER - ONE_DAY, {**HELD, "review_on": LAST})
    resumed: Step = ("resume", DAY + 3 * ONE_DAY, {})
    return [
        family(18, CHECKED, first, resumed, deferred, second, WITHDRAWN, REOPENED),
        family(19, CHECKED, deferred, ACCEPTED),
        family(20, CHECKED, first, resumed, deferred),
    ]


THEN = frozenset(
    {
        "take_call", "indicate_direct", "indicate_consultation", "give_advice", "signpost", "lapse", "receive_referral",
        "acknowledge", "add_information", "supply_information", "pass_checks", "resubmit", "request_information",
        "defer", "close_without_reply", "reject_incomplete", "tell_outcome", "accept_direct", "accept_assessment",
        "offer_consultation", "watch_and_wait", "decline", "early_concern", "review_to_group", "review_and_close",
        "hold_consultation", "send_summary", "bring_back", "cancel_consultation", "allocate", "unallocate",
        "first_contact", "record_contact", "finish_assessment", "assess_more", "offer_plan", "family_agrees",
        "family_declines", "change_plan", "begin_ending", "discharge", "place_hold", "review_hold", "resume",
        "withdraw_consent", "move_away", "void", "reopen",
    }
)  # fmt: skip
"""The steps that there were before the night."""


def wanderers(number: int) -> Iterator[Walked]:
    """Families that try one step after the other of their pathway, each in an order of its own, some dated back.

    Each third may close and reopen; the others stay open.
    """
    for n in range(1, number + 1):
        service = (LEEDS, ESSEX)[n % 2]
        born = date(2024, 1, 1) + ONE_DAY * (n * 397 % 790)
        steps: list[Step] = [("receive_referral", DAY, form(100 + n, infant_dob=born))]
        chart = chart_for(service)
        then = [move for move in chart.moves if move.trigger in THEN]
        moves = [move for move in then if n % 3 == 0 or not chart.states[move.to].closed]
        by_trigger = list({move.trigger: move for move in moves}.values())
        for turn in range(1, 120):
            throw = crc32(f"{n} {turn}".encode())
            move, on = by_trigger[throw % len(by_trigger)], DAY + ONE_DAY * (turn - throw % 3)
            needed = {field.name: answers_for(move, on)[field.name] for field in move.needs}
            takes = {field.name for field in move.takes}
            again = {name: value for name, value in RATED.items() if name in takes and throw % 5 < 2}
            steps.append((move.trigger, on, {**needed, **again}))
        yield walked(service, f"W-{n}", steps)


def crowd(number: int) -> list[Walked]:
    """So many families alike, that there is something to be killed among."""
    return [walked(LEEDS, f"C-{n}", [("receive_referral", DAY, form(1000 + n))]) for n in range(number)]
