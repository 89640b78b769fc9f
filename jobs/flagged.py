"""Flags as people read them one by one: why they are there, and what happened to them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from casework import Casework, CaseworkError, FlagRow, NightRun
from casework.asof import PastDay, as_at
from casework.explaining import Explained, explained
from casework.store import FlagStretch
from jobs.boards import how_many, is_quiet
from jobs.nightly import moment
from jobs.show import one_line, put, say
from workflows.dates import british
from workflows.figures import Lookup
from workflows.flags import FLAGS, MARKS

INDENT = "    "
ACTS = {"seen": "marked as seen", "snoozed": "kept quiet", "woken": "heard again"}
ABOUT_THE_LIST = "The night found it. Look at the referral by hand: casework audit replay compares it with its history."


def explanations(casework: Casework, rows: Sequence[FlagRow], past: PastDay) -> list[Explained | None]:
    """Why each flag is there, by what is known of its referral; None for a referral that cannot be read."""
    figure = casework.nights.lookup()
    return [_explanation(casework, row, past, figure) for row in rows]


def _explanation(casework: Casework, row: FlagRow, past: PastDay, figure: Lookup) -> Explained | None:
    try:
        case = as_at(past, row.reference, casework.history(row.case_id))
        return explained(case, row.kind, past.day, figure) if case else None
    except (CaseworkError, LookupError, ValueError):  # the flag says that something is wrong with it: so it is listed
        return None


def show_explained(rows: Sequence[FlagRow], told: Sequence[Explained | None], day: date) -> None:
    for row, why in zip(rows, told, strict=True):
        put("")
        say(_line_of(row), *_why(row, why, day))


def _line_of(row: FlagRow) -> str:
    return f"{row.reference}  {row.service}  {row.kind}, raised on {british(row.raised_on)}"


def _why(row: FlagRow, why: Explained | None, day: date) -> Iterator[str]:
    rule = FLAGS.get(row.kind)
    if rule:
        yield f"{INDENT}{rule.sentence} ({rule.severity}; for the {rule.owner.replace('_', ' ')})"
    yield from (f"{INDENT}{line}" for line in (why.because if why else (ABOUT_THE_LIST,)))
    if why and not why.holds_today and row.kind not in MARKS:
        yield f"{INDENT}The rule does not ask for it any more: the next night clears it."
    if row.quiet_until and is_quiet(row, day):
        yield f"{INDENT}Kept quiet until {british(row.quiet_until)}."
    if rule:
        yield f"{INDENT}Source: {rule.source}."


Nights = Mapping[UUID | datetime, NightRun]
"""The entries of one service, by the id of the run, and by the instant at which it was undone."""


def nights_by_id(runs: Sequence[NightRun]) -> Nights:
    nights: dict[UUID | datetime, NightRun] = {entry.run_id: entry for entry in runs}
    nights |= {datetime.fromisoformat(str(entry.undone["at"])): entry for entry in runs if entry.undone}
    return nights


def show_history(name: str, stretches: Sequence[FlagStretch], nights: Nights) -> None:
    """Each kind of flag as one thing with all that happened to it, oldest first."""
    if not stretches:
        return say(f"{name} has never had such a flag.")
    say(f"{name}: {how_many(len({stretch.kind for stretch in stretches}), 'flag', 'flags')}, now or once.")
    for kind, some in by_kind(stretches).items():
        rule = FLAGS.get(kind)
        say("", f"{kind}: {rule.sentence if rule else 'No rule of this version raises it.'}")
        say(*(f"{INDENT}{line}" for stretch in some for line in _happened(stretch, nights)))
        if some[-1].cleared_on is None:
            say(f"{INDENT}It is open.")
    return None


def by_kind(stretches: Sequence[FlagStretch]) -> dict[str, list[FlagStretch]]:
    found: dict[str, list[FlagStretch]] = {}
    for stretch in stretches:
        found.setdefault(stretch.kind, []).append(stretch)
    return found


def _happened(stretch: FlagStretch, nights: Nights) -> Iterator[str]:
    yield f"{british(stretch.raised_on)}: {raised_by(stretch, nights)}"
    for act in stretch.acts:
        until = f" until {british(act.until)}" if act.until else ""
        why = f": {one_line(act.reason)}" if act.reason else ""
        yield f"{british(act.on)}: {ACTS.get(act.act, act.act)}{until} by {act.by}{why}"
    if stretch.cleared_on is not None:
        yield f"{british(stretch.cleared_on)}: {cleared_because(stretch)}"


def put_back_by(stretch: FlagStretch, nights: Nights) -> NightRun | None:
    """The night whose undoing put a flag back: it keeps the night that raised it, and says when it began again."""
    raised = nights.get(stretch.raised_by)
    return nights.get(stretch.raised_at) if raised is None or raised.started_at != stretch.raised_at else None


def raised_by(stretch: FlagStretch, nights: Nights) -> str:
    """Which night raised it, or which night was undone so that it was put back."""
    if undone := put_back_by(stretch, nights):
        return f"put back when the night of {british(undone.as_of)} was undone ({moment(stretch.raised_at)})."
    if entry := nights.get(stretch.raised_by):
        return f"raised by the night of {british(entry.as_of)}, run by {entry.by} ({moment(stretch.raised_at)})."
    return f"raised by a night that is not in the ledger ({stretch.raised_by})."


def cleared_because(stretch: FlagStretch) -> str:
    """`allocate#8`, `replaced by ...`, `no longer due`, `night undone`, in words."""
    because = stretch.cleared_because or ""
    trigger, numbered, seq = because.partition("#")
    if numbered:
        return f"cleared by the step {trigger}, number {seq} in the history of the referral."
    if because.startswith("replaced by "):
        return f"{because}."
    return {
        "no longer due": "cleared by the night: no longer due.",
        "night undone": "withdrawn: the night that raised it was undone.",
    }.get(because, f"cleared: {because}.")
