"""A baby's record, from pregnancy on: it is the baby's own, and carers are linked to it (R-020, R-297)."""

from workflows.charts.merging import two_infants
from workflows.charts.rows import from_each
from workflows.charts.safeguarding import goes_on_elsewhere, safeguarding
from workflows.fields.life import ALL_LOST, CONFIRMED_BY, CONFIRMED_FROM, FAMILY_TOLD, LOST_ON, ONE_LOST_ON
from workflows.fields.people import (
    BABIES_BORN,
    BIRTH_ORDER,
    CARE_PLAN,
    CARER,
    CONTACT_ARRANGEMENTS,
    FAMILY,
    FIRST_REFERRAL,
    GESTATION_WEEKS,
    INFANT_NUMBER_STATUS,
    INFANT_SEX,
    INFANT_UNANSWERED,
    LEGAL_STATUS,
    LINK_ENDS,
    LIVES_WITH,
    OUTSIDE_REFERENCE,
    PARENTAL_RESPONSIBILITY,
    PLACE,
    PLACE_WORDS,
    RECORD_HOLDER,
    RECORD_SYSTEM,
    RELATIONSHIP,
    SECOND_PERSON,
    SINCE,
    UNTIL,
    WITH_CARER,
    WRITTEN_THERE,
)
from workflows.fields.referral import (
    EXPECTED_DUE_DATE,
    GP_PRACTICE_CODE,
    INFANT_DOB,
    INFANT_NAME,
    INFANT_NHS_NUMBER,
    POSTCODE,
    REASON,
    REMARK,
)
from workflows.guards.life import loss_fits_the_pregnancy
from workflows.guards.merging import two_people
from workflows.guards.people import (
    babies_born_for_its_referrals,
    birth_is_plausible,
    carer_is_linked,
    carer_may_be_linked,
    ends_after_it_began,
    in_the_record_of_the_service,
    not_on_a_plan,
    number_and_status_agree,
    on_a_plan,
    one_of_those_born,
    referral_has_no_record_yet,
    trace_postponed_in_time,
    under_restriction,
)
from workflows.guards.pregnancy import LOST_BEFORE_BIRTH, loss_is_past, lost_of_several, several_expected
from workflows.records.common import CLIN, DUTY, KNOWING, LEAD, SG, STAFF, marks, shared
from workflows.vocabulary import NEW, STAYS, Move, Stage, State

IN_USE = ("unborn", "born")
RESTRICTED = "restricted"
"""The state of a record, and of a referral, to which no ordinary search, list or link leads."""

NUMBER = (number_and_status_agree, trace_postponed_in_time, one_of_those_born)
NAMED = (INFANT_NAME, INFANT_NHS_NUMBER, INFANT_NUMBER_STATUS, INFANT_SEX, BABIES_BORN, BIRTH_ORDER, INFANT_UNANSWERED)
OPENED = (*NAMED, POSTCODE, GP_PRACTICE_CODE, FIRST_REFERRAL, FAMILY)
LINK = (PARENTAL_RESPONSIBILITY, LIVES_WITH, CONTACT_ARRANGEMENTS)

# fmt: off
STATES = (
    State("unborn",     Stage.BESIDE, "Before birth"),
    State("born",       Stage.BESIDE, "Born"),
    State("died",       Stage.CLOSED, "Closed: this baby was lost"),
    State("restricted", Stage.CLOSED, "Closed: kept under restriction"),
    State("merged",     Stage.CLOSED, "Merged into another record of the same baby"),
)

