"""Handing on and taking over: a transfer has two sides, and work with another team has a lead."""

from workflows.charts.rows import EVERY_CLOCK, from_each
from workflows.charts.states import AT_WORK, OPEN, RECEIVED
from workflows.fields.life import (
    ACCEPTED_BY,
    AGENCIES,
    CONSIDERED,
    COWORK,
    FIRST_REFERRED_ON,
    FROM_SERVICE,
    HANDED_ON_TO,
    LEAD_SERVICE,
    MEETS_ON,
    OTHER_TEAM,
    OTHER_TEAM_AGREES,
    PACKAGE,
    PACKAGE_CHECKED,
    RECEIVING_CONTACT,
    RECEIVING_SERVICE,
    REFERRER_TOLD_ON,
    SHARED_RECORD,
    SHARED_WITH_CONSENT,
    SHARING_BASIS,
    TRANSFER_REASON,
)
from workflows.fields.referral import CONSENT_ON, REASON, REFERRAL_FORM, REMARK
from workflows.guards.referral import consent_recorded, no_other_open_referral, referrer_may_refer
from workflows.guards.safeguarding import sharing_has_a_basis
from workflows.guards.standing import sharing_agreed
from workflows.guards.transfers import (
    each_is_considered,
    joint_meeting_named,
    no_transfer_pending,
    other_team_agrees,
    package_was_checked,
    transfer_pending,
)
from workflows.vocabulary import NEW, STAYS, Move, Role

ADM, CHAIR, CLIN, DUTY, LEAD, MGR = (
    Role.ADMINISTRATOR,
    Role.CHAIR,
    Role.CLINICIAN,
    Role.DUTY,
    Role.LEAD,
    Role.MANAGER,
)
FORM = tuple(f for f in REFERRAL_FORM if f is not CONSENT_ON)
OFFER = (RECEIVING_SERVICE, RECEIVING_CONTACT, PACKAGE, TRANSFER_REASON, SHARED_WITH_CONSENT)
OFFERED = ("receiving_service", "receiving_contact", "transfer_reason", "transfer_offered_on")

# fmt: off
TRANSFERS = (
    *from_each(OPEN, Move("", "offer_transfer",    STAYS,             (CHAIR, LEAD, CLIN, MGR), needs=OFFER, takes=(SHARING_BASIS,), only_if=(no_transfer_pending, sharing_has_a_basis, sharing_agreed), marks="transfer_offered_on", while_held=True, side=True)),
    *from_each(OPEN, Move("", "transfer_accepted", "transferred_out", (CHAIR, LEAD, CLIN, MGR, ADM), needs=(ACCEPTED_BY, REFERRER_TOLD_ON), takes=(HANDED_ON_TO, REMARK), only_if=(transfer_pending,), stops=EVERY_CLOCK, marks="transferred_on", while_held=True, side=True)),
    *from_each(OPEN, Move("", "transfer_refused",  STAYS,             (CHAIR, LEAD, CLIN, MGR, ADM), needs=(REASON,), only_if=(transfer_pending,), forgets=OFFERED, while_held=True, side=True)),
    Move(NEW,        "transfer_in",       "received", (ADM, DUTY), needs=(FROM_SERVICE, FIRST_REFERRED_ON, PACKAGE_CHECKED, CONSENT_ON), takes=FORM, only_if=(package_was_checked, consent_recorded, referrer_may_refer, no_other_open_referral), starts=("acknowledge", "total_time"), marks="received_on"),
)

COWORKING = (
    *from_each(("waiting", "allocated", *AT_WORK), Move("", "start_cowork", STAYS, (LEAD,), needs=(OTHER_TEAM, OTHER_TEAM_AGREES, LEAD_SERVICE, SHARED_RECORD), takes=(MEETS_ON,), only_if=(other_team_agrees, joint_meeting_named), side=True, adds="coworking")),
    *from_each(RECEIVED, Move("", "record_joint_meeting", STAYS, (DUTY, CLIN, CHAIR, LEAD), needs=(AGENCIES, CONSIDERED), takes=(MEETS_ON, REMARK), only_if=(each_is_considered,), side=True, adds="joint_meetings")),
    *from_each(("waiting", "allocated", *AT_WORK), Move("", "end_cowork",   STAYS, (LEAD,), needs=(COWORK, REASON), side=True, settles=("coworking", "cowork"))),
)
# fmt: on
