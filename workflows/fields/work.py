"""The questions of the work with a family: who was there, what was seen, what was planned and how it went."""

from workflows.beside import RecordKind
from workflows.factors import OBSERVATION_TOOLS, PRESENTATIONS
from workflows.fields.referral import INFANT_VOICE, REMARK
from workflows.interventions import CATALOGUE, Delivery
from workflows.staffing import DISCIPLINES as PROFESSIONS
from workflows.terms import codes
from workflows.vocabulary import Field, Kind, Part

COURSE = Part.COURSE
A_YEAR = 366
ENTRY = 1_000_000
"""A number of an entry: that of the event which made it."""


def _line(name: str, label: str, longest: int = 200) -> Field:
    return Field(name, Kind.LINE, label, longest=longest)


def _words(name: str, label: str, part: Part = Part.STEP) -> Field:
    return Field(name, Kind.WORDS, label, part, longest=20_000)


def _yes_no(name: str, label: str) -> Field:
    return Field(name, Kind.YES_NO, label, choices=("yes", "no"))


# The baby
INFANT_OBSERVED = _yes_no("infant_observed", "Was the baby observed?")
NOT_OBSERVED_BECAUSE = _words("not_observed_because", "Why the baby was not observed")
INFANT_RISKS = _words("infant_risks", "Risks and concerns for the baby, apart from the carer's")
OF_THE_INFANT = (INFANT_VOICE, INFANT_OBSERVED, NOT_OBSERVED_BECAUSE, INFANT_RISKS)

OBSERVATIONS = Field(
    "observations",
    Kind.LIST,
    "How the baby was observed",
    most=20,
    of=(
        Field("tool", Kind.CODE, "With which tool", choices=codes(OBSERVATION_TOOLS), terms=OBSERVATION_TOOLS),
        Field("seen_on", Kind.DATE, "On which day"),
        Field("seen_by", Kind.LINE, "By whom", longest=100, optional=True),
        Field("seen", Kind.WORDS, "What was seen", longest=20_000, optional=True),
    ),
)
PRESENTS = Field(
    "presentations", Kind.CODES, "How it shows in the baby", COURSE, codes(PRESENTATIONS), terms=PRESENTATIONS
)
PRESENTS_WORDS = _words("presentations_words", "What else the baby shows", COURSE)

# Contacts and sessions
WHO = (
    "infant", "focus_carer", "other_carer", "mother", "father", "step_parent", "foster_carer", "adoptive_parent",
    "grandparent", "sibling", "professional", "interpreter", "other",
)  # fmt: skip
PARTICIPANTS = Field(
    "participants",
    Kind.LIST,
    "Each person who was there, or was expected",
    most=20,
    of=(
        Field("who", Kind.CODE, "Who", choices=WHO),
        _yes_no("attended", "Was there"),
        Field("named", Kind.LINE, "Name, or role of a professional", longest=100, optional=True),
        Field("carer", Kind.RECORD, "Record of the carer", record=RecordKind.CARER, optional=True),
        Field("infant", Kind.RECORD, "Record of the baby", record=RecordKind.INFANT, optional=True),
        Field(
            "absent_because",
            Kind.CODE,
            "Why not",
            choices=("at_work", "not_invited", "not_identified", "other"),
            optional=True,
        ),
    ),
)
"""A father who was expected and was at work is an entry as well (R-325); his coming is counted apart (R-319)."""

MINUTES = Field("minutes", Kind.NUMBER, "Minutes", least=1, most=600)
CONTACT_KIND = Field(
    "contact_kind", Kind.CODE, "Kind of contact", choices=("visit", "call", "observation", "peer_support")
)
MISSED = ("cancelled_by_family", "cancelled_by_service", "not_brought", "did_not_attend")
OUTCOME = Field("contact_outcome", Kind.CODE, "What happened instead", choices=MISSED)
CONTACT_TRIED = _words("contact_tried", "How the family was tried to be reached")
WHY_MISSED = _line("why_missed", "Reason, if known")

APPOINTMENT_ON = Field("appointment_on", Kind.DATE, "Day of the appointment", ahead=A_YEAR)
APPOINTMENT_AT = Field("appointment_at", Kind.TIME, "Time of the appointment")
APPOINTMENT_WITH = _line("appointment_with", "With whom")
APPOINTMENT = Field("appointment", Kind.NUMBER, "Number of the appointment that this was", least=1, most=ENTRY)

