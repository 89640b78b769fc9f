"""Who a referral is about, what they have agreed to, who else is there, and the letters that are waiting to go."""

from workflows.charts.rows import EVERY_CLOCK, from_each
from workflows.charts.safeguarding import goes_on_elsewhere
from workflows.charts.states import CLOSED, OPEN, STILL_NOTED
from workflows.fields.letters import (
    ASKED_FIRST_ON,
    COPY_TO,
    LETTER,
    LETTER_BY,
    LETTER_KIND,
    LETTER_TO,
    NAMES_CHILD,
    REVIEWED_BY,
    TO_CARER,
)
from workflows.fields.people import (
    ABOUT_WHOM,
    CONSENT_BY,
    CONSENT_DECISION,
    CONSENT_FOR,
    CONSENT_SAID_ON,
    CONSENT_STANDING,
    CONSENT_WORDS,
    FAMILY,
    FOCUS_CARER,
    INFANT,
    KEPT_INFORMED,
    MARK,
    MARKED_EVENT,
    NETWORK_CONTACT,
    NETWORK_ENTRY,
    NETWORK_NAME,
    NETWORK_ROLE,
    NETWORK_SERVICE,
    TRUSTED,
    WITHHOLD_FROM,
)
from workflows.fields.referral import INFANT_VOICE, REASON
from workflows.guards.letters import MAY_GO, addressee_named, read_before_it_goes
from workflows.guards.people import (
    babys_record_is_not,
    consent_was_given,
    in_a_family,
    no_other_referral_of_the_two,
    not_in_another_family,
    one_focus_carer,
    one_infant,
    said_before_the_step,
    something_linked,
    under_restriction,
)
from workflows.guards.referral import no_other_open_referral
from workflows.vocabulary import STAYS, Move, Role

ADM, DUTY, CLIN, CHAIR, LEAD, SG = (
    Role.ADMINISTRATOR,
    Role.DUTY,
    Role.CLINICIAN,
    Role.CHAIR,
    Role.LEAD,
    Role.SAFEGUARDING,
)
STAFF, KNOWING = (ADM, DUTY, CLIN, LEAD), (DUTY, CLIN, LEAD, SG)
ENDED = tuple(name for name in CLOSED if name != "restricted")
WRITES = (*OPEN, *STILL_NOTED)
"""Where a letter may be prepared: the last one goes after the ending. None goes from an entry that is put away."""

# fmt: off
PEOPLE = (
    *from_each(OPEN, Move("", "link_records",   STAYS, STAFF,         takes=(INFANT, FOCUS_CARER), only_if=(something_linked, one_infant, one_focus_carer, no_other_referral_of_the_two), while_held=True, side=True)),
    *from_each(OPEN, Move("", "join_family",    STAYS, STAFF,         needs=(FAMILY,), only_if=(not_in_another_family,), while_held=True, side=True)),
    *from_each(OPEN, Move("", "leave_family",   STAYS, (LEAD,),       needs=(REASON,), only_if=(in_a_family,), forgets=("family",), while_held=True, side=True)),
    *from_each(OPEN, Move("", "record_consent", STAYS, STAFF,         needs=(CONSENT_DECISION, CONSENT_FOR, CONSENT_BY, CONSENT_STANDING, CONSENT_SAID_ON), takes=(CONSENT_WORDS,), only_if=(said_before_the_step, consent_was_given), adds="consents", while_held=True, side=True)),
    *from_each(OPEN, Move("", "record_network", STAYS, STAFF,         needs=(NETWORK_ROLE,), takes=(NETWORK_NAME, NETWORK_SERVICE, NETWORK_CONTACT, TRUSTED, KEPT_INFORMED), adds="network", while_held=True, side=True)),
    *from_each(OPEN, Move("", "end_network",    STAYS, STAFF,         needs=(NETWORK_ENTRY,), takes=(REASON,), settles=("network", "network_entry"), while_held=True, side=True)),
    *from_each(WRITES, Move("", "mark_third_party", STAYS, KNOWING,   needs=(MARKED_EVENT, WITHHOLD_FROM), takes=(ABOUT_WHOM, REASON), adds="marks", while_held=True, side=True)),
    *from_each(WRITES, Move("", "unmark",       STAYS, (LEAD, SG),    needs=(MARK, REASON), settles=("marks", "mark"), while_held=True, side=True)),
)

LETTERS = (
    *from_each(WRITES, Move("", "prepare_letter", STAYS, (ADM, DUTY, CLIN, CHAIR, LEAD), needs=(LETTER_KIND, LETTER_TO, LETTER_BY), takes=(TO_CARER, COPY_TO, NAMES_CHILD, ASKED_FIRST_ON, INFANT_VOICE), only_if=(addressee_named, *MAY_GO), adds="letters", while_held=True, side=True)),
    *from_each(WRITES, Move("", "send_letter",    STAYS, (ADM, DUTY, CLIN, CHAIR, LEAD), needs=(LETTER, REVIEWED_BY), takes=(ASKED_FIRST_ON,), only_if=(read_before_it_goes, *MAY_GO), settles=("letters", "letter"), adds="letters_sent", while_held=True, side=True)),
    *from_each(WRITES, Move("", "cancel_letter",  STAYS, (ADM, DUTY, CLIN, CHAIR, LEAD), needs=(LETTER,), takes=(REASON,), settles=("letters", "letter"), while_held=True, side=True)),
)

RESTRICTING = (
    *from_each(OPEN, Move("", "restrict",         "restricted", (SG, LEAD), needs=(REASON,), stops=EVERY_CLOCK, marks="restricted_on", while_held=True, side=True)),
    *from_each(ENDED, Move("", "restrict",         STAYS, (SG, LEAD), needs=(REASON,), stops=EVERY_CLOCK, forgets=("letters",), marks="restricted_on", side=True)),
    *from_each(ENDED, Move("", "lift_restriction", STAYS, (SG,), needs=(REASON,), only_if=(under_restriction, babys_record_is_not), forgets=("restricted_on",), side=True)),
    *goes_on_elsewhere(("merged", "restricted")),
    *(Move("restricted", "lift_restriction", before, (SG,), needs=(REASON,), only_if=(babys_record_is_not, no_other_open_referral), given=("closed_from", before), forgets=("restricted_on",), reopens=True, side=True) for before in OPEN),
)
"""A restriction ends every clock but that of an open concern. After an adoption the concern goes on under the new identity."""
# fmt: on
