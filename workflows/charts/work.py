"""From the waiting list to the end of the work: rows that every service has."""

from workflows.charts.rows import EVERY_CLOCK, from_each
from workflows.charts.states import AT_WORK
from workflows.fields.referral import (
    ADVICE,
    CLINICIAN,
    CONTACT,
    DISCIPLINES,
    END_REASON,
    HYPOTHESIS,
    INFANT_VOICE,
    INTERVENTIONS,
    OBSERVED_ON,
    PARTICIPANTS,
    PLAN_SHARED,
    PURPOSE,
    REASON,
    REVIEW_ON,
    SETTING,
    SUMMARY,
)
from workflows.guards.referral import consent_recorded, plan_was_shared
from workflows.vocabulary import STAYS, Move, Role

CHAIR, CLIN, LEAD, MGR, TEAM = Role.CHAIR, Role.CLINICIAN, Role.LEAD, Role.MANAGER, Role.TEAM
WAITS = ("wait_to_allocation", "wait_to_start")

# fmt: off
WAITING = (
    #    from            trigger              to              who           needs
    Move("waiting",      "allocate",          "allocated",    (MGR, LEAD),  needs=(CLINICIAN,), only_if=(consent_recorded,), stops=("wait_to_allocation",), marks="allocated_on"),
    Move("allocated",    "unallocate",        "waiting",      (MGR, LEAD),  needs=(REASON,), starts=("wait_to_allocation",), forgets=("clinician", "allocated_on")),
    Move("waiting",      "bring_back",        "rmg_review",   (CHAIR, LEAD), needs=(REASON,), marks="before_group_on", starts=("triage",)),
)

WORK = (
    Move("allocated",    "first_contact",     "assessment",   (CLIN,),      needs=(SETTING, PARTICIPANTS), stops=("wait_to_start", "total_time"), marks="first_contact_on", dates=CONTACT),
    *from_each(AT_WORK,
    Move("",             "record_contact",    STAYS,          (CLIN,),      needs=(SETTING, PARTICIPANTS), dates=CONTACT, while_held=True)),
    Move("assessment",   "finish_assessment", "formulation",  (CLIN,),      needs=(OBSERVED_ON, INFANT_VOICE), starts=("formulation_due",), marks="assessment_done_on"),
    Move("formulation",  "assess_more",       "assessment",   (TEAM, CLIN), needs=(REASON,), stops=("formulation_due",)),
    Move("formulation",  "offer_plan",        "plan_offered", (TEAM, CLIN), needs=(DISCIPLINES, HYPOTHESIS, INFANT_VOICE, INTERVENTIONS), stops=("formulation_due",), marks="formulation_on"),
    Move("formulation",  "signpost",          "signposted",   (TEAM, CLIN), needs=(DISCIPLINES, ADVICE), stops=EVERY_CLOCK),
    Move("formulation",  "offer_consultation", "consultation", (TEAM, CLIN), needs=(DISCIPLINES, PURPOSE), stops=("formulation_due",), starts=("consultation",)),
    Move("plan_offered", "family_agrees",     "intervention", (CLIN,),      needs=(PLAN_SHARED,), only_if=(plan_was_shared,), marks="plan_agreed_on"),
    Move("plan_offered", "family_declines",   "discharged",   (CLIN,),      needs=(REASON,), stops=EVERY_CLOCK, records=(("end_reason", "declined"),)),
    Move("intervention", "change_plan",       "formulation",  (CLIN,),      needs=(REASON,), starts=("formulation_due",)),
    Move("intervention", "begin_ending",      "ending",       (CLIN,),      takes=(REVIEW_ON,), marks="ending_begun_on"),
    Move("ending",       "discharge",         "discharged",   (CLIN, LEAD), needs=(END_REASON, INFANT_VOICE, SUMMARY), stops=EVERY_CLOCK, marks="ended_on"),
)
# fmt: on