INTERVENTION = Field(
    "intervention", Kind.CODE, "Intervention of the session", choices=codes(CATALOGUE), terms=CATALOGUE
)
OWN_INTERVENTION = _line("own_intervention", "Which intervention of the service's own", 100)
SESSION_NUMBER = Field("session_number", Kind.NUMBER, "Which of the planned sessions", least=1, most=100)
DELIVERED_BY = Field("delivered_by", Kind.RECORD, "Staff record of whoever delivered it", record=RecordKind.STAFF)
DELIVERY = Field(
    "delivery", Kind.CODE, "With this family or in a group", choices=(Delivery.INDIVIDUAL.value, Delivery.GROUP.value)
)
GROUP_NAME = _line("group_name", "Which group", 100)
CO_FACILITATORS = _line("co_facilitators", "Who led the group with them")
PARTNER = _line("partner", "Organisation that delivers it with the service", 100)
FILMED = _yes_no("filmed", "Was it filmed?")
CLIPS_WATCHED = _yes_no("clips_watched", "Were clips watched with the parent?")

BESIDE_A_CONTACT = (APPOINTMENT, MINUTES, CONTACT_KIND, OBSERVATIONS, REMARK)
BESIDE_A_SESSION = (
    APPOINTMENT, MINUTES, SESSION_NUMBER, DELIVERED_BY, DELIVERY, GROUP_NAME, CO_FACILITATORS, PARTNER, FILMED,
    CLIPS_WATCHED, OBSERVATIONS, OWN_INTERVENTION, REMARK,
)  # fmt: skip

# Measures and goals
DOMAIN = Field(
    "domain", Kind.CODE, "What it measures", choices=("relationship", "parent_mental_health", "baby_development")
)
MEASURE = _line("measure", "Which measure", 100)
TIME_POINT = Field("time_point", Kind.CODE, "Before, during or after the work", choices=("before", "during", "after"))
MEASURE_RESULT = Field("measure_result", Kind.WORDS, "Result, as the measure gives it", longest=2_000)
MEASURES_OFFERED = _yes_no("measures_offered", "Were outcome measures offered?")
NO_MEASURES_BECAUSE = _words("no_measures_because", "Why no measures")
GOAL = Field("goal", Kind.WORDS, "Goal, in the family's words", longest=2_000)
GOAL_FOR = Field("goal_for", Kind.CODE, "Whose goal it is", choices=("baby", "carer", "relationship"))
GOAL_NUMBER = Field("goal_number", Kind.NUMBER, "Number of the goal", least=1, most=ENTRY)
GOAL_RATING = Field(
    "goal_rating", Kind.NUMBER, "How near the goal is: 0 not at all, 10 reached (goal-based outcomes)", most=10
)
GOAL_WORDS = _words("goal_words", "In the family's words")

# Formulation and plan
DISCIPLINES = Field(
    "disciplines", Kind.CODES, "Disciplines at the formulation meeting", choices=codes(PROFESSIONS), terms=PROFESSIONS
)
DISCIPLINES_WORDS = _line("disciplines_words", "Which other profession")
FORMULATED_BY = _words("formulated_by", "Who took part")
FORMULATION_MEETING = Field("formulation_meeting", Kind.RECORD, "Meeting that formulated", record=RecordKind.MEETING)
RELATIONSHIPS = _words("relationships", "The relationships")
CIRCUMSTANCES = _words("circumstances", "The social circumstances")
LIFE_EVENTS = _words("life_events", "Life events")
FAMILY_UNDERSTANDING = _words("family_understanding", "How the family itself understands it")
FORMULATION = (
    DISCIPLINES_WORDS, FORMULATED_BY, FORMULATION_MEETING, RELATIONSHIPS, CIRCUMSTANCES, LIFE_EVENTS,
    FAMILY_UNDERSTANDING, PRESENTS, PRESENTS_WORDS,
)  # fmt: skip
VOICE_IN_PLAN = _words("voice_in_plan", "The baby's voice in the plan", COURSE)
ALTERNATIVES = _words("alternatives", "What was offered instead")
PLACEMENT_PLAN = Field(
    "placement_plan",
    Kind.CODE,
    "Of a looked-after baby: what the plan is",
    COURSE,
    ("adoption", "reunification", "none_yet"),
)
ENDING_WITH_FAMILY = _yes_no("ending_with_family", "Was the ending planned with the family?")
ENDING_WITHOUT_BECAUSE = _words("ending_without_because", "Why it was not")
