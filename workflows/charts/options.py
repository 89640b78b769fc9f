"""Rows that a service has only where its document asks for them."""

from workflows.charts.rows import EVERY_CLOCK, from_each
from workflows.charts.states import AT_WORK, ON_THE_WAY
from workflows.fields.background import TOOLS_SUGGESTED
from workflows.fields.options import (
    AGREED_WITH,
    JOINT_VISIT_ON,
    JOINT_VISIT_WITH,
    LEFT_FOR,
    NEONATAL_UNIT,
    PRIORITY,
    PRIORITY_UNTIL,
)
from workflows.fields.referral import (
    CONTENTS_READ,
    COUNTERSIGNED_BY,
    HOW_TOLD,
    QUESTIONS,
    REASON,
    REFERRAL_FORM,
    REVIEW_ON,
)
from workflows.guards.life import born
from workflows.guards.options import (
    has_priority,
    joint_visits_are_made,
    not_on_neonatal_route,
    not_on_protection_pathway,
    on_neonatal_route,
    on_protection_pathway,
    priority_is_given_here,
)
from workflows.guards.referral import (
    contents_read_for_safeguarding,
    no_other_open_referral,
    referrer_may_refer,
    something_missing,
    words_stand,
)
from workflows.guards.standing import birth_by_its_step
from workflows.vocabulary import STAYS, Move, Role

ADM, CHAIR, CLIN, DUTY, LEAD, REF = Role.ADMINISTRATOR, Role.CHAIR, Role.CLINICIAN, Role.DUTY, Role.LEAD, Role.REFERRER

# fmt: off
ASK_THE_REFERRER = (
    Move("received",              "request_information", "information_requested", (ADM, DUTY), needs=(QUESTIONS, CONTENTS_READ), takes=(REVIEW_ON, TOOLS_SUGGESTED), only_if=(contents_read_for_safeguarding,), starts=("information_due",), records=(("asked_by", "intake"),)),
    Move("information_requested", "supply_information",  "received",              (ADM, DUTY, REF), takes=REFERRAL_FORM, only_if=(referrer_may_refer, words_stand, birth_by_its_step, no_other_open_referral), stops=("information_due",), given=("asked_by", "intake")),
)
SEND_THE_FORM_BACK = (
    Move("received", "reject_incomplete", "rejected_incomplete", (ADM, DUTY), needs=(QUESTIONS, CONTENTS_READ, COUNTERSIGNED_BY), only_if=(contents_read_for_safeguarding, something_missing), stops=EVERY_CLOCK),
)

GIVE_PRIORITY = (
    *from_each(ON_THE_WAY, Move("", "give_priority",      STAYS, (DUTY, CHAIR, LEAD), needs=(PRIORITY, REASON, PRIORITY_UNTIL), only_if=(priority_is_given_here,), marks="priority_on", while_held=True)),
    *from_each(ON_THE_WAY, Move("", "take_back_priority", STAYS, (CHAIR, LEAD),       needs=(REASON,), only_if=(has_priority,), forgets=("priority", "priority_on", "priority_until"), while_held=True)),
)
INVITE_THE_REFERRER = (
    Move("rmg_review", "invite_referrer", "rmg_review", (ADM, CHAIR), takes=(HOW_TOLD,), marks="referrer_invited_on", while_held=True),
)
VISIT_JOINTLY = (
    *from_each(("waiting", "allocated", "assessment"), Move("", "plan_joint_visit", STAYS, (CLIN, DUTY), needs=(JOINT_VISIT_ON, JOINT_VISIT_WITH), only_if=(joint_visits_are_made,))),
)
NEONATAL_ROUTE = (
    *from_each((*ON_THE_WAY, *AT_WORK), Move("", "take_neonatal_route", STAYS, (DUTY, CLIN, CHAIR, LEAD), needs=(NEONATAL_UNIT,), only_if=(born, not_on_neonatal_route), marks="neonatal_route_on", while_held=True, side=True)),
    *from_each((*ON_THE_WAY, *AT_WORK), Move("", "leave_neonatal_unit", STAYS, (DUTY, CLIN, LEAD), needs=(LEFT_FOR,), only_if=(on_neonatal_route,), forgets=("neonatal_route_on",), marks="left_neonatal_unit_on", while_held=True, side=True)),
)
PROTECTION_PATHWAY = (
    *from_each((*ON_THE_WAY, *AT_WORK), Move("", "take_protection_pathway",  STAYS, (DUTY, CLIN, CHAIR, LEAD), needs=(AGREED_WITH,), only_if=(not_on_protection_pathway,), marks="protection_pathway_on", side=True)),
    *from_each((*ON_THE_WAY, *AT_WORK), Move("", "leave_protection_pathway", STAYS, (DUTY, CLIN, LEAD), needs=(REASON,), only_if=(on_protection_pathway,), forgets=("protection_pathway_on", "agreed_with"), side=True)),
)
# fmt: on
