"""Paths beside the main line, from any open state: hold, withdrawal, moving away, an entry made in error."""

from workflows.charts.rows import EVERY_CLOCK, from_each
from workflows.charts.states import OPEN
from workflows.fields.referral import (
    HOLD_REASON,
    NEW_AREA,
    REASON,
    REMARK,
    REVIEW_ON,
    SURVIVING_REFERENCE,
    TRANSFER_OFFERED,
    VOID_REASON,
    WITHDRAWN_BY,
)
from workflows.guards.referral import held, not_held, survivor_named
from workflows.vocabulary import STAYS, Move, Role

ADM, CLIN, DUTY, LEAD = Role.ADMINISTRATOR, Role.CLINICIAN, Role.DUTY, Role.LEAD

# fmt: off
SIDE_PATHS = (
    *from_each(OPEN, Move("", "place_hold",       STAYS,               (CLIN, LEAD), needs=(HOLD_REASON, REVIEW_ON), only_if=(not_held,), starts=("hold_review",), hold="starts", while_held=True, side=True)),
    *from_each(OPEN, Move("", "review_hold",      STAYS,               (CLIN, LEAD), needs=(REVIEW_ON,), takes=(REMARK,), only_if=(held,), stops=("hold_review",), starts=("hold_review",), while_held=True, side=True)),
    *from_each(OPEN, Move("", "resume",           STAYS,               (CLIN, LEAD), takes=(REMARK,), only_if=(held,), stops=("hold_review",), hold="ends", while_held=True, side=True)),
    *from_each(OPEN, Move("", "withdraw_consent", "consent_withdrawn", (CLIN, DUTY), needs=(WITHDRAWN_BY,), takes=(REASON,), stops=EVERY_CLOCK, forgets=("consent_on",), while_held=True, side=True)),
    *from_each(OPEN, Move("", "move_away",        "moved_away",        (CLIN, ADM),  needs=(TRANSFER_OFFERED,), takes=(NEW_AREA,), stops=EVERY_CLOCK, while_held=True, side=True)),
    *from_each(OPEN, Move("", "void",             "void",              (LEAD,),      needs=(VOID_REASON,), takes=(SURVIVING_REFERENCE,), only_if=(survivor_named,), stops=EVERY_CLOCK, while_held=True, side=True)),
)
# fmt: on
