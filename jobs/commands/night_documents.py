"""What `--json` prints of nights, of the history of flags and of figures: stable keys, plain values."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from casework import Case, NightHeld, NightReport, NightRun
from casework.ledger import Undone
from casework.nights import Preview
from casework.store import FlagStretch
from jobs.commands.documents import Document, night
from jobs.figures import InForce
from jobs.flagged import Nights, by_kind, put_back_by
from jobs.ledger import Gap
from jobs.nightly import Due
from workflows.figures import Figure, meaning_of
from workflows.flags import FLAGS


def nightly(reports: Sequence[NightReport], held: NightHeld | None, due: Due) -> Document:
    """The night that was asked for, with those that were caught up before it. Held: nothing was done for it."""
    asked = reports[-1:] if held is None else []
    return {
        **(night(asked[0]) if asked else {}),
        "held": {"by": held.holder, "since": held.since} if held else None,
        "caught_up": [night(report) for report in reports[: len(reports) - len(asked)]],
        "due": [{"as_of": day, "services": list(services)} for day, services in due],
    }


def nights(runs: Sequence[NightRun], missing: Sequence[Gap]) -> Document:
    return {"runs": [asdict(entry) for entry in runs], "missing": [asdict(gap) for gap in missing]}


def undone(what: Undone) -> Document:
    return asdict(what)


def flag_did(case: Case, kind: str, act: str, until: date | None, *, dry_run: bool) -> Document:
    return {**_named(case), "kind": kind, "act": act, "until": until, "dry_run": dry_run}


def flag_history(case: Case, stretches: Sequence[FlagStretch], nights: Nights) -> list[Document]:
    return [_flag_history(case, kind, some, nights) for kind, some in by_kind(stretches).items()]


def _flag_history(case: Case, kind: str, some: Sequence[FlagStretch], nights: Nights) -> Document:
    last, rule = some[-1], FLAGS.get(kind)
    return {
        **_named(case),
        "kind": kind,
        "sentence": rule.sentence if rule else None,
        "open": last.cleared_on is None,
        "quiet_until": last.quiet_until if last.cleared_on is None else None,
        "stretches": [_stretch(stretch, nights) for stretch in some],
    }


def _stretch(stretch: FlagStretch, nights: Nights) -> Document:
    entry, put_back = nights.get(stretch.raised_by), put_back_by(stretch, nights) is not None
    night_of = {"as_of": entry.as_of, "by": entry.by} if entry else {"as_of": None, "by": None}
    told = {name: value for name, value in asdict(stretch).items() if name != "kind"}
    return {**told, "raised_by": {"run_id": stretch.raised_by, **night_of, "put_back": put_back}}


def _named(case: Case) -> Document:
    return {"service": case.service, "reference": case.reference, "case_id": case.id}


def figure_in_force(one: InForce) -> Document:
    """`amount` null: off. `in_force_from` null: from the first day on."""
    meaning = meaning_of(one.name)
    return {
        "service": one.service,
        "name": one.name,
        "label": meaning.label,
        "unit": meaning.unit,
        **_figure(one.now),
        "flags": list(one.flags),
        "announced": [_figure(figure) for figure in one.announced],
    }


def _figure(figure: Figure | None) -> Document:
    if figure is None:
        return {"amount": None, "source": None, "in_force_from": None}
    starts = None if figure.in_force_from == date.min else figure.in_force_from
    return {"amount": figure.amount, "source": figure.source, "in_force_from": starts}


def figure_set(preview: Preview, *, dry_run: bool) -> Document:
    return {
        "service": preview.service,
        "name": preview.figure.name,
        "unit": preview.figure.unit,
        **_figure(preview.figure),
        "before": _figure(preview.before),
        "on": preview.on,
        "changes": [asdict(change) for change in preview.changes],
        "dry_run": dry_run,
    }
