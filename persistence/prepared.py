"""A statement written in SQLAlchemy, compiled once, run on the driver's own cursor.

A Core statement costs two to four times the bare driver on each call (research: performance, B); the SQL is the same.
Used for the few statements of the write path and of the import. Everything else runs as plain Core.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ClauseElement

Processor = Callable[[Any], Any]


class Prepared:
    """One statement for one dialect. Bind and result types work as they do in SQLAlchemy."""

    def __init__(self, statement: ClauseElement, dialect: sa.Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        binds: Mapping[str, sa.BindParameter[Any]] = vars(compiled)["binds"]
        self._fixed = {n: b.value for n, b in binds.items() if not b.required and b.value is not None}
        self._ways = {n: way for n, b in binds.items() if (way := _in(b.type, dialect))}
        order: Sequence[str] | None = getattr(compiled, "positiontup", None)
        self._order = None if order is None else tuple((n, self._ways.get(n)) for n in order)
        columns = getattr(statement, "selected_columns", ())
        self._out = [(i, way) for i, c in enumerate(columns) if (way := _out(c.type, dialect))]

    def bound(self, values: Mapping[str, Any]) -> Any:
        given = {**self._fixed, **values} if self._fixed else values
        if self._order is not None:
            return [way(given[name]) if way else given[name] for name, way in self._order]
        return {**given, **{name: way(given[name]) for name, way in self._ways.items()}}

    def run(self, cursor: Any, values: Mapping[str, Any]) -> Any:
        cursor.execute(self.sql, self.bound(values))
        return cursor

    def run_many(self, cursor: Any, rows: Iterable[Mapping[str, Any]]) -> None:
        if bound := [self.bound(row) for row in rows]:
            cursor.executemany(self.sql, bound)

    def one(self, cursor: Any, values: Mapping[str, Any]) -> Sequence[Any] | None:
        row = self.run(cursor, values).fetchone()
        return None if row is None else self._read(row)

    def all(self, cursor: Any, values: Mapping[str, Any]) -> list[Sequence[Any]]:
        return [self._read(row) for row in self.run(cursor, values).fetchall()]

    def _read(self, row: Sequence[Any]) -> Sequence[Any]:
        read = list(row)
        for i, way in self._out:
            read[i] = way(read[i])
        return read


def _in(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Processor | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _out(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Processor | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
