"""Rows a second of an import on SQLite, with a line in the log for each step of each row, and the memory it takes."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import Figure
from tests.benchmarks.population import AS_OF

PART = "import"
ROWS_A_SECOND = 1_000.0
SIZES = (10_000, 100_000)
GROWS_MB = 20.0
MAKER = Path(__file__).parent.parent / "caseload" / "make_caseload.py"


def measure(folder: Path, *, quick: bool) -> Iterator[Figure]:
    runs = {rows: _alone(rows, folder) for rows in ((1_000, 4_000) if quick else SIZES)}
    for rows, run in runs.items():
        speed = round(rows / run["seconds"])
        beside = {"seconds": round(run["seconds"], 1), "cpu_seconds": round(run["cpu"], 1), "log_lines": run["lines"]}
        yield Figure(PART, f"import of {rows:,} rows on SQLite", speed, "rows/s", at_least=ROWS_A_SECOND, beside=beside)
    (few, small), (many, large) = runs.items()
    longer = (large["cpu"] / many) / (small["cpu"] / few)
    yield Figure(PART, f"CPU of a row of {many:,} against a row of {few:,}", round(longer, 2), "x", at_most=1.2)
    beside = {f"peak_mb_at_{rows:,}": round(run["memory"], 1) for rows, run in runs.items()}
    more = round(large["memory"] - small["memory"], 1)
    yield Figure(PART, "memory of the import", more, "MB", at_most=GROWS_MB, beside=beside)


def _alone(rows: int, folder: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(dir=folder) as name:
        sheet = Path(name) / "caseload.csv"
        made = ["--rows", str(rows), "--seed", "7", "--as-of", AS_OF.isoformat(), "--out", str(sheet)]
        subprocess.run([sys.executable, MAKER, *made, "--expect", f"{name}/expected.json"], check=True)
        command = [sys.executable, "-m", "tests.benchmarks.one_import", str(sheet), name]
        found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        return found
