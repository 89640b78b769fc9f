"""A service that closes takes no new referrals from its day on, says where to go, and hands its open ones on."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from casework import Casework, StepRefused
from casework.intake.importing import import_caseload
from tests.caseload.sheets import AS_OF, CLERK, received, write
from tests.casework.families import ESSEX, LEEDS, form, referred
from tests.conftest import Actors, Clock
from tests.jobs.line import DAY, EVENING, Line
from tests.services.documents import changed, chart
from tests.workflows import shipped
from workflows import Facts, Figure
from workflows.beside import Alone
from workflows.guards.options import service_is_open
from workflows.vocabulary import NEW

ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def closing(service: str, casework: Casework, on: date) -> None:
    casework.nights.enter(service, Figure("closed", 1, "Minutes of the trust", on), by="the manager")


def test_from_the_day_of_closing_a_new_referral_is_refused_and_those_that_are_open_go_on(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    open_before = referred(casework, clock, actors.everyone, ESSEX)
    closing(ESSEX, casework, clock.today + timedelta(days=1))
    last = referred(casework, clock, actors.everyone, ESSEX)
    clock.advance(1)
    with pytest.raises(StepRefused) as refused:
        referred(casework, clock, actors.everyone, ESSEX)
    (reason,) = refused.value.reasons
    assert (reason.code, "takes no new referrals from 3 March 2026 on" in reason.sentence) == ("service_closed", True)
    assert referred(casework, clock, actors.everyone, LEEDS).case.open, "the other service goes on"
    for family in (open_before, last):
        assert family.does("pass_checks").state == "rmg_review"
    came_before = form(clock.today, consent_on=clock.today - timedelta(days=2))
    yesterday = clock.today - timedelta(days=1)
    late = casework.open_case(ESSEX, "receive_referral", actors.everyone, came_before, on=yesterday)
    assert casework.case(late.case_id).open, "it came while the service was open"


def test_every_way_in_is_closed_and_the_family_is_told_where_to_go() -> None:
    class Closed(Alone):
        def entered(self) -> tuple[Figure, ...]:
            return (Figure("closed", 1, "Minutes", date(2026, 1, 1)),)

    for one in (shipped.LEEDS, shipped.ESSEX):
        assert all(service_is_open in row.only_if for row in one.moves if row.source == NEW)
        assert not [row for row in one.moves if row.source != NEW and service_is_open in row.only_if]
    one = chart(changed(closing={"refer_instead": "The service of the next borough takes its families."}))
    told = service_is_open(Facts(one.rules, NEW, date(2026, 3, 2), recorded={}, beside=Closed()))
    assert told
    assert told.sentence.endswith("from 1 January 2026 on. The service of the next borough takes its families.")
    nobody = service_is_open(Facts(shipped.LEEDS.rules, NEW, date(2026, 3, 2), recorded={}, beside=Closed()))
    assert nobody
    assert nobody.sentence.endswith("ask the manager.")


@ON_ONE
def test_what_a_closed_service_has_on_paper_is_still_taken_in(casework: Casework, clock: Clock, tmp_path: Path) -> None:
    clock.set(AS_OF, 18)
    closing(LEEDS, casework, clock.today)
    report = import_caseload(casework, write(tmp_path / "sheet.csv", [received(1, service=LEEDS)]), CLERK)
    assert (report.loaded, list(report.refused)) == (1, [])


@ON_ONE
def test_a_service_is_closed_on_the_command_line_after_a_look_at_what_is_handed_on(
    database_url: str, tmp_path: Path
) -> None:
    words: tuple[Any, ...] = ("service", "close", LEEDS, "--source", "Minutes", "--from", "2026-12-01", "--as", "Maria")
    with time_machine.travel(EVENING, tick=False):
        line = Line(database_url, tmp_path)
        assert line.document("import", write(tmp_path / "sheet.csv", [received(1, service=LEEDS)]))["loaded"] == 1
        foreseen = line.document(*words, "--dry-run")
        assert (foreseen["closed_from"], foreseen["dry_run"]) == ("2026-12-01", True)
        assert [one["stage"] for one in foreseen["open"]] == ["written_referral"]
        assert figure(line)["announced"] == []
        told = line(*words)
        assert "1 open referral is to be handed on, each with offer_transfer." in told.stdout
        (announced,) = figure(line)["announced"]
        assert (announced["amount"], announced["in_force_from"]) == (1, "2026-12-01")
        too_late = (*words[:3], "--source", "Minutes", "--from", DAY - timedelta(days=1))
        assert [line(*too_late, *dry).exit_code for dry in ((), ("--dry-run",))] == [2, 2]


def figure(line: Line) -> dict[str, Any]:
    found: list[dict[str, Any]] = line.document("figures", "list", "--service", LEEDS)
    return next(one for one in found if one["name"] == "closed")
