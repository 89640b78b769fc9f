"""What the checks of a service look at."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from workflows.chart import Chart
from workflows.figures import Figure, in_force
from workflows.settings import BY_DOCUMENT, Offer, Settings
from workflows.vocabulary import ServiceRules


@dataclass(frozen=True, slots=True)
class Looked:
    """A pathway, every figure of the service, and the day for which it is asked.

    `in_post` is how many people the service has, as its staff records say; None: nobody has looked, or there are none.
    `before` are the earlier versions of the document.
    """

    chart: Chart
    figures: Sequence[Figure]
    on: date
    in_post: int | None = None
    before: Sequence[Chart] = ()

    @property
    def rules(self) -> ServiceRules:
        return self.chart.rules

    @property
    def settings(self) -> Settings:
        return self.chart.rules.settings

    @property
    def offers(self) -> tuple[Offer, ...]:
        return self.settings.offers

    def amount(self, name: str) -> int | None:
        """A figure as it holds on the day: entered, else as the document says."""
        figure = in_force(self.figures, name, self.on)
        if figure is not None:
            return figure.amount
        return BY_DOCUMENT[name](self.rules) if name in BY_DOCUMENT else None


Check = Callable[[Looked], Iterator[str]]
"""What it finds, a sentence each: what is wrong, of this service."""