MOVES = (
    #    from       trigger                  to            who      needs
    Move(NEW,      "open_unborn",            "unborn",     STAFF,   needs=(EXPECTED_DUE_DATE,), takes=OPENED, only_if=(*NUMBER, referral_has_no_record_yet)),
    Move(NEW,      "open_record",            "born",       STAFF,   needs=(INFANT_DOB,), takes=(*OPENED, EXPECTED_DUE_DATE, GESTATION_WEEKS), only_if=(*NUMBER, birth_is_plausible, referral_has_no_record_yet)),
    Move("unborn", "record_birth",           "born",       STAFF,   needs=(INFANT_DOB,), takes=(*NAMED, GESTATION_WEEKS), only_if=(*NUMBER, birth_is_plausible, babies_born_for_its_referrals), marks="birth_recorded_on", forgets=("gp_checked_on",)),
    Move("unborn", "update_identity",        "unborn",     STAFF,   takes=(*NAMED, POSTCODE, EXPECTED_DUE_DATE), only_if=NUMBER),
    Move("born",   "update_identity",        "born",       STAFF,   takes=(*NAMED, POSTCODE, INFANT_DOB, GESTATION_WEEKS), only_if=(*NUMBER, birth_is_plausible)),
    *shared(IN_USE),
    *from_each(IN_USE, Move("", "record_gp",              STAYS, STAFF,        needs=(GP_PRACTICE_CODE,), marks="gp_checked_on")),
    *from_each(IN_USE, Move("", "record_location",        STAYS, KNOWING,      needs=(PLACE, SINCE), takes=(PLACE_WORDS, WITH_CARER, REMARK), adds="locations")),
    *from_each(IN_USE, Move("", "link_carer",             STAYS, STAFF,        needs=(CARER, RELATIONSHIP), takes=(SINCE, *LINK), only_if=(carer_may_be_linked,), adds="carers")),
    *from_each(IN_USE, Move("", "end_link",               STAYS, KNOWING,      needs=(CARER, UNTIL, LINK_ENDS), takes=(REMARK,), only_if=(carer_is_linked, ends_after_it_began), adds="carers")),
    *from_each(IN_USE, Move("", "start_protection_plan",  STAYS, KNOWING,      needs=(SINCE,), takes=(REMARK,), only_if=(not_on_a_plan,), adds="protection_plans")),
    *from_each(IN_USE, Move("", "end_protection_plan",    STAYS, KNOWING,      needs=(UNTIL,), takes=(REMARK,), only_if=(on_a_plan, ends_after_it_began), adds="protection_plans")),
    *from_each(IN_USE, Move("", "record_legal_status",    STAYS, KNOWING,      needs=(LEGAL_STATUS, SINCE), takes=(CARE_PLAN,), adds="legal_statuses")),
    *from_each(IN_USE, Move("", "record_outside_record",  STAYS, STAFF,        needs=(RECORD_HOLDER, RECORD_SYSTEM, WRITTEN_THERE), takes=(OUTSIDE_REFERENCE, REMARK), only_if=(in_the_record_of_the_service,), adds="outside_records")),
    Move("unborn", "record_loss_of_one",     "unborn",     (CLIN, LEAD, DUTY), needs=(ONE_LOST_ON, CONFIRMED_BY, CONFIRMED_FROM, FAMILY_TOLD), only_if=(loss_is_past, several_expected), adds=LOST_BEFORE_BIRTH, side=True),
    *from_each(IN_USE, Move("", "record_loss",            "died", (CLIN, LEAD, DUTY), needs=(LOST_ON, CONFIRMED_BY, CONFIRMED_FROM, FAMILY_TOLD), takes=(REMARK, ALL_LOST), only_if=(loss_fits_the_pregnancy, lost_of_several), marks="died_on", side=True)),
    *(Move("died", "undo_loss", before, (LEAD,), needs=(REASON, SECOND_PERSON), only_if=(two_people,), given=("closed_from", before), forgets=("died_on", "lost_on"), side=True) for before in IN_USE),
    *from_each(IN_USE, Move("", "restrict",               "restricted", (SG, LEAD), needs=(REASON,), marks="restricted_on", side=True)),
    Move("merged", "restrict",               "merged",     (SG, LEAD), needs=(REASON,), marks="restricted_on", side=True),
    *(Move("restricted", "lift_restriction", before, (SG,), needs=(REASON, SECOND_PERSON), only_if=(two_people,), given=("closed_from", before), forgets=("restricted_on",), side=True) for before in IN_USE),
    Move("merged", "lift_restriction",       "merged",     (SG,), needs=(REASON,), only_if=(under_restriction,), forgets=("restricted_on",), side=True),
    *marks((*IN_USE, "died")),
    *safeguarding(state.name for state in STATES),
    *goes_on_elsewhere(("merged", "restricted")),
    *two_infants((*IN_USE, "died"), (*IN_USE, "died", "restricted")),
)
# fmt: on
