"""Writes the golden histories of this release: what every later release must make the same of.

    python -m tests.replay.golden [--anew]

A file that is there is not written again: it is what a release promised. `--anew` is for a release that is not out yet.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from casework import __version__
from tests.replay.histories import FOLDER, History, written
from tests.replay.making import histories_of
from workflows import Chart
from workflows.registry import CHARTS

SEED = 1
Maker = Callable[[Chart, int], list[History]]


class Released(Exception):
    """The histories of this release are there already."""


def write(
    release: str = __version__, folder: Path = FOLDER, *, anew: bool = False, made: Maker = histories_of
) -> list[Path]:
    """A file a pathway, in a folder a release. Raises `Released`."""
    place = folder / release
    paths = [place / f"{chart.rules.service}.json" for chart in CHARTS.values()]
    if not anew and any(path.exists() for path in paths):
        raise Released(f"The golden histories of {release} are kept already; they are not written again.")
    place.mkdir(parents=True, exist_ok=True)
    for path, chart in zip(paths, CHARTS.values(), strict=True):
        path.write_text(written(release, made(chart, SEED)), "utf-8")
    return paths


if __name__ == "__main__":
    try:
        sys.stdout.writelines(f"{path.name} written\n" for path in write(anew="--anew" in sys.argv[1:]))
    except Released as problem:
        sys.exit(f"{problem} (--anew writes them all the same.)")
