"""What a careful person with a calendar would say of one referral on a morning: which flags it must have.

Each flag is a sentence of its own (requirements X2 and X2b). Nothing of how casework counts is known here.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from tests.time.almanac import BANK_HOLIDAYS, ONE_DAY, after_months, after_working_days, birthday
from tests.time.story import RATINGS, Story

Entry = tuple[str, int | None, date]
"""A figure of the service, as it was entered: its name, how many (None: from then on none), and from which day."""

ASKED_BY_BOTH = (
    "referrer_name", "referrer_role", "referrer_contact", "infant_name", "carer_name", "carer_relationship",
    "primary_carer", "gp_practice_code", "postcode", "consent_on", "referrer_words",
)  # fmt: skip
ASKED = {
    "leeds-imhs": (*ASKED_BY_BOTH, "duty_call_on", *RATINGS, "risk_screen_on"),
    "together-with-baby": ASKED_BY_BOTH,
}
WARNED = {"together-with-baby": RATINGS}
"""No shipped document warns of an answer: in these tests one does, as the E-table of the requirements has it."""

ON_THE_WAY = ("received", "information_requested", "rmg_review", "waiting", "allocated")
AT_WORK = ("assessment", "formulation", "plan_offered", "intervention", "ending")


class Morning:
    """One referral on one morning, with the figures of its service that hold then."""

    def __init__(
        self, story: Story, on: date, entered: Iterable[Entry], holidays: frozenset[date] = BANK_HOLIDAYS
    ) -> None:
        self.story, self.on, self._holidays = story, on, holidays
        self.figures: dict[str, int | None] = {}
        for name, amount, _ in sorted((e for e in entered if e[2] <= on), key=lambda e: e[2]):
            self.figures[name] = amount

    def flags(self) -> frozenset[str]:
        if not self.story.is_open:
            owed = {"outcome_not_told": self.outcome_not_told(), "safeguarding_open": self.safeguarding_open()}
            return frozenset(kind for kind, due in owed.items() if due)
        return frozenset(kind for kind in KINDS if getattr(self, kind)())

    def _age(self, count: str) -> int:
        """How many days a count that runs has; -1 where it does not."""
        found = self.story.days(count, self.on) if self.story.runs(count) else None
        return found[0] if found else -1

    def _for(self, count: str, figure: str) -> bool:
        amount = self.figures.get(figure)
        return amount is not None and self._age(count) >= amount

    def _since(self, day: date | None, figure: str) -> bool:
        amount = self.figures.get(figure)
        return day is not None and amount is not None and self.on - day >= timedelta(days=amount)

    def _agreed(self, count: str) -> bool:
        return self.story.runs(count) and count in self.story.agreed and self.story.agreed[count] <= self.on

    def _in(self, *states: str) -> bool:
        return self.story.state in states

    def wait_8_weeks(self) -> bool:
        """Waiting for a clinician as long as the lower figure says, not as long as the upper one, and not on hold."""
        count = "wait_to_allocation"
        return not self.story.on_hold and self._for(count, "wait_first") and not self._for(count, "wait_over")

    def wait_over_12_weeks(self) -> bool:
        return not self.story.on_hold and self._for("wait_to_allocation", "wait_over")

    def allocated_not_started(self) -> bool:
        return not self.story.on_hold and self._in("allocated") and self._for("wait_to_start", "wait_first")

    def missing_information(self) -> bool:
        """The form is here, and a question that the service must have answered is blank. The unborn have no name."""
        blank = [name for name in ASKED[self.story.service] if name not in self.story.known]
        if "expected_due_date" in self.story.known and "infant_dob" not in self.story.known:
            blank = [name for name in blank if name != "infant_name"]
        return self.story.came_on is not None and self.story.came_on <= self.on and bool(blank)

    def missing_warn(self) -> bool:
        """The form is here, and a question of which the service wants to be told is blank. It stops nothing."""
        blank = [name for name in WARNED.get(self.story.service, ()) if name not in self.story.known]
        return self.story.came_on is not None and self.story.came_on <= self.on and bool(blank)

    def _acknowledge_by(self) -> date | None:
        amount, age = self.figures.get("acknowledge"), self._age("acknowledge")
        if amount is None or age < 0:
            return None
        return after_working_days(self.on - timedelta(days=age), amount, self._holidays)

    def ack_due(self) -> bool:
        return self._acknowledge_by() == self.on

    def ack_late(self) -> bool:
        by = self._acknowledge_by()
        return by is not None and by < self.on

    def callback_due(self) -> bool:
        """By the working days since the day on which the line was open."""
        amount, age = self.figures.get("call_back"), self._age("call_back")
        if amount is None or age < 0:
            return False
        return after_working_days(self.on - timedelta(days=age), amount, self._holidays) <= self.on

    def form_not_received(self) -> bool:
        return self._for("form_due", "form_reminder")

    def info_not_received(self) -> bool:
        return self._for("information_due", "information_reminder") or self._agreed("information_due")

    def not_listed_for_forum(self) -> bool:
        return self._for("triage", "forum")

    def outcome_not_told(self) -> bool:
        """Also of a decision that closed the referral: the referrer waits to hear of it all the same."""
        before_the_group = self.story.is_open and self._in("received", "information_requested", "rmg_review")
        return not before_the_group and self._for("outcome_told", "outcome")

    def watch_review_due(self) -> bool:
        months, age = self.figures.get("watch"), self._age("watch")
        over = months is not None and age >= 0 and after_months(self.on - timedelta(days=age), months) <= self.on
        return over or self._agreed("watch")

    def consultation_due(self) -> bool:
        return self._for("consultation", "consultation")

    def summary_due(self) -> bool:
        return self._for("summary", "summary")

    def formulation_due(self) -> bool:
        return self._for("formulation_due", "formulation")

    def _too_old_on(self) -> date | None:
        """Leeds sees babies under two; Essex also on the day on which they are two."""
        born: date | None = self.story.known.get("infant_dob")
        if born is None:
            return None
        until: date | None = self.story.known.get("retain_until")
        day = birthday(born, 2) + (ONE_DAY if self.story.service == "together-with-baby" else timedelta())
        return max(day, until or day)

    def _unborn_due_on(self) -> date | None:
        return None if "infant_dob" in self.story.known else self.story.known.get("expected_due_date")

    def _before_start(self, day: date | None) -> bool:
        """The work starts at the end of the published wait, from acceptance or from today; not before today."""
        over = self.figures.get("wait_over")
        if day is None or over is None or not self._in(*ON_THE_WAY):
            return False
        return day <= self.on + max(timedelta(days=over - 1 - max(self._age("wait_to_start"), 0)), timedelta())

    def ages_out_before_start(self) -> bool:
        return self._before_start(self._too_old_on())

    def birth_before_start(self) -> bool:
        return self._before_start(self._unborn_due_on())

    def ages_out_soon(self) -> bool:
        day, amount = self._too_old_on(), self.figures.get("ageing_out")
        if day is None or amount is None or not self._in(*ON_THE_WAY, *AT_WORK):
            return False
        return day - self.on <= timedelta(days=amount)

    def birth_unrecorded(self) -> bool:
        return self._since(self._unborn_due_on(), "birth_unrecorded")

    def hold_review_due(self) -> bool:
        """A hold on which nobody agreed to look again is to be looked at at once."""
        never_agreed = self.story.runs("hold_review") and "hold_review" not in self.story.agreed
        return self._agreed("hold_review") or (never_agreed and self._age("hold_review") >= 0)

    def rating_stale(self) -> bool:
        before_allocation = self._in(*(state for state in ON_THE_WAY if state != "allocated"))
        return before_allocation and self._since(self.story.rated_on, "rating_stale")

    def safeguarding_open(self) -> bool:
        """Held or not, open or closed: until somebody has signed it off."""
        return self._for("safeguarding", "safeguarding_review")

    def gp_recheck_after_birth(self) -> bool:
        born = self.story.known.get("infant_dob") if self.story.born_meanwhile else None
        return not self.story.gp_seen_to and self._since(born, "gp_recheck")

    def record_location_after_birth(self) -> bool:
        born = self.story.known.get("infant_dob") if self.story.born_meanwhile else None
        return self.story.known.get("call_recorded_in") == "mothers_record" and self._since(born, "record_location")

    def silent_case(self) -> bool:
        return not self.story.on_hold and self._in(*AT_WORK) and self._since(self.story.seen_on, "silence")


KINDS = tuple(name for name in vars(Morning) if not name.startswith("_") and name != "flags")
"""Every kind of flag that can be told from the referral itself."""
