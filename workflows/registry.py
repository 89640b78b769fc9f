"""Every pathway that a referral may be on: those that are released with casework, and those that a clinic adds.

A pathway stays here as long as a referral is pinned to it. A referral keeps the version under which it was opened.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from workflows.beside import RecordKind
from workflows.chart import Chart
from workflows.comparing import altered
from workflows.figures import Figure
from workflows.records.charts import records_of
from workflows.services.building import chart_from
from workflows.services.reading import Fault, UnreadableService

RELEASED = ("leeds_v1.toml", "essex_v1.toml")
"""Listed by hand, so that none is gone because its file is."""

CHARTS: dict[str, Chart] = {}
"""By `name@version`."""
CURRENT: dict[str, Chart] = {}
"""By service, in its newest version: it may be announced only. `chart_for` knows what is in force on a day."""


class UnknownService(LookupError):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"There is no such service here. Services: {', '.join(CURRENT)}.")


class UnknownPathway(LookupError):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"There is no such pathway here. Pathways: {', '.join(CHARTS)}.")


def load(place: Path) -> tuple[Chart, ...]:
    """Add the services of a folder of documents, or of one. What is here already and says the same is left alone.

    All or none: raises `UnreadableService` with the faults of all files. Call it before anything else is asked, once a
    process.
    """
    files = sorted(place.glob("*.toml")) if place.is_dir() else [place]
    charts, faults = _read(files)
    if not files:
        faults.append(Fault(str(place), "", "there is no document in this folder.", "Put the .toml files there."))
    faults += _at_odds(charts)
    if faults:
        raise UnreadableService(tuple(faults))
    for _, chart in charts:
        add(chart)
    return tuple(chart for _, chart in charts)


def _read(files: Iterable[Path]) -> tuple[list[tuple[str, Chart]], list[Fault]]:
    charts: list[tuple[str, Chart]] = []
    faults: list[Fault] = []
    for file in files:
        try:
            charts.append((file.name, chart_from(file)))
        except UnreadableService as unreadable:
            faults += unreadable.faults
    return charts, faults


def _at_odds(charts: Iterable[tuple[str, Chart]]) -> list[Fault]:
    """Two documents under one name and version that do not say the same."""
    known, faults = dict(CHARTS), list[Fault]()
    for file, chart in charts:
        other = known.setdefault(chart.id, chart)
        if other is not chart and altered(other, chart):
            wrong = f"{chart.id} is here already and says otherwise."
            faults.append(Fault(file, "service.version", wrong, "Give this one the next version."))
    return faults


def add(chart: Chart) -> None:
    """Put one pathway among the others; the newest version of a service is its current one."""
    CHARTS.setdefault(chart.id, chart)
    service = chart.rules.service
    if service not in CURRENT or chart.version > CURRENT[service].version:
        CURRENT[service] = CHARTS[chart.id]


def versions(service: str) -> tuple[Chart, ...]:
    """Every version of a service, the oldest first. Raises `UnknownService`."""
    if service not in CURRENT:
        raise UnknownService(service)
    newest = CURRENT[service]
    older = (CHARTS.get(f"{newest.name}@{number}") for number in range(1, newest.version))
    return (*(chart for chart in older if chart is not None), newest)


def chart_for(service: str, kind: RecordKind = RecordKind.REFERRAL, on: date = date.max) -> Chart:
    """The pathway of a service for a referral, or a record beside it, that is opened on a day. Raises `UnknownService`.

    It is the newest version in force. A day before the first version has that one: what came on paper before has to be
    somewhere.
    """
    every = versions(service)
    pathway = next((chart for chart in reversed(every) if chart.rules.settings.in_force_from <= on), every[0])
    return pathway if kind is RecordKind.REFERRAL else records_of(pathway)[kind]


def published(service: str) -> tuple[Figure, ...]:
    """The figures of a service's documents, those of a later version from the day on which it is in force.

    What the later version no longer gives is off from that day. Raises `UnknownService`.
    """
    first, *later = versions(service)
    figures = list(first.rules.figures)
    for chart in later:
        starts = chart.rules.settings.in_force_from
        figures += [replace(f, in_force_from=max(starts, f.in_force_from)) for f in chart.rules.figures]
        gone = {f.name for f in figures} - {f.name for f in chart.rules.figures}
        figures += [Figure(name, None, f"no longer in {chart.id}", starts) for name in sorted(gone)]
    return tuple(figures)


def chart_named(name: str) -> Chart:
    """A pathway by `name@version`, or by name alone: then the newest version. Raises `UnknownPathway`.

    That of a record beside the referrals has the kind behind the name of theirs, as in `leeds-imhs.infant@1`.
    """
    base, at, version = name.partition("@")
    service, _, kind = base.partition(".")
    try:
        pathway = CHARTS[service + at + version] if at else CURRENT[service]
        return records_of(pathway)[RecordKind(kind)] if kind else pathway
    except (KeyError, ValueError):
        raise UnknownPathway(name) from None


def every_chart() -> tuple[Chart, ...]:
    """The pathways of the referrals, each with those of the records beside them."""
    return tuple(chart for one in CHARTS.values() for chart in [one, *records_of(one).values()])


for _released in RELEASED:
    add(chart_from(Path(__file__).parent / "services" / _released))
