"""`casework demo --story`: a family's way told line by line, as casework itself answers while the clock is wound on."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from shlex import quote
from typing import Any

from casework import Actor, Asked, Casework, FlagRow, Receipt, StepRefused
from casework.audit.verify import Verdict
from casework.case import Case
from casework.flagging import due
from casework.retaining import retention
from jobs import audited, page, wiring
from jobs.commands import documents
from jobs.demo import clinic_folder, program, say_where, settings_in
from jobs.relaying import Relaying
from jobs.show import heading, put, say
from jobs.story_told import BEGINS, PEOPLE, REFERENCE, SERVICE, STORY, Day, Pending, Step
from jobs.verifying import verified
from persistence import Database
from workflows.beside import RecordKind, entries
from workflows.dates import british
from workflows.flags import FLAGS
from workflows.retention import Retention

AT = time(10, 0)
"""When people work, by the clock of the demonstration."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a step that somebody took or was refused, or what a night said. `stands` is the label of the state."""

    on: date
    who: str
    role: str
    what: str
    trigger: str
    state: str
    stands: str
    refused: tuple[str, ...] = ()
    raised: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()
    followed: tuple[str, ...] = ()


@dataclass
class Telling:
    """The clinic of the story and its clock, wound by hand."""

    database: Database
    day: date = BEGINS
    infant: str = ""
    casework: Casework = field(init=False)

    def __post_init__(self) -> None:
        self.casework = Casework(self.database, now=self._now)

    def _now(self) -> datetime:
        return datetime.combine(self.day, AT, UTC)

    def lines(self) -> Iterator[Line]:
        for step in STORY:
            for _ in range(step.after):
                yield from self._night()
                self.day += timedelta(days=1)
            yield self._told(step)

    def case(self) -> Case:
        return self.casework.case(REFERENCE)

    def _night(self) -> Iterator[Line]:
        """A night is run where its rules say that it has something to say."""
        case, figure = self.case(), self.casework.nights.lookup()
        before = {row.kind for row in self.casework.case_flags(REFERENCE)}
        if before == set(due(case, self.day, figure)):
            return
        self.casework.nights.run(self.day, by="night")
        after = {row.kind for row in self.casework.flags(Asked(self.day, SERVICE))}
        raised, cleared = tuple(sorted(after - before)), tuple(sorted(before - after))
        told = " ".join(FLAGS[kind].sentence for kind in raised)
        yield Line(self.day, "night", "", told, "", *_standing(case), raised=raised, cleared=cleared)

    def _told(self, step: Step) -> Line:
        role = PEOPLE[step.who]
        who = (step.who, role.value.replace("_", " "))
        try:
            receipt = self._taken(step, Actor(step.who, [role]))
        except StepRefused as no:
            if not step.refused:
                raise
            reasons = tuple(reason.sentence for reason in no.reasons)
            return Line(self.day, *who, step.what, step.trigger, *_standing(self.case()), refused=reasons)
        opened = [one.reference for one in receipt.also if one.kind == RecordKind.INFANT]
        self.infant = self.infant or next(iter(opened), "")
        followed = tuple(_followed(self.casework.case(one.reference), one.trigger) for one in receipt.also)
        stands = _standing(self.case())
        cleared = receipt.cleared_flags
        return Line(self.day, *who, step.what, step.trigger, *stands, cleared=cleared, followed=followed)

    def _taken(self, step: Step, actor: Actor) -> Receipt:
        answers = {name: self._dated(value) for name, value in step.answers.items()}
        if step is STORY[0]:
            return self.casework.open_case(SERVICE, step.trigger, actor, answers, reference=REFERENCE)
        case = self.casework.case(self.infant if step.infant else REFERENCE)
        return self.casework.fire(case.id, step.trigger, actor, answers, seen=case.version)

    def _dated(self, value: Any) -> Any:
        match value:
            case Day():
                return self.day + timedelta(days=value)
            case Pending():
                return entries(self.case().answers, value)[-1]["number"]
        return value


