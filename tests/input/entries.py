"""Every public entry of the library, each with right arguments for it, so that a wrong one can be put among them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from casework import Actor, Asked, BadRequest, Casework
from casework.intake.importing import import_caseload
from tests.casework.families import form
from tests.input.malformed import MARK, STAFF, Malformed, NastyText
from tests.input.sheets import sheet
from workflows import Role
from workflows.figures import Figure

LEEDS = "leeds-imhs"
Arguments = dict[str, Any]


@dataclass(slots=True)
class Desk:
    """A clinic with some referrals, and who asks for wrong things at it."""

    casework: Casework
    cases: Sequence[UUID]
    run: UUID
    folder: Path
    actor: Actor

    @property
    def today(self) -> date:
        return self.casework.today()


@dataclass(frozen=True, slots=True)
class Entry:
    """`ask` takes the desk and the arguments by name; `right` makes arguments that are in order. `share`: how often."""

    name: str
    ask: Callable[..., object]
    right: Callable[[Desk, Malformed], Arguments]
    share: int = 10


TOLD = frozenset({"actor", "by", "reference", "key", "request_id", "name", "path"})
"""Arguments that are told and kept by name where they are right ones."""


def a_step(desk: Desk, made: Malformed) -> Arguments:
    answers = form(desk.today, infant_name=None)
    dry_run = made.dice.random() < 0.8
    return {"actor": desk.actor, "data": answers, "on": None, "key": None, "request_id": None, "dry_run": dry_run}


def opening(desk: Desk, made: Malformed) -> Arguments:
    named = made.dice.choice(["receive_referral", "take_call"])
    return {"service": LEEDS, "trigger": named, "reference": None, **a_step(desk, made)}


def firing(desk: Desk, made: Malformed) -> Arguments:
    case = made.dice.choice(desk.cases)
    named = made.dice.choice(["add_information", "tell_outcome", "allocate", "place_hold", "acknowledge"])
    return {"case": case, "trigger": named, "seen": desk.casework.case(case).version, **a_step(desk, made)}


def a_case(desk: Desk, made: Malformed) -> Arguments:
    return {"case": made.dice.choice(desk.cases)}


def a_flag(desk: Desk, made: Malformed) -> Arguments:
    return {**a_case(desk, made), "kind": "wait_8_weeks"}


def a_list(desk: Desk, made: Malformed) -> Arguments:
    on = desk.today - timedelta(days=made.dice.choice([0, 0, 3]))
    return {"on": on, "service": LEEDS, "stage": None, "kind": None, "quiet": False, "as_known_then": False}


def listing(name: str) -> Callable[..., object]:
    def ask(desk: Desk, **asked: Any) -> object:
        return getattr(desk.casework, name)(asked["asked"] if "asked" in asked else Asked(**asked))

    return ask


def of_casework(name: str) -> Callable[..., object]:
    return lambda desk, **asked: getattr(desk.casework, name)(**asked)


def of_nights(name: str) -> Callable[..., object]:
    def ask(desk: Desk, **asked: Any) -> object:
        answer = getattr(desk.casework.nights, name)(**asked)
        return list(answer) if name == "catch_up" else answer

    return ask


def with_figure(name: str) -> Callable[..., object]:
    def ask(desk: Desk, *, service: Any, by: Any = None, **told: Any) -> object:
        entered = told["figure"] if "figure" in told else Figure(**told)
        return getattr(desk.casework.nights, name)(service, entered, **({"by": by} if name == "enter" else {}))

    return ask


def a_figure(desk: Desk, _made: Malformed) -> Arguments:
    return {"service": LEEDS, "name": "outcome", "amount": 3, "source": "a page", "in_force_from": desk.today}


def importing(desk: Desk, **asked: Any) -> object:
    return import_caseload(desk.casework, **asked)


def an_import(desk: Desk, _made: Malformed) -> Arguments:
    path = desk.folder / "sheet.csv"
    path.write_text(f"referral_id,service,infant_name\r\nR-1,{LEEDS},{MARK}\r\n", encoding="utf-8")
    return {"path": path, "actor": desk.actor, "as_of": None, "dry_run": True}


def reading(desk: Desk, *, sheet: Any, dry_run: bool) -> object:
    """A sheet that is wrong in itself. What is said of its rows is an answer, so it is raised as one."""
    path = desk.folder / "wrong.csv"
    path.write_bytes(sheet if isinstance(sheet, bytes) else b"")
    report = import_caseload(desk.casework, path, desk.actor, dry_run=dry_run)
    for row in report.refused:
        for code, message in ((row.code, row.message), *((code, said) for code, _, said in row.also)):
            raise BadRequest(code, message, "sheet")
    return report


ENTRIES = (
    Entry("open_case", of_casework("open_case"), opening, 150),
    Entry("fire", of_casework("fire"), firing, 250),
    Entry("options", of_casework("options"), lambda d, m: {**a_case(d, m), "actor": d.actor}),
    Entry("opening_options", of_casework("opening_options"), lambda d, _: {"service": LEEDS, "actor": d.actor}),
    *(Entry(name, of_casework(name), a_case) for name in ("case", "history", "eligibility", "case_flags", "replay")),
    Entry("flag_history", of_casework("flag_history"), a_case),
    Entry("explain", of_casework("explain"), a_flag),
    Entry("see_flag", of_casework("see_flag"), lambda d, m: {**a_flag(d, m), "actor": d.actor, "reason": "x"}, 20),
    Entry(
        "snooze_flag",
        of_casework("snooze_flag"),
        lambda d, m: {**a_flag(d, m), "actor": d.actor, "reason": "x", "until": d.today + timedelta(days=3)},
        20,
    ),
    Entry("wake_flag", of_casework("wake_flag"), lambda d, m: {**a_flag(d, m), "actor": d.actor}),
    *(Entry(name, listing(name), a_list) for name in ("worklist", "flags", "flags_as_known_now")),
    *(
        Entry(f"{name} as asked", listing(name), lambda d, _: {"asked": Asked(d.today)}, 3)
        for name in ("worklist", "flags", "flags_as_known_now")
    ),
    Entry("night", of_casework("night"), lambda d, _: {"as_of": d.today, "by": "night", "dry_run": True}, 3),
    Entry(
        "nights.run",
        of_nights("run"),
        lambda d, _: {"as_of": d.today, "by": "ada", "service": LEEDS, "dry_run": True, "again": False},
        3,
    ),
    Entry("nights.due", of_nights("due"), lambda _d, _m: {"service": LEEDS}),
    Entry("nights.catch_up", of_nights("catch_up"), lambda d, _: {"by": "ada", "service": LEEDS, "before": d.today}, 3),
    Entry("nights.runs", of_nights("runs"), lambda _d, _m: {"service": LEEDS, "most": 3}),
    Entry(
        "nights.undo",
        of_nights("undo"),
        lambda d, _: {"run": d.run, "by": "ada", "reason": "Wrong.", "service": LEEDS, "dry_run": True},
    ),
    Entry("nights.figure", of_nights("figure"), lambda d, _: {"service": LEEDS, "name": "outcome", "on": d.today}),
    Entry("nights.figures", of_nights("figures"), lambda _d, _m: {"service": LEEDS}),
    Entry("nights.preview", with_figure("preview"), a_figure, 3),
    Entry("nights.enter", with_figure("enter"), lambda d, m: {**a_figure(d, m), "by": "ada"}),
    Entry("figure as a whole", with_figure("enter"), lambda _d, _m: {"service": LEEDS, "by": "ada", "figure": 1}, 3),
    Entry("Actor", lambda _, **asked: Actor(**asked), lambda _d, _m: {"name": STAFF, "roles": Role, "via": "api"}),
    Entry("import", importing, an_import, 5),
    Entry("sheet", reading, lambda _d, _m: {"sheet": b"", "dry_run": True}, 30),
)


def wrong(entry: Entry, desk: Desk, made: Malformed) -> tuple[Arguments, frozenset[str]]:
    """Arguments of which one or two are malformed, and which those are."""
    given = entry.right(desk, made)
    if entry.name == "sheet":
        return {"sheet": sheet(made), "dry_run": made.dice.random() < 0.8}, frozenset({"reference"})
    chosen = frozenset(made.dice.sample(sorted(given), k=min(len(given), made.dice.choice([1, 1, 1, 2]))))
    if "data" in given and made.dice.random() < 0.5:
        chosen = frozenset({"data"})
    for name in chosen:
        whole = name != "data" or made.dice.random() < 0.2
        given[name] = made.value(STAFF if name in TOLD else MARK) if whole else answers(given[name], made)
        if name in TOLD and type(given[name]) is NastyText:
            given[name] = NastyText(STAFF)
    return given, chosen


def answers(right: dict[str, Any], made: Malformed) -> dict[Any, Any]:
    """A form with one to three answers that are none, or with a name that is none."""
    given: dict[Any, Any] = dict(right)
    names = sorted({*right, "infant_name", "interventions", "expected_due_date", "carer_nhs_number", "source_document"})
    for name in made.dice.sample(names, k=made.dice.choice([1, 1, 2, 3])):
        given[name] = made.value()
    if made.dice.random() < 0.1:
        given[made.text()] = made.value()
    return given
