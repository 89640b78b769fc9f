"""The table of nightly flags. A rule stands here once; it is read for one case in Python and for all cases in SQL.

Every rule names figures of `workflows.figures`: where a service has not entered one, the flag is off for it. A flag is
raised by the night alone, and cleared by the step that ends its cause or by the night.
"""

from dataclasses import dataclass

from workflows.charts.states import AT_WORK, BEFORE_ALLOCATION, DECIDED, ON_THE_WAY
from workflows.settings import Lack
from workflows.vocabulary import Role


@dataclass(frozen=True, slots=True)
class ClockReaches:
    """A running clock has reached a figure, and not yet `until`, another one. `past`: it is beyond the figure;
    `until_past`: not yet beyond the other.
    """

    clock: str
    figure: str
    until: str = ""
    past: bool = False
    until_past: bool = False
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgreedDayComes:
    """A clock still runs on the day that people agreed on when they started it. `always`: at once where they did not."""

    clock: str
    always: bool = False


@dataclass(frozen=True, slots=True)
class DaySince:
    """A day of the case lies a figure or more back. Empty `states`: any open state."""

    day: str
    figure: str
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DayAhead:
    """A day of the case comes within a figure, or has come."""

    day: str
    figure: str
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayBeforeStart:
    """A day of the case comes no later than the start to be expected: the end of the published wait.

    Counted from acceptance; from the day itself where the referral is not accepted yet; never before that day.
    """

    day: str
    states: tuple[str, ...]
    clock: str = "wait_to_start"
    figure: str = "wait_over"


@dataclass(frozen=True, slots=True)
class AnswersMissing:
    """A written referral has come, the referral is open on the day, and an answer is blank: one without which it does
    not come before the group, or one of which it is only told.
    """

    lack: Lack = Lack.BLOCK


@dataclass(frozen=True, slots=True)
class FoundByTheNight:
    """Something that only the night can find: it is about what is kept, not about the referral."""


Condition = ClockReaches | AgreedDayComes | DaySince | DayAhead | DayBeforeStart | AnswersMissing | FoundByTheNight


@dataclass(frozen=True, slots=True)
class FlagRule:
    """When a flag is open (any of `when`), what it replaces, whom it is for and how it reads.

    `quiet_on_hold`: not while the referral is on hold. Closed referrals have no flags but those `after_closing`.
    """

    kind: str
    when: tuple[Condition, ...]
    sentence: str
    severity: str
    owner: Role
    source: str
    replaces: str = ""
    quiet_on_hold: bool = False
    after_closing: bool = False
    short: str = ""
    """What it is called where there is little room."""

    @property
    def about_what_is_kept(self) -> bool:
        """Only the night can find it: it is no question of days, and no step ends it but the end of the referral."""
        return self.when == (FoundByTheNight(),)

    @property
    def counted_from(self) -> tuple[str, str]:
        """What the days of a flag are counted from: a clock or a day of the case, by name; the other is empty."""
        match self.when[0]:
            case ClockReaches(clock=clock) | AgreedDayComes(clock=clock) | DayBeforeStart(clock=clock):
                return clock, ""
            case DaySince(day=day):
                return "", day
            case AnswersMissing():
                return "total_time", ""
            case DayAhead():
                return "wait_to_start", ""
            case FoundByTheNight():
                return "", ""


LEEDS = "Leeds guidance for perinatal colleagues"
ESSEX = "Together with Baby referral guidance"

