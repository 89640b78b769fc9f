"""The questions, each defined once. Names are the columns of the caseload sheet where it has one."""

from collections.abc import Iterable
from dataclasses import replace

from workflows.fields.background import BACKGROUND
from workflows.fields.circumstances import CIRCUMSTANCES
from workflows.interventions import CATALOGUE
from workflows.terms import Term, codes
from workflows.vocabulary import Field, Kind, Part

FORM, COURSE = Part.FORM, Part.COURSE
LOW_TO_HIGH = ("low", "adequate", "high")
RATED, CONTACT = "rated_on", "contact_on"
"""The day of the latest rating, and of the latest contact with the family."""

PREGNANCY = 300
TWO_YEARS = 731
"""How far ahead, in days, a date may lie that is not yet past: further is a slip of the pen."""


def _date(name: str, label: str, part: Part, ahead: int = 0) -> Field:
    return Field(name, Kind.DATE, label, part, ahead=ahead)


def _line(name: str, label: str, part: Part = Part.STEP, longest: int = 200) -> Field:
    return Field(name, Kind.LINE, label, part, longest=longest)


def _words(name: str, label: str, part: Part = Part.STEP) -> Field:
    return Field(name, Kind.WORDS, label, part, longest=20_000)


def _code(name: str, label: str, choices: tuple[str, ...], part: Part = Part.STEP, dates: str = "") -> Field:
    return Field(name, Kind.CODE, label, part, choices, dates=dates)


def _yes_no(name: str, label: str, part: Part = Part.STEP) -> Field:
    return Field(name, Kind.YES_NO, label, part, ("yes", "no"))


# The written referral: asked once, carried forward.
INFANT_NAME = _line("infant_name", "Baby's name", FORM)
INFANT_NHS_NUMBER = Field("infant_nhs_number", Kind.NHS_NUMBER, "Baby's NHS number", FORM)
INFANT_DOB = _date("infant_dob", "Baby's date of birth", FORM)
EXPECTED_DUE_DATE = _date("expected_due_date", "Expected date of birth", FORM, PREGNANCY)
CARER_NAME = _line("carer_name", "Carer's name", FORM)
CARER_RELATIONSHIP = _code(
    "carer_relationship",
    "Carer's relationship to the baby",
    ("mother", "father", "parent", "step_parent", "adoptive_parent", "foster_carer", "grandparent", "other_carer"),
    FORM,
)
CARER_NHS_NUMBER = Field("carer_nhs_number", Kind.NHS_NUMBER, "Carer's NHS number", FORM)
PRIMARY_CARER = _yes_no("primary_carer", "Is this the baby's primary carer?", FORM)
GP_PRACTICE_CODE = _line("gp_practice_code", "GP practice (ODS code)", FORM, 10)
POSTCODE = _line("postcode", "Home postcode", FORM, 10)
REFERRER_NAME = _line("referrer_name", "Referrer's name", FORM)
REFERRER_ROLE = _code(
    "referrer_role",
    "Referrer's role",
    (
        "health_visitor", "midwife", "gp", "perinatal_mental_health", "social_worker", "paediatrician", "early_years",
        "family_nurse", "cypmhs_practitioner", "third_sector", "other_professional", "family",
    ),
    FORM,
)  # fmt: skip
REFERRER_CONTACT = _line("referrer_contact", "How to reach the referrer", FORM)
CONSENT_ON = _date("consent_on", "Date on which the family agreed to the referral", FORM)
DUTY_CALL_ON = _date("duty_call_on", "Date of the duty call", FORM)
REFERRER_WORDS = _words("referrer_words", "Concerns in the referrer's own words", FORM)
RELATIONSHIP_NEED = _code("relationship_need", "Relationship need", ("low", "moderate", "high"), FORM, RATED)
MOTIVATION = _code("motivation", "Caregiver's motivation", LOW_TO_HIGH, FORM, RATED)
READINESS = _code("readiness", "Caregiver's readiness", LOW_TO_HIGH, FORM, RATED)
RISK_SCREEN_ON = _date("risk_screen_on", "Date of the parent-infant relationship risk-factor screen", FORM)
INDICATION = _code("indication", "Indication given on the duty call", ("direct", "consultation"), FORM)
RELATIONSHIP_AT_RISK = _yes_no("relationship_at_risk", "Is the difficulty in the relationship with the baby?", FORM)
GP_IN_AREA = _yes_no("gp_in_area", "Is the carer's GP in the service's area?", FORM)
LIVES_IN_AREA = _yes_no("lives_in_area", "Does the carer live in the service's area?", FORM)
IN_CONTACT = _yes_no("in_contact", "Is the carer in regular contact with the baby?", FORM)
CARER_UNAVAILABLE = _code(
    "carer_unavailable",
    "Is the carer away and unable to attend?",
    ("no", "in_hospital", "in_prison", "in_rehabilitation"),
    FORM,
)
LEARNING_DISABILITY = _yes_no("learning_disability", "Does the carer have a learning disability?", FORM)

OF_THE_SHEET = (
    INFANT_NAME, INFANT_NHS_NUMBER, INFANT_DOB, EXPECTED_DUE_DATE, CARER_NAME, CARER_RELATIONSHIP, CARER_NHS_NUMBER,
    PRIMARY_CARER, GP_PRACTICE_CODE, POSTCODE, REFERRER_NAME, REFERRER_ROLE, REFERRER_CONTACT, CONSENT_ON, DUTY_CALL_ON,
    REFERRER_WORDS, RELATIONSHIP_NEED, MOTIVATION, READINESS, RISK_SCREEN_ON, INDICATION, RELATIONSHIP_AT_RISK,
    GP_IN_AREA, LIVES_IN_AREA, IN_CONTACT, CARER_UNAVAILABLE, LEARNING_DISABILITY,
)  # fmt: skip

