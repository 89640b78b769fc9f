"""Whoever alters the database is shown, and where. What shows which attack, as measured (D always, s sometimes):

| attack                     | chain, no key | chain, keyed | checkpoints | verifier's state | lines of the log |
|----------------------------|---------------|--------------|-------------|------------------|------------------|
| `edit`                     | D             | D            | -           | -                | s                |
| `delete_in_the_middle`     | D             | D            | -           | -                | D                |
| `swap_two`                 | D             | D            | D           | -                | D                |
| `delete_the_tail`          | s             | s            | s           | s                | D                |
| `delete_the_newest`        | -             | -            | -           | -                | D                |
| `edit_and_hash_again`      | -             | D            | s           | s                | D                |
| `edit_and_rewrite_roots`   | -             | D            | s           | s                | D                |
| `drop_a_case`              | -             | -            | D           | s                | D                |
| `drop_a_case_and_close_up` | -             | -            | -           | D                | D                |
| `truncate_everything`      | -             | -            | s           | D                | D                |
| `restore_an_old_backup`    | -             | -            | -           | D                | D                |
| `append_a_forged_row`      | -             | D            | -           | -                | s                |
| `append_with_the_key`      | s             | s            | -           | -                | s                |

"Sometimes" is where it depends on what else the intruder put right, and on whether the event had been signed for.
A line does not repeat answers: an `edit` of one is the edit that the log does not show.
`delete_the_newest` strikes after the last checkpoint: until the next one only the lines know of it. Nobody sees an
event go that was neither in order nor told: the relay looks each second.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import pytest

from persistence import Database
from tests.audit.attacks import ATTACKS, Attack, Place
from tests.audit.clinics import keys
from tests.audit.scene import Alone, Looked, Scene, intruding, look, look_alone
from tests.promises import Say

CHAIN = frozenset(
    [
        "event_altered",
        "event_forged",
        "not_sealed",
        "not_keyed",
        "unknown_key",
        "event_missing",
        "case_altered",
        "case_unknown",
        "out_of_turn",
        "not_in_order",
        "placed_already",
    ]
)
SIGNED = frozenset(
    ["order_altered", "place_missing", "place_altered", "checkpoint_forged", "checkpoint_differs", "state_differs"]
)
REMEMBERED = frozenset(["rolled_back", "rewritten", "checkpoint_missing"])
LOOKED_ALONE = 25
"""So many of each attack are also looked at with each means by itself."""


def table() -> dict[str, list[str]]:
    """The one at the top of this file, a row an attack."""
    rows = (line.strip("|").split("|") for line in (__doc__ or "").splitlines() if line.startswith("| `"))
    return {cells[0].strip(" `"): [cell.strip() for cell in cells[1:]] for cells in rows}


def shown_by(looked: Looked, alone: Alone) -> list[bool]:
    """Which means show it, in the order of the table."""
    return [
        bool({f.code for f in alone.without_keys.findings} & CHAIN),
        bool({f.code for f in alone.without_state.findings} & CHAIN),
        bool({f.code for f in alone.without_state.findings} & SIGNED),
        bool({f.code for f in looked.verdict.findings} & REMEMBERED),
        bool(looked.against_log.differences),
    ]


def is_named(place: Place, looked: Looked) -> bool:
    """Whether somebody who reads the findings is led to the place."""
    found, lines, leaves = looked.verdict.findings, looked.against_log.differences, set(place.leaves)
    if place.case_id is not None:
        here = [f for f in found if f.case_id == place.case_id.hex]
        if any(f.seq is None or f.seq <= (place.seq or 0) <= (f.until or f.seq) for f in here):
            return True
    return any(d.leaf in leaves for d in lines) or any(
        f.leaf is not None and leaves & set(range(f.leaf, (f.until or f.leaf) + 1)) for f in found
    )


def struck(scene: Scene, attack: Attack, times: int) -> list[str]:
    """How each means did, as in the table. Fails where nothing showed the attack, or nothing named the place."""
    seed = random.randrange(1_000_000)
    sys.stdout.write(f"{attack.__name__}: {times} times from seed {seed}\n")
    shown, alone = Counter[int](), min(times, LOOKED_ALONE)
    for number in range(seed, seed + times):
        with intruding(scene, random.Random(number)) as intruder:
            place, looked = attack(intruder), look(intruder)
            if number < seed + alone:
                shown.update(n for n, did in enumerate(shown_by(looked, look_alone(intruder))) if did)
        assert not looked.verdict.whole or looked.against_log.differences, f"{attack.__name__} {number} is not shown"
        assert is_named(place, looked), f"{attack.__name__} {number} is shown, but not where"
    return ["D" if shown[n] == alone else "s" if shown[n] else "-" for n in range(5)]


def fits(measured: list[str], told: list[str]) -> bool:
    return all(one in (cell, cell if cell != "s" else one) for one, cell in zip(measured, told, strict=True))


@pytest.fixture
def scene(database_url: str, times: int) -> Iterator[Scene]:
    """With some hundred events where many attacks are made, so that there are places enough."""
    secrets = keys()
    with closing(Database(database_url, secrets.macs)) as database:
        yield Scene(database, secrets, wandering=3 if times < 50 else 25)


@pytest.mark.parametrize(
    ("database_kind", "times"),
    [
        ("sqlite", 12),
        ("postgresql", 12),
        pytest.param("sqlite", 1_000, marks=pytest.mark.long),
        pytest.param("postgresql", 100, marks=pytest.mark.long),
    ],
    indirect=["database_kind"],
)
def test_every_attack_is_shown_and_named_and_by_the_means_of_the_table(
    scene: Scene, times: int, database_kind: str, promise: Say
) -> None:
    """A chain without a key sees nothing of a case that was hashed again, or of a row that was forged; and a verifier
    without a memory and a log nothing of an old backup: the dashes of the table, which are held here."""
    told = table()
    assert set(told) == {attack.__name__ for attack in ATTACKS}
    for attack in ATTACKS:
        measured = struck(scene, attack, times)
        assert fits(measured, told[attack.__name__]), f"{attack.__name__}: {measured}"
    control = "0 of the forged and hashed again without a key; 0 of the old backups without state and log"
    promise(
        "P11", f"{len(ATTACKS)} attacks, {times} places each on {database_kind}: all shown and named", control=control
    )
    promise("P21", f"{times} old backups put back on {database_kind}: all noticed", control="0 without state and log")


def test_the_table_cannot_be_met_by_a_verifier_that_sees_less() -> None:
    assert not fits(["-", "-", "-", "-", "-"], table()["edit"])
    assert not fits(["D", "D", "-", "-", "D"], table()["append_a_forged_row"])
