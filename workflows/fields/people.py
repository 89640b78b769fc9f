"""The questions about the people: who a baby is, who holds them, and who else is round the family.

What is known for good (a name, a number) lasts. What was so for a while (a placement, a link, an instruction) is an
entry of a list, with the days that it holds; the latest entry about the same person or channel counts.
"""

from dataclasses import replace

from workflows.beside import RecordKind
from workflows.fields.referral import AWAITED, CARER_RELATIONSHIP, SETTLED, as_terms
from workflows.vocabulary import Field, Kind, Part

COURSE, STEP = Part.COURSE, Part.STEP


def _line(name: str, label: str, part: Part = STEP, longest: int = 200) -> Field:
    return Field(name, Kind.LINE, label, part, longest=longest)


def _words(name: str, label: str, part: Part = STEP) -> Field:
    return Field(name, Kind.WORDS, label, part, longest=5_000)


def _code(name: str, label: str, choices: tuple[str, ...], part: Part = STEP) -> Field:
    return Field(name, Kind.CODE, label, part, choices)


def _yes_no(name: str, label: str, part: Part = STEP) -> Field:
    return _code(name, label, ("yes", "no"), part)


def _record(name: str, kind: RecordKind, label: str, part: Part = STEP) -> Field:
    return Field(name, Kind.RECORD, label, part, record=kind)


SINCE = Field("since", Kind.DATE, "Since when")
UNTIL = Field("until", Kind.DATE, "Until when")
SECOND_PERSON = _line("second_person", "Second person who agrees", longest=100)

# Who is who.
NUMBER_STATUS = (
    "present_verified", "present_not_traced", "trace_required", "trace_no_match", "trace_conflict",
    "trace_in_progress", "not_present_no_trace", "trace_postponed",
)  # fmt: skip
"""NHS Data Dictionary, NHS NUMBER STATUS INDICATOR CODE: 01 to 08, in this order. The last is for six weeks only."""

NUMBER_IS_THERE = ("present_verified", "present_not_traced")
NUMBER_IS_NOT_THERE = ("not_present_no_trace", "trace_postponed")

INFANT_NUMBER_STATUS = _code("infant_nhs_status", "Status of the baby's NHS number", NUMBER_STATUS, COURSE)
CARER_NUMBER_STATUS = _code("carer_nhs_status", "Status of the carer's NHS number", NUMBER_STATUS[:-1], COURSE)
INFANT_SEX = _code("infant_sex", "Baby's sex", ("female", "male", "indeterminate", "not_known"), COURSE)
BABIES_BORN = Field("babies_born", Kind.NUMBER, "How many babies were, or will be, born", COURSE, least=1, most=8)
BIRTH_ORDER = Field("birth_order", Kind.NUMBER, "Which of them this baby is", COURSE, least=1, most=8)
GESTATION_WEEKS = Field("gestation_weeks", Kind.NUMBER, "Weeks of pregnancy at birth", COURSE, least=20, most=45)
CARER_DOB = Field("carer_dob", Kind.DATE, "Carer's date of birth", COURSE)

ETHNICITY = _code(
    "ethnicity",
    "Ethnic category",
    (
        "white_british", "white_irish", "white_other", "mixed_white_and_black_caribbean",
        "mixed_white_and_black_african", "mixed_white_and_asian", "mixed_other", "indian", "pakistani", "bangladeshi",
        "asian_other", "black_caribbean", "black_african", "black_other", "chinese", "any_other_ethnic_group",
        "not_stated",
    ),
    COURSE,
)  # fmt: skip
"""The categories of the NHS Data Dictionary. `not_stated`: asked, and not said. A blank was not asked (W11)."""

ETHNICITY_BASIS = _code(
    "ethnicity_basis", "Is it recorded from the person, or estimated?", ("recorded", "estimated"), COURSE
)

