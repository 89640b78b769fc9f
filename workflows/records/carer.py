"""A carer's record: whoever holds a baby, none of them the default (R-018, R-019), and how they may be reached."""

from workflows.charts.rows import from_each
from workflows.charts.safeguarding import safeguarding
from workflows.fields.life import CONFIRMED_BY, CONFIRMED_FROM, DIED_ON, NOW_CARES
from workflows.fields.people import (
    CARER_DOB,
    CARER_NUMBER_STATUS,
    CARER_UNANSWERED,
    CHANNEL,
    CHILD,
    CIRCUMSTANCES,
    CONTACT_ARRANGEMENTS,
    COPY_RULE,
    DETAIL,
    DETAIL_ENTRY,
    FAMILY,
    LINK_ENDS,
    LIVES_WITH,
    NOT_TO,
    PARENTAL_RESPONSIBILITY,
    RELATIONSHIP,
    SAFE,
    SAFE_WORDS,
    SECOND_PERSON,
    SINCE,
    UNTIL,
)
from workflows.fields.referral import (
    CARER_NAME,
    CARER_NHS_NUMBER,
    GP_PRACTICE_CODE,
    POSTCODE,
    REASON,
    REMARK,
    REVIEW_ON,
)
from workflows.guards.merging import two_people
from workflows.guards.people import (
    child_is_linked,
    child_may_be_linked,
    ends_after_it_began,
    number_and_status_agree,
)
from workflows.records.common import CLIN, DUTY, KNOWING, LEAD, STAFF, marks, shared
from workflows.vocabulary import NEW, STAYS, Move, Stage, State

IN_USE = ("known",)
NAMED = (CARER_NHS_NUMBER, CARER_NUMBER_STATUS, CARER_DOB, POSTCODE, GP_PRACTICE_CODE, CARER_UNANSWERED)
LINK = (PARENTAL_RESPONSIBILITY, LIVES_WITH, CONTACT_ARRANGEMENTS)

# fmt: off
STATES = (
    State("known", Stage.BESIDE, "Known to the service"),
    State("died",  Stage.CLOSED, "Closed: the carer died"),
)

MOVES = (
    #    from      trigger              to        who      needs
    Move(NEW,     "open_record",        "known",  STAFF,   needs=(CARER_NAME,), takes=(*NAMED, FAMILY), only_if=(number_and_status_agree,)),
    *shared(IN_USE),
    *from_each(IN_USE, Move("", "update_identity",      STAYS, STAFF,   takes=(CARER_NAME, *NAMED), only_if=(number_and_status_agree,))),
    *from_each(IN_USE, Move("", "record_circumstances", STAYS, KNOWING, takes=(*CIRCUMSTANCES, CARER_UNANSWERED))),
    *from_each(IN_USE, Move("", "add_contact_detail",   STAYS, STAFF,   needs=(CHANNEL, DETAIL), takes=(SINCE,), adds="contact_details")),
    *from_each(IN_USE, Move("", "end_contact_detail",   STAYS, STAFF,   needs=(DETAIL_ENTRY,), settles=("contact_details", "detail_entry"))),
    *from_each(IN_USE, Move("", "set_safe_contact",     STAYS, STAFF,   needs=(CHANNEL, SAFE), takes=(SAFE_WORDS, SINCE), adds="safe_contact")),
    *from_each(IN_USE, Move("", "forbid_copies",        STAYS, STAFF,   needs=(NOT_TO,), takes=(SAFE_WORDS, SINCE), adds="copy_rules")),
    *from_each(IN_USE, Move("", "allow_copies",         STAYS, KNOWING, needs=(COPY_RULE, REASON), settles=("copy_rules", "copy_rule"))),
    *from_each(IN_USE, Move("", "link_child",           STAYS, STAFF,   needs=(CHILD, RELATIONSHIP), takes=(SINCE, *LINK), only_if=(child_may_be_linked,), adds="children")),
    *from_each((*IN_USE, "died"), Move("", "end_link",   STAYS, KNOWING, needs=(CHILD, UNTIL, LINK_ENDS), takes=(REMARK,), only_if=(child_is_linked, ends_after_it_began), adds="children")),
    Move("known", "record_carer_death", "died",   (CLIN, LEAD, DUTY), needs=(DIED_ON, CONFIRMED_BY, CONFIRMED_FROM), takes=(NOW_CARES, REVIEW_ON, REMARK), marks="died_on", side=True),
    Move("died",  "undo_carer_death",   "known",  (LEAD,), needs=(REASON, SECOND_PERSON), only_if=(two_people,), forgets=("died_on",), side=True),
    *marks((*IN_USE, "died")),
    *safeguarding(state.name for state in STATES),
)
# fmt: on
