"""The questions of the duty line: a message, a slot, the call itself and what becomes of it."""

from dataclasses import replace

from workflows.factors import ANTENATAL, CONTRIBUTING, OBSERVED_BY, URGENCY
from workflows.fields.referral import REFERRER_CONTACT, REFERRER_NAME, REFERRER_ROLE
from workflows.indicators import ASKED_BY
from workflows.keypoints import BESIDE, KEY_POINTS
from workflows.screening import Seen
from workflows.terms import codes
from workflows.vocabulary import Field, Kind, Part

FORM, COURSE = Part.FORM, Part.COURSE
A_YEAR = 366
LONGEST_CALL = 240
"""Minutes: a number beyond is a slip of the pen."""


def _words(name: str, label: str, part: Part = Part.STEP) -> Field:
    return Field(name, Kind.WORDS, label, part, longest=20_000)


def _yes_no(name: str, label: str, part: Part = Part.STEP) -> Field:
    return Field(name, Kind.YES_NO, label, part, ("yes", "no"))


# A message
LEFT_AT = Field("left_at", Kind.TIME, "Time of the day at which the message was left, or the call was missed")
CALL_BACK_NUMBER = Field("call_back_number", Kind.LINE, "Number to call back", COURSE, longest=40)
URGENT = _yes_no("urgent", "Did the caller say that it is urgent?", COURSE)
WHY_NOT_REACHED = Field("why_not_reached", Kind.LINE, "What happened when the caller was rung", longest=200)
CALLER = (REFERRER_NAME, REFERRER_ROLE, REFERRER_CONTACT)

# A slot
CALL_ON = Field("call_on", Kind.DATE, "Day of the duty call", COURSE, ahead=A_YEAR)
CALL_AT = Field("call_at", Kind.TIME, "Time of the duty call", COURSE)
CALL_MINUTES_BOOKED = Field(
    "call_minutes_booked", Kind.NUMBER, "Minutes booked for the call", COURSE, least=5, most=LONGEST_CALL
)
CALLER_PREPARED = _yes_no(
    "caller_prepared",
    "Was the caller told to have the baby's record open, to be in a quiet space, and what to read?",
    COURSE,
)

# The call
CALL_MINUTES_USED = Field("call_minutes_used", Kind.NUMBER, "Minutes that the call took", COURSE, most=LONGEST_CALL)
CALLER_CONFIRMED = _yes_no("caller_confirmed", "Was it made sure who the caller is?", COURSE)
PROFORMA = {code: _words(f"call_{code}", term.words, FORM) for code, term in {**KEY_POINTS, **BESIDE}.items()}
"""The six key points, strengths and support: told once, on the call, and carried forward."""

OBSERVED_HOW = Field(
    "observed_how",
    Kind.CODES,
    "Where the answer on what the baby is telling us comes from",
    FORM,
    codes(OBSERVED_BY),
    terms=OBSERVED_BY,
)
CARER_ACCOUNT = replace(_words("carer_account", "The carer's own account", FORM), restricted=True)
RISK_SCREEN = Field(
    "risk_screen",
    Kind.LIST,
    "The risk-factor screen of the service, item by item",
    COURSE,
    of=(
        Field("item", Kind.LINE, "Item of the service's form", longest=64),
        Field("answer", Kind.CODE, "Is it so?", choices=tuple(Seen)),
    ),
)
FACTORS = {**CONTRIBUTING, **ANTENATAL}
CONTRIBUTING_FACTORS = Field(
    "contributing_factors", Kind.CODES, "What may lie behind the difficulty", FORM, codes(FACTORS), terms=FACTORS
)
CONTRIBUTING_WORDS = replace(_words("contributing_words", "Another factor, in words", FORM), restricted=True)
URGENCY_SOURCE = Field(
    "urgency_source", Kind.CODES, "Where the sense of urgency comes from", FORM, codes(URGENCY), terms=URGENCY
)
URGENCY_WORDS = _words("urgency_words", "Where else the urgency comes from", FORM)
HELP_ASKED_BY = Field("help_asked_by", Kind.CODE, "Who is asking for help", FORM, codes(ASKED_BY), terms=ASKED_BY)

# What becomes of it
THINKING_SHARED = _words("thinking_shared", "What was thought through together about the baby's emotional needs")
RATIONALE = _words("rationale", "Why this is the indication")
CALL_RECORDED_IN = Field(
    "call_recorded_in",
    Kind.CODE,
    "On whose record outside the call was written up",
    COURSE,
    ("infants_record", "mothers_record", "none"),
)
CALL_RECORD_REFERENCE = Field("call_record_reference", Kind.LINE, "Its reference there", COURSE, longest=100)
WHO_ATTENDS = Field("who_attends", Kind.LINE, "Who would attend the consultation", COURSE)
LAWFUL_BASIS = _words("lawful_basis", "Why the family is named although no consent is recorded", COURSE)

TOLD_ON_THE_CALL = (
    *PROFORMA.values(), OBSERVED_HOW, CARER_ACCOUNT, RISK_SCREEN, CONTRIBUTING_FACTORS, CONTRIBUTING_WORDS,
    URGENCY_SOURCE, URGENCY_WORDS, HELP_ASKED_BY, CALLER_CONFIRMED,
)  # fmt: skip
WRITTEN_UP = (CALL_MINUTES_USED, THINKING_SHARED, CALL_RECORDED_IN, CALL_RECORD_REFERENCE)
