"""Two records of one baby become one, and two again: rows of referrals and of babies' records.

The record that goes is put aside and keeps all that it has; the one that stays lists it. Nothing is copied, so nothing
has to be put back. What people say about the record that went is kept with it, wherever they say it.
"""

from collections.abc import Iterable

from workflows.charts.rows import from_each
from workflows.charts.states import OPEN, STATES
from workflows.fields.merging import (
    ABOUT,
    APART_BECAUSE,
    INFANT_THAT_STAYS,
    MERGED_INTO,
    NOT_SAME_BECAUSE,
    NOT_THE_SAME,
    NOTE,
    NOTES,
    OTHER,
    OTHER_OPENED_ON,
    OTHER_RECEIVED_ON,
    OTHERS_BABY,
    OTHERS_STATE,
    REFERRAL_THAT_STAYS,
    SAME_BECAUSE,
    TAKEN_IN,
    TAKEN_IN_NUMBER,
)
from workflows.fields.people import SECOND_PERSON
from workflows.guards.following import follows_from_the_other
from workflows.guards.merging import (
    about_a_record_taken_in,
    another_record,
    ended_alike,
    infant_survives,
    merged_into_that_one,
    not_twins,
    referral_survives,
    same_baby,
    told_of_another,
    two_people,
)
from workflows.guards.referral import no_other_open_referral
from workflows.guards.safeguarding import no_open_concern_here
from workflows.vocabulary import STAYS, Field, Guard, Move, Role

ADM, CLIN, DUTY, LEAD, MGR, TEAM = (
    Role.ADMINISTRATOR,
    Role.CLINICIAN,
    Role.DUTY,
    Role.LEAD,
    Role.MANAGER,
    Role.TEAM,
)
NOTING = (CLIN, DUTY, ADM, TEAM, LEAD)
TOLD = (OTHER_OPENED_ON, OTHER_RECEIVED_ON, OTHERS_BABY, OTHERS_STATE, SAME_BECAUSE, SECOND_PERSON)


def merging(
    sources: Iterable[str],
    every: Iterable[str],
    survivor: Field,
    survives: Guard,
    *,
    together: tuple[Guard, ...] = (),
    again: tuple[Guard, ...] = (),
    leaving: tuple[Guard, ...] = (),
) -> tuple[Move, ...]:
    """The rows of a kind of record. `sources`: where it may be merged and take another in; `every`: all its states
    but `merged`. `together`, `again` and `leaving` are further guards: of taking in, of standing apart again, of being merged.
    """
    sources, every = tuple(sources), (*every, "merged")
    # fmt: off
    return (
        *from_each(sources, Move("", "merge_into", "merged", (LEAD, MGR), needs=(survivor, SAME_BECAUSE, SECOND_PERSON), only_if=(another_record, survives, not_twins, two_people, *leaving), while_held=True, side=True, aside="starts")),
        *(Move("merged", "unmerge", source, (LEAD, MGR), needs=(MERGED_INTO, APART_BECAUSE), only_if=(merged_into_that_one, *again), forgets=("survivor",), given=("closed_from", source), side=True, aside="ends") for source in sources),
        *from_each(sources, Move("", "take_in", STAYS, (LEAD, MGR), needs=(OTHER,), takes=TOLD, only_if=(follows_from_the_other, *together), while_held=True, side=True, adds=TAKEN_IN)),
        *from_each(every, Move("", "give_back", STAYS, (LEAD, MGR), needs=(TAKEN_IN_NUMBER,), takes=(APART_BECAUSE,), only_if=(follows_from_the_other,), while_held=True, side=True, settles=(TAKEN_IN, TAKEN_IN_NUMBER.name))),
        *from_each(sources, Move("", "say_not_the_same", STAYS, NOTING, needs=(OTHER, NOT_SAME_BECAUSE), only_if=(told_of_another,), while_held=True, side=True, adds=NOT_THE_SAME)),
        *from_each(every, Move("", "add_note", STAYS, NOTING, needs=(NOTE,), while_held=True, side=True, adds=NOTES)),
        *from_each(sources, Move("", "add_note_about", STAYS, NOTING, needs=(ABOUT, NOTE), only_if=(about_a_record_taken_in,), while_held=True, side=True)),
    )
    # fmt: on


TWO_REFERRALS = merging(
    OPEN,
    (name for name in STATES if name != "merged"),
    REFERRAL_THAT_STAYS,
    referral_survives,
    together=(same_baby,),
    again=(no_other_open_referral,),
    leaving=(no_open_concern_here,),
)


def two_infants(sources: Iterable[str], every: Iterable[str]) -> tuple[Move, ...]:
    """The rows of a baby's record, with the states of its own table."""
    return merging(
        sources, every, INFANT_THAT_STAYS, infant_survives, leaving=(no_open_concern_here,), again=(ended_alike,)
    )
