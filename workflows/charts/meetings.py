"""The referral before the group: rated, asked about, deferred, and the outcome told to whoever referred."""

from workflows.charts.rows import EVERY_CLOCK, from_each
from workflows.charts.states import DECIDED
from workflows.fields.background import TOOLS_SUGGESTED
from workflows.fields.meetings import (
    LEVEL_OF_SUPPORT,
    MEETING,
    NETWORK,
    NO_PROMISE_TOLD,
    RELATIONAL_RISK,
    SAFEGUARDING_RISK,
    TOLD_WAIT,
)
from workflows.fields.referral import (
    ADVICE,
    CONTENTS_READ,
    HOW_TOLD,
    QUESTIONS,
    REASON,
    REMARK,
    RMG_ON,
)
from workflows.fields.work import OF_THE_INFANT
from workflows.guards.letters import safe_to_tell
from workflows.guards.meetings import (
    meeting_is_named,
    meeting_was_held,
    quorum_was_there,
    rated_first,
    second_deferral_is_the_leads,
    stands_on_the_agenda,
    told_after_the_decision,
)
from workflows.guards.referral import contents_read_for_safeguarding, discussed_in_forum
from workflows.guards.work import infant_voice_given
from workflows.vocabulary import STAYS, Move, Role

ADM, CHAIR, CLIN, DUTY, LEAD = Role.ADMINISTRATOR, Role.CHAIR, Role.CLINICIAN, Role.DUTY, Role.LEAD
ON_THE_AGENDA = (discussed_in_forum, meeting_is_named, meeting_was_held, stands_on_the_agenda)
"""Asked of a deferral: what a meeting with too few people can do is to leave it to another."""

IN_THE_MEETING = (*ON_THE_AGENDA, quorum_was_there)
DECISIONS = (
    "accept_direct", "accept_assessment", "offer_consultation", "watch_and_wait", "signpost", "decline",
    "request_information", "defer",
)  # fmt: skip
"""What the group decides, by the steps on the referral."""

TELLS = (HOW_TOLD, ADVICE, REMARK)

# fmt: off
BEFORE_THE_GROUP = (
    #    from                 trigger                to                   who          needs
    Move("rmg_review",        "triage_rate",         "rmg_review",        (CHAIR, CLIN), needs=(RELATIONAL_RISK, SAFEGUARDING_RISK), takes=(NETWORK, LEVEL_OF_SUPPORT, *OF_THE_INFANT), only_if=(infant_voice_given,), adds="triage_ratings"),
    Move("rmg_review",        "request_information", "information_requested", (CHAIR,), needs=(RMG_ON, QUESTIONS), takes=(MEETING, ADVICE, TOOLS_SUGGESTED), only_if=(*IN_THE_MEETING, rated_first), stops=("triage",), starts=("information_due",), records=(("asked_by", "group"),)),
    Move("rmg_review",        "defer",               "rmg_review",        (CHAIR, LEAD), needs=(RMG_ON, REASON), takes=(MEETING,), only_if=(*ON_THE_AGENDA, second_deferral_is_the_leads), stops=("triage",), starts=("triage",), adds="deferrals"),
    Move("information_requested", "close_without_reply", "rejected_incomplete", (DUTY, LEAD), needs=(REASON, CONTENTS_READ), only_if=(contents_read_for_safeguarding,), stops=EVERY_CLOCK),
)

OUTCOME_TOLD = (
    Move("waiting",           "tell_outcome",        "waiting",           (ADM, CHAIR), takes=(*TELLS, *TOLD_WAIT, NO_PROMISE_TOLD), only_if=(safe_to_tell, told_after_the_decision), stops=("outcome_told",), marks="outcome_told_on", marks_first=True, while_held=True),
    *from_each((state for state in DECIDED if state != "waiting"),
    Move("",                  "tell_outcome",        STAYS,               (ADM, CHAIR), takes=TELLS, only_if=(safe_to_tell, told_after_the_decision), stops=("outcome_told",), marks="outcome_told_on", marks_first=True, while_held=True)),
)
# fmt: on