# How records name each other.
INFANT = _record("infant", RecordKind.INFANT, "The baby's record", COURSE)
FOCUS_CARER = _record(
    "focus_carer", RecordKind.CARER, "The record of the carer whose relationship this is about", COURSE
)
FIRST_REFERRAL = _record("first_referral", RecordKind.REFERRAL, "The referral by which the baby became known", COURSE)
FAMILY = Field("family", Kind.RECORD, "The family that it belongs to", COURSE)
"""A label and no record: those that bear the same one belong together."""

CARER = _record("carer", RecordKind.CARER, "The carer's record")
CHILD = _record("child", RecordKind.INFANT, "The child's record")
RELATIONSHIP = _code("relationship", "Relationship to the baby", CARER_RELATIONSHIP.choices)
PARENTAL_RESPONSIBILITY = _code("parental_responsibility", "Parental responsibility", ("yes", "no", "not_known"))
LIVES_WITH = _code("lives_with", "Does the baby live with them?", ("yes", "part_of_the_time", "no", "not_known"))
CONTACT_ARRANGEMENTS = _words("contact_arrangements", "When and how they see the baby")
LINK_ENDS = _code(
    "link_ends",
    "Why they no longer care for the baby",
    ("placement_ended", "contact_ended", "died", "adopted", "moved_away", "linked_in_error", "other"),
)

# Of a baby.
PLACE = _code(
    "place",
    "Where the baby is",
    (
        "home", "relatives", "neonatal_unit", "hospital_ward", "mother_and_baby_unit", "foster_care",
        "residential_unit", "adoptive_home", "elsewhere",
    ),
)  # fmt: skip
PLACE_WORDS = _line("place_words", "Which one, or where")
WITH_CARER = _record("with_carer", RecordKind.CARER, "The record of the carer who holds the baby there")
LEGAL_STATUS = _code(
    "legal_status",
    "Legal status",
    (
        "none", "voluntary_accommodation", "interim_care_order", "care_order", "supervision_order",
        "emergency_protection_order", "special_guardianship", "placement_order", "adopted", "other",
    ),
)  # fmt: skip
CARE_PLAN = _words("care_plan", "The plan: reunification, adoption or another, and what it says of contact")
RECORD_HOLDER = _code(
    "record_holder", "On whose record in the other system it stands", ("infant", "mother", "other_parent")
)
RECORD_SYSTEM = _line("record_system", "Which record system", longest=100)
OUTSIDE_REFERENCE = _line("outside_reference", "Reference of the entry there", longest=100)
WRITTEN_THERE = _yes_no("written_there", "Has the entry been written there?")

# Of a carer.
CHANNELS = ("post", "telephone", "voicemail", "email", "text", "in_person")
CHANNEL = _code("channel", "By which way", CHANNELS)
SAFE = _code("safe", "May this person be reached in this way?", ("allowed", "ask_first", "not_allowed"))
SAFE_WORDS = _words("safe_words", "What is to be heeded")
DETAIL = _words("detail", "Address, number or mailbox")
DETAIL_ENTRY = Field("detail_entry", Kind.NUMBER, "Number of the contact detail", least=1, most=1_000_000)
NOT_TO = _record("not_to", RecordKind.CARER, "The record of whoever must never have a copy of what is sent to them")
COPY_RULE = Field("copy_rule", Kind.NUMBER, "Number of the instruction", least=1, most=1_000_000)
LANGUAGE = _line("language", "Language that they would speak with us", COURSE, 100)
INTERPRETER_NEEDED = _yes_no("interpreter_needed", "Is an interpreter needed?", COURSE)
ADJUSTMENTS = _words("adjustments", "Disability, and what has to be arranged", COURSE)
CARE_LEAVER = _yes_no("care_leaver", "Was the carer in care as a child?", COURSE)
OPEN_TO_SOCIAL_WORK = _yes_no("open_to_social_work", "Is the carer open to social work?", COURSE)
CONTACT_THROUGH = _line("contact_through", "By whom, and how, contact should be made", COURSE)
FAMILY_TYPE = _code(
    "family_type",
    "Shape of the family",
    (
        "mother_and_father", "same_sex_couple", "lone_mother", "lone_father", "step_family", "kinship_family",
        "foster_family", "adoptive_family", "other",
    ),
    COURSE,
)  # fmt: skip
PERINATAL_CARE = _code(
    "perinatal_care",
    "How the carer stands with the perinatal mental health service",
    ("with_it", "eligible_not_engaged", "not_eligible"),
    COURSE,
)
"""Eligible and not engaged is asked for of its own (R-239): the report's overlap of 10 to 30 percent counts both."""
PERINATAL_PATHWAYS = _words("perinatal_pathways", "Pathways there that are being accessed", COURSE)


