"""The line of packages and the habits that keep it readable, read from the source itself.

Each check is a function from source to complaints, so that every one is also shown a bad snippet that it must catch.
"""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import order

ROOT = Path(__file__).parents[1]
LINE = ("workflows", "casework", "persistence", "jobs")
LONGEST_FILE = 300
LONGEST_FUNCTION = 40

# Which of our modules may import a library. A library that is not named here has no room yet: declare it in
# pyproject.toml, then say here where it lives. The faces of casework are its own, so they are named one by one.
ROOMS: dict[str, tuple[str, ...]] = {
    "transitions": ("workflows.engine",),
    "pydantic": ("casework", "persistence", "jobs"),
    "pydantic_core": ("casework", "persistence", "jobs"),
    "nhs_number": ("casework",),
    "holidays": ("casework.spans",),
    "prometheus_client": ("jobs",),
    "cryptography": ("casework.audit.keys",),
    "orjson": ("casework", "persistence"),
    "structlog": ("casework.log", "jobs"),
    "sqlalchemy": ("persistence",),
    "alembic": ("persistence",),
    "psycopg": ("persistence",),
    "apscheduler": ("jobs.scheduler",),
    "click": ("jobs",),
    "rich": ("jobs",),
    "matplotlib": ("casework.reports.pictures",),
    "jinja2": ("casework.reports.page",),
}

WALL_CLOCK = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}
CLOCK_KEEPERS = ("casework.calendar", "jobs")

Check = Callable[[str, str], list[str]]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def top(module: str) -> str:
    return module.partition(".")[0]


def within(module: str, rooms: tuple[str, ...]) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


def imported(module: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every import of another module, wherever it stands: inside a function or for type checkers only counts too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, top(module) if node.level else node.module or ""
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            named = node.args[0] if node.args else None
            if isinstance(named, ast.Constant) and isinstance(named.value, str):
                yield node.lineno, named.value


def out_of_line(module: str, source: str) -> list[str]:
    """Imports of a package to the right, or of tests."""
    allowed = LINE[: LINE.index(top(module)) + 1]
    return [
        f"line {line}: {module} imports {name}; {allowed[-1]} may import only {', '.join(allowed)} of ours"
        for line, name in imported(module, ast.parse(source))
        if top(name) in {*LINE, "tests"} and top(name) not in allowed
    ]


def out_of_room(module: str, source: str) -> list[str]:
    """Imports of a library outside the modules that it is kept in."""
    return [
        f"line {line}: {module} imports {name}, which belongs in {', '.join(ROOMS.get(library, ())) or 'no room yet'}"
        for line, name in imported(module, ast.parse(source))
        if (library := top(name)) not in {*sys.stdlib_module_names, *LINE, "tests"}
        and not within(module, ROOMS.get(library, ()))
    ]


def reads_the_wall_clock(module: str, source: str) -> list[str]:
    """Any mention of a function that reads the clock; handing `datetime.now` on to be called later is one."""
    if within(module, CLOCK_KEEPERS):
        return []
    tree = ast.parse(source)
    origins = _origins(tree)
    return [
        f"line {node.lineno}: {module} reads the wall clock with {ast.unparse(node)}; time is given to it"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name) and _dotted(node, origins) in WALL_CLOCK
    ]


