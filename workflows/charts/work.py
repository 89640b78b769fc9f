"""From the first contact to the end of the work: rows that every service has."""

from workflows.charts.rows import EVERY_CLOCK, from_each
from workflows.charts.states import AT_WORK
from workflows.fields.referral import (
    ADVICE,
    CONTACT,
    END_REASON,
    HYPOTHESIS,
    INTERVENTIONS,
    OBSERVED_ON,
    PLAN_SHARED,
    PURPOSE,
    REASON,
    REMARK,
    REVIEW_ON,
    REVIEW_OUTCOME,
    SETTING,
    SUMMARY,
)
from workflows.fields.staff import SIGNED_OFF_BY
from workflows.fields.work import (
    ALTERNATIVES,
    APPOINTMENT,
    APPOINTMENT_AT,
    APPOINTMENT_ON,
    APPOINTMENT_WITH,
    BESIDE_A_CONTACT,
    BESIDE_A_SESSION,
    CONTACT_TRIED,
    DISCIPLINES,
    DOMAIN,
    ENDING_WITH_FAMILY,
    ENDING_WITHOUT_BECAUSE,
    FORMULATION,
    GOAL,
    GOAL_FOR,
    GOAL_NUMBER,
    GOAL_RATING,
    GOAL_WORDS,
    INTERVENTION,
    MEASURE,
    MEASURE_RESULT,
    MEASURES_OFFERED,
    NO_MEASURES_BECAUSE,
    OBSERVATIONS,
    OF_THE_INFANT,
    OUTCOME,
    OWN_INTERVENTION,
    PARTICIPANTS,
    PLACEMENT_PLAN,
    PRESENTS,
    PRESENTS_WORDS,
    TIME_POINT,
    VOICE_IN_PLAN,
    WHY_MISSED,
)
from workflows.guards.referral import plan_was_shared
from workflows.guards.staff import trainee_is_signed_off
from workflows.guards.standing import assessment_agreed, work_agreed
from workflows.guards.work import (
    deliverer_trained,
    ending_planned,
    filming_agreed,
    goal_is_there,
    infant_voice_given,
    infant_was_observed,
    measures_offered,
    offered_here,
    on_the_plan,
    own_one_is_named,
    participants_known,
    placement_is_planned,
    plan_fits_age,
    plan_was_agreed,
    profession_in_words,
    session_fits_age,
    somebody_present,
    within_planned_sessions,
)
from workflows.vocabulary import STAYS, Move, Role

ADM, CLIN, LEAD, TEAM = Role.ADMINISTRATOR, Role.CLINICIAN, Role.LEAD, Role.TEAM
FROM_WAITING = ("waiting", "allocated", *AT_WORK)
IN_THERAPY = ("intervention", "ending")
MET = (somebody_present, participants_known)
OF_A_SESSION = (
    *MET, own_one_is_named, plan_was_agreed, on_the_plan, session_fits_age, deliverer_trained, filming_agreed,
    within_planned_sessions,
)  # fmt: skip
FORMULATED = (*FORMULATION, *OF_THE_INFANT, SIGNED_OFF_BY)
FORMULATES = (profession_in_words, infant_voice_given, trainee_is_signed_off)
KEPT = ("appointments", "appointment")
"""A contact that had been agreed on settles the appointment of that number; one that had not, none."""

# fmt: off
CONTACTS = (
    *from_each(FROM_WAITING,
    Move("",             "book_appointment",  STAYS,          (CLIN, ADM),  needs=(APPOINTMENT_ON, APPOINTMENT_AT, SETTING, APPOINTMENT_WITH), adds="appointments")),
    *from_each(FROM_WAITING,
    Move("",             "record_missed",     STAYS,          (CLIN,),      needs=(OUTCOME,), takes=(APPOINTMENT, WHY_MISSED, CONTACT_TRIED), settles=KEPT, adds="contacts", while_held=True)),
    Move("allocated",    "first_contact",     "assessment",   (CLIN,),      needs=(SETTING, PARTICIPANTS), takes=BESIDE_A_CONTACT, only_if=(*MET, assessment_agreed), stops=("wait_to_start", "total_time"), marks="first_contact_on", dates=CONTACT, settles=KEPT, adds="contacts"),
    *from_each(AT_WORK,
    Move("",             "record_contact",    STAYS,          (CLIN,),      needs=(SETTING, PARTICIPANTS), takes=BESIDE_A_CONTACT, only_if=MET, dates=CONTACT, settles=KEPT, adds="contacts", while_held=True)),
    *from_each(IN_THERAPY,
    Move("",             "record_session",    STAYS,          (CLIN,),      needs=(INTERVENTION, SETTING, PARTICIPANTS), takes=BESIDE_A_SESSION, only_if=(*OF_A_SESSION, work_agreed), dates=CONTACT, settles=KEPT, adds="contacts")),
)

