"""From the written referral to the group's table: rows that every service has."""

from workflows.charts.rows import from_each
from workflows.charts.states import RECEIVED
from workflows.fields.referral import (
    HOW_TOLD,
    MOTIVATION,
    READINESS,
    REFERRAL_FORM,
    RELATIONSHIP_NEED,
)
from workflows.guards.letters import safe_to_tell
from workflows.guards.referral import (
    consent_recorded,
    duty_call_linked,
    information_complete,
    no_other_open_referral,
    referrer_may_refer,
    words_stand,
)
from workflows.guards.standing import birth_by_its_step, referral_agreed
from workflows.vocabulary import NEW, STAYS, Move, Role

ADM, DUTY, CHAIR, REF, LEAD = Role.ADMINISTRATOR, Role.DUTY, Role.CHAIR, Role.REFERRER, Role.LEAD
RATINGS = (RELATIONSHIP_NEED, MOTIVATION, READINESS)
FORM_CAME = ("acknowledge", "total_time")

# fmt: off
WRITTEN_REFERRAL = (
    *from_each((NEW, "duty_call", "awaiting_referral", "lapsed", "advice_given"),
    Move("",                  "receive_referral",    "received",          (ADM, REF),  takes=REFERRAL_FORM, only_if=(referrer_may_refer, no_other_open_referral), stops=("form_due",), starts=FORM_CAME, marks="received_on")),
    *from_each(RECEIVED,
    Move("",                  "acknowledge",         STAYS,               (ADM,),      takes=(HOW_TOLD,), only_if=(safe_to_tell,), stops=("acknowledge",), marks="acknowledged_on", while_held=True)),
    *from_each(RECEIVED,
    Move("",                  "add_information",     STAYS,               (ADM, DUTY, REF), takes=REFERRAL_FORM, only_if=(referrer_may_refer, words_stand, birth_by_its_step, no_other_open_referral), while_held=True)),
    *from_each(("received", "information_requested"),
    Move("",                  "take_call",           STAYS,               (DUTY,),     takes=REFERRAL_FORM, only_if=(referrer_may_refer, words_stand, birth_by_its_step, no_other_open_referral), stops=("call_back", "watch"), marks="duty_call_on")),
    Move("information_requested", "supply_information", "rmg_review",     (ADM, DUTY, REF), takes=REFERRAL_FORM, only_if=(referrer_may_refer, information_complete, consent_recorded, referral_agreed, duty_call_linked, words_stand, birth_by_its_step, no_other_open_referral), stops=("information_due",), marks="before_group_on", starts=("triage",), given=("asked_by", "group")),
    Move("received",          "pass_checks",         "rmg_review",        (ADM, DUTY), takes=REFERRAL_FORM, only_if=(referrer_may_refer, information_complete, consent_recorded, referral_agreed, duty_call_linked, words_stand, birth_by_its_step, no_other_open_referral), marks="before_group_on", starts=("triage",)),
    Move("rejected_incomplete", "resubmit",          "received",          (ADM, REF),  takes=REFERRAL_FORM, only_if=(referrer_may_refer, no_other_open_referral), starts=FORM_CAME, marks="received_again_on"),
)
# fmt: on
