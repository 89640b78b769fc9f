"""The figures of services as people read them: what is in force, what is off, what is announced, what one changes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from casework import Casework
from casework.nights import Preview
from jobs.boards import counts, how_many
from jobs.nightly import show_planned
from jobs.show import Cell, Column, heading, print_table, say
from workflows.dates import british
from workflows.figures import FIGURES, OFFERS, SETTINGS, Figure, in_force, meaning_of
from workflows.flags import FLAGS

LIST = (
    Column("figure"),
    Column("in force"),
    Column("since", narrow=0),
    Column("about", wraps=True),
)
CHANGES = {
    "raise": "raised",
    "clear": "cleared",
    "replace": "replaced by a graver one",
    "not raise": "not raised, which else would be",
    "not clear": "kept open, which else would be cleared",
    "not replace": "kept open, which else would be replaced",
}


@dataclass(frozen=True, slots=True)
class InForce:
    """One figure of one service on a day: None is off. `announced` are those from later days, in their order."""

    service: str
    name: str
    now: Figure | None
    announced: tuple[Figure, ...]

    @property
    def flags(self) -> tuple[str, ...]:
        """The kinds of flag that read it."""
        return tuple(kind for kind, rule in FLAGS.items() if any(_reads(c, self.name) for c in rule.when))


def _reads(condition: object, name: str) -> bool:
    return name in (getattr(condition, "figure", ""), getattr(condition, "until", ""))


def figures_of(casework: Casework, service: str, *, settings: bool = False) -> list[InForce]:
    """Every figure that a flag can read, as the service has it today; and, on request, those that rules read.

    Of the switches for interventions those that were ever entered.
    """
    today, every = casework.today(), casework.nights.figures(service)
    names = [*FIGURES]
    if settings:
        names += [*SETTINGS, *sorted({figure.name for figure in every if figure.name.startswith(OFFERS)})]
    return [InForce(service, name, in_force(every, name, today), _announced(every, name, today)) for name in names]


def _announced(every: Sequence[Figure], name: str, today: date) -> tuple[Figure, ...]:
    """Of two for the same day the one that was entered later holds."""
    later = {figure.in_force_from: figure for figure in every if figure.name == name and figure.in_force_from > today}
    return tuple(later[day] for day in sorted(later))


def amount(figure: Figure | None) -> str:
    return "off" if figure is None or figure.amount is None else figure.words


def show_figures(service: str, figures: Sequence[InForce]) -> None:
    heading(service)
    print_table(LIST, [_row(one) for one in figures])
    say(*_announcements(figures))


def _row(one: InForce) -> list[Cell | str]:
    if one.now is None:
        off = "off" if one.name in FIGURES else "not entered"
        return [one.name, Cell(off, "dim"), "", Cell(f"{meaning_of(one.name).label} ...", "dim")]
    return [one.name, amount(one.now), since(one.now), one.now.source]


def since(figure: Figure) -> str:
    return "the first day" if figure.in_force_from == date.min else figure.in_force_from.isoformat()


def _announcements(figures: Sequence[InForce]) -> Iterator[str]:
    for one in figures:
        for figure in one.announced:
            yield f"From {british(figure.in_force_from)}: {one.name} {amount(figure)} ({figure.source})."


def show_preview(preview: Preview) -> None:
    """What a figure would change in the night of its first day, flag by flag."""
    figure = preview.figure
    starts = british(max(figure.in_force_from, preview.on))
    say(f"{figure.name} of {preview.service}: {amount(preview.before)} until then.")
    say(f"{meaning_of(figure.name).label}: {amount(figure)}, from {starts} ({figure.source}).")
    if not preview.changes:
        return say(f"By what is known today it would change no flag in the night of {british(preview.on)}.")
    changes = how_many(len(preview.changes), "change", "changes")
    say(f"By what is known today it would make {changes} in the night of {british(preview.on)}:")
    for change, words in CHANGES.items():
        if found := Counter(c.kind for c in preview.changes if c.change == change):
            say(f"  {words}: {counts(found)}.")
    return show_planned(preview.changes)
