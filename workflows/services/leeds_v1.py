"""Leeds Infant Mental Health Service, pathway 1.

A professional rings the duty line, then sends the written referral. The Referral Management Group meets each
week. Accepted means direct work; families wait about 8 to 12 weeks for a clinician. An incomplete referral is
asked about, not sent back. Families cannot refer themselves.
"""

from workflows.chart import Chart
from workflows.charts.intake import BEFORE_THE_GROUP, DUTY_CALL, WRITTEN_REFERRAL
from workflows.charts.outcomes import ACCEPT_DIRECT, CONSULTATION, OTHER_OUTCOMES, WATCHFUL_WAITING
from workflows.charts.rows import with_reopening
from workflows.charts.sidepaths import SIDE_PATHS
from workflows.charts.states import BIRTH_UNRECORDED, CLOCKS, STATES
from workflows.charts.work import WAITING, WORK
from workflows.eligibility import age_unknown, older_than, when
from workflows.fields.referral import CONTENTS_READ, QUESTIONS, REFERRAL_FORM, REVIEW_ON
from workflows.figures import Figure
from workflows.guards.referral import (
    contents_read_for_safeguarding,
    no_other_open_referral,
    referrer_may_refer,
    words_stand,
)
from workflows.vocabulary import NOT_PUBLISHED, AgeLimit, Criterion, Move, Role, ServiceRules

PERINATAL_GUIDANCE = "Leeds guidance for perinatal colleagues"
DUTY_CALL_GUIDE = "Leeds one-minute guide to a duty telephone call"
PUBLIC_PAGE = "Leeds public description and referral steps"

UNDER_TWO = AgeLimit(24, limit_day_is_in=False)

# fmt: off
ELIGIBILITY = (
    Criterion("over_age",             older_than(UNDER_TWO),                        "The baby had turned two when the referral came.",                           f"{PUBLIC_PAGE}: infants under two years"),
    Criterion("age_unknown",          age_unknown,                                 "Neither a date of birth nor an expected date of birth is known.",           "implied by the age limit"),
    Criterion("not_the_relationship", when("relationship_at_risk", no="excluded"), "The difficulty is not in the relationship between the baby and the carer.", f"{PUBLIC_PAGE}: only where the difficulty is with the infant-primary caregiver relationship"),
    Criterion("outside_area",         when("gp_in_area", no="excluded"),           "The family is not registered with a Leeds GP.",                             f"{PUBLIC_PAGE}: families registered with a Leeds GP"),
    Criterion("not_primary_carer",    when("primary_carer", no="discuss"),         "The carer is not the baby's primary carer.",                                f"{PERINATAL_GUIDANCE}: direct work to other significant caregivers if appropriate"),
)
# fmt: on

RULES = ServiceRules(
    service="leeds-imhs",
    name="Leeds Infant Mental Health Service",
    review_label="Referral Management Group",
    required=(
        "referrer_name", "referrer_role", "referrer_contact",
        "infant_name", "carer_name", "carer_relationship", "primary_carer", "gp_practice_code", "postcode",
        "consent_on", "duty_call_on", "referrer_words",
        "relationship_need", "motivation", "readiness", "risk_screen_on",
    ),
    eligibility=ELIGIBILITY,
    duty_call_required=True,
    self_referral=False,
    call_minutes={"default": 45, "perinatal_mental_health": 30},
    age_limit=UNDER_TWO,
    figures=(
        Figure("wait_first", 56, f"{PERINATAL_GUIDANCE}: waiting approximately 8 to 12 weeks before being allocated a clinician"),
        Figure("wait_over", 85, f"{PERINATAL_GUIDANCE}: waiting approximately 8 to 12 weeks before being allocated a clinician"),
        Figure("forum", 7, f"{PERINATAL_GUIDANCE}: discussed at a weekly Referral Management Group"),
        Figure("watch", 3, f"{PERINATAL_GUIDANCE}: watchful waiting over a 3-month period"),
        BIRTH_UNRECORDED,
    ),
    consultation_minutes=90,
    reopen_within_days=NOT_PUBLISHED,
    opening_hours=(9, 17),
    sources=(PERINATAL_GUIDANCE, DUTY_CALL_GUIDE, PUBLIC_PAGE),
)  # fmt: skip

ADMINISTRATOR, DUTY_CLINICIAN, LEAD, REFERRER = Role.ADMINISTRATOR, Role.DUTY, Role.LEAD, Role.REFERRER

# fmt: off
ONLY_IN_LEEDS = (
    Move("received",              "request_information", "information_requested", (ADMINISTRATOR, DUTY_CLINICIAN), needs=(QUESTIONS, CONTENTS_READ), takes=(REVIEW_ON,), only_if=(contents_read_for_safeguarding,), starts=("information_due",), records=(("asked_by", "intake"),)),
    Move("information_requested", "supply_information",  "received",              (ADMINISTRATOR, DUTY_CLINICIAN, REFERRER), takes=REFERRAL_FORM, only_if=(referrer_may_refer, words_stand, no_other_open_referral), stops=("information_due",), given=("asked_by", "intake")),
)
# fmt: on

LEEDS = Chart(
    name="leeds-imhs",
    version=1,
    rules=RULES,
    states=STATES,
    clocks=CLOCKS,
    moves=with_reopening(
        (
            *DUTY_CALL,
            *WRITTEN_REFERRAL,
            *BEFORE_THE_GROUP,
            *ACCEPT_DIRECT,
            *OTHER_OUTCOMES,
            *WATCHFUL_WAITING,
            *CONSULTATION,
            *WAITING,
            *WORK,
            *SIDE_PATHS,
            *ONLY_IN_LEEDS,
        )
    ),
)
