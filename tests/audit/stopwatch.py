"""`python -m tests.audit.stopwatch URL PROCESSES` prints how many events a second are verified, from a cold start.

In a process of its own, as the command is: the other processes have to get ready too. The keys come as the command has
them.
"""

import sys
import time

from jobs import wiring
from jobs.verifying import verified
from persistence import Database


def main(url: str, processes: str) -> None:
    keys, database = wiring.audit_keys(), Database(url)
    began = time.perf_counter()
    verdict = verified(database, keys, None, int(processes))
    took = time.perf_counter() - began
    database.close()
    if not verdict.whole or not keys.macs:
        raise SystemExit("Something was found, or no keys were given.")
    sys.stdout.write(f"{verdict.events / took:.0f}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
