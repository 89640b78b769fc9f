"""A sheet taken into an empty SQLite database in a process of its own: `python -m tests.benchmarks.one_import SHEET
FOLDER`. Prints JSON: rows, seconds, CPU seconds, the most memory that the process held, and the lines it logged."""

import json
import sys
from functools import partial
from pathlib import Path

from casework import Casework, with_every_role
from casework.intake.importing import import_caseload
from jobs import logs, wiring
from persistence import Database
from tests.benchmarks.measure import peak_memory, timed
from tests.benchmarks.population import AS_OF


def main() -> None:
    sheet, folder = map(Path, sys.argv[1:])
    log = folder / "import.log"
    wiring.everything_is_loaded()
    logs.send_to(log)
    database = Database(f"sqlite:///{folder / 'clinic.db'}")
    database.upgrade()
    clinic, somebody = Casework(database), with_every_role("Importer", "command_line")
    seconds, cpu = timed(partial(import_caseload, clinic, sheet, somebody, as_of=AS_OF))
    with log.open("rb") as lines:
        told = sum(1 for _ in lines)
    print(json.dumps({"seconds": seconds, "cpu": cpu, "memory": peak_memory(), "lines": told}))


if __name__ == "__main__":
    main()
