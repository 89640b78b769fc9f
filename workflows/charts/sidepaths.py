"""Paths beside the main line: hold, withdrawal, moving away, an entry made in error, and endings without a plan."""

from workflows.charts.rows import EVERY_CLOCK, from_each
from workflows.charts.states import AT_WORK, OPEN
from workflows.fields.life import (
    ATTEMPTS,
    CARE_LEAVER_CONTACT,
    HANDED_ON_TO,
    HEALTH_VISITOR_TOLD_ON,
    NO_LONGER_BECAUSE,
    ONWARD_SERVICES,
    OTHER_HOLDER,
    RECEIVING_SERVICE,
    REFERRER_TOLD_ON,
    RISK_REVIEW,
    SAID_BY_FAMILY,
    SAID_BY_REFERRER,
)
from workflows.fields.referral import (
    HOLD_REASON,
    HOLDER,
    INFANT_VOICE,
    INTERIM_SUPPORT,
    NEW_AREA,
    REASON,
    REMARK,
    REVIEW_ON,
    SURVIVING_REFERENCE,
    TRANSFER_OFFERED,
    VOID_REASON,
    WITHDRAWN_BY,
)
from workflows.fields.work import NOT_OBSERVED_BECAUSE
from workflows.guards.endings import ends_with, void_hides_nothing
from workflows.guards.life import care_leaver_reached_with_care, reached_by_an_agreed_way, review_lies_ahead
from workflows.guards.merging import duplicate_of_the_same_baby
from workflows.guards.people import focus_carer_lives
from workflows.guards.referral import held, not_held, survivor_named
from workflows.guards.work import infant_voice_given
from workflows.vocabulary import STAYS, Move, Role

ADM, CLIN, DUTY, LEAD = Role.ADMINISTRATOR, Role.CLINICIAN, Role.DUTY, Role.LEAD

# fmt: off
SIDE_PATHS = (
    *from_each(OPEN, Move("", "place_hold",       STAYS,               (CLIN, LEAD), needs=(HOLD_REASON, REVIEW_ON), takes=(HOLDER, INTERIM_SUPPORT), only_if=(not_held, review_lies_ahead), starts=("hold_review",), hold="starts", while_held=True, side=True)),
    *from_each(OPEN, Move("", "review_hold",      STAYS,               (CLIN, LEAD), needs=(REVIEW_ON,), takes=(REMARK,), only_if=(held, review_lies_ahead), stops=("hold_review",), starts=("hold_review",), while_held=True, side=True)),
    *from_each(OPEN, Move("", "resume",           STAYS,               (CLIN, LEAD), takes=(REMARK,), only_if=(held, focus_carer_lives), stops=("hold_review",), hold="ends", while_held=True, side=True)),
    *from_each(OPEN, Move("", "withdraw_consent", "consent_withdrawn", (CLIN, DUTY), needs=(WITHDRAWN_BY,), takes=(REASON, OTHER_HOLDER, REFERRER_TOLD_ON), stops=EVERY_CLOCK, forgets=("consent_on",), while_held=True, side=True)),
    *from_each(OPEN, Move("", "move_away",        "moved_away",        (CLIN, ADM),  needs=(TRANSFER_OFFERED,), takes=(NEW_AREA, RECEIVING_SERVICE, HANDED_ON_TO), stops=EVERY_CLOCK, while_held=True, side=True)),
    *from_each(OPEN, Move("", "void",             "void",              (LEAD,),      needs=(VOID_REASON,), takes=(SURVIVING_REFERENCE,), only_if=(survivor_named, duplicate_of_the_same_baby, void_hides_nothing), stops=EVERY_CLOCK, while_held=True, side=True)),
    *from_each(OPEN, Move("", "close_after_hold", "circumstances_changed", (CLIN, LEAD), needs=(REASON, ONWARD_SERVICES, REFERRER_TOLD_ON), only_if=(held,), stops=EVERY_CLOCK, records=(("end_reason", "hold_not_resumed"),), while_held=True, side=True)),
    *from_each(("waiting", "allocated", *AT_WORK), Move("", "close_disengaged", "disengaged", (LEAD,), needs=(ATTEMPTS, REFERRER_TOLD_ON, HEALTH_VISITOR_TOLD_ON, RISK_REVIEW), takes=(CARE_LEAVER_CONTACT, INFANT_VOICE, NOT_OBSERVED_BECAUSE), only_if=(infant_voice_given, reached_by_an_agreed_way, care_leaver_reached_with_care), stops=EVERY_CLOCK, records=(("end_reason", "disengaged"),), side=True)),
    *from_each(("watchful_waiting", "waiting", "allocated"), Move("", "no_longer_needed", "discharged", (DUTY, CLIN), needs=(NO_LONGER_BECAUSE, SAID_BY_FAMILY, SAID_BY_REFERRER, REFERRER_TOLD_ON), takes=(ONWARD_SERVICES,), only_if=(ends_with("discharged", "", NO_LONGER_BECAUSE.name, ()),), stops=EVERY_CLOCK, side=True)),
)
# fmt: on
