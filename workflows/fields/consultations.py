"""The questions about a consultation: a professional is its recipient, and an infant its subject (R-221)."""

from workflows.beside import RecordKind
from workflows.fields.activities import FAMILY_NAMED, SECTOR
from workflows.fields.referral import REFERRER_ROLE
from workflows.vocabulary import Field, Kind, Part

COURSE = Part.COURSE
A_YEAR = 366

ORIGIN = Field("origin", Kind.CODE, "What led to it", COURSE, ("duty_call", "triage", "formulation", "none"))
"""It may start from a call, from triage, from formulation, or from none of them (C-21)."""

REFERRAL = Field("referral", Kind.RECORD, "The referral that it is about", COURSE, record=RecordKind.REFERRAL)
CONSULTATION = Field(
    "consultation_record", Kind.RECORD, "The record of the consultation", COURSE, record=RecordKind.CONSULTATION
)
"""Of a referral: the consultation that it waits for, or came from."""

WORRIES = Field(
    "worries",
    Kind.CODES,
    "What worries the professionals",
    COURSE,
    ("caregiver_infant_relationship", "infant_needs_not_met"),
)
BASIS = Field(
    "basis",
    Kind.CODE,
    "On which basis the family is named",
    COURSE,
    ("consent", "safeguarding", "other_lawful_basis"),
)
BASIS_ON = Field("basis_on", Kind.DATE, "Day on which the family agreed, or the basis was found", COURSE)
BASIS_WORDS = Field(
    "basis_words", Kind.WORDS, "Who agreed with what standing, or which basis it is", COURSE, longest=2_000
)
PURPOSE = Field("purpose", Kind.WORDS, "What the consultation is for", COURSE, longest=20_000)
EFFECT = Field(
    "intended_effect", Kind.WORDS, "What it is to change in the system round the family", COURSE, longest=5_000
)
FOR_ROLE = Field(
    "for_role", Kind.CODE, "For whom it is: role", COURSE, tuple(c for c in REFERRER_ROLE.choices if c != "family")
)
FOR_NAME = Field("for_name", Kind.LINE, "For whom it is: name of the professional", COURSE)
FOR_ORGANISATION = Field("for_organisation", Kind.LINE, "For whom it is: organisation", COURSE)
FOR_CONTACT = Field("for_contact", Kind.LINE, "How to reach them", COURSE)
BOOKED_FOR = Field("booked_for", Kind.DATE, "Day of the consultation", COURSE, ahead=A_YEAR)
STARTS_AT = Field("starts_at", Kind.TIME, "Time at which it starts", COURSE)
PLANNED_MINUTES = Field(
    "planned_minutes", Kind.NUMBER, "Minutes planned, if not the service's own length", COURSE, least=1, most=600
)
VIRTUAL = Field("virtual", Kind.YES_NO, "Is it held online?", COURSE, ("yes", "no"))
FACILITATOR = Field("facilitator", Kind.LINE, "Clinician who facilitates", COURSE, longest=100)
INVITED = Field(
    "invited",
    Kind.LIST,
    "Who is invited",
    COURSE,
    most=60,
    of=(
        Field("role", Kind.LINE, "Role", longest=100),
        Field("organisation", Kind.LINE, "Organisation", optional=True),
        Field("discipline", Kind.LINE, "Discipline", longest=100, optional=True),
        Field("name", Kind.LINE, "Name", optional=True),
    ),
)
HELD_MINUTES = Field("minutes", Kind.NUMBER, "How many minutes it took", COURSE, least=1, most=600)
INFANT_VOICE = Field("infant_voice", Kind.WORDS, "What the baby is telling us", COURSE, longest=20_000)
RISKS = Field("risks", Kind.WORDS, "Risks that were spoken of; none, if none", COURSE, longest=20_000)
SUMMARY = Field("summary", Kind.WORDS, "Summary of the discussion", COURSE, longest=20_000)
RECOMMENDATIONS = Field("recommendations", Kind.WORDS, "Recommendations", COURSE, longest=20_000)
RECIPIENTS = Field(
    "recipients",
    Kind.LIST,
    "Who is sent the summary",
    COURSE,
    most=60,
    of=(
        Field("role", Kind.LINE, "Role", longest=100),
        Field("organisation", Kind.LINE, "Organisation", optional=True),
        Field("name", Kind.LINE, "Name", optional=True),
    ),
)
FAMILY = (FAMILY_NAMED, BASIS, BASIS_ON, BASIS_WORDS)
RECIPIENT = (FOR_ROLE, FOR_NAME, FOR_ORGANISATION, FOR_CONTACT)
SLOT = (STARTS_AT, PLANNED_MINUTES, VIRTUAL)
PARTNER = (SECTOR,)
