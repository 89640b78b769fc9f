"""Each rule of production on PostgreSQL, on a server of our own: what breaks it is refused by its id."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from casework import Casework
from casework.calendar import utc_now
from casework.posture import Keys, Status
from persistence import Database
from tests.persistence.families import refer
from tests.postgres import PostgresServer, address
from tests.posture.conftest import BOTH_KEYS
from tests.posture.servers import GRANTS, ROLE, Clinic, certificate, reached_over_a_network
from tests.posture.test_rules_of_sqlite import of, refused_rules

PAGE = Path(__file__).parents[2] / "casework" / "docs" / "operating.md"


def test_a_role_with_the_grants_of_the_page_opens_referrals_and_runs_the_night(on_postgresql: Database) -> None:
    clinic = Casework(on_postgresql)
    assert refused_rules(on_postgresql) == []
    clinic.night()
    weighed = {finding.id: finding.status for finding in on_postgresql.posture()}
    assert weighed.pop("P07") is Status.WARNING, "no standby is waited for, and that is no hindrance"
    assert set(weighed.values()) == {Status.OK}
    assert [name for name in weighed if name[0] == "P"] == ["P01", "P02", "P03", "P04", "P05", "P06", "P08", "P09"]


BREAKING = [
    ("P01", "ALTER ROLE casework_app SUPERUSER", "ALTER ROLE casework_app NOSUPERUSER"),
    ("P01", "GRANT postgres TO casework_app", "REVOKE postgres FROM casework_app"),
    ("P02", "GRANT ownership TO casework_app", "REVOKE ownership FROM casework_app"),
    ("P03", "ALTER ROLE casework_app BYPASSRLS", "ALTER ROLE casework_app NOBYPASSRLS"),
    ("P04", "GRANT UPDATE ON case_events TO casework_app", "REVOKE UPDATE ON case_events FROM casework_app"),
    ("P04", "GRANT DELETE ON case_events TO PUBLIC", "REVOKE DELETE ON case_events FROM PUBLIC"),
    ("P04", "GRANT TRUNCATE ON case_events TO casework_app", "REVOKE TRUNCATE ON case_events FROM casework_app"),
    ("P04", "GRANT UPDATE (data) ON case_events TO PUBLIC", "REVOKE UPDATE (data) ON case_events FROM PUBLIC"),
    ("P05", "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM RESET fsync"),
    ("P05", "ALTER SYSTEM SET full_page_writes = off", "ALTER SYSTEM RESET full_page_writes"),
    ("P06", "ALTER ROLE casework_app SET synchronous_commit = off", "ALTER ROLE casework_app RESET ALL"),
    ("P06", "ALTER ROLE casework_app SET synchronous_commit = local", "ALTER ROLE casework_app RESET ALL"),
    ("P06", "ALTER ROLE casework_app SET synchronous_commit = remote_write", "ALTER ROLE casework_app RESET ALL"),
]  # fmt: skip


MADE_FIRST = (
    "DO $$ BEGIN CREATE ROLE ownership; EXCEPTION WHEN duplicate_object THEN END $$",
    "ALTER TABLE case_days OWNER TO ownership",
)


def _told_to(statement: str) -> tuple[str, ...]:
    """What makes a server take up a setting of its own; new connections have the others."""
    return ("SELECT pg_reload_conf()", "SELECT pg_sleep(0.1)") if "SYSTEM" in statement else ()


@pytest.mark.parametrize(("rule", "breaks", "mends"), BREAKING)
def test_production_writes_nothing_while_a_rule_is_broken_and_development_does(
    clinic: Clinic, on_postgresql: Database, rule: str, breaks: str, mends: str
) -> None:
    clinic.alter(*MADE_FIRST, breaks, *_told_to(breaks))
    try:
        assert rule in refused_rules(on_postgresql)
        others = {"P01": {"P02", "P03", "P04"}}.get(rule, set())
        assert set(refused_rules(on_postgresql)) - {rule} <= others, "who is a superuser is everything else too"
        careless = Database(address(clinic.role), production=False)
        assert refused_rules(careless) == []
        careless.close()
    finally:
        clinic.alter(mends, *_told_to(mends))
    on_postgresql.close()
    refer(Casework(on_postgresql), "L-9")


def test_the_grants_are_those_of_the_page() -> None:
    assert GRANTS.strip() in PAGE.read_text(encoding="utf-8")
    assert ROLE in GRANTS


def test_a_standby_that_is_waited_for_is_seen(clinic: Clinic, on_postgresql: Database) -> None:
    clinic.alter("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (s1, s2)'", "SELECT pg_reload_conf()")
    clinic.alter("SELECT pg_sleep(0.2)")
    try:
        assert of(on_postgresql.posture(), "P07").status is Status.OK
    finally:
        clinic.alter("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")


@pytest.mark.parametrize(("seconds", "refused"), [(-60, True), (-2.5, True), (-1.5, False), (1.5, False), (2.5, True)])
def test_a_clock_that_is_more_than_two_seconds_off_is_refused(
    on_postgresql: Database, seconds: float, refused: bool
) -> None:
    on_postgresql.gate.now = lambda: utc_now() + timedelta(seconds=seconds)
    assert refused_rules(on_postgresql) == (["P09"] if refused else [])


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ({}, "P08"),
        ({"sslmode": "require"}, "P08"),
        ({"sslmode": "verify-ca", "sslrootcert": "{root}"}, "P08"),
        ({"sslmode": "verify-full", "sslrootcert": "{root}"}, None),
    ],
)
def test_a_server_over_a_network_has_to_prove_its_name(
    clinic: Clinic, server: PostgresServer, tmp_path: Path, query: dict[str, str], rule: str | None
) -> None:
    key, root = tmp_path / "server.key", tmp_path / "root.crt"
    for file, text in zip((key, root), certificate(), strict=True):
        file.write_bytes(text)
    with reached_over_a_network(server, key, root) as port:
        given = {name: value.format(root=root) for name, value in query.items()}
        url = clinic.role.set(host="localhost", port=port, query=given)
        database = Database(address(url), production=True)
        database.gate.keys = BOTH_KEYS
        assert refused_rules(database) == ([rule] if rule else [])
        database.close()


@pytest.mark.parametrize(
    ("breaks", "rule"),
    [
        (lambda gate: setattr(gate, "keys", Keys(checkpoint=True)), "G03"),
        (lambda gate: setattr(gate, "keys", Keys(mac=True, checkpoint=False)), "G04"),
    ],
)
def test_keys_are_asked_for_here_too(on_postgresql: Database, breaks: Callable[[object], None], rule: str) -> None:
    breaks(on_postgresql.gate)
    assert refused_rules(on_postgresql) == [rule]
