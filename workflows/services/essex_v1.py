"""Together with Baby, Essex, pathway 1.

A written referral comes first; a talk with a clinician beforehand is offered, not asked for. Families may refer
themselves. The referrer hears within five days that the form came; an incomplete form is sent back and may come
again. Accepted means assessment: the team's formulation then decides whether an intervention follows.
"""

from workflows.chart import Chart
from workflows.charts.intake import BEFORE_THE_GROUP, DUTY_CALL, WRITTEN_REFERRAL
from workflows.charts.outcomes import ACCEPT_ASSESSMENT, CONSULTATION, OTHER_OUTCOMES, WATCHFUL_WAITING
from workflows.charts.rows import EVERY_CLOCK, with_reopening
from workflows.charts.sidepaths import SIDE_PATHS
from workflows.charts.states import BIRTH_UNRECORDED, CLOCKS, STATES
from workflows.charts.work import WAITING, WORK
from workflows.eligibility import age_unknown, older_than, when
from workflows.fields.referral import CONTENTS_READ, COUNTERSIGNED_BY, QUESTIONS
from workflows.figures import Figure
from workflows.guards.referral import contents_read_for_safeguarding, something_missing
from workflows.vocabulary import NOT_PUBLISHED, AgeLimit, Criterion, Move, Role, ServiceRules

GUIDANCE = "Together with Baby referral guidance"

UP_TO_TWO = AgeLimit(24, limit_day_is_in=True)

# fmt: off
ELIGIBILITY = (
    Criterion("over_age",             older_than(UP_TO_TWO),                                                                             "The baby was over 24 months old when the referral came.",          f"{GUIDANCE}: the infant is over 24 months in age"),
    Criterion("age_unknown",          age_unknown,                                                                                        "Neither a date of birth nor an expected date of birth is known.",  "implied by the age limit"),
    Criterion("not_the_relationship", when("relationship_at_risk", no="excluded"),                                                        "The relationship between the parent and the baby is not at risk.", f"{GUIDANCE}: the relationship between the parent and infant is not at risk"),
    Criterion("outside_footprint",    when("lives_in_area", no="excluded"),                                                               "The family does not live in the EPUT footprint.",                  f"{GUIDANCE}: not living in the EPUT footprint"),
    Criterion("outside_area",         when("gp_in_area", no="excluded"),                                                                  "The family has no Essex GP.",                                      f"{GUIDANCE}: both need an Essex GP address"),
    Criterion("no_contact",           when("in_contact", no="excluded"),                                                                  "The baby is not in contact with the parent.",                      f"{GUIDANCE}: the infant is not in contact with the parent"),
    Criterion("not_primary_carer",    when("primary_carer", no="discuss"),                                                                "The carer is not the baby's primary carer.",                       f"{GUIDANCE}: secondary carers raising the infant will be discussed"),
    Criterion("in_foster_care",       when("carer_relationship", foster_carer="discuss"),                                                 "The baby is in foster care.",                                      f"{GUIDANCE}: regular access and signs of progress towards living together"),
    Criterion("carer_unavailable",    when("carer_unavailable", in_hospital="discuss", in_prison="discuss", in_rehabilitation="discuss"), "The parent is not available for appointments.",                    f"{GUIDANCE}: hospitalised, in prison, in rehabilitation programmes"),
    Criterion("learning_disability",  when("learning_disability", yes="discuss"),                                                         "The parent has a learning disability.",                            f"{GUIDANCE}: the parent has a learning disability"),
)
# fmt: on

RULES = ServiceRules(
    service="together-with-baby",
    name="Together with Baby, Essex",
    review_label="triage",
    required=(
        "referrer_name", "referrer_role", "referrer_contact",
        "infant_name", "carer_name", "carer_relationship", "primary_carer", "gp_practice_code", "postcode",
        "consent_on", "referrer_words",
    ),
    eligibility=ELIGIBILITY,
    duty_call_required=False,
    self_referral=True,
    call_minutes={},
    age_limit=UP_TO_TWO,
    figures=(Figure("acknowledge", 5, f"{GUIDANCE}: the referrer is contacted within 5 days"), BIRTH_UNRECORDED),
    consultation_minutes=NOT_PUBLISHED,
    reopen_within_days=NOT_PUBLISHED,
    opening_hours=NOT_PUBLISHED,
    sources=(GUIDANCE,),
)  # fmt: skip

ADMINISTRATOR, DUTY_CLINICIAN = Role.ADMINISTRATOR, Role.DUTY

# fmt: off
ONLY_IN_ESSEX = (
    Move("received", "reject_incomplete", "rejected_incomplete", (ADMINISTRATOR, DUTY_CLINICIAN), needs=(QUESTIONS, CONTENTS_READ, COUNTERSIGNED_BY), only_if=(contents_read_for_safeguarding, something_missing), stops=EVERY_CLOCK),
)
# fmt: on

ESSEX = Chart(
    name="together-with-baby",
    version=1,
    rules=RULES,
    states=STATES,
    clocks=CLOCKS,
    moves=with_reopening(
        (
            *DUTY_CALL,
            *WRITTEN_REFERRAL,
            *BEFORE_THE_GROUP,
            *ACCEPT_ASSESSMENT,
            *OTHER_OUTCOMES,
            *WATCHFUL_WAITING,
            *CONSULTATION,
            *WAITING,
            *WORK,
            *SIDE_PATHS,
            *ONLY_IN_ESSEX,
        )
    ),
)
