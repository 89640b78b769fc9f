"""The primary dies, its standby takes over, and callers notice nothing but a pause."""

import os
import random
import signal
import sys
import time
from collections.abc import Callable

import pytest

from casework import Casework
from tests.faults.callers import Caller, Counting, Outcome, at_work, outcome
from tests.faults.cluster import Cluster, cluster

CALLERS = 6
DETECTION_SECONDS = 1.0
"""How long whoever watches over the servers takes to notice."""

SLOW_SECONDS = 0.06
ANY_ONE = "ANY 1 (*)"
Blow = Callable[[Cluster], None]


def killed(servers: Cluster) -> None:
    servers.first.kill()


def killed_with_commits_under_way(servers: Cluster) -> None:
    """The standbys are slow: what was sent reaches them, and their answer nobody."""
    receivers = [server.receiver() for server in servers.standbys]
    _signal(receivers, signal.SIGSTOP)
    time.sleep(SLOW_SECONDS)
    servers.first.kill()
    _signal(receivers, signal.SIGCONT)


def killed_with_the_line_cut(servers: Cluster) -> None:
    """What was under way reaches nobody."""
    receivers = [server.receiver() for server in servers.standbys]
    _signal(receivers, signal.SIGSTOP)
    time.sleep(SLOW_SECONDS)
    servers.first.kill()
    _signal(receivers, signal.SIGTERM)
    _signal(receivers, signal.SIGCONT)


def _signal(processes: list[int], what: signal.Signals) -> None:
    for process in processes:
        os.kill(process, what)


def failovers(number: int, synchronous: str, blows: tuple[Blow, ...], *, naive: bool = False) -> Outcome:
    """So many in a row; the dead server comes back each time as a standby of the new primary."""
    seed = random.randrange(10**6)
    sys.stdout.write(f"failovers at moments of seed {seed}\n")
    moments = random.Random(seed)
    with cluster("s1", "s2", "s3", synchronous=synchronous) as servers:
        database = Counting(servers.url())
        clinic = Casework(database, patience=0 if naive else 10)
        callers = [Caller(clinic, n, naive) for n in range(CALLERS)]
        with at_work(callers):
            for turn in range(number):
                time.sleep(moments.uniform(0.2, 0.5))
                dead = servers.primary
                blows[turn % len(blows)](servers)
                time.sleep(DETECTION_SECONDS)
                servers.fail_over()
                if turn < number - 1:
                    servers.add(dead)
        found = outcome(database, callers)
        database.close()
    return found


@pytest.fixture(scope="module")
def naive() -> Outcome:
    """The control: a caller who has no key, and asks once more when told that the connection was lost."""
    return failovers(2, ANY_ONE, (killed_with_commits_under_way,), naive=True)


@pytest.fixture(scope="module")
def asynchronous() -> Outcome:
    """The control: nobody waits for the standbys."""
    return failovers(2, "", (killed_with_the_line_cut,))


@pytest.mark.parametrize("number", [8, pytest.param(25, marks=pytest.mark.long)])
def test_no_acknowledged_step_is_lost_or_done_twice_when_the_primary_dies(
    number: int, naive: Outcome, asynchronous: Outcome, promise: Callable[..., None]
) -> None:
    found = failovers(number, ANY_ONE, (killed_with_commits_under_way, killed, killed_with_the_line_cut, killed))
    assert (found.lost, found.doubled, found.problems) == (0, 0, ())
    assert found.doubts >= (20 if number >= 25 else 1), "no commit was under way: nothing was tried"
    assert found.slowest < 10
    assert naive.doubled > 0
    assert asynchronous.lost > 0
    promise(
        "P3",
        f"{number} failovers, {found.acknowledged} acknowledged: {found.lost} lost, {found.doubled} doubled, "
        f"{found.doubts} commits in doubt, slowest {found.slowest:.2f} s",
        control=f"asking again without a key doubled {naive.doubled}; without a synchronous standby "
        f"{asynchronous.lost} were lost",
    )