def _standing(case: Case) -> tuple[str, str]:
    return case.state, case.chart.states[case.state].label


def _followed(case: Case, trigger: str) -> str:
    return f"{trigger} on {case.chart.kind.value} {case.reference}"


def show_story(log: Path | None, *, keep: bool, as_json: bool) -> None:
    """In a folder of its own, as `jobs.demo.show_clinic`; told line by line as it happens, or as one document."""
    with clinic_folder(keep=keep) as folder:
        chosen = settings_in(folder, log, BEGINS)
        with closing(wiring.database(chosen)) as database:
            database.upgrade()
            telling = Telling(database)
            with Relaying(database, chosen.keys):
                lines = list(telling.lines()) if as_json else _show(telling, folder, keep=keep)
            end = _end(telling, chosen)
        if as_json:
            return documents.print_document({"lines": [asdict(line) for line in lines], **end.document})
        end.show()
    if keep:
        heading("Three things to try next")
        put(*_next(chosen))
    return None


def _show(telling: Telling, folder: Path, *, keep: bool) -> list[Line]:
    say_where(folder, keep=keep)
    heading("One family, from the first message to the ending")
    told = []
    for line in telling.lines():
        told.append(line)
        say(*_sentences(line))
    return told


def _sentences(line: Line) -> Iterator[str]:
    """The day, who it was and what they did; below it where the family stands then, and what else it brought about."""
    by = f"{line.who} ({line.role})" if line.role else "The night"
    yield f"{british(line.on)}. {by}: {line.what or 'Nothing new.'}"
    if line.refused:
        yield f"  Refused: {' '.join(line.refused)}"
    elif line.role:
        yield f"  Stands: {line.stands}."
    yield from (f"  {what}: {', '.join(names)}." for what, names in _besides(line) if names)


def _besides(line: Line) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ("Raised", line.raised), ("Cleared", line.cleared), ("With it", line.followed)


@dataclass(frozen=True, slots=True)
class End:
    """How the referral stands at the end, and what was found when everything that was written was read again."""

    telling: Telling
    chosen: wiring.Settings
    case: Case
    since: date | None
    verdict: Verdict
    differing: list[documents.Document]

    @property
    def whole(self) -> bool:
        return self.verdict.whole and not self.differing

    @property
    def document(self) -> documents.Document:
        told = documents.case(self.case, self._flags, self.telling.day, self.since)
        audit = {"whole": self.whole, "events": self.verdict.events, "cases": self.verdict.cases}
        return {"case": {**told, **documents.kept(self._kept)}, "audit": audit}

    def show(self) -> None:
        heading("How the referral stands")
        page.show_case(self.case, self._flags, self.telling.day, self.since)
        page.show_kept(self._kept)
        heading("The audit, read again from the first event")
        keys = self.chosen.keys
        audited.show_verdict(self.verdict, self.differing, keys, None, replayed=True, whole=self.whole, as_json=False)

    @property
    def _flags(self) -> Sequence[FlagRow]:
        return self.telling.casework.case_flags(REFERENCE)

    @property
    def _kept(self) -> Retention | None:
        return retention(self.telling.casework, REFERENCE)


def _end(telling: Telling, chosen: wiring.Settings) -> End:
    """Who looks at the record at the end is kept as its reader, as anybody who opens it."""
    clinic = telling.casework
    read = clinic.read(REFERENCE, Actor("Lou", [PEOPLE["Lou"]]), "Looking back at the end")
    since = next((event.effective_on for event in read.events if event.seq == read.case.placed_by), None)
    verdict = verified(telling.database, chosen.keys, None, 1)
    return End(telling, chosen, read.case, since, verdict, audited.named(clinic, clinic.differing()))


def _next(chosen: wiring.Settings) -> Iterator[str]:
    there = f"--database {quote(chosen.database)}"
    yield f"  {program()} case show {REFERENCE} {there}"
    yield f"  {program()} case history {REFERENCE} {there}"
    yield f"  {program()} family {REFERENCE} {there}"
