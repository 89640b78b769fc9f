"""The few expressions that the two engines write differently, each one compiled for both."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from persistence.types import UtcInstant


class days_after(FunctionElement[Any]):  # noqa: N801  (SQLAlchemy names functions so)
    """A date so many calendar days after another."""

    inherit_cache = True
    type = sa.Date()
    name = "days_after"

    def __init__(self, day: sa.ColumnElement[Any], days: int) -> None:
        super().__init__(day, sa.literal(days, sa.Integer))


@compiles(days_after, "sqlite")
def _on_sqlite(element: days_after, compiler: SQLCompiler, **kw: Any) -> str:
    day, days = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"date({day}, {days} || ' days')"


@compiles(days_after, "postgresql")
def _on_postgresql(element: days_after, compiler: SQLCompiler, **kw: Any) -> str:
    day, days = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({day} + CAST({days} AS INTEGER))"


class sealed_text(FunctionElement[str]):  # noqa: N801
    """The values of an event as one text, the same on both engines to the letter: what its seal is over."""

    inherit_cache = True
    type = sa.Text()
    name = "sealed_text"


@compiles(sealed_text, "sqlite")
def _text_on_sqlite(element: sealed_text, compiler: SQLCompiler, **kw: Any) -> str:
    """SQLite keeps ids as hex, days and instants as text and true as 1: it is the form that is sealed."""
    values = (_or_nothing(compiler.process(c, **kw), c, "char") for c in element.clauses)
    return " || char(31) || ".join(values)  # not printf, which reads no further than a NUL that somebody put there


@compiles(sealed_text, "postgresql")
def _text_on_postgresql(element: sealed_text, compiler: SQLCompiler, **kw: Any) -> str:
    forms: dict[type, str] = {
        sa.Uuid: "replace({}::text, '-', '')",
        sa.Date: "to_char({}, 'YYYY-MM-DD')",
        UtcInstant: "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
        sa.Boolean: "({}::int)::text",
        sa.Integer: "{}::text",
    }
    texts = ((forms.get(type(c.type), "{}").format(compiler.process(c, **kw)), c) for c in element.clauses)
    return " || chr(31) || ".join(_or_nothing(text, column, "chr") for text, column in texts)


def _or_nothing(text: str, column: Any, char: str) -> str:
    """The sign of a value that is not there is no value: where somebody put it as one, it does not read the same."""
    return f"coalesce(replace({text}, {char}(30), ''), {char}(30))" if column.nullable else text


class as_bytes(FunctionElement[bytes]):  # noqa: N801
    """A text as its bytes in UTF-8. A file of SQLite may hold text that is none, and it must be read all the same."""

    inherit_cache = True
    type = sa.LargeBinary()
    name = "as_bytes"


@compiles(as_bytes, "sqlite")
def _bytes_on_sqlite(element: as_bytes, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **kw)} AS BLOB)"


@compiles(as_bytes, "postgresql")
def _bytes_on_postgresql(element: as_bytes, compiler: SQLCompiler, **kw: Any) -> str:
    return f"convert_to({compiler.process(element.clauses, **kw)}, 'UTF8')"


class database_ms(FunctionElement[int]):  # noqa: N801
    """Now, in whole milliseconds since 1970 by the clock of the database: one clock for all who share it."""

    inherit_cache = True
    type = sa.BigInteger()
    name = "database_ms"


@compiles(database_ms, "sqlite")
def _ms_on_sqlite(_element: database_ms, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


@compiles(database_ms, "postgresql")
def _ms_on_postgresql(_element: database_ms, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
