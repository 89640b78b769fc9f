"""Questions of the written referral beyond the caseload sheet, and the papers that lie beside a referral."""

from workflows.factors import OBSERVATION_TOOLS
from workflows.terms import codes
from workflows.vocabulary import Field, Kind, Part

FORM, COURSE = Part.FORM, Part.COURSE


def _words(name: str, label: str, part: Part = FORM) -> Field:
    return Field(name, Kind.WORDS, label, part, longest=20_000)


def _line(name: str, label: str, part: Part = FORM) -> Field:
    return Field(name, Kind.LINE, label, part)


# On the form
REFERRER_ROLE_WORDS = _line("referrer_role_words", "The referrer's role, in their own words")
CHANNEL = Field(
    "channel",
    Kind.CODE,
    "How the written referral came",
    FORM,
    ("record_system", "email", "post", "telephone", "in_person"),
)
NOTICED_AT = _line("noticed_at", "At which contact or check the need was first noticed")
EFFECT_ON_BABY = _words("effect_on_baby", "How the carer's mental ill health affects the baby")
OTHER_PARENT_MENTIONED = Field(
    "other_parent_mentioned",
    Kind.CODE,
    "Does the referrer mention a father or another parent?",
    FORM,
    ("yes", "no", "not_known"),
)
COMMISSIONING_AREA = _line("commissioning_area", "Commissioner or authority to which the family belongs")
PREGNANCY_CARE_PLAN = _words("pregnancy_care_plan", "The care plan for the pregnancy, and the services in it")
TARGET_GROUP = _line("target_group", "Group that the service has chosen to reach, if the family belongs to one")

BABIES_EXPECTED = Field("babies_expected", Kind.NUMBER, "How many babies are expected", FORM, least=1, most=8)

BACKGROUND = (
    REFERRER_ROLE_WORDS, CHANNEL, NOTICED_AT, EFFECT_ON_BABY, OTHER_PARENT_MENTIONED, COMMISSIONING_AREA,
    PREGNANCY_CARE_PLAN, TARGET_GROUP, BABIES_EXPECTED,
)  # fmt: skip

# At the group
LEVEL_OF_NEED = Field("level_of_need", Kind.CODE, "Level of need", COURSE, ("targeted", "specialist"))
BEYOND_LOWER_TIER = Field(
    "beyond_lower_tier", Kind.YES_NO, "Is it beyond what the early-help teams can offer?", COURSE, ("yes", "no")
)
JOINT_DECISION = _words(
    "joint_decision", "What was decided with the other service: appropriateness, timing, place beside safeguarding",
    COURSE,
)  # fmt: skip
TOOLS_SUGGESTED = Field(
    "tools_suggested",
    Kind.CODES,
    "Observation or screening tools suggested",
    COURSE,
    codes(OBSERVATION_TOOLS),
    terms=OBSERVATION_TOOLS,
)

# Papers
DOCUMENT_KIND = Field(
    "document_kind",
    Kind.CODE,
    "What document it is",
    choices=("risk_assessment", "care_plan", "birth_plan", "child_protection_plan", "report", "measure", "other"),
)
DOCUMENT_DATE = Field("document_date", Kind.DATE, "Date of the document")
DOCUMENT_PLACE = Field("document_place", Kind.LINE, "Where it is kept")
SHARED_WHAT = _words("shared_what", "What was shared", Part.STEP)
SHARED_WITH = Field("shared_with", Kind.LINE, "With whom")
SHARED_BASIS = Field(
    "shared_basis",
    Kind.CODE,
    "On what basis",
    choices=("consent", "safeguarding", "legal_duty", "vital_interests"),
)
QUESTIONNAIRE = Field("questionnaire", Kind.LINE, "Name of the questionnaire")
ANSWERED_BY = Field("answered_by", Kind.LINE, "Who answered it")
REPLIES = Field(
    "replies",
    Kind.LIST,
    "Questions and answers",
    of=(
        Field("question", Kind.LINE, "Question", longest=500),
        Field("reply", Kind.WORDS, "Answer", longest=20_000),
    ),
)
