"""The two services that are released with casework, as the tests speak of them."""

from workflows.registry import CHARTS
from workflows.vocabulary import AgeLimit

LEEDS, ESSEX = CHARTS["leeds-imhs@1"], CHARTS["together-with-baby@1"]

UNDER_TWO = AgeLimit(24, limit_day_is_in=False)
UP_TO_TWO = AgeLimit(24, limit_day_is_in=True)
