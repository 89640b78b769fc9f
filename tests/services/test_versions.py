"""A change of what may happen is a new version of the document, from a day; a referral keeps the one it began under."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from casework import Casework
from casework.figures import figures_with
from tests.casework.families import Family, form
from tests.conftest import START, Actors, Clock
from tests.services.documents import THIRD, added, changed, written
from workflows.beside import RecordKind
from workflows.registry import (
    CHARTS,
    CURRENT,
    UnknownPathway,
    UnknownService,
    chart_for,
    chart_named,
    every_chart,
    load,
    published,
    versions,
)
from workflows.services.reading import UnreadableService

SERVICE = "third-service"
FROM = START.date() + timedelta(days=10)
SECOND: dict[str, Any] = {
    "service__version": 2,
    "service__name": "The third service, renamed",
    "service__names_before": ["A third parent-infant relationship service"],
    "service__in_force_from": FROM,
    "referral__accepted_means": "direct_work",
    "work__joint_visit": None,
    "figures": {"forum": {"days": 7, "source": "a new page"}},
}


@pytest.fixture(autouse=True)
def both_versions(tmp_path: Path) -> Iterator[Path]:
    """Of the third service, in a folder of the clinic; it is set up before the database and outlives it."""
    folder = tmp_path / "services"
    folder.mkdir()
    (folder / "third_v1.toml").write_text(THIRD.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "third_v2.toml").write_text(written(changed(**SECOND)), encoding="utf-8")
    with added(folder):
        yield folder


def test_a_new_referral_takes_the_version_in_force_on_its_day() -> None:
    days = {FROM - timedelta(days=1): 1, FROM: 2, FROM + timedelta(days=400): 2, date(1990, 1, 1): 1}
    assert {day: chart_for(SERVICE, on=day).version for day in days} == days
    assert [chart.version for chart in versions(SERVICE)] == [1, 2]
    assert chart_named(SERVICE) is CURRENT[SERVICE] is CHARTS["third-service@2"]
    with pytest.raises(UnknownService):
        versions("no-service")


def test_the_records_beside_a_version_are_found_with_it_and_by_the_day_on_which_they_are_opened() -> None:
    days = {FROM - timedelta(days=1): 1, FROM: 2}
    for kind in set(RecordKind) - {RecordKind.REFERRAL}:
        assert {day: chart_for(SERVICE, kind, day).id for day in days} == {
            day: f"{SERVICE}.{kind}@{number}" for day, number in days.items()
        }
        assert chart_named(f"{SERVICE}.{kind}@2") is chart_for(SERVICE, kind)
        assert chart_named(f"{SERVICE}.{kind}@2") in every_chart()
    with pytest.raises(UnknownPathway):
        chart_named(f"{SERVICE}.stranger@1")
    with pytest.raises(UnknownPathway):
        chart_named(f"{SERVICE}.infant@3")


def test_before_the_first_version_a_referral_has_that_one(tmp_path: Path) -> None:
    later = tmp_path / "later.toml"
    later.write_text(written(changed(service__key="later-service", service__in_force_from=FROM)), encoding="utf-8")
    with added(later):
        assert chart_for("later-service", on=date(1990, 1, 1)).id == "later-service@1"


def test_a_referral_stays_under_the_version_that_it_was_opened_under(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    def opened() -> Family:
        return Family(casework, clock, actors.everyone).opens(SERVICE, "receive_referral", **form(clock.today))

    old = opened()
    clock.advance(10)
    new = opened()
    dated_back = form(clock.today, consent_on=None)
    came_before = casework.open_case(
        SERVICE, "receive_referral", actors.everyone, dated_back, on=FROM - timedelta(days=1)
    )
    assert [casework.case(one).chart.version for one in (old.id, new.id, came_before.case_id)] == [1, 2, 1]
    for family in (old, new):
        family.does("pass_checks")
    assert {option.trigger for option in casework.options(old.id, actors.everyone)} >= {"accept_assessment"}
    assert {option.trigger for option in casework.options(new.id, actors.everyone)} >= {"accept_direct"}
    casework.night()
    assert [casework.replay(one.id)[1] for one in (old, new)] == [(), ()]


def test_the_figures_of_a_version_hold_from_its_day_and_those_it_dropped_no_longer() -> None:
    figure = figures_with({})
    before, after = FROM - timedelta(days=1), FROM
    told = [[(f := figure(SERVICE, name, day)) and f.amount for day in (before, after)]
            for name in ("meetings_a_week", "forum")]  # fmt: skip
    assert told == [[2, None], [6, 7]], "two meetings a week are at most six days apart"
    assert [f.name for f in published("leeds-imhs")] == [f.name for f in CURRENT["leeds-imhs"].rules.figures]


def test_a_folder_that_is_read_again_changes_nothing(both_versions: Path) -> None:
    before = dict(CHARTS)
    load(both_versions)
    assert before == CHARTS


def test_a_version_that_is_here_is_not_replaced_by_another_of_its_name(both_versions: Path) -> None:
    other = both_versions / "third_v1.toml"
    other.write_text(written(changed(referral__self_referral=True)), encoding="utf-8")
    with pytest.raises(UnreadableService, match="third-service@1 is here already and says otherwise"):
        load(both_versions)
    (both_versions / "leeds.toml").write_text(written(changed(service__key="leeds-imhs")), encoding="utf-8")
    with pytest.raises(UnreadableService, match="leeds-imhs@1 is here already"):
        load(both_versions / "leeds.toml")


def test_of_a_folder_all_services_are_added_or_none(tmp_path: Path) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    with pytest.raises(UnreadableService, match="no document in this folder"):
        load(folder)
    (folder / "a.toml").write_text(written(changed(service__key="good-service")), encoding="utf-8")
    (folder / "b.toml").write_text(written(changed(service__key="Bad Service")), encoding="utf-8")
    (folder / "c.toml").write_text("[", encoding="utf-8")
    with pytest.raises(UnreadableService) as unreadable:
        load(folder)
    assert {fault.file for fault in unreadable.value.faults} == {"b.toml", "c.toml"}
    assert "good-service" not in CURRENT
