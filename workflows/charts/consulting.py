"""A referral and the consultation about it: linked, or opened by one that showed that direct work is needed."""

from workflows.charts.rows import from_each
from workflows.charts.states import OPEN
from workflows.fields.consultations import CONSULTATION
from workflows.fields.referral import REFERRAL_FORM
from workflows.guards.consultations import waits_for_a_consultation
from workflows.guards.following import follows_from_the_other
from workflows.guards.referral import no_other_open_referral, referrer_may_refer
from workflows.vocabulary import NEW, STAYS, Move, Role

ADM, CHAIR, CLIN, DUTY, LEAD = Role.ADMINISTRATOR, Role.CHAIR, Role.CLINICIAN, Role.DUTY, Role.LEAD

# fmt: off
CONSULTED = (
    Move(NEW, "receive_from_consultation", "received", (CLIN, DUTY, LEAD), needs=(CONSULTATION,), takes=REFERRAL_FORM, only_if=(follows_from_the_other, referrer_may_refer, no_other_open_referral), starts=("acknowledge", "total_time"), marks="received_on"),
    *from_each(OPEN, Move("", "link_consultation", STAYS, (ADM, CHAIR, CLIN, DUTY), needs=(CONSULTATION,), only_if=(waits_for_a_consultation,), while_held=True, side=True)),
)
# fmt: on
