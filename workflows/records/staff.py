"""A member of staff: appointed, in post, left. What changes in between is in the events, with its day (R-376)."""

from workflows.charts.rows import from_each
from workflows.fields.referral import REASON
from workflows.fields.staff import DISCIPLINE, INTERVENTION, STAFF_NAME, THE_POST, TRAINED_ON, TRAINING
from workflows.guards.staff import account_is_their_own, holds_nothing, supervises_nobody, supervisor_is_another
from workflows.vocabulary import NEW, STAYS, Move, Role, Stage, State

LEAD, MGR = Role.LEAD, Role.MANAGER
HERE = ("appointed", "in_post")
WHO = (supervisor_is_another, account_is_their_own)

# fmt: off
STATES = (
    State("appointed", Stage.BESIDE, "Appointed, not started"),
    State("in_post",   Stage.BESIDE, "In post"),
    State("left",      Stage.CLOSED, "Left the service"),
)

MOVES = (
    Move(NEW,         "appoint",         "appointed", (MGR, LEAD), needs=(STAFF_NAME, DISCIPLINE), takes=THE_POST, only_if=WHO),
    Move("appointed", "start_in_post",   "in_post",   (MGR, LEAD), takes=THE_POST, only_if=WHO, marks="in_post_on"),
    *from_each(HERE,
    Move("",          "change_post",     STAYS,       (MGR, LEAD), takes=(STAFF_NAME, DISCIPLINE, *THE_POST), only_if=WHO, marks="post_changed_on")),
    *from_each(HERE,
    Move("",          "record_training", STAYS,       (MGR, LEAD), needs=(INTERVENTION, TRAINED_ON), adds="trained_in")),
    *from_each(HERE,
    Move("",          "strike_training", STAYS,       (MGR, LEAD), needs=(TRAINING, REASON), settles=("trained_in", "training"))),
    *from_each(HERE,
    Move("",          "leave",           "left",      (MGR, LEAD), takes=(REASON,), only_if=(holds_nothing, supervises_nobody), marks="left_on")),
    Move("left",      "return_to_post",  "in_post",   (MGR, LEAD), takes=THE_POST, only_if=WHO, marks="in_post_on"),
)
# fmt: on
