"""From the duty call to the group's table: rows that every service has."""

from workflows.charts.rows import EVERY_CLOCK, from_each
from workflows.charts.states import DECIDED, RECEIVED
from workflows.fields.referral import (
    ADVICE,
    CLOSURE_REASON,
    CONTENTS_READ,
    HOW_TOLD,
    MOTIVATION,
    QUESTIONS,
    READINESS,
    REASON,
    REFERRAL_FORM,
    RELATIONSHIP_NEED,
    RMG_ON,
    SUMMARY,
)
from workflows.guards.referral import (
    consent_recorded,
    contents_read_for_safeguarding,
    discussed_in_forum,
    duty_call_linked,
    information_complete,
    no_other_open_referral,
    referrer_may_refer,
    risk_screen_done,
    words_stand,
)
from workflows.vocabulary import NEW, STAYS, Move, Role

ADM, DUTY, CHAIR, REF, LEAD = Role.ADMINISTRATOR, Role.DUTY, Role.CHAIR, Role.REFERRER, Role.LEAD
RATINGS = (RELATIONSHIP_NEED, MOTIVATION, READINESS)
FORM_CAME = ("acknowledge", "total_time")

# fmt: off
DUTY_CALL = (
    #    from                 trigger                to                   who          needs
    Move(NEW,                 "take_call",           "duty_call",         (DUTY, ADM), takes=REFERRAL_FORM, only_if=(no_other_open_referral,), marks="duty_call_on"),
    Move("duty_call",         "indicate_direct",     "awaiting_referral", (DUTY,),     needs=(*RATINGS, SUMMARY), takes=REFERRAL_FORM, only_if=(risk_screen_done, no_other_open_referral), starts=("form_due",), records=(("indication", "direct"),)),
    Move("duty_call",         "indicate_consultation", "awaiting_referral", (DUTY,),   needs=(*RATINGS, SUMMARY), takes=REFERRAL_FORM, only_if=(risk_screen_done, no_other_open_referral), starts=("form_due",), records=(("indication", "consultation"),)),
    Move("duty_call",         "give_advice",         "advice_given",      (DUTY,),     needs=(ADVICE,), stops=EVERY_CLOCK),
    Move("duty_call",         "signpost",            "signposted",        (DUTY,),     needs=(CLOSURE_REASON, ADVICE), stops=EVERY_CLOCK),
    Move("awaiting_referral", "lapse",               "lapsed",            (DUTY, LEAD), needs=(REASON,), stops=EVERY_CLOCK),
)

WRITTEN_REFERRAL = (
    *from_each((NEW, "duty_call", "awaiting_referral", "lapsed", "advice_given"),
    Move("",                  "receive_referral",    "received",          (ADM, REF),  takes=REFERRAL_FORM, only_if=(referrer_may_refer, no_other_open_referral), stops=("form_due",), starts=FORM_CAME, marks="received_on")),
    *from_each(RECEIVED,
    Move("",                  "acknowledge",         STAYS,               (ADM,),      takes=(HOW_TOLD,), stops=("acknowledge",), marks="acknowledged_on", while_held=True)),
    *from_each(RECEIVED,
    Move("",                  "add_information",     STAYS,               (ADM, DUTY, REF), takes=REFERRAL_FORM, only_if=(referrer_may_refer, words_stand, no_other_open_referral), while_held=True)),
    *from_each(("received", "information_requested"),
    Move("",                  "take_call",           STAYS,               (DUTY, ADM), takes=REFERRAL_FORM, only_if=(referrer_may_refer, words_stand, no_other_open_referral), marks="duty_call_on")),
    Move("information_requested", "supply_information", "rmg_review",     (ADM, DUTY, REF), takes=REFERRAL_FORM, only_if=(referrer_may_refer, information_complete, consent_recorded, duty_call_linked, words_stand, no_other_open_referral), stops=("information_due",), marks="before_group_on", starts=("triage",), given=("asked_by", "group")),
    Move("received",          "pass_checks",         "rmg_review",        (ADM, DUTY), takes=REFERRAL_FORM, only_if=(referrer_may_refer, information_complete, consent_recorded, duty_call_linked, words_stand, no_other_open_referral), marks="before_group_on", starts=("triage",)),
    Move("rejected_incomplete", "resubmit",          "received",          (ADM, REF),  takes=REFERRAL_FORM, only_if=(referrer_may_refer, no_other_open_referral), starts=FORM_CAME, marks="received_again_on"),
)

BEFORE_THE_GROUP = (
    Move("rmg_review",        "request_information", "information_requested", (CHAIR,), needs=(RMG_ON, QUESTIONS), only_if=(discussed_in_forum,), stops=("triage",), starts=("information_due",), records=(("asked_by", "group"),)),
    Move("rmg_review",        "defer",               "rmg_review",        (CHAIR,),    needs=(RMG_ON, REASON), only_if=(discussed_in_forum,), stops=("triage",), starts=("triage",)),
    Move("information_requested", "close_without_reply", "rejected_incomplete", (DUTY, LEAD), needs=(REASON, CONTENTS_READ), only_if=(contents_read_for_safeguarding,), stops=EVERY_CLOCK),
    *from_each(DECIDED,
    Move("",                  "tell_outcome",        STAYS,               (ADM, CHAIR), takes=(HOW_TOLD,), stops=("outcome_told",), marks="outcome_told_on", while_held=True)),
)
# fmt: on
