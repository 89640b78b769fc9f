"""A meeting: planned, its agenda closed, in session, held. What it decides is a step on each referral, which names it."""

from workflows.charts.rows import from_each
from workflows.fields.meetings import (
    ATTENDEES,
    BESIDE_WHO,
    DECISION,
    ITEM,
    LATE_REASON,
    MEETING_AT,
    MEETING_KIND,
    MEETING_ON,
    MEETS_WITH,
    REFERRAL,
    WHO,
)
from workflows.fields.referral import REASON, REMARK
from workflows.guards.following import comes_from_a_decision
from workflows.guards.meetings import (
    each_is_named_once,
    is_an_item,
    is_for_this_meeting,
    is_not_there_yet,
    is_there,
    not_listed_yet,
    nothing_decided_on_it,
    on_its_day,
    staff_are_known,
)
from workflows.vocabulary import NEW, STAYS, Move, Role, Stage, State

ADM, CHAIR, LEAD = Role.ADMINISTRATOR, Role.CHAIR, Role.LEAD
RUN = (ADM, CHAIR, LEAD)
AHEAD = ("planned", "frozen")
LISTED = (is_for_this_meeting, not_listed_yet)

# fmt: off
STATES = (
    State("planned",    Stage.BESIDE, "Planned"),
    State("frozen",     Stage.BESIDE, "Agenda closed"),
    State("in_session", Stage.BESIDE, "In session"),
    State("held",       Stage.CLOSED, "Held"),
    State("cancelled",  Stage.CLOSED, "Called off"),
)

MOVES = (
    #    from         trigger            to            who             needs
    Move(NEW,          "plan_meeting",    "planned",    RUN,            needs=(MEETING_ON, MEETING_KIND), takes=(MEETING_AT, MEETS_WITH)),
    *from_each(AHEAD,
    Move("",           "move_meeting",    STAYS,        RUN,            needs=(MEETING_ON,), takes=(MEETING_AT, MEETS_WITH, REASON))),
    *from_each(AHEAD,
    Move("",           "cancel_meeting",  "cancelled",  RUN,            needs=(REASON,))),
    Move("planned",    "list_referral",   "planned",    RUN,            needs=(REFERRAL,), only_if=LISTED, adds="agenda"),
    *from_each(("frozen", "in_session"),
    Move("",           "list_referral",   STAYS,        RUN,            needs=(REFERRAL, LATE_REASON), only_if=LISTED, adds="agenda")),
    *from_each((*AHEAD, "in_session"),
    Move("",           "remove_referral", STAYS,        RUN,            needs=(ITEM, REASON), only_if=(nothing_decided_on_it,), settles=("agenda", "item"))),
    Move("planned",    "freeze_agenda",   "frozen",     RUN,            marks="frozen_on"),
    *from_each(AHEAD,
    Move("",           "start_meeting",   "in_session", RUN,            needs=(ATTENDEES,), only_if=(on_its_day, each_is_named_once, staff_are_known), marks="met_on")),
    Move("in_session", "arrive",          "in_session", RUN,            needs=(WHO,), takes=BESIDE_WHO, only_if=(is_not_there_yet, staff_are_known), adds="arrivals"),
    Move("in_session", "depart",          "in_session", RUN,            needs=(WHO,), only_if=(is_there,), adds="departures"),
    Move("in_session", "take_item",       "in_session", RUN,            needs=(ITEM,), only_if=(is_an_item,), adds="taken"),
    *from_each(("in_session", "held"),
    Move("",           "note_decision",   STAYS,        (CHAIR, LEAD),  needs=(REFERRAL, DECISION), only_if=(comes_from_a_decision,), adds="decided")),
    Move("in_session", "close_meeting",   "held",       RUN,            takes=(REMARK,), marks="ended_on"),
)
# fmt: on
