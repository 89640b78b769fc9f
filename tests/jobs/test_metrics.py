"""The figures for an alarm: what a node exporter reads, and a file that is whole or was never touched."""

import math
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

from casework import Casework
from casework.errors import BadRequest
from jobs import metrics
from persistence import Database
from persistence.night import lease
from tests.conftest import Clock
from tests.persistence.families import ACCEPTED, ESSEX, LEEDS, RECEIVED_ON, refer
from workflows.registry import CURRENT

Series = dict[tuple[str, str, str], float]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "casework.prom"


def read(place: Path) -> Series:
    """Every figure by its name, its service and its kind of flag."""
    found = {}
    for family in text_string_to_metric_families(place.read_text(encoding="utf-8")):
        for sample in family.samples:
            key = sample.name, sample.labels.get("service", ""), sample.labels.get("kind", "")
            found[key] = sample.value
    return found


def written(casework: Casework, place: Path) -> Series:
    metrics.write_textfile(casework.health(), place)
    return read(place)


def test_each_figure_is_that_of_the_health_of_the_clinic(casework: Casework, clock: Clock, place: Path) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    clock.set(RECEIVED_ON + timedelta(days=60))
    casework.night()
    ended = clock.now
    clock.advance(hours=27)
    found = written(casework, place)
    assert found[metrics.LAST, LEEDS, ""] == ended.timestamp()
    assert found[metrics.AGE, LEEDS, ""] == 27
    assert (found[metrics.OPEN, LEEDS, ""], found[metrics.OPEN, ESSEX, ""]) == (1, 0)
    assert found[metrics.FLAGS_OPEN, LEEDS, "wait_8_weeks"] == 1
    assert found[metrics.QUARANTINED, LEEDS, ""] == found[metrics.DIFFER, LEEDS, ""] == 0
    assert found[metrics.HELD, "", ""] == 0
    health = casework.health()
    assert {key for name, key, _ in found if name == metrics.AGE} == {one.service for one in health.services}
    flags = {(one.service, kind): n for one in health.services for kind, n in one.open_flags.items()}
    assert {(key, kind): n for (name, key, kind), n in found.items() if name == metrics.FLAGS_OPEN} == flags


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_service_that_never_had_a_night_looks_older_than_any_limit(casework: Casework, place: Path) -> None:
    found = written(casework, place)
    for service in CURRENT:
        assert (found[metrics.LAST, service, ""], found[metrics.AGE, service, ""]) == (0, math.inf)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_bank_holidays_are_known_to_the_last_second_of_their_last_day(casework: Casework, place: Path) -> None:
    end = written(casework, place)[metrics.HOLIDAYS, "", ""]
    after = Clock()
    after.set(casework.health().bank_holidays_until + timedelta(days=1), 0)
    assert end == after.now.timestamp() - 1


def test_it_tells_that_a_night_is_at_work(casework: Casework, database: Database, place: Path) -> None:
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        lease.take(connection, "a night")
    assert written(casework, place)[metrics.HELD, "", ""] == 1


@pytest.mark.damages("a case stands where no worklist shows it")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_lists_that_differ_and_a_case_that_could_not_be_evaluated_are_told(
    casework: Casework, database: Database, place: Path
) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    refer(casework, "L-2", steps=ACCEPTED)
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.text("UPDATE cases SET state = 'nowhere' WHERE reference = 'L-1'"))
    casework.night()
    found = written(casework, place)
    assert (found[metrics.DIFFER, LEEDS, ""], found[metrics.DIFFER, ESSEX, ""]) == (1, 0)
    assert found[metrics.QUARANTINED, LEEDS, ""] == 1


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_figure_says_what_to_do(casework: Casework, place: Path) -> None:
    metrics.write_textfile(casework.health(), place)
    families = list(text_string_to_metric_families(place.read_text(encoding="utf-8")))
    assert all(family.type == "gauge" and len(family.documentation) > 60 for family in families)
    assert {family.name for family in families} == {
        value for name, value in vars(metrics).items() if isinstance(value, str) and value.startswith("casework_")
    }


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "where", ["nowhere/casework.prom", "folder.prom", "file/casework.prom", "casework.txt", "folder.prom/.prom", "."]
)
def test_where_it_cannot_be_written_it_says_so_and_leaves_nothing(
    casework: Casework, where: str, tmp_path: Path
) -> None:
    around = tmp_path / "around"
    (around / "folder.prom" / "kept").mkdir(parents=True)
    (around / "file").touch()
    before = sorted(around.rglob("*"))
    with pytest.raises(BadRequest) as refused:
        metrics.write_textfile(casework.health(), around / where)
    assert refused.value.code in ("metrics_not_writable", "metrics_not_named")
    assert refused.value.field == "metrics"
    assert sorted(around.rglob("*")) == before


FULL = """
import resource, signal, sys
from pathlib import Path
from casework import Casework
from casework.errors import BadRequest
from jobs.metrics import write_textfile
from persistence import Database
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
health = Casework(Database(sys.argv[1])).health()
resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))
try:
    write_textfile(health, Path(sys.argv[2]))
except BadRequest as refused:
    sys.exit(refused.code)
"""


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_where_there_is_no_room_the_file_of_before_stays_whole(database_url: str, place: Path) -> None:
    place.write_text("the file of before\n", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", FULL, database_url, str(place)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.stderr == "metrics_not_writable\n"
    assert place.read_text(encoding="utf-8") == "the file of before\n"
    assert [path.name for path in place.parent.glob("casework.prom*")] == ["casework.prom"]