# fmt: off
_RULES = (
    FlagRule("wait_8_weeks", (ClockReaches("wait_to_allocation", "wait_first", until="wait_over"),),
        "Waiting for a clinician for 8 weeks or more.",
        "amber", Role.MANAGER, f"{LEEDS}: waiting approximately 8 to 12 weeks; requirements X2b", quiet_on_hold=True, short="8w"),
    FlagRule("wait_over_12_weeks", (ClockReaches("wait_to_allocation", "wait_over"),),
        "Waiting for a clinician for more than 12 weeks.",
        "red", Role.LEAD, f"{LEEDS}: waiting approximately 8 to 12 weeks; requirements X2b", replaces="wait_8_weeks", quiet_on_hold=True, short=">12w"),
    FlagRule("allocated_not_started", (ClockReaches("wait_to_start", "wait_first", states=("allocated",)),),
        "A clinician is allocated, and the family has waited 8 weeks or more for the first contact.",
        "amber", Role.CLINICIAN, f"{LEEDS}: 8 to 12 weeks before we begin working with families; requirements X2b", quiet_on_hold=True, short="start"),
    FlagRule("missing_information", (AnswersMissing(),),
        "The written referral lacks answers that the service needs.",
        "amber", Role.ADMINISTRATOR, "Essex: cannot proceed without requisite demographic and clinical information; Leeds: further information required", short="info"),
    FlagRule("missing_warn", (AnswersMissing(Lack.WARN),),
        "The written referral lacks answers that the service asks for. Nothing waits for them.",
        "amber", Role.ADMINISTRATOR, "requirements X2b and E-table: warned answers raise a nightly flag only; R-186", short="tell"),
    FlagRule("ack_due", (ClockReaches("acknowledge", "acknowledge", until="acknowledge", until_past=True),),
        "The referrer is to be told today that the referral came.",
        "amber", Role.ADMINISTRATOR, f"{ESSEX}: contacted within 5 days; requirements K4", short="ack"),
    FlagRule("ack_late", (ClockReaches("acknowledge", "acknowledge", past=True),),
        "The referrer has not been told in time that the referral came.",
        "red", Role.ADMINISTRATOR, f"{ESSEX}: contacted within 5 days; requirements K4", replaces="ack_due", short="ack!"),
    FlagRule("callback_due", (ClockReaches("call_back", "call_back"),),
        "A caller waits to be called back.",
        "amber", Role.DUTY, "Leeds one-minute guide: we will return your call as soon as possible in our opening hours; requirements K1", short="ring"),
    FlagRule("form_not_received", (ClockReaches("form_due", "form_reminder"),),
        "The written referral has not come after the duty call.",
        "amber", Role.DUTY, "Leeds: a duty call first and a following referral form; requirements K3", short="form"),
    FlagRule("info_not_received", (ClockReaches("information_due", "information_reminder"), AgreedDayComes("information_due")),
        "What was asked of the referrer has not come.",
        "amber", Role.ADMINISTRATOR, "Leeds: further information required; requirements K5", short="asked"),
    FlagRule("not_listed_for_forum", (ClockReaches("triage", "forum"),),
        "Ready for the group, and a meeting has gone by without it.",
        "amber", Role.ADMINISTRATOR, f"{LEEDS}: all referrals are discussed at a weekly group; requirements R-189, K6", short="group"),
    FlagRule("outcome_not_told", (ClockReaches("outcome_told", "outcome", states=DECIDED),),
        "The group has decided and the referrer has not been told.",
        "amber", Role.ADMINISTRATOR, f"{LEEDS}: communicated to all referrers in a timely manner; requirements K7", after_closing=True, short="told"),
    FlagRule("watch_review_due", (ClockReaches("watch", "watch"), AgreedDayComes("watch")),
        "Watchful waiting is to be reviewed.",
        "amber", Role.DUTY, f"{LEEDS}: watchful waiting over a 3-month period; requirements K11", short="watch"),
    FlagRule("consultation_due", (ClockReaches("consultation", "consultation"),),
        "The consultation that was agreed has not been held.",
        "amber", Role.CLINICIAN, "requirements K12", short="consult"),
    FlagRule("summary_due", (ClockReaches("summary", "summary"),),
        "The summary of the consultation has not been sent.",
        "amber", Role.CLINICIAN, "Leeds: a summary will be provided; requirements K13", short="summary"),
    FlagRule("formulation_due", (ClockReaches("formulation_due", "formulation"),),
        "The assessment is done and the team has not formulated.",
        "amber", Role.CLINICIAN, f"{ESSEX}: formulation of need will take place; requirements K20", short="formul."),
    FlagRule("ages_out_before_start", (DayBeforeStart("too_old", ON_THE_WAY),),
        "The baby will be too old for the service before the work is likely to start.",
        "red", Role.LEAD, "requirements K14 and R-053: projected on the published wait", short="age!"),
    FlagRule("ages_out_soon", (DayAhead("too_old", "ageing_out", (*ON_THE_WAY, *AT_WORK)),),
        "The baby will soon be too old for the service.",
        "amber", Role.LEAD, "requirements K14: warns ahead", short="age"),
    FlagRule("birth_before_start", (DayBeforeStart("due", ON_THE_WAY),),
        "The baby is due before the work is likely to start.",
        "amber", Role.CLINICIAN, "requirements K15 and R-210", short="due"),
    FlagRule("birth_unrecorded", (DaySince("due", "birth_unrecorded"),),
        "The due date has passed and no birth is recorded.",
        "amber", Role.ADMINISTRATOR, "requirements K15", short="birth"),
    FlagRule("hold_review_due", (AgreedDayComes("hold_review", always=True),),
        "The hold is to be looked at again.",
        "amber", Role.CLINICIAN, "requirements K16: a hold has a review date", short="hold?"),
    FlagRule("rating_stale", (DaySince("rated", "rating_stale", BEFORE_ALLOCATION),),
        "The three ratings are old: take them again before a clinician is allocated.",
        "amber", Role.DUTY, "requirements K18 and R-121", short="rating"),
    FlagRule("silent_case", (DaySince("contact", "silence", AT_WORK),),
        "No contact with the family has been recorded for long.",
        "amber", Role.CLINICIAN, "requirements K19", quiet_on_hold=True, short="silent"),
    FlagRule("safeguarding_open", (ClockReaches("safeguarding", "safeguarding_review"),),
        "A safeguarding concern is open, and nobody has signed it off.",
        "red", Role.SAFEGUARDING, "requirements K17: never paused by a hold, and no ending stops it", after_closing=True, short="sg!"),
    FlagRule("gp_recheck_after_birth", (DaySince("gp_recheck", "gp_recheck"),),
        "The baby is born, and the baby's own GP has not been looked at again.",
        "amber", Role.ADMINISTRATOR, "requirements X2b and C-19: an unborn baby has no GP; recheck after birth", short="gp"),
    FlagRule("record_location_after_birth", (DaySince("entry_to_move", "record_location"),),
        "The baby is born, and the entry still stands in the mother's record.",
        "amber", Role.ADMINISTRATOR, "requirements X2b and C-24: the entry moves to the infant's record at birth", short="moves"),
    FlagRule("not_on_one_worklist", (FoundByTheNight(),),
        "The referral does not stand on exactly one worklist. Find it by its reference and call for help.",
        "red", Role.MANAGER, "reliability P28: nothing silently leaves the waiting list", short="lost!"),
    FlagRule("could_not_be_evaluated", (FoundByTheNight(),),
        "The night could not read this referral: its other flags cannot be trusted. Look at it by hand.",
        "red", Role.MANAGER, "reliability D15: one bad case is recorded and passed", short="unread"),
)
# fmt: on

FLAGS: dict[str, FlagRule] = {rule.kind: rule for rule in _RULES}

MARKS = frozenset(rule.kind for rule in _RULES if rule.about_what_is_kept)
"""The kinds by which a night marks a referral that it cannot read, or cannot find on a worklist."""
