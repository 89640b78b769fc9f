"""P19: a full disk loses nothing that was acknowledged, leaves reading be, and is forgotten once there is room."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.durability.courses import Tally, opened, steps_kept, tally
from tests.durability.cramped_disk import AFTERWARDS, Disk, Quota, Volume, small_volume, work_carelessly, work_through
from tests.invariants import broken_rules
from tests.persistence.processes import alone
from tests.promises import Say

ROOM = 1_500_000


@dataclass(frozen=True, slots=True)
class Clinic:
    file: Path
    disk: Disk


@pytest.fixture(params=["a small volume", "a limit on the size of files"])
def clinic(request: pytest.FixtureRequest, migrated_file: Path, tmp_path: Path) -> Iterator[Clinic]:
    if request.param == "a limit on the size of files":
        file = Path(shutil.copyfile(migrated_file, tmp_path / "clinic.db"))
        yield Clinic(file, Quota(file, ROOM))
        return
    try:
        with small_volume(tmp_path / "volume", megabytes=8) as folder:
            file = Path(shutil.copyfile(migrated_file, folder / "clinic.db"))
            yield Clinic(file, Volume(folder, ROOM))
    except PermissionError:
        pytest.skip("only root may mount a volume; the limit on the size of files is tried in any case")


def test_a_full_disk_keeps_what_was_acknowledged_and_the_clinic_goes_on_once_there_is_room(
    clinic: Clinic, promise: Say, request: pytest.FixtureRequest
) -> None:
    day = alone(work_through, clinic.file, clinic.disk)
    assert set(day.refused) == {("database_full", True, False)}
    assert day.read_meanwhile == "as acknowledged"
    assert day.open_meanwhile > 0
    kept = steps_kept(clinic.file)
    assert tally(kept, "ann", day.acknowledged) == Tally(lost=0, doubled=0, unasked=0)
    assert kept.total() == day.acknowledged
    database = opened(clinic.file)
    assert not broken_rules(database)
    database.close()
    full_after = day.acknowledged - AFTERWARDS - day.before
    promise(
        "P19",
        f"SQLite, {request.node.callspec.id}: full after {full_after} steps, {len(day.refused)} refused, "
        f"reads went on, {AFTERWARDS} of {AFTERWARDS} afterwards, 0 lost",
        control="a caller that takes no answer for an answer believes in more than is kept",
    )


def test_the_full_disk_shows_a_caller_that_takes_no_answer_for_an_answer(clinic: Clinic) -> None:
    believed = alone(work_carelessly, clinic.file, clinic.disk)
    assert tally(steps_kept(clinic.file), "ann", believed).lost > 0
