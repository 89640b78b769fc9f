"""The tables of `casework/docs/audit.md` as data: for each name of an event, the keys that its lines may have."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

GUIDE = Path(__file__).parents[2] / "casework" / "docs" / "audit.md"
ON_EVERY_LINE = {"timestamp", "level", "event"}
Shape = frozenset[str]
Guide = dict[str, set[Shape]]


def guide(text: str = "") -> Guide:
    found: Guide = defaultdict(set)
    for line in (text or GUIDE.read_text(encoding="utf-8")).splitlines():
        cells = [re.findall(r"`([\w.]+)`", cell) for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 3:
            for name in cells[0]:
                found[name].add(frozenset(cells[2]))
    return dict(found)


def differing(lines: Iterable[Mapping[str, Any]], by: Guide) -> list[str]:
    """Lines that the guide does not describe: what each has too much or too little beside the nearest row."""
    wrong = []
    for line in lines:
        name, keys = str(line["event"]), frozenset(line) - ON_EVERY_LINE
        if name not in by:
            wrong.append(f"{name} is not in the guide")
        elif keys not in by[name]:
            nearest = min(by[name], key=lambda shape: len(shape ^ keys))
            wrong.append(f"{name}: not listed {sorted(keys - nearest)}, missing {sorted(nearest - keys)}")
    return wrong


def never_told(lines: Iterable[Mapping[str, Any]], by: Guide) -> list[str]:
    """Rows of the guide that no line stands for."""
    told = {(str(line["event"]), frozenset(line) - ON_EVERY_LINE) for line in lines}
    rows = {(name, shape) for name, shapes in by.items() for shape in shapes}
    return sorted(f"{name}: {', '.join(sorted(shape))}" for name, shape in rows - told)