def _origins(tree: ast.AST) -> dict[str, str]:
    """What each imported name stands for, so that `import datetime as dt` hides nothing."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _dotted(node: ast.expr, origins: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value, origins)}.{node.attr}"
    return origins.get(node.id, "") if isinstance(node, ast.Name) else ""


def prints(module: str, source: str) -> list[str]:
    """Only the command line talks to the terminal."""
    return [
        f"line {node.lineno}: {module} prints"
        for node in ast.walk(ast.parse(source))
        if not within(module, ("jobs",))
        and isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]


def too_long(module: str, source: str) -> list[str]:
    lines = len(source.splitlines())
    complaints = [f"{module} has {lines} lines, {LONGEST_FILE} at most"] if lines > LONGEST_FILE else []
    return complaints + [
        f"line {node.lineno}: {node.name} has {length} lines, {LONGEST_FUNCTION} at most"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]


CHECKS: tuple[Check, ...] = (out_of_line, out_of_room, reads_the_wall_clock, prints, too_long)


@pytest.mark.parametrize("package", LINE)
def test_each_of_the_four_packages_stands_at_the_top_and_ships_its_types(package: str) -> None:
    assert (ROOT / package / "__init__.py").is_file()
    assert (ROOT / package / "py.typed").is_file()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_source_holds_the_line(check: Check) -> None:
    documents = ROOT / "casework" / "docs"  # its examples are a host's programs, not part of the package
    paths = [path for package in LINE for path in sorted((ROOT / package).rglob("*.py"))]
    paths = [path for path in paths if documents not in path.parents]
    complaints = {
        str(path.relative_to(ROOT)): found
        for path in paths
        if (found := check(module_of(path), path.read_text(encoding="utf-8")))
    }
    assert paths
    assert complaints == {}


BAD = [
    (out_of_line, "workflows.guards", "from casework.case import Case"),
    (out_of_line, "casework.service", "import persistence"),
    (out_of_line, "persistence.store", "def night():\n    from jobs import nightly"),
    (out_of_line, "casework.case", "from importlib import import_module\nstore = import_module('persistence.store')"),
    (out_of_line, "workflows.guards", "if TYPE_CHECKING:\n    from casework import Case"),
    (out_of_line, "jobs.cli", "from tests.postgres import new_database"),
    (out_of_room, "workflows.registry", "from transitions import Machine"),
    (out_of_room, "workflows.vocabulary", "import pydantic"),
    (out_of_room, "casework.service", "from sqlalchemy.orm import Session"),
    (out_of_room, "jobs.nightly", "import sqlalchemy as sa"),
    (out_of_room, "persistence.store", "import structlog"),
    (out_of_room, "casework.logbook", "import structlog"),
    (out_of_room, "jobs.cli", "from apscheduler.schedulers.background import BackgroundScheduler"),
    (out_of_room, "casework.case", "import pandas"),
    (reads_the_wall_clock, "casework.case", "import datetime as dt\nnow = dt.datetime.now(dt.UTC)"),
    (reads_the_wall_clock, "casework.case", "from datetime import date\ntoday = date.today()"),
    (reads_the_wall_clock, "persistence.lease", "from time import time as now\nat = now()"),
    (reads_the_wall_clock, "casework.service", "from datetime import datetime\nService(clock=datetime.utcnow)"),
    (prints, "casework.case", "print('moved')"),
    (too_long, "casework.case", "x = 1\n" * 301),
    (too_long, "jobs.cli", "async def main():\n" + "    x = 1\n" * 40),
]


@pytest.mark.parametrize(("check", "module", "source"), BAD)
def test_a_check_catches_what_it_is_for(check: Check, module: str, source: str) -> None:
    assert len(check(module, source)) == 1


GOOD = [
    (out_of_line, "jobs.cli", "from persistence import Database\nfrom casework import Casework\nfrom . import wiring"),
    (out_of_room, "workflows.engine", "from transitions.core import Machine"),
    (out_of_room, "persistence.migrations.env", "from alembic import context\nimport sqlalchemy as sa"),
    (out_of_room, "casework.log", "import structlog"),
    (reads_the_wall_clock, "casework.calendar", "from datetime import UTC, datetime\nnow = datetime.now(UTC)"),
    (reads_the_wall_clock, "persistence.store", "import time\nstarted = time.monotonic()\nnow = case.now()"),
    (prints, "jobs.cli", "print('done')"),
    (too_long, "jobs.cli", "def main():\n" + "    x = 1\n" * 39),
]


@pytest.mark.parametrize(("check", "module", "source"), GOOD)
def test_a_check_leaves_good_source_alone(check: Check, module: str, source: str) -> None:
    assert check(module, source) == []


def test_each_file_that_the_suite_begins_with_is_there() -> None:
    assert [name for name in order.LONGEST if not (order.ROOT / name).is_file()] == []
