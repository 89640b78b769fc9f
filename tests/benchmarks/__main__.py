"""`python -m tests.benchmarks [PART ...] [--quick] [--json]`: what casework costs, measured on this machine.

Parts: engine, import, transition, night. All of them take about twenty minutes; `--quick` takes half a minute and is
too short to be believed. Exit 0 however the figures fall: a machine that others use must not fail a build.
"""

import argparse
import json
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks import engine, imports, nights, transition
from tests.benchmarks.databases import engines
from tests.benchmarks.measure import Figure, flush_probe

PARTS = (engine.PART, transition.PART, imports.PART, nights.PART)


def main() -> int:
    asked = _asked()
    with tempfile.TemporaryDirectory(prefix="casework-bench-") as name:
        folder = Path(name)
        machine = _machine(folder)
        figures = []
        if not asked.json:
            _say(", ".join(f"{what} {found}" for what, found in machine.items()))
        for figure in _measured(asked.parts or list(PARTS), folder, quick=asked.quick):
            figures.append(figure)
            if not asked.json:
                _say(_row(figure))
    if asked.json:
        print(json.dumps({"machine": machine, "figures": [f.as_json() for f in figures]}, indent=1))
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of: {', '.join(PARTS)}; by default all")
    parser.add_argument("--quick", action="store_true", help="a small run, to see that it works")
    parser.add_argument("--json", action="store_true", help="one document on stdout when all is measured")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
    return asked


def _measured(parts: list[str], folder: Path, *, quick: bool) -> Iterator[Figure]:
    if engine.PART in parts:
        yield from engine.measure(quick=quick)
    if imports.PART in parts:
        yield from imports.measure(folder, quick=quick)
    if {transition.PART, nights.PART}.isdisjoint(parts):
        return
    with engines(folder) as both:
        if transition.PART in parts:
            yield from transition.measure(both, folder, quick=quick)
        if nights.PART in parts:
            yield from nights.measure(both, folder, quick=quick)


def _machine(folder: Path) -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "flush_us": round(flush_probe(folder), 1),
    }


def _row(figure: Figure) -> str:
    aim = (
        f"<= {figure.at_most:g}" if figure.at_most is not None else f">= {figure.at_least:g}" if figure.at_least else ""
    )
    verdict = {True: "met", False: "MISSED", None: ""}[figure.met]
    more = ", ".join(f"{what} {found}" for what, found in figure.beside.items())
    return f"{figure.what:<72} {figure.measured:>9,g} {figure.unit:<7} {aim:<9} {verdict:<7} {more}"


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
