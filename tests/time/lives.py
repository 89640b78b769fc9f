"""Random referrals: real steps of the pathway, on days that are hard to count, some of them recorded late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from casework import Actor, StepRefused
from casework.case import Attempt, Case, CaseEvent
from casework.identity import new_id
from tests.casework.families import SPECIAL, asked_of, example, numbered
from tests.time.almanac import BANK_HOLIDAYS
from tests.time.second_opinion import ASKED, Entry
from tests.time.story import RATINGS, Step, Story
from workflows import Field, Figure, Move, Role
from workflows.engine import engine_of
from workflows.figures import FIGURES
from workflows.registry import chart_for

EVERYONE = Actor("everyone", Role)
LONDON = ZoneInfo("Europe/London")
ONE_DAY = timedelta(days=1)
SERVICES = ("leeds-imhs", "together-with-baby")
EARLIEST, LATEST = date(2012, 1, 2), date(2026, 6, 30)
"""A life ends by the end of 2028, the last day of the written-out list of bank holidays."""

WEIGHTS = {
    "receive_referral": 4, "take_call": 2, "indicate_direct": 8, "indicate_consultation": 8, "pass_checks": 8,
    "accept_direct": 40, "accept_assessment": 40, "allocate": 40, "first_contact": 40, "finish_assessment": 40,
    "offer_plan": 16, "family_agrees": 16, "begin_ending": 6, "assess_more": 2, "change_plan": 2, "unallocate": 3,
    "defer": 2, "bring_back": 2, "watch_and_wait": 3, "offer_consultation": 5, "hold_consultation": 6,
    "supply_information": 8, "request_information": 2, "add_information": 2, "record_contact": 6, "acknowledge": 1.5,
    "tell_outcome": 1.5, "place_hold": 1.5, "review_hold": 3, "resume": 6, "reopen": 6, "discharge": 2,
    "void": 0.05, "withdraw_consent": 0.2, "move_away": 0.2, "reject_incomplete": 0.3, "resubmit": 4,
    "signpost": 0.4, "decline": 0.4, "lapse": 0.5, "give_advice": 0.3,
    "record_birth": 3, "recheck_gp": 0.5, "move_record_entry": 0.5, "record_loss": 0.2, "undo_loss": 3,
    "raise_safeguarding": 0.6, "sign_off_safeguarding": 1, "carer_died": 0.2, "contact_ended": 0.2, "retain": 0.3,
    "change_focus_carer": 0.5, "new_carer_to_group": 0.4, "transfer_in": 0.5, "offer_transfer": 0.3,
    "transfer_accepted": 0.3, "close_after_hold": 0.3, "close_contact_ended": 0.1, "close_disengaged": 0.1,
    "close_aged_out": 0.2, "no_longer_needed": 0.1, "log_voicemail": 1, "log_missed_call": 0.5, "book_call": 3,
    "not_reached": 1, "caller_missed": 2, "advise_watching": 1.5, "rate": 1, "record_missed": 1, "record_session": 3,
    "early_concern": 1, "review_to_group": 1, "review_and_close": 1, "cancel_consultation": 1, "send_summary": 0.6,
    "family_declines": 1, "close_without_reply": 1,
    "add_note": 0.4, "mark_third_party": 0.4, "unmark": 0.4, "record_document": 0.4, "record_questionnaire": 0.4,
    "record_network": 0.3, "end_network": 0.3, "record_sharing": 0.3, "set_goal": 2, "rate_goal": 2,
    "record_measure": 2, "review_plan": 2, "start_cowork": 0.4, "end_cowork": 0.6, "book_appointment": 0.6,
    "change_clinician": 0.6, "review_safeguarding": 0.6, "escalate_safeguarding": 0.4, "link_records": 0.3,
    "link_consultation": 0.3, "join_family": 0.3, "leave_family": 0.5, "say_not_the_same": 0.2, "triage_rate": 3,
    "transfer_refused": 0.3,
}  # fmt: skip
GAPS = (0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 10, 14, 20, 28, 30, 31, 55, 56, 57, 84, 85, 92, 150)
HOURS = (time(0, 0), time(0, 30), time(1, 30), time(2, 30), time(9, 15), time(12, 0), time(23, 59))
NAMES_A_FAMILY = ("infant_name", "carer_name", "referrer_contact")


class Dice(Random):
    """Seeded, so that a history that fails can be had again."""

    def often(self, chance: float) -> bool:
        return self.random() < chance

    def near(self, day: date) -> date:
        """A day at or soon after one, rather one that is hard to count."""
        hard = [d for d in (day + ONE_DAY * n for n in range(12)) if is_hard(d)]
        return self.choice(hard) if hard and self.often(0.5) else day


def is_hard(day: date) -> bool:
    """Bank holidays, the ends of months, 29 February, Christmas, and the Sundays on which the clocks change."""
    clocks_change = day.month in (3, 10) and day.day > 24 and day.isoweekday() == 7
    return day in BANK_HOLIDAYS or (day + ONE_DAY).day == 1 or clocks_change or (day.month, day.day) == (2, 29)


@dataclass(slots=True)
class Life:
    """One referral: as casework has it, and as plain steps beside it with the day on which each was recorded."""

    case: Case
    from_paper: bool = False
    events: list[CaseEvent] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    recorded: list[date] = field(default_factory=list)

    @property
    def service(self) -> str:
        return self.case.service

    def story(self) -> Story:
        return Story(self.service).tell(self.steps)

    def known_of(self, day: date, *, then: bool) -> list[Step]:
        """The steps up to a past day; `then`: only those that had been recorded by its end."""
        kept = zip(self.steps, self.recorded, strict=True)
        return [step for step, recorded in kept if step[0] <= day and (recorded <= day or not then)]

    def take(self, trigger: str, today: date, data: Mapping[str, Any], dice: Dice, back: int = 0) -> bool:
        """A step, recorded today; `back`: taken so many days before. False where the pathway does not allow it."""
        now = datetime.combine(today, dice.choice(HOURS), LONDON).astimezone(UTC)
        on = None if not back and dice.often(0.5) else today - ONE_DAY * back
        try:
            event = self.case.fire(Attempt(trigger, EVERYONE, now, data, on, imported=self.from_paper))
        except StepRefused:
            return False
        self.case.apply(event)
        self.events.append(event)
        self.steps.append((today - ONE_DAY * back, trigger, event.data))
        self.recorded.append(today)
        return True


def a_life(dice: Dice, number: int, begin: date, until: date, *, most: int = 24) -> Life:
    """A referral from its first step on, up to a day at the latest."""
    life = Life(Case(new_id(), chart_for(dice.choice(SERVICES)), f"R-{number}"), dice.often(0.15))
    today = dice.near(begin)
    for _ in range(dice.randint(3, most)):
        if today > until:
            break
        step_of(life, dice, number, today)
        today = dice.near(today + ONE_DAY * dice.choice(GAPS))
        if not life.case.open and life.events and dice.often(0.4):
            break
    return life


def step_of(life: Life, dice: Dice, number: int, today: date) -> bool:
    """One step that may be taken from where the referral is, picked at random, perhaps recorded late."""
    back = dice.choice((1, 2, 3, 7, 20, 45)) if life.events and dice.often(0.2) else 0
    if (row := row_of(life.case, dice)) is None:
        return False
    given = answers(row, life.case, dice, number, today - ONE_DAY * back)
    if life.from_paper:
        given = {name: answer for name, answer in given.items() if name in ON_PAPER or dice.often(0.5)}
    return life.take(row.trigger, today, given, dice, back)


ON_PAPER = ("rmg_on", "review_on")
"""What a paper record of these steps always has. Of the rest it may lack anything."""


def row_of(case: Case, dice: Dice) -> Move | None:
    useless = _useless(case)
    rows = [row for row in case.chart.moves if row.source == case.state and row.trigger not in useless]
    rows = [row for row in rows if row.trigger in WEIGHTS and (row.while_held or not case.held_since)]
    triggers = tuple(dict.fromkeys(row.trigger for row in rows))
    if not triggers:
        return None
    trigger = dice.choices(triggers, [WEIGHTS[t] for t in triggers])[0]
    return engine_of(case.chart).row(case.state, trigger, case.answers)


def _useless(case: Case) -> set[str]:
    """Steps that are refused whatever is said with them: there is nothing that they could be about."""
    found = {"place_hold"} if case.held_since else {"review_hold", "resume"}
    found |= {"record_birth"} if "infant_dob" in case.answers else set()
    return found | {trigger for trigger, kept in _SETTLING if not case.answers.get(kept)}


_SETTLING = (
    ("end_cowork", "coworking"), ("end_network", "network"), ("unmark", "marks"), ("rate_goal", "goals"),
    ("leave_family", "family"), ("sign_off_safeguarding", "concerns"),
    ("review_safeguarding", "concerns"), ("escalate_safeguarding", "concerns"),
    ("transfer_accepted", "transfer_offered_on"), ("transfer_refused", "transfer_offered_on"),
)  # fmt: skip


def answers(row: Move, case: Case, dice: Dice, number: int, on: date) -> dict[str, Any]:
    given = {asked.name: _answer(asked, dice, on) for asked in asked_of(row)} | numbered(row, case)
    takes = {asked.name for asked in row.takes}
    if "eligibility_decision" in takes:
        given |= {"eligibility_decision": "Talked over.", "override_reason": "Agreed.", "second_clinician": "B. Second"}
    if row.trigger in ("change_focus_carer", "new_carer_to_group"):
        asks = {"consent_on": on, "carer_relationship": "father", "primary_carer": "yes"}
        given |= {**asks, "carer_name": f"carer_name of {number}, another"}
    if "review_on" in takes and dice.often(0.5):
        given["review_on"] = on + ONE_DAY * dice.randint(0, 60)
    if "referrer_words" in takes:
        given |= _of_the_form(row, case, dice, number, on)
    elif "motivation" in takes and dice.often(0.3):
        given |= {name: dice.choice(("adequate", "high")) for name in RATINGS[1:]}
    return {name: value for name, value in given.items() if name in takes | {asked.name for asked in row.needs}}


def _answer(asked: Field, dice: Dice, on: date) -> Any:
    match asked.name:
        case "review_on":
            return on + ONE_DAY * dice.choice((0, 1, 7, 30, 90, 200))
        case "contents_read" | "plan_shared":
            return "yes"
        case "waiting_would_harm":
            return "no"
        case "relationship_need":
            return dice.choice(("low", "moderate"))
        case "motivation" | "readiness":
            return dice.choice(("adequate", "high"))
        case "left_at":
            return dice.choice(("08:00", "12:30", "16:59", "17:00", "23:15"))
        case "void_reason":
            return "entered_in_error"
        case "retain_until":
            return on + ONE_DAY * dice.choice((1, 30, 200))
        case "call_recorded_in":
            return dice.choice(asked.choices)
        case "babies_born":
            return 1
        case "infant_dob":
            return on - ONE_DAY * dice.choice((0, 0, 3, 20))
    return SPECIAL.get(asked.name, example(asked, on))


def _of_the_form(row: Move, case: Case, dice: Dice, number: int, on: date) -> dict[str, Any]:
    """What comes with a form: nearly all at first; later what is missing, a birth, or a new rating."""
    whole = {f.name: _answer(f, dice, on) for f in row.takes if f.name in (*ASKED[case.service], *RATINGS, *BLAMELESS)}
    whole |= {name: f"{name} of {number}" for name in NAMES_A_FAMILY if name in whole}
    if case.answers.get("received_on") is None:
        whole |= _baby(dice, on)
        gone = dice.sample(sorted(whole), dice.choice((0, 0, 0, 1, 2)))
        return {name: value for name, value in whole.items() if name not in gone}
    given = {name: whole[name] for name in case.gaps if name in whole and dice.often(0.8)}
    if "infant_dob" not in case.answers and dice.often(0.4):
        given["infant_dob"] = on - ONE_DAY * dice.choice((0, 1, 5, 40))
    if row.trigger == "add_information" and dice.often(0.4):
        rated = dice.choice(RATINGS)
        given[rated] = whole[rated]
    return given


BLAMELESS = ("relationship_at_risk", "gp_in_area")
"""Answers of the form for which yes speaks for nothing against the family."""


def _baby(dice: Dice, on: date) -> dict[str, Any]:
    """Born, and of any age up to two years and a little; or not yet; or nobody knows."""
    if dice.often(0.35):
        return {"expected_due_date": on + ONE_DAY * dice.randint(-20, 200)}
    if dice.often(0.05):
        return {}
    born = dice.near(on - ONE_DAY * dice.choice((0, 30, 200, 400, 600, 640, 690, 715, 728, 729)))
    return {"infant_dob": min(born, on)}


def random_figures(dice: Dice, begin: date) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
    """The figures of a service: what its documents say, and what it entered; some off, some changed on a day."""
    published, entered = [], []
    for name in FIGURES:
        if dice.often(0.8):
            published.append(Figure(name, _amount(dice, name), "an invented page"))
        for _ in range(dice.choice((0, 0, 1, 2))):
            amount = None if dice.often(0.2) else _amount(dice, name)
            entered.append(Figure(name, amount, "an invented letter", begin + ONE_DAY * dice.randint(0, 400)))
    return tuple(published), tuple(entered)


def _amount(dice: Dice, name: str) -> int:
    match name:
        case "wait_first":
            return dice.choice((7, 28, 42, 56, 57))
        case "wait_over":
            return dice.choice((30, 57, 84, 85, 86, 120))
        case "watch":
            return dice.choice((1, 2, 3, 6))
        case "acknowledge":
            return dice.choice((1, 2, 3, 5, 10))
        case "ageing_out":
            return dice.choice((14, 28, 90, 180))
    return dice.choice((1, 2, 5, 7, 10, 14, 28, 56))


def as_entries(figures: Sequence[Figure]) -> tuple[Entry, ...]:
    """The same as plain values, in the order in which they were entered."""
    return tuple((figure.name, figure.amount, figure.in_force_from) for figure in figures)


SPANS = (1, 2, 3, 5, 7, 10, 14, 28, 30, 31, 42, 56, 57, 59, 61, 84, 85, 86, 90, 91, 92, 120, 181, 184)
"""How far from a step the figures lie, or nearly: there the opinions of who counts and who guesses part."""


def mornings(life: Life, dice: Dice, until: date) -> list[date]:
    """Some days from the first step on: between steps, on the days of steps, about where a figure is reached, later."""
    days = sorted({step[0] for step in life.steps} | set(life.recorded))
    between = [first + (last - first) * dice.random() for first, last in pairwise(days)]
    about = [dice.choice(days) + ONE_DAY * (dice.choice(SPANS) + dice.choice((-1, 0, 0, 1))) for _ in range(3)]
    later = [days[-1] + ONE_DAY * dice.choice((*SPANS, 200, 400)) for _ in range(2)]
    return [day for day in (*dice.sample([*days, *between], min(2, len(days))), *about, *later) if day <= until]
