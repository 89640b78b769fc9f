"""Rows that the records of babies and carers share."""

from workflows.charts.rows import from_each
from workflows.fields.people import (
    ABOUT_WHOM,
    ETHNICITY,
    ETHNICITY_BASIS,
    FAMILY,
    MARK,
    MARKED_EVENT,
    WITHHOLD_FROM,
)
from workflows.fields.referral import REASON
from workflows.guards.people import in_a_family, not_in_another_family
from workflows.vocabulary import STAYS, Move, Role

ADM, DUTY, CLIN, LEAD, SG = Role.ADMINISTRATOR, Role.DUTY, Role.CLINICIAN, Role.LEAD, Role.SAFEGUARDING
STAFF = (CLIN, DUTY, ADM, LEAD)
KNOWING = (CLIN, DUTY, LEAD, SG)
"""Who may say what is known of a family's circumstances: not the administrator, who may correct a name."""


# fmt: off
def shared(states: tuple[str, ...]) -> tuple[Move, ...]:
    return (
        *from_each(states, Move("", "record_ethnicity", STAYS, STAFF,   needs=(ETHNICITY, ETHNICITY_BASIS))),
        *from_each(states, Move("", "join_family",      STAYS, STAFF,   needs=(FAMILY,), only_if=(not_in_another_family,))),
        *from_each(states, Move("", "leave_family",     STAYS, (LEAD,), needs=(REASON,), only_if=(in_a_family,), forgets=("family",))),
    )


def marks(states: tuple[str, ...]) -> tuple[Move, ...]:
    """What one parent must not be given of what the other told; each mark is on one event (requirements W31)."""
    return (
        *from_each(states, Move("", "mark_third_party", STAYS, KNOWING,    needs=(MARKED_EVENT, WITHHOLD_FROM), takes=(ABOUT_WHOM, REASON), adds="marks", while_held=True, side=True)),
        *from_each(states, Move("", "unmark",           STAYS, (LEAD, SG), needs=(MARK, REASON), settles=("marks", "mark"), while_held=True, side=True)),
    )
# fmt: on
