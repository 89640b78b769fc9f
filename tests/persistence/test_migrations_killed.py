"""Every revision, with families in the tables, killed at random moments: the old clinic or the new one."""

import shutil
from collections.abc import Callable
from contextlib import closing
from functools import cache
from itertools import count
from pathlib import Path

import pytest

from persistence import Database
from tests.persistence import migrators
from tests.persistence.before_the_night import crowd, edge_cases, wanderers
from tests.persistence.half_migrated import REVISIONS, move, tally
from tests.persistence.populations import keep
from tests.persistence.processes import moments, takes
from tests.postgres import drop_database, new_database, session_server
from tests.promises import Say

FAMILIES = 60


@cache
def with_families(kind: str, revision: str, folder: Path) -> str:
    """A clinic of the revision before, with families in it; before the first there is nothing."""
    model = folder / f"{kind}-before-{revision}.db"
    url = f"sqlite:///{model}" if kind == "sqlite" else new_database(session_server())
    before = REVISIONS.index(revision)
    if before:
        with closing(Database(url, production=False)) as database:
            database.upgrade()
            keep(database, [*edge_cases(), *wanderers(20), *crowd(FAMILIES)])
            move(database.engine, REVISIONS[before - 1], down=True)
    return url


@pytest.fixture
def fresh(
    database_kind: str, revision: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """Gives out one copy after the other, and takes the last one back."""
    model = with_families(database_kind, revision, tmp_path_factory.getbasetemp())
    numbers, server = count(), None if database_kind == "sqlite" else session_server()
    given: list[str] = []

    def copy() -> str:
        if server is not None:
            if given:
                drop_database(server, given.pop())
            given.append(new_database(server, copy_of=model))
            return given[-1]
        file = tmp_path / f"{next(numbers)}.db"
        if Path(model.removeprefix("sqlite:///")).exists():
            shutil.copyfile(model.removeprefix("sqlite:///"), file)
        return f"sqlite:///{file}"

    return copy


@pytest.mark.parametrize("revision", REVISIONS)
@pytest.mark.parametrize("kills", [4, pytest.param(120, marks=pytest.mark.long)])
def test_a_revision_that_is_killed_is_applied_whole_or_not_at_all_and_can_be_run_again(
    fresh: Callable[[], str], database_kind: str, revision: str, kills: int, promise: Say
) -> None:
    longest = takes(migrators.upgrade_to, fresh(), revision)
    found = tally(migrators.upgrade_to, fresh, revision, moments(20, longest), kills, lambda so_far: so_far.old > 0)
    assert (found.half, found.stuck) == (0, 0), found
    assert found.old > 0, "not one kill hit the middle"
    measured = f"{revision} on {database_kind} killed {found.old + found.new} times: 0 half ({found.old} the old, "
    measured += f"{found.new} the new), each run again"
    promise("P20", measured, control="with what the driver does by itself it is left half-migrated")


@pytest.mark.parametrize(
    ("database_kind", "revision"),
    [*(("sqlite", revision) for revision in REVISIONS), ("postgresql", "0001")],
    indirect=["database_kind"],
)
def test_the_same_revision_with_what_the_driver_does_by_itself_is_caught_half_migrated(
    fresh: Callable[[], str], revision: str
) -> None:
    """The control: these kills do hit the middle, and this harness sees it."""
    longest = takes(migrators.upgrade_to_naively, fresh(), revision)
    whole = moments(8, longest)
    found = tally(
        migrators.upgrade_to_naively, fresh, revision, whole, 4, lambda so_far: so_far.half * so_far.stuck > 0
    )
    assert found.half > 0
    assert found.stuck > 0, "and cannot be run again"
