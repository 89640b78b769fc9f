"""Contacts that were recorded before contacts had a list: the migration makes the list that the events tell of."""

from typing import Any

import sqlalchemy as sa

from casework import Casework
from casework.work import attended
from persistence import Database
from persistence.migrations.backfill_0004_contacts import keep_contacts
from persistence.tables import case_records
from tests.conftest import Actors, Clock
from tests.work.scene import TO_ASSESSMENT, family_in


def test_the_migration_lists_what_the_events_tell(
    casework: Casework, database: Database, clock: Clock, actors: Actors
) -> None:
    family = family_in(casework, clock, actors.everyone, TO_ASSESSMENT)
    for _ in range(3):
        clock.advance(7)
        family.does("record_contact")
    called = casework.open_case("leeds-imhs", "take_call", actors.everyone)
    told = dict.fromkeys(("advice", "reason", "onward_services", "may_call_again"), "yes") | {"closure_reason": "other"}
    casework.fire(called.case_id, "signpost", actors.everyone, _asked(casework, called.case_id, told), seen=1)
    before = {case_id: casework.case(case_id).answers for case_id in (family.id, called.case_id)}
    assert len(before[family.id]["contacts"]) == 4
    with database.engine.begin() as connection:
        for case_id, answers in before.items():
            old = {n: v for n, v in answers.items() if n not in ("contacts", "indication")}
            one = sa.update(case_records).where(case_records.c.case_id == case_id)
            connection.execute(one.values(answers=old))
        keep_contacts(connection)
    assert {case_id: casework.case(case_id).answers for case_id in before} == before
    assert all(casework.replay(case_id)[1] == () for case_id in before)


def _asked(casework: Casework, case_id: Any, told: dict[str, Any]) -> dict[str, Any]:
    chart = casework.case(case_id).chart
    row = next(m for m in chart.moves if (m.source, m.trigger) == ("duty_call", "signpost"))
    return {name: answer for name, answer in told.items() if name in {f.name for f in (*row.needs, *row.takes)}}


def test_who_stood_in_words_is_not_counted_by_himself() -> None:
    answers: dict[str, object] = {"contacts": [{"participants": "Mother and baby", "number": 3, "on": 0}]}
    assert attended(answers) == ()
