"""The team as at a day: headcount and hours, bands, who supervises whom, and how much room each one has."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.case import Case
from casework.figures import figures_with
from casework.lists import Lists
from casework.meetings import services_of
from casework.store import Store
from workflows.beside import RecordKind, entries
from workflows.figures import Lookup
from workflows.guards.staff import places
from workflows.staffing import at_or_above


@dataclass(frozen=True, slots=True)
class Member:
    """One member of staff on a day. `wte_percent` is of full time; `places` is how many referrals that makes room for,
    where the service has entered the figure. `holds` is as of now, whatever the day.
    """

    reference: str
    service: str
    name: str
    discipline: str
    state: str
    post: str | None
    band: str | None
    wte_percent: int | None
    aimh_level: str | None
    trainee: bool
    supervisor: str | None
    trained_in: tuple[str, ...]
    holds: int
    places: int | None


@dataclass(frozen=True, slots=True)
class Team:
    """Headcount and hours are two figures, never one (R-371). Trainees, and who has not started, are in neither."""

    on: date
    members: tuple[Member, ...]
    headcount: int
    wte_percent: int
    by_band: tuple[tuple[str, int], ...]
    at_8a_and_above: int
    supervises: tuple[tuple[str, int], ...]


def team(casework: Lists, service: str | None = None, on: date | None = None) -> Team:
    """Everybody who was appointed or in post on a day, by default today. Raises `BadRequest` for an unknown service."""
    day = on or casework.today()
    with casework.database.reading() as store:
        services = services_of(service)
        figure = figures_with({name: store.figures(name) for name in services})
        staff = [case for name in services for case in store.records(name, RecordKind.STAFF)]
        then = [_as_at(store, case, day) for case in staff]
        members = tuple(_member(store, case, day, figure) for case in then if case is not None and case.open)
    return _counted(day, members)


def _as_at(store: Store, staff: Case, day: date) -> Case | None:
    """The record as it stood at the end of a day; None: there was none yet."""
    then = Case(staff.id, staff.chart, staff.reference)
    for event in store.events(staff.id):
        if event.effective_on <= day:
            then.apply(event)
    return then if then.version else None


def _member(store: Store, staff: Case, day: date, figure: Lookup) -> Member:
    known: dict[str, Any] = staff.answers
    per_wte = figure(staff.service, "caseload_per_wte", day)
    return Member(
        reference=staff.reference,
        service=staff.service,
        name=known["staff_name"],
        discipline=known["discipline"],
        state=staff.state,
        post=known.get("post"),
        band=known.get("band"),
        wte_percent=known.get("wte_percent"),
        aimh_level=known.get("aimh_level"),
        trainee=known.get("trainee") == "yes",
        supervisor=known.get("supervisor"),
        trained_in=tuple(dict.fromkeys(entry["intervention"] for entry in entries(known, "trained_in"))),
        holds=len(store.allocated(staff.service, staff.reference, staff.id)),
        places=places(per_wte, known) if per_wte else None,
    )


def _counted(day: date, members: tuple[Member, ...]) -> Team:
    here = [member for member in members if member.state == "in_post" and not member.trainee]
    bands = Counter(member.band for member in here if member.band)
    load = Counter(member.supervisor for member in members if member.trainee and member.supervisor)
    return Team(
        on=day,
        members=members,
        headcount=len(here),
        wte_percent=sum(member.wte_percent or 0 for member in here),
        by_band=tuple(sorted(bands.items())),
        at_8a_and_above=sum(count for band, count in bands.items() if at_or_above(band, "8a")),
        supervises=tuple(sorted(load.items())),
    )
