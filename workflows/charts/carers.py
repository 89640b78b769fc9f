"""Another carer, a carer who died, contact that ended, and a child who grows past the ages of the service.

The infant's record goes on, and so do the clocks; what was said of the former carer is not said of the next (W4).
"""

from dataclasses import replace

from workflows.charts.rows import EVERY_CLOCK, from_each
from workflows.charts.states import OPEN, RECEIVED
from workflows.fields.endings import PLACEMENT_OUTCOME
from workflows.fields.life import (
    CONFIRMED_BY,
    CONFIRMED_FROM,
    DIED_ON,
    FORMER_ACCESS_REVIEWED,
    NOW_CARES,
    ONWARD_SERVICES,
    REFERRER_TOLD_ON,
    RETAIN_UNTIL,
    RETURN_PLANNED,
)
from workflows.fields.people import CARE_PLAN, FOCUS_CARER, LEGAL_STATUS, PLACE, PLACE_WORDS
from workflows.fields.referral import (
    CARER_NAME,
    CARER_NHS_NUMBER,
    CARER_RELATIONSHIP,
    CARER_UNAVAILABLE,
    CONSENT_ON,
    IN_CONTACT,
    INFANT_VOICE,
    LEARNING_DISABILITY,
    LIVES_IN_AREA,
    POSTCODE,
    PRIMARY_CARER,
    REASON,
    REVIEW_ON,
)
from workflows.fields.work import NOT_OBSERVED_BECAUSE
from workflows.guards.life import (
    OF_THE_CARER,
    another_carer,
    born,
    carer_rule_holds,
    ceiling_reached,
    former_access_reviewed,
    new_carer_named,
    retained_for_a_time,
    return_is_planned,
    review_lies_ahead,
)
from workflows.guards.referral import consent_recorded, no_other_open_referral
from workflows.guards.work import infant_voice_given
from workflows.vocabulary import STAYS, Move, Role

CLIN, LEAD = Role.CLINICIAN, Role.LEAD
AFTER_THE_GROUP = RECEIVED[RECEIVED.index("rmg_review") + 1 :]
BEFORE_IT = tuple(name for name in OPEN if name not in AFTER_THE_GROUP)
NEW_CARER = (
    CARER_NAME, CARER_RELATIONSHIP, PRIMARY_CARER, CONSENT_ON, CARER_NHS_NUMBER, FOCUS_CARER, POSTCODE, LIVES_IN_AREA,
    IN_CONTACT, CARER_UNAVAILABLE, LEARNING_DISABILITY, PLACE, PLACE_WORDS,
)  # fmt: skip
OF_THE_PLACE = ("watch", "consultation", "summary", "formulation_due")
"""Clocks that count what is done where the referral is, and end when it goes back to the group."""

# fmt: off
_CHANGE = Move("", "change_focus_carer", STAYS, (CLIN, LEAD), needs=(REASON, FORMER_ACCESS_REVIEWED), takes=NEW_CARER, only_if=(another_carer, new_carer_named, former_access_reviewed, consent_recorded, no_other_open_referral), forgets=OF_THE_CARER, dates="focus_carer_since", while_held=True, side=True)

CARERS = (
    *from_each(BEFORE_IT,       _CHANGE),
    *from_each(AFTER_THE_GROUP, replace(_CHANGE, only_if=(*_CHANGE.only_if, carer_rule_holds))),
    *from_each(AFTER_THE_GROUP, replace(_CHANGE, trigger="new_carer_to_group", to="rmg_review", stops=OF_THE_PLACE, starts=("triage",), marks="before_group_on")),
    *from_each(OPEN, Move("", "carer_died",          STAYS,                   (CLIN, LEAD), needs=(DIED_ON, CONFIRMED_BY, CONFIRMED_FROM, NOW_CARES, REVIEW_ON), only_if=(review_lies_ahead,), stops=("hold_review",), starts=("hold_review",), forgets=("appointments", "letters"), hold="starts", while_held=True, side=True)),
    *from_each(OPEN, Move("", "contact_ended",       STAYS,                   (LEAD,),      needs=(RETURN_PLANNED, LEGAL_STATUS, CARE_PLAN, REVIEW_ON), only_if=(return_is_planned, review_lies_ahead), stops=("hold_review",), starts=("hold_review",), hold="starts", while_held=True, side=True)),
    *from_each(OPEN, Move("", "close_contact_ended", "circumstances_changed", (LEAD,),      needs=(REASON, LEGAL_STATUS, CARE_PLAN, PLACEMENT_OUTCOME, REFERRER_TOLD_ON), stops=EVERY_CLOCK, records=(("end_reason", "contact_ended"),), while_held=True, side=True)),
)

AGE = (
    *from_each(RECEIVED, Move("", "retain",         STAYS,      (LEAD,), needs=(REASON, RETAIN_UNTIL), only_if=(born, retained_for_a_time), marks="age_reviewed_on", while_held=True, side=True)),
    *from_each(RECEIVED, Move("", "close_aged_out", "aged_out", (LEAD,), needs=(REASON, ONWARD_SERVICES, REFERRER_TOLD_ON), takes=(INFANT_VOICE, NOT_OBSERVED_BECAUSE), only_if=(born, ceiling_reached, infant_voice_given), stops=EVERY_CLOCK, records=(("end_reason", "aged_out"),), while_held=True, side=True)),
)
# fmt: on
