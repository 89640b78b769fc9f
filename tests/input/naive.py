"""An entry as one writes it first: what came is made JSON and put into a table. Malformed requests bring it down."""

import json
from typing import Any

import sqlalchemy as sa

from persistence import Database

requests = sa.Table(
    "naive_requests",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), sa.Identity(), primary_key=True),
    sa.Column("trigger", sa.String(40)),
    sa.Column("actor", sa.String(100)),
    sa.Column("seen", sa.Integer),
    sa.Column("done_on", sa.Date),
    sa.Column("data", sa.Text),
)


class Naive:
    def __init__(self, database: Database) -> None:
        self._engine = database.engine
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            requests.create(connection, checkfirst=True)

    def fire(self, *, trigger: Any, actor: Any, data: Any, seen: Any, on: Any, **_beside: Any) -> None:
        answers = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in data.items()}
        row = {"trigger": trigger, "actor": actor.name, "seen": seen, "done_on": on, "data": json.dumps(answers)}
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            connection.execute(sa.insert(requests).values(**row))
