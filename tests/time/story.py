"""A referral as its steps tell it, to somebody who has never seen casework: where it stands and what is being counted.

It knows the steps as they were written down, in that order. It is slow on purpose: days are counted one by one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.time.almanac import BANK_HOLIDAYS, ONE_DAY, days_between

Step = tuple[date, str, Mapping[str, Any]]
"""The day of a step, its name, and the answers given with it."""

LEADS_TO = {
    "indicate_direct": "awaiting_referral", "indicate_consultation": "awaiting_referral",
    "receive_referral": "received", "resubmit": "received", "request_information": "information_requested",
    "pass_checks": "rmg_review", "bring_back": "rmg_review", "cancel_consultation": "rmg_review",
    "early_concern": "rmg_review", "review_to_group": "rmg_review", "watch_and_wait": "watchful_waiting",
    "offer_consultation": "consultation", "accept_direct": "waiting", "accept_assessment": "waiting",
    "unallocate": "waiting", "allocate": "allocated", "first_contact": "assessment", "assess_more": "assessment",
    "finish_assessment": "formulation", "change_plan": "formulation", "offer_plan": "plan_offered",
    "family_agrees": "intervention", "begin_ending": "ending", "transfer_in": "received",
    "new_carer_to_group": "rmg_review", "log_voicemail": "call_back_due", "log_missed_call": "call_back_due",
    "caller_missed": "call_back_due", "book_call": "call_booked", "advise_watching": "watch_advised",
}  # fmt: skip
CLOSES = {
    "give_advice", "signpost", "lapse", "close_without_reply", "reject_incomplete", "decline", "review_and_close",
    "send_summary", "family_declines", "discharge", "withdraw_consent", "move_away", "void",
    "record_loss", "close_after_hold", "close_disengaged", "no_longer_needed", "close_contact_ended", "close_aged_out",
    "transfer_accepted",
}  # fmt: skip
WAITS = ("wait_to_allocation", "wait_to_start")
BEGINS: dict[str, tuple[str, ...]] = {
    "indicate_direct": ("form_due",), "indicate_consultation": ("form_due",),
    "receive_referral": ("acknowledge", "total_time"), "resubmit": ("acknowledge", "total_time"),
    "request_information": ("information_due",), "pass_checks": ("triage",), "bring_back": ("triage",),
    "cancel_consultation": ("triage",), "early_concern": ("triage",), "review_to_group": ("triage",),
    "defer": ("triage",), "accept_direct": ("outcome_told", *WAITS), "accept_assessment": ("outcome_told", *WAITS),
    "watch_and_wait": ("outcome_told", "watch"), "offer_consultation": ("consultation",),
    "hold_consultation": ("summary",), "unallocate": ("wait_to_allocation",),
    "finish_assessment": ("formulation_due",), "change_plan": ("formulation_due",),
    "place_hold": ("hold_review",), "review_hold": ("hold_review",), "carer_died": ("hold_review",),
    "contact_ended": ("hold_review",), "transfer_in": ("acknowledge", "total_time"), "new_carer_to_group": ("triage",),
    "raise_safeguarding": ("safeguarding",), "log_voicemail": ("call_back",), "log_missed_call": ("call_back",),
    "caller_missed": ("call_back",), "advise_watching": ("watch",),
}  # fmt: skip
ENDS: dict[str, tuple[str, ...]] = {
    "receive_referral": ("form_due", "call_back", "watch"), "take_call": ("call_back", "watch"),
    "book_call": ("call_back", "watch"), "advise_watching": ("watch",), "acknowledge": ("acknowledge",),
    "supply_information": ("information_due",),
    "request_information": ("triage",), "defer": ("triage",), "accept_direct": ("triage",),
    "accept_assessment": ("triage",), "watch_and_wait": ("triage", *WAITS),
    "offer_consultation": ("triage", "formulation_due", *WAITS), "tell_outcome": ("outcome_told",),
    "early_concern": ("watch",), "review_to_group": ("watch",), "hold_consultation": ("consultation",),
    "bring_back": ("consultation", "summary"), "cancel_consultation": ("consultation", "summary"),
    "allocate": ("wait_to_allocation",), "first_contact": ("wait_to_start", "total_time"),
    "assess_more": ("formulation_due",), "offer_plan": ("formulation_due",),
    "review_hold": ("hold_review",), "resume": ("hold_review",), "carer_died": ("hold_review",),
    "contact_ended": ("hold_review",), "sign_off_safeguarding": ("safeguarding",),
    "new_carer_to_group": ("watch", "consultation", "summary", "formulation_due"),
}  # fmt: skip

ON_THE_DUTY_LINE = ("", "call_back_due", "call_booked", "watch_advised")
RATINGS = ("relationship_need", "motivation", "readiness")
OF_ONE_CARER = (
    "focus_carer", "carer_nhs_number", "postcode", "gp_in_area", "lives_in_area", "in_contact", "carer_unavailable",
    "learning_disability", *RATINGS,
)  # fmt: skip
"""What is not known of another carer, unless it is said."""


@dataclass(slots=True)
class Stretch:
    """Days from one on, and before another; still going on where that is not known."""

    begun: date
    ended: date | None = None


@dataclass(slots=True)
class Story:
    """A referral as its steps tell it."""

    service: str
    state: str = ""
    is_open: bool = False
    came_from: str = ""
    asked_by: str = ""
    came_on: date | None = None
    rated_on: date | None = None
    seen_on: date | None = None
    known: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, list[Stretch]] = field(default_factory=dict)
    agreed: dict[str, date] = field(default_factory=dict)
    holds: list[Stretch] = field(default_factory=list)
    cut_off: set[str] = field(default_factory=set)
    ended_by_loss: bool = False
    born_meanwhile: bool = False
    gp_seen_to: bool = False
    _counted: dict[tuple[str, date], tuple[int, int]] = field(default_factory=dict)

    def tell(self, steps: Iterable[Step]) -> "Story":
        for day, name, given in steps:
            self._learn(day, name, given)
            self._end(day, ENDS.get(name, ()))
            if name == "tell_outcome":
                self.cut_off.discard("outcome_told")
            if name == "reopen" or (name == "undo_loss" and self.ended_by_loss):
                self._reopen(day)
            if name == "record_loss" and not self.is_open:
                self._end(day, ("outcome_told",))
                self.cut_off.discard("outcome_told")
            self._begin(day, self._begins(name), given)
            self._hold(day, name)
            self._go(day, name)
        return self

    def _learn(self, day: date, name: str, given: Mapping[str, Any]) -> None:
        if name in ("change_focus_carer", "new_carer_to_group"):
            self.known = {what: said for what, said in self.known.items() if what not in OF_ONE_CARER}
            self.rated_on = None
        self.known.update(given)
        self.born_meanwhile |= name == "record_birth"
        self.gp_seen_to |= name == "recheck_gp"
        if name in ("receive_referral", "transfer_in"):
            self.came_on = day
        if name == "take_call":
            self.known["duty_call_on"] = day
        if name == "rate" and given.get("account") == "observer" and {"area", "level"} <= given.keys():
            self.known[given["area"]], self.rated_on = given["level"], max(day, self.rated_on or day)
        if name == "withdraw_consent":
            self.known.pop("consent_on", None)
        if any(rating in given for rating in RATINGS):
            self.rated_on = max(day, self.rated_on or day)
        if name in ("first_contact", "record_contact", "record_session"):
            self.seen_on = max(day, self.seen_on or day)

    def _begins(self, name: str) -> tuple[str, ...]:
        if name == "request_information":
            self.asked_by = self.state
        if name == "supply_information" and self.asked_by == "rmg_review":
            return ("triage",)
        decided = name == "offer_consultation" and self.state == "rmg_review"
        return (*BEGINS.get(name, ()), *(("outcome_told",) if decided else ()))

    def _begin(self, day: date, names: Iterable[str], given: Mapping[str, Any]) -> None:
        for name in names:
            earlier = self.counts.get(name, [])
            if earlier and earlier[-1].ended is None:
                continue
            if earlier and name == "total_time":
                earlier[-1].ended = None
                continue
            begun = self._opening(day, given) if name == "call_back" else day
            self.counts[name] = [*(earlier if name in WAITS else ()), Stretch(begun)]
            if name not in WAITS:
                self.agreed.pop(name, None)
                if name in ("watch", "information_due", "hold_review") and "review_on" in given:
                    self.agreed[name] = given["review_on"]

    def _opening(self, day: date, given: Mapping[str, Any]) -> date:
        """The day on which somebody answers: in Leeds whoever rings at five or later hears that nobody is there."""
        late = self.service == "leeds-imhs" and int(given.get("left_at", "0").split(":")[0]) >= 17
        if late and day.isoweekday() < 6 and day not in BANK_HOLIDAYS:
            day += ONE_DAY
        while day in BANK_HOLIDAYS or day.isoweekday() > 5:
            day += ONE_DAY
        return day

    def _end(self, day: date, names: Iterable[str]) -> set[str]:
        ended = {n for n in names if n in self.counts and self.counts[n][-1].ended is None}
        for name in ended:
            self.counts[name][-1].ended = day
        return ended

    def _reopen(self, day: date) -> None:
        for name in self.cut_off:
            if name == "total_time":
                self.counts[name][-1].ended = None
            else:
                self.counts[name].append(Stretch(day))

    def _hold(self, day: date, name: str) -> None:
        if name in ("place_hold", "carer_died", "contact_ended") and not self.on_hold:
            self.holds.append(Stretch(day))
        if name == "resume" or (name in CLOSES and self.is_open):
            self.holds[-1:] = [Stretch(hold.begun, hold.ended or day) for hold in self.holds[-1:]]

    def _go(self, day: date, name: str) -> None:
        if name in CLOSES and self.is_open:
            self.came_from, self.is_open, self.ended_by_loss = self.state, False, name == "record_loss"
            self.cut_off = self._end(day, [count for count in self.counts if count != "safeguarding"]) - {"hold_review"}
            if self.state == "rmg_review" and name in ("signpost", "decline"):
                self._begin(day, ("outcome_told",), {})
                self.cut_off.discard("outcome_told")
            return
        to = LEADS_TO.get(name)
        if name == "supply_information":
            to = "received" if self.asked_by == "received" else "rmg_review"
        if name == "reopen" or (name == "undo_loss" and self.ended_by_loss):
            to, self.ended_by_loss = self.came_from, False
        if name == "take_call" and self.state in ON_THE_DUTY_LINE:
            to = "duty_call"
        if to:
            self.state, self.is_open = to, True

    @property
    def on_hold(self) -> bool:
        return bool(self.holds) and self.holds[-1].ended is None

    def runs(self, count: str) -> bool:
        return count in self.counts and self.counts[count][-1].ended is None

    def days(self, count: str, on: date) -> tuple[int, int] | None:
        """How many days a count has on a day, and how many of them were not on hold; None where it never began."""
        if count not in self.counts:
            return None
        if (count, on) not in self._counted:
            days = [d for s in self.counts[count] for d in days_between(s.begun, min(s.ended or on, on))]
            held = {d for hold in self.holds for d in days_between(hold.begun, min(hold.ended or on, on))}
            held = set() if count == "safeguarding" else held
            self._counted[count, on] = len(days), len([day for day in days if day not in held])
        return self._counted[count, on]