MEASURED = (
    *from_each(AT_WORK,
    Move("",             "record_measure",    STAYS,          (CLIN,),      needs=(DOMAIN, MEASURE, TIME_POINT, MEASURE_RESULT), adds="measures")),
    *from_each(AT_WORK,
    Move("",             "set_goal",          STAYS,          (CLIN,),      needs=(GOAL, GOAL_FOR), adds="goals")),
    *from_each(AT_WORK,
    Move("",             "rate_goal",         STAYS,          (CLIN,),      needs=(GOAL_NUMBER,), takes=(GOAL_RATING, GOAL_WORDS), only_if=(goal_is_there,), adds="goal_ratings")),
)

WORK = (
    *CONTACTS,
    *MEASURED,
    Move("assessment",   "finish_assessment", "formulation",  (CLIN,),      needs=(MEASURES_OFFERED,), takes=(OBSERVED_ON, OBSERVATIONS, *OF_THE_INFANT, NO_MEASURES_BECAUSE, PRESENTS, PRESENTS_WORDS), only_if=(infant_was_observed, infant_voice_given, measures_offered), starts=("formulation_due",), marks="assessment_done_on"),
    Move("formulation",  "assess_more",       "assessment",   (TEAM, CLIN), needs=(REASON,), stops=("formulation_due",)),
    Move("formulation",  "offer_plan",        "plan_offered", (TEAM, CLIN), needs=(DISCIPLINES, HYPOTHESIS, INTERVENTIONS), takes=(*FORMULATED, VOICE_IN_PLAN, OWN_INTERVENTION), only_if=(*FORMULATES, own_one_is_named, offered_here, plan_fits_age), stops=("formulation_due",), marks="formulation_on"),
    Move("formulation",  "signpost",          "signposted",   (TEAM, CLIN), needs=(DISCIPLINES, ADVICE), takes=(HYPOTHESIS, *FORMULATED), only_if=FORMULATES, stops=EVERY_CLOCK),
    Move("formulation",  "offer_consultation", "consultation", (TEAM, CLIN), needs=(DISCIPLINES, PURPOSE), takes=(HYPOTHESIS, *FORMULATED), only_if=FORMULATES, stops=("formulation_due",), starts=("consultation",)),
    Move("plan_offered", "family_agrees",     "intervention", (CLIN,),      needs=(PLAN_SHARED,), takes=(PLACEMENT_PLAN, VOICE_IN_PLAN), only_if=(plan_was_shared, work_agreed, placement_is_planned), marks="plan_agreed_on"),
    Move("plan_offered", "family_declines",   "discharged",   (CLIN,),      needs=(REASON, ALTERNATIVES), stops=EVERY_CLOCK, records=(("end_reason", "declined"),)),
    *from_each(IN_THERAPY,
    Move("",             "review_plan",       STAYS,          (CLIN,),      needs=(REVIEW_OUTCOME,), takes=(REVIEW_ON, REMARK), adds="plan_reviews")),
    Move("intervention", "change_plan",       "formulation",  (CLIN,),      needs=(REASON,), starts=("formulation_due",)),
    Move("intervention", "begin_ending",      "ending",       (CLIN,),      needs=(ENDING_WITH_FAMILY,), takes=(REVIEW_ON, ENDING_WITHOUT_BECAUSE), only_if=(ending_planned,), marks="ending_begun_on"),
    Move("ending",       "discharge",         "discharged",   (CLIN, LEAD), needs=(END_REASON, SUMMARY), takes=(*OF_THE_INFANT, SIGNED_OFF_BY), only_if=(infant_voice_given, trainee_is_signed_off), stops=EVERY_CLOCK, marks="ended_on"),
)
# fmt: on