def _unanswered(asked: tuple[Field, ...]) -> Field:
    """Why answers of a record are not there, in the shapes that the written referral has for it."""
    of = (
        replace(_code("name", "Which answer", tuple(f.name for f in asked)), terms=as_terms(asked)),
        _code("shape", "Why it is not there", (AWAITED, *SETTLED)),
        replace(_line("owed_by", "Who owes it", longest=100), optional=True),
    )
    label = "Answers that are not there, and why"
    return Field("unanswered", Kind.LIST, label, Part.FORM, most=len(asked), of=of)


CIRCUMSTANCES = (
    LANGUAGE, INTERPRETER_NEEDED, ADJUSTMENTS, CARE_LEAVER, OPEN_TO_SOCIAL_WORK, CONTACT_THROUGH, FAMILY_TYPE,
    PERINATAL_CARE, PERINATAL_PATHWAYS,
)  # fmt: skip
"""Of a carer, asked in any order, each of which they may decline to say."""

CARER_UNANSWERED = _unanswered((ETHNICITY, CARER_DOB, *CIRCUMSTANCES))
INFANT_UNANSWERED = _unanswered((ETHNICITY, INFANT_SEX, BIRTH_ORDER, GESTATION_WEEKS))

# On a referral: consent, and the professionals round the family.
CONSENT_DECISION = _code("consent_decision", "What was decided", ("given", "refused", "withdrawn"))
CONSENT_FOR = _code(
    "consent_for",
    "For what",
    ("referral", "assessment", "intervention", "filming", "sharing", "anonymised_use"),
)
CONSENT_BY = _line("consent_by", "By whom", longest=100)
WITHOUT_RESPONSIBILITY = "carer_without_parental_responsibility"

CONSENT_STANDING = _code(
    "consent_standing",
    "With what standing",
    ("parental_responsibility", WITHOUT_RESPONSIBILITY, "local_authority", "court", "not_known"),
)
CONSENT_SAID_ON = Field("consent_said_on", Kind.DATE, "On which day they said so")
CONSENT_WORDS = _words("consent_words", "How it was asked, and what was said")

NETWORK_ROLE = _code(
    "network_role",
    "Who they are to the family",
    (
        "referrer", "health_visitor", "midwife", "gp", "social_worker", "care_coordinator", "perinatal_clinician",
        "early_years", "neonatal_team", "paediatrician", "trusted_professional", "other",
    ),
)  # fmt: skip
NETWORK_NAME = _line("network_name", "Their name", longest=100)
NETWORK_SERVICE = _line("network_service", "Their service", longest=100)
NETWORK_CONTACT = _line("network_contact", "How to reach them")
TRUSTED = _yes_no("trusted", "Does the family trust them, so that they can introduce the service?")
KEPT_INFORMED = _yes_no("kept_informed", "Are they told of outcomes?")
NETWORK_ENTRY = Field("network_entry", Kind.NUMBER, "Number of the professional", least=1, most=1_000_000)

# On any record.
MARKED_EVENT = Field("marked_event", Kind.NUMBER, "Number of the event that is marked", least=1, most=1_000_000)
ABOUT_WHOM = _line("about_whom", "About whom it tells", longest=100)
WITHHOLD_FROM = _record("withhold_from", RecordKind.CARER, "The record of whoever must not be given it")
MARK = Field("mark", Kind.NUMBER, "Number of the mark", least=1, most=1_000_000)