MAY_STAY_OPEN = (
    INFANT_NAME, INFANT_NHS_NUMBER, INFANT_DOB, EXPECTED_DUE_DATE, CARER_NAME, CARER_RELATIONSHIP, CARER_NHS_NUMBER,
    GP_PRACTICE_CODE, POSTCODE, RELATIONSHIP_AT_RISK, GP_IN_AREA, LIVES_IN_AREA, IN_CONTACT, CARER_UNAVAILABLE,
    LEARNING_DISABILITY, *CIRCUMSTANCES,
)  # fmt: skip
"""What a family may decline, or nobody may know. Consent, the call, the ratings and the referrer are not among it."""

AWAITED = "awaited"
SETTLED = ("declined", "not_known", "not_applicable")
"""Nobody waits for a value any longer. What was asked and is awaited is not settled: somebody owes it."""


def as_terms(asked: Iterable[Field]) -> dict[str, Term]:
    """Questions as the choices of another question: which of them it is about."""
    return {f.name: Term(f.name, f.label, "") for f in asked}


UNANSWERED = Field(
    "unanswered",
    Kind.LIST,
    "Answers that are not there, and why",
    FORM,
    most=len(MAY_STAY_OPEN),
    of=(
        replace(_code("name", "Which answer", tuple(f.name for f in MAY_STAY_OPEN)), terms=as_terms(MAY_STAY_OPEN)),
        _code("shape", "Why it is not there", (AWAITED, *SETTLED)),
        replace(_line("owed_by", "Who owes it", longest=100), optional=True),
    ),
)

REFERRAL_FORM = (*OF_THE_SHEET, *CIRCUMSTANCES, *BACKGROUND, UNANSWERED)

# Kept with the case, asked afresh at each step that needs them.
RMG_ON = _date("rmg_on", "Date of the meeting that decided", COURSE)
CLINICIAN = _line("clinician", "Allocated clinician", COURSE, 100)
INTERVENTIONS = Field(
    "interventions",
    Kind.CODES,
    "Interventions in the plan",
    COURSE,
    codes(CATALOGUE),
    terms=CATALOGUE,
)
ELIGIBILITY_DECISION = _words("eligibility_decision", "What was decided where eligibility needs discussion", COURSE)
END_REASON = _code(
    "end_reason",
    "Why the work ends",
    ("treatment_completed", "goals_met", "family_ends", "needs_met_elsewhere"),
    COURSE,
)
CLOSURE_REASON = _code(
    "closure_reason",
    "Reason for the decision",
    (
        "relationship_not_at_risk", "lower_level_of_need", "other_need_is_primary", "outside_age", "outside_area",
        "not_primary_carer", "no_contact", "parenting_assessment_asked", "other", "self_referral_not_taken",
        "other_provider",
    ),
    COURSE,
)  # fmt: skip

# One step only.
REASON = _words("reason", "Reason")
SUMMARY = _words("summary", "Summary")
ADVICE = _words("advice", "Advice given and services named")
QUESTIONS = _words("questions", "What is asked of the referrer")
CONTENTS_READ = _yes_no("contents_read", "Have the contents been read for safeguarding?")
COUNTERSIGNED_BY = _line("countersigned_by", "Duty clinician who countersigns", longest=100)
HOW_TOLD = _code("how_told", "How the referrer was told", ("telephone", "email", "letter", "record_system"))
OVERRIDE_REASON = _words("override_reason", "Reason for accepting although motivation or readiness is low")
SECOND_CLINICIAN = _line("second_clinician", "Second clinician who agrees", longest=100)
INTERIM_SUPPORT = _words("interim_support", "What supports the family meanwhile")
HOLDER = _line("holder", "Who stays alongside the family")
WAITING_WOULD_HARM = _yes_no("waiting_would_harm", "Would waiting harm the relationship?")
PURPOSE = _words("purpose", "What the consultation is for")
ATTENDEES = _words("attendees", "Who took part")
RECOMMENDATIONS = _words("recommendations", "Summary and recommendations")
REVIEW_OUTCOME = _words("review_outcome", "What the review found")
SETTING = _code(
    "setting", "Where the contact took place", ("home", "clinic", "community", "video", "telephone", "ward")
)
INFANT_VOICE = _words("infant_voice", "What the baby is telling us")
OBSERVED_ON = _date("observed_on", "Date on which the baby was observed", Part.STEP)
HYPOTHESIS = _words("hypothesis", "Why the difficulty is there: the team's formulation")
PLAN_SHARED = _yes_no("plan_shared", "Was the plan shared with the family?")
HOLD_REASON = _code(
    "hold_reason",
    "Reason for the hold",
    ("parent_in_hospital", "neonatal_stay", "parent_in_prison", "parent_in_rehabilitation", "other"),
)
REVIEW_ON = _date("review_on", "Date on which this is to be looked at again", Part.STEP, TWO_YEARS)
WITHDRAWN_BY = _line("withdrawn_by", "Who withdrew consent, and their standing")
NEW_AREA = _line("new_area", "Where the family has moved to, if known")
TRANSFER_OFFERED = _yes_no("transfer_offered", "Was a transfer offered?")
VOID_REASON = _code("void_reason", "Why the entry is void", ("duplicate", "entered_in_error"))
SURVIVING_REFERENCE = _line("surviving_reference", "Reference of the entry that stays", longest=64)
REMARK = _words("remark", "Remark")
