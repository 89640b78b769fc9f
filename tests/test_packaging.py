"""What an installation gets: the wheel is built, read, installed and run with the checkout out of reach."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("workflows", "casework", "persistence", "jobs")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source distribution, so that one lacking a file is found out too. Nothing is downloaded."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment that holds the wheel and borrows the libraries of this one.

    A path file is read in an environment's own folder only, so the checkout that ours points to stays unseen.
    """
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, symlinks=True)
    run(sys.executable, "-m", "pip", "--python", home, "install", "--no-deps", "--no-index", "--quiet", wheel, cwd=home)
    library = sysconfig.get_path("purelib", "venv", {"base": str(home), "platbase": str(home)})
    Path(library, "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return home / "bin"


def run(*command: str | Path, cwd: Path) -> str:
    """The output of a program that must succeed, without anything in the environment that leads to the checkout."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CASEWORK_"))}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def test_the_wheel_brings_the_four_packages_and_no_other_name(contents: set[str]) -> None:
    names = {name.partition("/")[0] for name in contents}
    assert {name for name in names if not name.endswith(".dist-info")} == set(PACKAGES)
    assert len(names) == len(PACKAGES) + 1


def test_the_wheel_has_every_file_of_the_packages_but_the_decision_records(contents: set[str]) -> None:
    here = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    expected = {name for name in here if not name.startswith("casework/docs/")}
    assert {name for name in contents if ".dist-info/" not in name} == expected


@pytest.mark.parametrize("package", PACKAGES)
def test_a_host_s_type_checker_sees_our_types(contents: set[str], package: str) -> None:
    assert f"{package}/py.typed" in contents


def test_the_wheel_can_migrate_a_database_and_fill_a_demonstration(contents: set[str]) -> None:
    assert "persistence/migrations/env.py" in contents
    assert any(name.startswith("persistence/migrations/versions/") and name.endswith(".py") for name in contents)
    assert any(name.startswith("casework/samples/") and name.endswith(".csv") for name in contents)


def test_nothing_comes_from_the_checkout_once_installed(programs: Path, tmp_path: Path) -> None:
    places = f"import {', '.join(PACKAGES)}; print(*[p.__file__ for p in ({', '.join(PACKAGES)})], sep='\\n')"
    found = run(programs / "python", "-c", places, cwd=tmp_path).splitlines()
    assert len(found) == len(PACKAGES)
    assert all(Path(place).is_relative_to(programs.parent) for place in found)


@pytest.mark.parametrize("arguments", [("--help",), ("demo",)])
def test_an_installed_casework_runs_outside_the_checkout(
    programs: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    assert run(programs / "casework", *arguments, cwd=tmp_path)
