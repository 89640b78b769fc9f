"""Nothing but the one write path changes what is kept of a case, read from the source itself.

The statements are in one table (`persistence/statements.py`), run by one store, given out by one function. Whoever
asks for that function is named here. Each check is also shown a bad snippet that it must catch.
"""

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from tests.test_architecture import LINE, ROOT, module_of, within

CASE_TABLES = (
    "cases",
    "case_records",
    "case_events",
    "case_clocks",
    "case_gaps",
    "case_days",
    "case_links",
    "case_traits",
    "record_readings",
    "record_identities",
    "idempotency_keys",
    "refused_attempts",
)
STATEMENTS = ("persistence.statements", "persistence.migrations")
CALLS: dict[str, tuple[str, ...]] = {
    "writing": (
        "casework.service",
        "casework.lists",
        "casework.readings",
        "casework.intake.importing",
        "jobs.commands.flag",
    ),
    "import_cases": ("casework.intake.importing", "casework.change", "persistence.store"),
    "remember": ("casework.change",),
    "keep_refusal": ("casework.service", "casework.readings"),
    "keep_identity": ("casework.adoption",),
}
"""Who may ask for a transaction that writes to cases, and for what it offers. A name that is not here is free."""

BUILT_BY: dict[str, tuple[str, ...]] = {
    "SqlStore": ("persistence.database",),
    "STATEMENTS": ("persistence.database",),
    "Work": ("persistence.database",),
}
_CHANGES = ("insert", "update", "delete")
_BY_HAND = re.compile(
    rf"\b(?:insert\s+(?:or\s+\w+\s+)?into|update|delete\s+from|truncate(?:\s+table)?|replace\s+into|merge\s+into|copy)"
    rf"\s+(?:only\s+)?[\"`]?({'|'.join(CASE_TABLES)})\b(?!\.)",
    re.IGNORECASE,
)

Check = Callable[[str, str], list[str]]


def changes_a_case_table(module: str, source: str) -> list[str]:
    """`sa.insert(cases)`, `cases.update()` and their like."""
    if within(module, STATEMENTS):
        return []
    return [
        f"line {call.lineno}: {module} has {ast.unparse(call)[:60]}"
        for call in _calls(source)
        if _last(call.func) in _CHANGES and _table_of(call) in CASE_TABLES
    ]


def _table_of(call: ast.Call) -> str:
    on_itself = _last(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    return on_itself if on_itself in CASE_TABLES else _last(call.args[0]) if call.args else ""


def writes_sql_by_hand(module: str, source: str) -> list[str]:
    """The same as text."""
    if within(module, STATEMENTS):
        return []
    return [
        f"line {node.lineno}: {module} has {found[0]!r}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and (found := _BY_HAND.search(node.value))
    ]


def asks_for_what_is_not_its_own(module: str, source: str) -> list[str]:
    """A call of the write path by somebody who is not named above."""
    return [
        f"line {call.lineno}: {module} calls {ast.unparse(call.func)}"
        for call in _calls(source)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in CALLS
        and not within(module, (*CALLS[call.func.attr], "persistence.database"))
    ]


def builds_a_write_path_of_its_own(module: str, source: str) -> list[str]:
    """The store, its statements or its transaction in the hands of another module."""
    return [
        f"line {node.lineno}: {module} imports {alias.name}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("persistence")
        for alias in node.names
        if alias.name in BUILT_BY and not within(module, BUILT_BY[alias.name])
    ]


def _calls(source: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


CHECKS: tuple[Check, ...] = (
    changes_a_case_table,
    writes_sql_by_hand,
    asks_for_what_is_not_its_own,
    builds_a_write_path_of_its_own,
)

BAD = [
    (changes_a_case_table, "persistence.sweep", "connection.execute(sa.update(cases).values(state='x'))"),
    (changes_a_case_table, "persistence.sweep", "connection.execute(cases.delete().where(cases.c.id == 1))"),
    (changes_a_case_table, "jobs.repair", "connection.execute(insert(tables.case_events), rows)"),
    (writes_sql_by_hand, "jobs.repair", "connection.execute('UPDATE cases SET state = 1')"),
    (writes_sql_by_hand, "persistence.sweep", "text(f'delete from case_events WHERE seq > {n}')"),
    (writes_sql_by_hand, "persistence.sweep", "text('INSERT OR REPLACE INTO idempotency_keys VALUES (1)')"),
    (asks_for_what_is_not_its_own, "jobs.nightly", "with database.writing() as store:\n    pass"),
    (asks_for_what_is_not_its_own, "casework.nights", "store.import_cases([])"),
    (builds_a_write_path_of_its_own, "jobs.repair", "from persistence.store import SqlStore"),
    (builds_a_write_path_of_its_own, "persistence.sweep", "from persistence.statements import STATEMENTS"),
]
GOOD = [
    (changes_a_case_table, "persistence.sweep", "sa.update(flags).where(flags.c.case_id == cases.c.id)"),
    (changes_a_case_table, "persistence.reading", "sa.select(cases).where(cases.c.is_open)"),
    (writes_sql_by_hand, "persistence.tables", "'The cases are updated, and cases update themselves: see UPDATE.'"),
    (asks_for_what_is_not_its_own, "persistence.night.running", "with writing(self.engine) as connection:\n    pass"),
]


def complaints_of(check: Check) -> list[str]:
    documents = ROOT / "casework" / "docs"
    paths = [path for package in LINE for path in sorted((ROOT / package).rglob("*.py"))]
    sources = {module_of(path): path.read_text("utf-8") for path in paths if documents not in path.parents}
    assert len(sources) > 100
    return [complaint for module, source in sources.items() for complaint in check(module, source)]


def test_only_the_one_write_path_changes_what_is_kept_of_a_case(promise: Callable[..., None]) -> None:
    assert [complaint for check in CHECKS for complaint in complaints_of(check)] == []
    promise(
        "P9",
        f"one write path: {len(CHECKS)} checks of the source, 0 other writers of {len(CASE_TABLES)} tables",
        control=f"each of {len(BAD)} bad snippets is caught",
    )


@pytest.mark.parametrize(("check", "module", "source"), BAD)
def test_a_second_write_path_is_caught(check: Check, module: str, source: str) -> None:
    assert len(check(module, source)) == 1


@pytest.mark.parametrize(("check", "module", "source"), GOOD)
def test_what_is_none_is_left_alone(check: Check, module: str, source: str) -> None:
    assert check(module, source) == []
