"""Birth and loss while a referral is open, and a loss after it has closed. Rows of every service.

Clocks never reset on birth (requirements X2). What follows on the records of the baby and the
carer, and on other referrals of the same baby, stands in `casework.consequences`.
"""

from dataclasses import replace

from workflows.charts.rows import EVERY_CLOCK, from_each
from workflows.charts.states import OPEN, STILL_NOTED
from workflows.charts.transfers import OFFERED
from workflows.fields.calls import CALL_RECORDED_IN
from workflows.fields.circumstances import INFANT_GP_IN_AREA
from workflows.fields.life import (
    ALL_LOST,
    BABIES_CONSIDERED,
    CHILD_DEATH_PROCEDURE,
    CONFIRMED_BY,
    CONFIRMED_FROM,
    CONTACT_AGREED,
    FAMILY_TOLD,
    LOST_ON,
    NAMED_CONTACT,
    NEONATAL_STAY,
    ONE_LOST_ON,
    SERVICES_GIVEN,
    SIBLINGS_CHECKED,
    SPLIT_FROM,
)
from workflows.fields.people import (
    BABIES_BORN,
    BIRTH_ORDER,
    FAMILY,
    GESTATION_WEEKS,
    INFANT,
    INFANT_SEX,
    SECOND_PERSON,
)
from workflows.fields.referral import (
    ADVICE,
    GP_IN_AREA,
    GP_PRACTICE_CODE,
    INFANT_DOB,
    INFANT_NAME,
    INFANT_NHS_NUMBER,
    REASON,
)
from workflows.guards.following import split_follows
from workflows.guards.life import (
    birth_fits_the_pregnancy,
    birth_is_that_of_the_record,
    born,
    born_together,
    contact_was_agreed,
    each_relationship_considered,
    goes_on_for_the_same_baby,
    loss_fits_the_pregnancy,
    loss_recorded,
    no_loss_of_this_baby,
    not_born_yet,
    one_baby_meant,
)
from workflows.guards.merging import two_people
from workflows.guards.people import one_infant
from workflows.guards.pregnancy import LOST_BEFORE_BIRTH, loss_is_past, lost_of_several, several_expected
from workflows.guards.referral import no_other_open_referral
from workflows.vocabulary import STAYS, Move, Role

ADM, CLIN, DUTY, LEAD = Role.ADMINISTRATOR, Role.CLINICIAN, Role.DUTY, Role.LEAD
NOT_THE_TWINS = ("letters", "letters_sent", "taken_in", *OFFERED)
"""What was done for the first baby and nobody has done for the other."""

OF_THE_BABY = (INFANT_NAME, INFANT_NHS_NUMBER, INFANT_SEX)
CONFIRMED = (CONFIRMED_BY, CONFIRMED_FROM)
# fmt: off
BIRTH = (
    *from_each(OPEN, Move("", "record_birth",      STAYS, (CLIN, ADM), needs=(INFANT_DOB, BABIES_BORN), takes=(*OF_THE_BABY, GESTATION_WEEKS, NEONATAL_STAY), only_if=(no_loss_of_this_baby, not_born_yet, birth_fits_the_pregnancy, birth_is_that_of_the_record, no_other_open_referral), marks="birth_recorded_on", while_held=True, side=True)),
    *from_each(OPEN, Move("", "split_multiple",    STAYS, (CLIN,),     needs=(BIRTH_ORDER, BABIES_CONSIDERED), takes=(*OF_THE_BABY, FAMILY), only_if=(born_together, each_relationship_considered, goes_on_for_the_same_baby, no_other_open_referral), marks="split_on", while_held=True, side=True)),
    *from_each(OPEN, Move("", "split_off",         STAYS, (CLIN,),     needs=(SPLIT_FROM, BIRTH_ORDER), takes=(*OF_THE_BABY, ADVICE, FAMILY, INFANT), only_if=(split_follows, one_infant, no_other_open_referral), marks="split_on", forgets=NOT_THE_TWINS, while_held=True, side=True)),
    *from_each(OPEN, Move("", "recheck_gp",        STAYS, (ADM, CLIN), needs=(GP_PRACTICE_CODE,), takes=(GP_IN_AREA, INFANT_GP_IN_AREA), only_if=(born,), marks="gp_rechecked_on", while_held=True, side=True)),
    *from_each(OPEN, Move("", "move_record_entry", STAYS, (ADM, CLIN, DUTY), needs=(CALL_RECORDED_IN,), while_held=True, side=True)),
)

_LOSS = Move("", "record_loss", "closed_loss", (CLIN, LEAD, DUTY), needs=(LOST_ON, *CONFIRMED, FAMILY_TOLD), takes=(SERVICES_GIVEN, CHILD_DEATH_PROCEDURE, ALL_LOST), only_if=(no_loss_of_this_baby, loss_fits_the_pregnancy, one_baby_meant, lost_of_several), stops=EVERY_CLOCK, forgets=("letters",), while_held=True, side=True)
_UNDO = Move("", "undo_loss", STAYS, (LEAD,), needs=(REASON, SECOND_PERSON), only_if=(loss_recorded, two_people), forgets=("lost_on",), side=True)

LOSSES = (
    *from_each(OPEN, Move("", "record_loss_of_one", STAYS, (CLIN, LEAD, DUTY), needs=(ONE_LOST_ON, *CONFIRMED, FAMILY_TOLD), takes=(SERVICES_GIVEN,), only_if=(no_loss_of_this_baby, loss_is_past, several_expected), forgets=("letters",), adds=LOST_BEFORE_BIRTH, while_held=True, side=True)),
    *from_each(OPEN, _LOSS),
    *from_each(STILL_NOTED, replace(_LOSS, to=STAYS, stops=("outcome_told",))),
    *(replace(_UNDO, source="closed_loss", to=before, only_if=(*_UNDO.only_if, no_other_open_referral), given=("closed_from", before), reopens=True) for before in OPEN),
    *from_each(STILL_NOTED, _UNDO),
    Move("closed_loss", "loss_followup", "closed_loss", (CLIN,), needs=(NAMED_CONTACT, CONTACT_AGREED, SERVICES_GIVEN), takes=(SIBLINGS_CHECKED,), only_if=(contact_was_agreed,), side=True, adds="loss_followups"),
)
# fmt: on
