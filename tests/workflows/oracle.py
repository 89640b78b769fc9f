"""A second opinion on a referral: plain Python that counts days one by one and knows the rules by heart.

It shares with casework the rows of a chart and nothing else: no guard, no clock arithmetic, no machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.time.almanac import BANK_HOLIDAYS
from tests.workflows import oracle_of_a_life as life
from tests.workflows.held import ALLOWED
from workflows import Chart, Move, Part, Role
from workflows.vocabulary import Again

ONLY_ON_HOLD = frozenset({"resume", "review_hold", "close_after_hold"})

RATINGS = frozenset({"relationship_need", "motivation", "readiness"})
MEETS_THE_FAMILY = frozenset({"first_contact", "record_contact", "record_session"})
AGREES_A_DAY = frozenset({"information_due", "watch", "hold_review"})
"""Clocks that start with a day on which people agreed to look again, where they named one."""

ACCEPTS = frozenset({"accept_direct", "accept_assessment"})
NEEDS_CONSENT = ACCEPTS | {"offer_consultation", "watch_and_wait"}
DECIDES = NEEDS_CONSENT | {"signpost", "decline"}
IN_A_FORUM = NEEDS_CONSENT | {"request_information", "defer", "signpost", "decline"}
"""What the group decides, when the referral is before the group."""

HEARS_THE_BABY = frozenset({"triage_rate", "finish_assessment", "offer_plan", "discharge"})
OUTCOMES = IN_A_FORUM - {"request_information", "defer"}
"""With each of these somebody says what the baby tells us; before the group, unless the rating of the risks said it."""

FORGOTTEN = {
    "withdraw_consent": ("consent_on",),
    **dict.fromkeys(("unallocate", "accept_direct", "accept_assessment"), ("clinician", "allocated_on")),
}
"""What is known no longer once the step is taken."""

BRINGS_A_FORM = frozenset({"take_call", "add_information", "supply_information", "pass_checks"})
TAKES_A_FORM_IN = frozenset({"receive_referral", "resubmit", "transfer_in"})
ON_THE_DUTY_LINE = frozenset({"new", "call_back_due", "call_booked", "watch_advised"})
INDICATES = frozenset({"indicate_direct", "indicate_consultation"})
NAMES_A_FAMILY = frozenset(
    {"infant_name", "infant_nhs_number", "infant_dob", "carer_name", "carer_nhs_number", "postcode"}
)
ASKS_WHO = BRINGS_A_FORM | TAKES_A_FORM_IN | INDICATES | {"reopen", "advise_watching"}
"""Where another open referral for the same two people stands in the way."""


def days(since: date, until: date) -> set[date]:
    """Each day of a stretch, its last one left out."""
    return {since + timedelta(days=n) for n in range((until - since).days)}


@dataclass
class Oracle:
    """A referral as it ought to be."""

    chart: Chart
    state: str = "new"
    version: int = 0
    opened_on: date | None = None
    closed_on: date | None = None
    placed_on: date | None = None
    held_since: date | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    counted: dict[str, set[date]] = field(default_factory=dict)
    first_day: dict[str, date] = field(default_factory=dict)
    running: dict[str, date] = field(default_factory=dict)
    agreed: dict[str, date | None] = field(default_factory=dict)
    ended_by_closing: set[str] = field(default_factory=set)
    on_hold: set[date] = field(default_factory=set)

    def row(self, trigger: str) -> Move | None:
        rows = [m for m in self.chart.moves if (m.source, m.trigger) == (self.state, trigger)]
        fitting = [m for m in rows if m.given is None or self.answers.get(m.given[0]) == m.given[1]]
        return fitting[0] if fitting else None

    def take(self, trigger: str, on: date, data: Mapping[str, Any]) -> None:
        row = self.row(trigger)
        assert row is not None
        self._answer(row, on, data)
        self._count(row, on, data)
        if row.hold == "starts":
            self.held_since, self.placed_on = self.held_since or on, on
        elif row.hold == "ends":
            self._lift_hold(on)
            self.placed_on = on
        if row.to != self.state:
            self._place(row, on)
        self.version += 1

    def days_on(self, clock: str, today: date) -> int:
        return len(self._all_days(clock, today))

    def adjusted_on(self, clock: str, today: date) -> int:
        still_held = days(self.held_since, today) if self.held_since else set()
        if clock in life.NEVER_PAUSED:
            return self.days_on(clock, today)
        return len(self._all_days(clock, today) - self.on_hold - still_held)

    def _all_days(self, clock: str, today: date) -> set[date]:
        still = days(self.running[clock], today) if clock in self.running else set()
        return self.counted[clock] | still

    def days_ahead(self) -> dict[str, date]:
        """The days beside the clocks; of a closed referral there are none. Until it is born no baby gets too old."""
        if self.closed_on is not None:
            return {}
        wanted = {"due": "expected_due_date", "rated": "rated_on", "contact": "contact_on"}
        found = {name: self.answers[kept] for name, kept in wanted.items() if kept in self.answers}
        if born := self.answers.get("infant_dob"):
            found.pop("due", None)
            nearly = born + timedelta(days=720)
            too_old = min(d for d in days(nearly, nearly + timedelta(days=20)) if self._is_too_old(born, d))
            found["too_old"] = max(too_old, self.answers.get("retain_until", too_old))
        return found | life.days_after_birth(self.answers)

    def _answer(self, row: Move, on: date, data: Mapping[str, Any]) -> None:
        for asked in row.needs + row.takes:
            if asked.part is not Part.STEP and asked.name in data:
                self.answers[asked.name] = data[asked.name]
        if RATINGS & data.keys():
            self.answers["rated_on"] = max(on, self.answers.get("rated_on", on))
        if row.trigger in MEETS_THE_FAMILY:
            self.answers["contact_on"] = max(on, self.answers.get("contact_on", on))
        if row.trigger in life.DATED:
            kept = life.DATED[row.trigger]
            self.answers[kept] = max(on, self.answers.get(kept, on))
        self._enter(row, on, data)
        if row.trigger in ACCEPTS and self.chart.rules.service == "leeds-imhs":
            self.answers |= {"published_wait_first": 56, "published_wait_over": 85}
        self.answers |= dict(row.records)
        if row.marks:
            told_before = row.trigger == "tell_outcome" and row.marks in self.answers
            self.answers[row.marks] = self.answers[row.marks] if told_before else on
        if row.source == "rmg_review" and row.trigger in DECIDES:
            self.answers["decided_on"] = on
            self.answers.pop("outcome_told_on", None)
        for name in (*FORGOTTEN.get(row.trigger, ()), *life.FORGOTTEN.get(row.trigger, ())):
            self.answers.pop(name if name not in data else "", None)
        if self.chart.states[row.to].closed and row.to != self.state:
            self.answers["closed_from"] = self.state
            life.nothing_waits_any_more(self.answers, row, data)
        elif row.reopens:
            life.no_ending_is_told(self.answers)

    def _enter(self, row: Move, on: date, data: Mapping[str, Any]) -> None:
        """Lists: what is settled goes, what is added comes; of the ratings that were observed the latest stands."""
        if row.settles and row.settles[1] in data:
            left = [e for e in self.answers[row.settles[0]] if e["number"] != data[row.settles[1]]]
            self.answers[row.settles[0]] = left
            if not left:
                del self.answers[row.settles[0]]
        if row.adds:
            own = {f.name for f in row.needs + row.takes if f.part is Part.STEP}
            entry = {"number": self.version + 1, "on": on, **{n: v for n, v in data.items() if n in own}}
            self.answers[row.adds] = [*self.answers.get(row.adds, []), entry]
        if row.trigger == "rate" and data["account"] == "observer":
            seen = [e for e in self.answers["ratings"] if (e["area"], e["account"]) == (data["area"], "observer")]
            self.answers[data["area"]] = sorted(seen, key=lambda e: e["on"])[-1]["level"]
            self.answers["rated_on"] = max(on, self.answers.get("rated_on", on))

    def _count(self, row: Move, on: date, data: Mapping[str, Any]) -> None:
        closes = row.to != self.state and self.chart.states[row.to].closed
        ended = set(row.stops) & self.running.keys()
        for clock in ended:
            self.counted[clock] |= days(self.running.pop(clock), on)
        if row.to == self.state:
            self.ended_by_closing -= set(row.stops)
        if row.reopens:
            for clock in self.ended_by_closing - {"hold_review"}:
                self._start_again(clock, on)
        if closes:
            self.ended_by_closing = ended
        for clock in row.starts:
            if clock in self.running:
                continue
            self._start(clock, self._opening(on, data) if clock == "call_back" else on)
            self.agreed[clock] = data.get("review_on") if clock in AGREES_A_DAY else None
            self.ended_by_closing.discard(clock)

    def _opening(self, on: date, data: Mapping[str, Any]) -> date:
        closed = self.chart.rules.service == "leeds-imhs" and data.get("left_at", "") >= "17:00"
        closed = closed and on not in BANK_HOLIDAYS and on.isoweekday() < 6
        ahead = (on + timedelta(days=n + closed) for n in range(20))
        return next(day for day in ahead if day not in BANK_HOLIDAYS and day.isoweekday() < 6)

    def _start(self, clock: str, on: date) -> None:
        if self.chart.clocks[clock].again is Again.AFRESH:
            self.counted[clock] = set()
        self._start_again(clock, on)

    def _start_again(self, clock: str, on: date) -> None:
        counted, first = self.counted.setdefault(clock, set()), self.first_day.setdefault(clock, on)
        if self.chart.clocks[clock].again is Again.FROM_THE_FIRST_DAY:
            counted |= days(first, on)
        self.running[clock] = on

    def _lift_hold(self, on: date) -> None:
        if self.held_since:
            self.on_hold |= days(self.held_since, on)
        self.held_since = None

    def _place(self, row: Move, on: date) -> None:
        self.state, self.placed_on = row.to, on
        self.opened_on = self.opened_on or on
        self.closed_on = None
        if self.chart.states[row.to].closed:
            self.closed_on = on
            self._lift_hold(on)

    def may(
        self, trigger: str, roles: frozenset[Role], on: date, today: date, data: Mapping[str, Any], *, another: bool
    ) -> bool:
        """Whether the step may be taken; `another`: another referral is open for this baby and carer."""
        row = self.row(trigger)
        if row is None or not roles & set(row.who):
            return False
        if self.held_since and (trigger == "place_hold" or trigger not in ALLOWED):
            return False
        if trigger in ONLY_ON_HOLD and not self.held_since:
            return False
        undone = trigger == "undo_loss" and row.to != self.state
        if another and (trigger in ASKS_WHO | life.ASKS_WHO or undone):
            return False
        if not (self._timely(row, on, today) and self._answered(row, data)):
            return False
        return self._allowed(trigger, roles, on, data) and self._of_a_life(row, on, data)

    def _of_a_life(self, row: Move, on: date, data: Mapping[str, Any]) -> bool:
        before = self.state != "new" and self.chart.states[self.state].closed
        after = self.chart.states[row.to].closed
        opens, closes = before and not after, self.state != "new" and after and not before
        if not life.under_the_overlays(row, self.answers, data, closes=closes, opens=opens):
            return False
        if row.trigger == "close_aged_out":
            born = self.answers.get("infant_dob")
            return born is not None and "infant_voice" in data and self._is_too_old(born, on)
        if row.trigger == "change_focus_carer" and self.state in life.AFTER_THE_GROUP:
            left = {name: value for name, value in self.answers.items() if name not in life.OF_ONE_CARER}
            essex = self.chart.rules.service == "together-with-baby"
            if life.against({**left, **data}, essex=essex) - life.against(self.answers, essex=essex):
                return False
        return life.rule_holds(row.trigger, self.answers, on, data)

    def _timely(self, row: Move, on: date, today: date) -> bool:
        follows = [self.placed_on if row.to != self.state or row.hold else self.opened_on]
        for clock in (c for c in row.stops if c in self.running and c != "call_back"):
            was_held = self._all_days(clock, today) & self.on_hold
            follows.append(self.placed_on if was_held else self.running[clock])
        earlier = row.trigger != "raise_safeguarding" and any(day is not None and on < day for day in follows)
        return on <= today and not earlier

    def _answered(self, row: Move, data: Mapping[str, Any]) -> bool:
        known = {f.name for f in row.needs if f.part is Part.FORM and f.name in self.answers} | data.keys()
        return all(asked.name in known for asked in row.needs)

    def _allowed(self, trigger: str, roles: frozenset[Role], on: date, data: Mapping[str, Any]) -> bool:
        known = {**self.answers, **data}
        if not self._heard(trigger, data):
            return False
        if trigger in INDICATES:
            return "risk_screen_on" in known and bool({"infant_voice", "call_infant_telling"} & known.keys())
        if trigger in TAKES_A_FORM_IN:
            return self._may_refer(known)
        if trigger in BRINGS_A_FORM and self.state not in ON_THE_DUTY_LINE:
            if life.born_by_a_form(self.answers, data):
                return False
            ready = trigger == "pass_checks" or (trigger == "supply_information" and known["asked_by"] == "group")
            complete = not ready or (not self._missing(known) and known["consent_on"] <= on)
            return self._words_stand(data) and self._may_refer(known) and complete
        if self.state == "rmg_review" and trigger in IN_A_FORUM:
            return self._decided(trigger, roles, on, data, known)
        return self._said(trigger, on, data, known)

    def _heard(self, trigger: str, data: Mapping[str, Any]) -> bool:
        decided = self.state in ("rmg_review", "formulation") and trigger in OUTCOMES
        asked = trigger in HEARS_THE_BABY or decided
        return not asked or "infant_voice" in data or (decided and self._rated())

    def _rated(self) -> bool:
        ready = self.answers.get("before_group_on")
        return self.state == "rmg_review" and any(e["on"] >= ready for e in self.answers.get("triage_ratings", []))

    def _said(self, trigger: str, on: date, data: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
        """Steps that hang on what is said with them."""
        match trigger:
            case "allocate":
                return "consent_on" in known and bool(known["consent_on"] <= on)
            case "reopen":
                return self.state != "consent_withdrawn" or "received_on" not in known or "consent_on" in known
            case "reject_incomplete":
                return bool(data["contents_read"] == "yes" and self._missing(known))
            case "request_information" | "close_without_reply":
                return bool(data["contents_read"] == "yes")
            case "give_advice":
                return not NAMES_A_FAMILY & known.keys() or bool({"consent_on", "lawful_basis"} & known.keys())
            case "advise_watching":
                return self._may_be_watched(data, known)
            case "rate_goal":
                return data["goal_number"] in {goal["number"] for goal in self.answers.get("goals", [])}
            case "family_agrees":
                return bool(data["plan_shared"] == "yes")
            case "void":
                if data["void_reason"] != "duplicate":
                    return "outcome" not in self.answers
                return bool(data.get("surviving_reference", "R-1") != "R-1")
        return True

    def _may_refer(self, known: Mapping[str, Any]) -> bool:
        return self.chart.rules.service != "leeds-imhs" or known.get("referrer_role") != "family"

    def _words_stand(self, data: Mapping[str, Any]) -> bool:
        kept = self.answers.get("referrer_words")
        return "received_on" not in self.answers or kept is None or data.get("referrer_words", kept) == kept

    def _missing(self, known: Mapping[str, Any]) -> set[str]:
        unborn = "expected_due_date" in known and "infant_dob" not in known
        blank = {name for name in self.chart.rules.required if name not in known}
        return blank - ({"infant_name"} if unborn else set())

    def _decided(
        self, trigger: str, roles: frozenset[Role], on: date, data: Mapping[str, Any], known: Mapping[str, Any]
    ) -> bool:
        ready = self.answers["before_group_on"]
        if self.chart.rules.service == "together-with-baby" and trigger != "defer" and not self._rated():
            return False
        if not ready <= data["rmg_on"] <= on:
            return False
        if trigger in NEEDS_CONSENT and known.get("consent_on", date.max) > on:
            return False
        if trigger in ACCEPTS and not self._eligible(known):
            return False
        if trigger == "accept_direct":
            return self._ready(roles, data, known)
        if trigger == "watch_and_wait":
            old = "infant_dob" in known and self._is_too_old(known["infant_dob"], data["review_on"])
            return self._may_be_watched(data, known) and (not old or "override_reason" in data)
        if trigger == "defer" and Role.LEAD not in roles:
            return all(e["on"] < self.answers["before_group_on"] for e in self.answers.get("deferrals", []))
        return True

    @staticmethod
    def _may_be_watched(data: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
        able = {known.get("motivation"), known.get("readiness")} <= {"adequate", "high"}
        harmful = data["waiting_would_harm"] == "yes" and able
        return known.get("relationship_need") != "high" and not harmful

    @staticmethod
    def _ready(roles: frozenset[Role], data: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
        low = [known.get("motivation"), known.get("readiness")].count("low")
        if low == 1:
            return "override_reason" in data and "second_clinician" in data
        return low == 0 or (Role.LEAD in roles and "override_reason" in data)

    def _eligible(self, known: Mapping[str, Any]) -> bool:
        if known.get("relationship_at_risk") == "no" or known.get("gp_in_area") == "no":
            return False
        if self._too_old(known):
            return False
        to_discuss = known.get("primary_carer") == "no" or not {"infant_dob", "expected_due_date"} & known.keys()
        if self.chart.rules.service == "together-with-baby":
            if known.get("lives_in_area") == "no" or known.get("in_contact") == "no":
                return False
            to_discuss = to_discuss or known.get("carer_relationship") == "foster_carer"
            to_discuss = to_discuss or known.get("carer_unavailable", "no") != "no"
            to_discuss = to_discuss or known.get("learning_disability") == "yes"
        return not to_discuss or "eligibility_decision" in known

    def _too_old(self, known: Mapping[str, Any]) -> bool:
        if "infant_dob" not in known:
            return False
        return self._is_too_old(known["infant_dob"], known.get("received_again_on", known["received_on"]))

    def _is_too_old(self, born: date, on: date) -> bool:
        """In Leeds from the second birthday on, in Essex from the day after it."""
        second, day = (born.year + 2, born.month, born.day), (on.year, on.month, on.day)
        return day >= second if self.chart.rules.service == "leeds-imhs" else day > second
