"""The questions about a meeting, and about what the group rates and decides in it."""

from dataclasses import replace

from workflows.beside import RecordKind
from workflows.fields.referral import TWO_YEARS
from workflows.vocabulary import Field, Kind, Part

COURSE = Part.COURSE
LOW_MODERATE_HIGH = ("low", "moderate", "high")
MOST_PEOPLE = 60

# Of the meeting.
MEETING_ON = Field("meeting_on", Kind.DATE, "Day of the meeting", COURSE, ahead=TWO_YEARS)
MEETING_AT = Field("meeting_at", Kind.TIME, "Time of the meeting", COURSE)
MEETING_KIND = Field(
    "meeting_kind", Kind.CODE, "What kind of meeting", COURSE, ("group", "triage", "formulation", "other_service")
)
"""The group of Leeds, the triage of Essex, a formulation meeting of the team; another service's meeting (R-202)."""
MEETS_WITH = Field(
    "meets_with",
    Kind.LIST,
    "Other services that sit in this meeting",
    COURSE,
    most=20,
    of=(Field("service", Kind.LINE, "Service", longest=100),),
)
REFERRAL = Field("referral", Kind.RECORD, "Referral", record=RecordKind.REFERRAL)
LATE_REASON = Field("late_reason", Kind.WORDS, "Why it comes after the agenda was closed", longest=2_000)
ITEM = Field("item", Kind.NUMBER, "Number of the item on the agenda", least=1, most=1_000_000)
DECISION = Field("decision", Kind.LINE, "What was decided", longest=64)

_STAFF = Field("staff", Kind.RECORD, "Staff record", record=RecordKind.STAFF, optional=True)
_WHO = Field("who", Kind.LINE, "Name", longest=100)
_ROLE = Field("role", Kind.LINE, "Role", longest=100, optional=True)
_FROM = Field("service", Kind.LINE, "Service, where it is another", longest=100, optional=True)
_REFERRER = Field("is_referrer", Kind.YES_NO, "Came as the referrer?", choices=("yes", "no"), optional=True)
ONE_PERSON = (_WHO, _STAFF, _ROLE, _FROM, _REFERRER)

ATTENDEES = Field("attendees", Kind.LIST, "Who is in the room", COURSE, most=MOST_PEOPLE, of=ONE_PERSON)
WHO = _WHO
"""By the same name as in the list of those who were there at the start."""
BESIDE_WHO = tuple(replace(field, optional=False) for field in (_STAFF, _ROLE, _FROM, _REFERRER))

# Of a referral before the group.
MEETING = Field("meeting", Kind.RECORD, "Meeting that decided", record=RecordKind.MEETING)
RELATIONAL_RISK = Field("relational_risk", Kind.CODE, "Risk in the relationship", choices=LOW_MODERATE_HIGH)
SAFEGUARDING_RISK = Field("safeguarding_risk", Kind.CODE, "Safeguarding risk", choices=LOW_MODERATE_HIGH)
NETWORK = Field(
    "network",
    Kind.LIST,
    "Who is in the network",
    most=MOST_PEOPLE,
    of=(
        Field("role", Kind.LINE, "Role", longest=100),
        Field("organisation", Kind.LINE, "Organisation", longest=100, optional=True),
        Field("support", Kind.LINE, "What they do for the family", longest=200, optional=True),
    ),
)
LEVEL_OF_SUPPORT = Field("level_of_support", Kind.WORDS, "Level of support in place", longest=2_000)

# The wait that the service publishes, in days, as it stood then: casework itself gives these (requirements R-209).


def _wait(name: str, label: str, figure: str, part: Part = Part.STEP) -> Field:
    return Field(name, Kind.NUMBER, label, part, least=1, most=3_660, figure=figure)


AT_ACCEPTANCE = (
    _wait("published_wait_first", "Published wait at acceptance: its lower end, in days", "wait_first", COURSE),
    _wait("published_wait_over", "Published wait at acceptance: the first day beyond it", "wait_over", COURSE),
)
TOLD_WAIT = (
    _wait("told_wait_first", "Wait that was told: its lower end, in days", "wait_first"),
    _wait("told_wait_over", "Wait that was told: the first day beyond it", "wait_over"),
)
NO_PROMISE_TOLD = Field(
    "no_promise_told", Kind.YES_NO, "Was it said that an assessment promises no intervention?", choices=("yes", "no")
)
