"""The column types: instants that are always aware and UTC, ids, and JSON in one canonical form."""

from datetime import UTC, date, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

CaseId = sa.Uuid()

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""SQLite numbers rows by itself only where the key is an INTEGER."""


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spare blanks; dates as ISO. The same value gives the same text."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


class Json(TypeDecorator[Any]):
    """Canonical text on both engines, so that a digest over it means the same everywhere."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:
        return None if value is None else orjson.loads(value)


class ReadableDay(TypeDecorator[date]):
    """A day for lists: None where SQLite kept a text that names no day. The night finds such a case and says so."""

    impl = sa.String
    cache_ok = True

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> date | None:
        if value is None or isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            return None


class UtcInstant(TypeDecorator[datetime]):
    """Refuses a naive datetime, keeps UTC, gives back aware UTC. SQLite alone would drop the zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
