"""The few expressions that the two engines write differently, each one compiled for both."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


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
