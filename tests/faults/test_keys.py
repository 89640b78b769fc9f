"""One key, one effect, one answer: however often a request is sent, at once or in turn, whatever fails meanwhile."""

import random
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from psycopg import sql

from casework import Casework, CaseworkError, KeyUsedOtherwise, Receipt
from casework.retrying import ATTEMPT_SECONDS
from persistence import Database, faults
from persistence.store import SqlStore
from persistence.tables import case_events, idempotency_keys
from tests.conftest import KEYS, Clock
from tests.persistence.families import EVERYONE, LEEDS, refer
from tests.postgres import session_server

SHAKY = 0.02
"""How often a connection is lost before a commit, and as often in it."""


class Shaky(Database):
    """Loses its connection at random: before a commit, which is then not made, or after it, which nobody is told."""

    def __init__(self, url: str, chance: random.Random) -> None:
        super().__init__(url, KEYS.macs)
        self.chance, self.lost = chance, 0

    @contextmanager
    def writing(self, within: float = ATTEMPT_SECONDS) -> Iterator[SqlStore]:
        drawn = self.chance.random()
        with super().writing(within) as store:
            yield store
            if drawn < SHAKY:
                self.lost += 1
                raise faults.storage_error("database_not_reachable")
        if drawn > 1 - SHAKY:
            self.lost += 1
            raise faults.storage_error("maybe_done")


@dataclass(slots=True)
class Sent:
    """One key: its request, how often it is sent and whether at once, and what was answered."""

    key: str
    case: Receipt | None
    times: int
    at_once: bool
    answers: list[Any] = field(default_factory=list)

    def request(self, clinic: Casework, **otherwise: Any) -> Callable[[], Receipt]:
        """Opens a referral, or acknowledges one. As a machine does: it has seen nothing."""
        how = {"key": self.key, **otherwise}
        if self.case is None:
            how = {"data": {"referrer_name": "R"}, **how}
            return partial(clinic.open_case, LEEDS, "receive_referral", EVERYONE, **how)
        return partial(clinic.fire, self.case.case_id, "acknowledge", EVERYONE, seen=self.case.version, **how)

    def send(self, clinic: Casework, senders: ThreadPoolExecutor) -> None:
        ask = self.request(clinic)
        if self.at_once:
            self.answers = [told.result() for told in [senders.submit(_told, ask) for _ in range(self.times)]]
        else:
            self.answers = [_told(ask) for _ in range(self.times)]


def _told(ask: Callable[[], Receipt]) -> Receipt | str:
    try:
        return ask()
    except CaseworkError as problem:
        return problem.code


def effects(database: Database, table: sa.Table) -> int:
    with database.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def hang_up(database: Database) -> None:
    """The server ends every connection of the clinic, at work or not."""
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}"
    session_server().execute(sql.SQL(end).format(sql.Literal(database.url.database)))


@pytest.mark.parametrize("keys", [300, pytest.param(10_000, marks=pytest.mark.long)])
def test_a_key_has_one_effect_and_one_answer_however_often_it_is_sent(
    keys: int, casework: Casework, database: Database, database_url: str, clock: Clock, promise: Callable[..., None]
) -> None:
    seed = random.randrange(10**6)
    sys.stdout.write(f"keys of seed {seed}\n")
    chance = random.Random(seed)
    shaky = Shaky(database_url, chance)
    clinic = Casework(shaky, clock)
    first = refer(casework, "L-0")
    cases = [refer(casework, f"L-{n}") for n in range(1, 1 + keys // 2)]
    chance.shuffle(cases)
    sent = [Sent(f"k-{n}", cases[n // 2] if n % 2 else None, chance.randint(2, 5), n % 3 == 0) for n in range(keys)]
    before = effects(database, case_events)
    with ThreadPoolExecutor(4) as senders:
        for one in sent:
            one.send(clinic, senders)
            if not database.is_sqlite and chance.random() < 0.01:
                hang_up(database)
    different = [one for one in sent if not _one_answer(one.answers)]
    assert different == []
    assert effects(database, case_events) - before == keys == effects(database, idempotency_keys)
    for one in sent[::10]:
        other = {"on": clock.today} if one.case else {"data": {"referrer_name": "Another"}}
        with pytest.raises(KeyUsedOtherwise):
            one.request(casework, **other)()
    doubled = _without_a_key(casework, database, first)
    shaky.close()
    promise(
        "P6",
        f"{database.url.get_backend_name()}: {keys} keys sent {sum(one.times for one in sent)} times, "
        f"{shaky.lost} connections lost, {keys} effects, one answer each",
        control=f"of 30 requests sent twice without a key {doubled} were done twice",
    )


def _one_answer(answers: list[Any]) -> bool:
    return all(isinstance(answer, Receipt) and answer == answers[0] for answer in answers)


def _without_a_key(casework: Casework, database: Database, case: Receipt) -> int:
    """The control: the same request twice, by machines that go by what stands."""
    before = effects(database, case_events)
    for _ in range(30):
        for _ in range(2):
            casework.open_case(LEEDS, "receive_referral", EVERYONE, {"referrer_name": "R"})
    doubled = effects(database, case_events) - before - 30
    assert doubled > 0
    return doubled
