"""What the group can decide, and the paths of watchful waiting and consultation: rows that every service has."""

from workflows.charts.meetings import IN_THE_MEETING
from workflows.charts.rows import EVERY_CLOCK
from workflows.fields.background import BEYOND_LOWER_TIER, EFFECT_ON_BABY, JOINT_DECISION, LEVEL_OF_NEED
from workflows.fields.meetings import AT_ACCEPTANCE, MEETING
from workflows.fields.referral import (
    ADVICE,
    ATTENDEES,
    CLOSURE_REASON,
    ELIGIBILITY_DECISION,
    HOLDER,
    INTERIM_SUPPORT,
    MOTIVATION,
    OVERRIDE_REASON,
    PURPOSE,
    READINESS,
    REASON,
    RECOMMENDATIONS,
    RELATIONSHIP_NEED,
    REVIEW_ON,
    REVIEW_OUTCOME,
    RMG_ON,
    SECOND_CLINICIAN,
    WAITING_WOULD_HARM,
)
from workflows.fields.staff import SIGNED_OFF_BY
from workflows.fields.work import OF_THE_INFANT
from workflows.guards.background import effect_on_baby_told
from workflows.guards.consultations import consulted_first
from workflows.guards.meetings import infant_heard_at_triage, rated_first, young_enough_after_watching
from workflows.guards.referral import (
    consent_recorded,
    discussion_decided,
    not_excluded,
    ready_for_direct_work,
    watching_is_safe,
)
from workflows.guards.staff import trainee_is_signed_off
from workflows.guards.standing import referral_agreed
from workflows.vocabulary import Move, Role

CHAIR, CLIN, DUTY, REF, FAM, LEAD, ADM = (
    Role.CHAIR,
    Role.CLINICIAN,
    Role.DUTY,
    Role.REFERRER,
    Role.FAMILY,
    Role.LEAD,
    Role.ADMINISTRATOR,
)
RATINGS = (RELATIONSHIP_NEED, MOTIVATION, READINESS)
WAITS = ("wait_to_allocation", "wait_to_start")
THOUGHT_OF = (*IN_THE_MEETING, rated_first, infant_heard_at_triage)
DECIDED_IN_IT = (*THOUGHT_OF, consulted_first)
ELIGIBLE = (
    consent_recorded, referral_agreed, not_excluded, discussion_decided, effect_on_baby_told, trainee_is_signed_off,
)  # fmt: skip
AT_THE_GROUP = (LEVEL_OF_NEED, BEYOND_LOWER_TIER, JOINT_DECISION, EFFECT_ON_BABY)
ACCEPTING = (
    MEETING, INTERIM_SUPPORT, ELIGIBILITY_DECISION, ADVICE, *AT_ACCEPTANCE, *AT_THE_GROUP, *OF_THE_INFANT,
    SIGNED_OFF_BY,
)  # fmt: skip

# fmt: off
ACCEPT_DIRECT = (
    Move("rmg_review", "accept_direct",      "waiting",          (CHAIR, LEAD), needs=(RMG_ON, REASON), takes=(*ACCEPTING, OVERRIDE_REASON, SECOND_CLINICIAN, *RATINGS), only_if=(*DECIDED_IN_IT, *ELIGIBLE, ready_for_direct_work), stops=("triage",), starts=("outcome_told", *WAITS), marks="accepted_on", dates="decided_on", forgets=("clinician", "allocated_on", "outcome_told_on"), records=(("outcome", "accept_direct"), ("accepted_for", "direct_work"))),
)
ACCEPT_ASSESSMENT = (
    Move("rmg_review", "accept_assessment",  "waiting",          (CHAIR, LEAD), needs=(RMG_ON, REASON), takes=(*ACCEPTING, *RATINGS), only_if=(*DECIDED_IN_IT, *ELIGIBLE), stops=("triage",), starts=("outcome_told", *WAITS), marks="accepted_on", dates="decided_on", forgets=("clinician", "allocated_on", "outcome_told_on"), records=(("outcome", "accept_assessment"), ("accepted_for", "assessment"))),
)
OTHER_OUTCOMES = (
    Move("rmg_review", "offer_consultation", "consultation",     (CHAIR,), needs=(RMG_ON, PURPOSE), takes=(MEETING, REASON, ADVICE, *OF_THE_INFANT), only_if=(*THOUGHT_OF, consent_recorded, referral_agreed), stops=("triage", *WAITS), starts=("outcome_told", "consultation"), dates="decided_on", forgets=("outcome_told_on",), records=(("outcome", "offer_consultation"),)),
    Move("rmg_review", "watch_and_wait",     "watchful_waiting", (CHAIR,), needs=(RMG_ON, HOLDER, REVIEW_ON, WAITING_WOULD_HARM), takes=(MEETING, REASON, ADVICE, INTERIM_SUPPORT, OVERRIDE_REASON, *RATINGS, *OF_THE_INFANT), only_if=(*DECIDED_IN_IT, consent_recorded, referral_agreed, watching_is_safe, young_enough_after_watching), stops=("triage", *WAITS), starts=("outcome_told", "watch"), dates="decided_on", forgets=("outcome_told_on",), records=(("outcome", "watch_and_wait"),)),
    Move("rmg_review", "signpost",           "signposted",       (CHAIR,), needs=(RMG_ON, CLOSURE_REASON, ADVICE), takes=(MEETING, *OF_THE_INFANT), only_if=DECIDED_IN_IT, stops=EVERY_CLOCK, starts=("outcome_told",), dates="decided_on", forgets=("outcome_told_on",), records=(("outcome", "signpost"),)),
    Move("rmg_review", "decline",            "declined",         (CHAIR,), needs=(RMG_ON, CLOSURE_REASON, ADVICE), takes=(MEETING, *OF_THE_INFANT, SIGNED_OFF_BY), only_if=(*DECIDED_IN_IT, trainee_is_signed_off), stops=EVERY_CLOCK, starts=("outcome_told",), dates="decided_on", forgets=("outcome_told_on",), records=(("outcome", "decline"),)),
)

WATCHFUL_WAITING = (
    Move("watchful_waiting", "early_concern",    "rmg_review", (DUTY, REF, FAM), needs=(REASON,), takes=RATINGS, marks="before_group_on", stops=("watch",), starts=("triage",)),
    Move("watchful_waiting", "review_to_group",  "rmg_review", (DUTY, CHAIR),    needs=(REVIEW_OUTCOME,), takes=RATINGS, marks="before_group_on", stops=("watch",), starts=("triage",)),
    Move("watchful_waiting", "review_and_close", "signposted", (DUTY, CHAIR),    needs=(REVIEW_OUTCOME, ADVICE), stops=EVERY_CLOCK),
)

CONSULTATION = (
    Move("consultation", "hold_consultation",   "consultation", (CLIN,), needs=(ATTENDEES,), stops=("consultation",), starts=("summary",), marks="consultation_held_on"),
    Move("consultation", "send_summary",        "consulted",    (CLIN,), needs=(RECOMMENDATIONS,), stops=EVERY_CLOCK),
    Move("consultation", "bring_back",          "rmg_review",   (CLIN,), needs=(REASON,), takes=RATINGS, marks="before_group_on", stops=("consultation", "summary"), starts=("triage",)),
    Move("consultation", "cancel_consultation", "rmg_review",   (CLIN, ADM), needs=(REASON,), marks="before_group_on", stops=("consultation", "summary"), starts=("triage",)),
)
# fmt: on
