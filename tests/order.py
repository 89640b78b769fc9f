"""The order in which the files of the suite are given to its workers: those that take longest first.

A worker is given its next file while two tests are left of the last, so a long file with one test that came at the end
would be waited for by all.
"""

from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
LONGEST = (
    "faults/test_failover.py",
    "logs/test_never_hurt.py",
    "casework/test_canary.py",
    "faults/test_cancelled_commit.py",
    "docs/test_docs.py",
    "faults/test_hung_primary.py",
    "jobs/test_schedule_command.py",
    "lives/test_random_lives.py",
    "jobs/test_night_killed.py",
    "jobs/test_import_killed.py",
    "persistence/test_migration_of_the_night.py",
    "night/test_kills.py",
    "time/test_rules_in_sql.py",
    "input/test_malformed.py",
    "audit/test_emitter.py",
    "jobs/test_import_memory.py",
    "jobs/test_demo.py",
    "jobs/test_night_property.py",
    "logs/test_rotation.py",
    "night/test_fortnight.py",
    "jobs/test_scheduler_years.py",
    "input/test_lines.py",
    "faults/test_keys.py",
    "workflows/test_walks.py",
)
"""Seven seconds and more. A file that is not named here comes as late as it has few tests."""


def longest_first(items: list[pytest.Item]) -> None:
    many = Counter(item.path for item in items)
    named = {ROOT / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (named.get(item.path, len(named)), -many[item.path]))
