"""An entry of indirect work: no patient record is needed, and no family is in it. One record an activity."""

from workflows.charts.safeguarding import safeguarding
from workflows.fields.activities import (
    ACTIVITY,
    ACTIVITY_ON,
    ASSUMPTION,
    ATTENDEES,
    CHILDREN_ESTIMATED,
    DELIVERED_BY,
    FAMILIES,
    FAMILY_NAMED,
    GROUP,
    MINUTES,
    PARTNER,
    PREPARATION,
    REFERRAL,
    SECTOR,
    TOPIC,
    WHERE,
)
from workflows.fields.referral import REASON
from workflows.guards.activities import (
    each_is_a_person_or_a_number,
    estimate_has_its_assumption,
    families_by_number,
    family_agreed_to_the_referral,
    no_family_is_named,
    nobody_is_told_twice,
    not_in_the_future,
    somebody_took_part,
)
from workflows.vocabulary import NEW, Move, Role, Stage, State

WHO = (Role.CLINICIAN, Role.DUTY, Role.ADMINISTRATOR, Role.TEAM, Role.LEAD, Role.MANAGER)
NEEDED = (ACTIVITY, ACTIVITY_ON, MINUTES, DELIVERED_BY)
TAKEN = (
    ATTENDEES, PARTNER, SECTOR, WHERE, TOPIC, GROUP, REFERRAL, FAMILY_NAMED, FAMILIES, CHILDREN_ESTIMATED, ASSUMPTION,
    PREPARATION,
)  # fmt: skip
RULES = (
    not_in_the_future,
    each_is_a_person_or_a_number,
    nobody_is_told_twice,
    no_family_is_named,
    family_agreed_to_the_referral,
    families_by_number,
    estimate_has_its_assumption,
    somebody_took_part,
)

# fmt: off
STATES = (
    State("recorded", Stage.CLOSED, "Recorded"),
    State("void",     Stage.CLOSED, "Void: entered in error, in no count"),
)

MOVES = (
    Move(NEW,        "record_activity",  "recorded", WHO, needs=NEEDED, takes=TAKEN, only_if=RULES),
    Move("recorded", "correct_activity", "recorded", WHO, needs=(REASON,), takes=(*NEEDED, *TAKEN), only_if=RULES),
    Move("recorded", "void",             "void",     WHO, needs=(REASON,)),
    *safeguarding((state.name for state in STATES), about=()),
)
# fmt: on
