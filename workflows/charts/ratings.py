"""The three areas are rated again and again, from the first call to the end of the work: nothing is overwritten."""

from workflows.charts.rows import from_each
from workflows.charts.states import OPEN
from workflows.fields.ratings import BESIDE_A_RATING, RATING
from workflows.fields.referral import RATED
from workflows.guards.ratings import indicators_of_the_area, level_of_the_area
from workflows.lists import Becomes
from workflows.vocabulary import STAYS, Move, Role

CHAIR, CLIN, DUTY, LEAD, TEAM = Role.CHAIR, Role.CLINICIAN, Role.DUTY, Role.LEAD, Role.TEAM

OBSERVED = Becomes("area", "level", ("account", "observer"), RATED)
"""What the carer tells stands beside what was observed, and never in its place (R-115)."""

# fmt: off
RATINGS = (
    *from_each(OPEN, Move("", "rate", STAYS, (DUTY, CLIN, CHAIR, TEAM, LEAD), needs=RATING, takes=BESIDE_A_RATING, only_if=(level_of_the_area, indicators_of_the_area), adds="ratings", becomes=OBSERVED, while_held=True)),
)
# fmt: on
