"""A host application that imports casework keeps its own logging, its own clock and its own packages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import casework

HERE = Path(casework.__file__).parents[1]


def python(program: str, *first: Path) -> subprocess.CompletedProcess[str]:
    """A program in a fresh Python that finds `first` before casework, in a folder of nobody's."""
    paths = os.pathsep.join(map(str, [*first, HERE]))
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )


LOGGING = """
import logging
levels = {name: logging.getLogger(name).level for name in ("", "casework", "sqlalchemy", "transitions")}
import structlog
before = structlog.get_config()
import casework, casework.intake.importing, persistence, workflows.diagram
from persistence import Database
Database("sqlite:///nowhere.db")
assert structlog.is_configured() is False
assert structlog.get_config() == before
assert logging.getLogger().handlers == []
assert logging.getLogger("casework").handlers == []
assert levels[""] == logging.getLogger().level
assert levels["casework"] == logging.getLogger("casework").level
"""


def test_the_library_never_configures_logging_when_it_is_imported() -> None:
    ran = python(LOGGING)
    assert (ran.returncode, ran.stderr) == (0, "")


CONTROL = """
import jobs.logs
jobs.logs.send_to(None)
import structlog
assert structlog.is_configured() is False
"""


def test_a_program_of_ours_does_configure_it_which_the_same_question_finds() -> None:
    ran = python(CONTROL)
    assert ran.returncode == 1
    assert "AssertionError" in ran.stderr


def test_the_domain_needs_no_database_and_no_server() -> None:
    ran = python(
        "import sys, casework, workflows.diagram\n"
        "assert not {'sqlalchemy', 'alembic', 'psycopg', 'apscheduler', 'click', 'fastapi'} & set(sys.modules)"
    )
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("name", ["workflows", "persistence", "jobs"])
@pytest.mark.parametrize("shape", ["package", "module", "folder"])
def test_another_package_of_one_of_our_names_is_named_with_its_path(tmp_path: Path, name: str, shape: str) -> None:
    if shape == "module":
        other = tmp_path / f"{name}.py"
        other.touch()
    else:
        other = tmp_path / name
        other.mkdir()
        if shape == "package":
            (other / "__init__.py").touch()
    ran = python("import casework", tmp_path)
    if shape == "folder":  # without __init__.py it only counts where no package of that name is found
        assert ran.returncode == 0
        return
    assert ran.returncode == 1
    last = ran.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: casework needs its own package")
    assert repr(name) in last
    assert str(other) in last
    assert str(HERE) in last


def test_beside_packages_of_other_names_casework_is_imported(tmp_path: Path) -> None:
    (tmp_path / "job.py").touch()
    ran = python("import casework, sys; sys.stdout.write(casework.__version__)", tmp_path)
    assert (ran.returncode, ran.stdout) == (0, casework.__version__)
