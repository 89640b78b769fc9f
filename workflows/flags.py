"""The table of nightly flags. A rule stands here once; it is read for one case in Python and for all cases in SQL."""

from dataclasses import dataclass
from datetime import date

from workflows.vocabulary import Role, ServiceRules


@dataclass(frozen=True, slots=True)
class WaitWindow:
    """A running clock stands between two of the service's published figures.

    `reached` and `before` name figures of `WaitFigures`. Unit: whole calendar days in Europe/London since the
    clock started, holds included; quiet while the referral is on hold.
    """

    clock: str
    reached: str
    before: str = ""

    def days(self, rules: ServiceRules, on: date) -> tuple[int, int | None] | None:
        """First day in, first day out (None: no end). None where the service has published no figure."""
        figures = rules.wait_on(on)
        if figures is None:
            return None
        return getattr(figures, self.reached), getattr(figures, self.before) if self.before else None


@dataclass(frozen=True, slots=True)
class AnswersMissing:
    """A written referral has come, the referral is open on the day, and an answer that the service needs is blank."""


@dataclass(frozen=True, slots=True)
class FlagRule:
    """When a flag is open, what it replaces, whom it is for and how it reads."""

    kind: str
    condition: WaitWindow | AnswersMissing
    sentence: str
    severity: str
    owner: Role
    source: str
    replaces: str = ""


WAIT_8_WEEKS = FlagRule(
    "wait_8_weeks",
    WaitWindow("wait_to_allocation", reached="first", before="over"),
    "Waiting for a clinician for 8 weeks or more.",
    "amber",
    Role.MANAGER,
    "Leeds guidance for perinatal colleagues: waiting approximately 8 to 12 weeks; requirements X2b",
)
WAIT_OVER_12_WEEKS = FlagRule(
    "wait_over_12_weeks",
    WaitWindow("wait_to_allocation", reached="over"),
    "Waiting for a clinician for more than 12 weeks.",
    "red",
    Role.LEAD,
    "Leeds guidance for perinatal colleagues: waiting approximately 8 to 12 weeks; requirements X2b",
    replaces="wait_8_weeks",
)
MISSING_INFORMATION = FlagRule(
    "missing_information",
    AnswersMissing(),
    "The written referral lacks answers that the service needs.",
    "amber",
    Role.ADMINISTRATOR,
    "Essex: cannot proceed without requisite demographic and clinical information; Leeds: further information required",
)

FLAGS: dict[str, FlagRule] = {r.kind: r for r in (WAIT_8_WEEKS, WAIT_OVER_12_WEEKS, MISSING_INFORMATION)}
