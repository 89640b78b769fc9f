"""Documents of services for the tests: read, changed and written again, and taken away afterwards."""

import copy
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from workflows import Chart
from workflows.registry import CHARTS, CURRENT, load
from workflows.services.building import chart_of

THIRD = Path(__file__).parent / "third.toml"
SHIPPED = Path(__file__).parents[2] / "workflows" / "services"

Tables = dict[str, Any]


def tables(path: Path = THIRD) -> Tables:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def changed(path: Path = THIRD, **other: Any) -> Tables:
    """A document with other values: `changed(service__version=2)`. None takes the key away."""
    found = copy.deepcopy(tables(path))
    for where, value in other.items():
        table, _, key = where.partition("__")
        place, last = (found.setdefault(table, {}), key) if key else (found, table)
        if value is None:
            place.pop(last, None)
        else:
            place[last] = value
    return found


def written(document: Tables) -> str:
    """As TOML, one key of the outermost level a line."""
    return "".join(f"{_name(key)} = {_value(value)}\n" for key, value in document.items())


def _name(key: str) -> str:
    return '"' + "".join(_letter(c) for c in key) + '"'


def _letter(c: str) -> str:
    return f"\\U{ord(c):08x}" if c in '"\\' or not c.isprintable() else c


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _name(value)
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case dict():
            return f"{{ {', '.join(f'{_name(k)} = {_value(v)}' for k, v in value.items())} }}"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def chart(document: Tables) -> Chart:
    return chart_of(written(document), "a.toml")


@contextmanager
def added(*places: Path) -> Iterator[None]:
    """The services of these documents are services of this process, until the end."""
    charts, current = dict(CHARTS), dict(CURRENT)
    try:
        for place in places:
            load(place)
        yield
    finally:
        for known, before in ((CHARTS, charts), (CURRENT, current)):
            known.clear()
            known.update(before)


@contextmanager
def warning(service: str, *warned: str) -> Iterator[None]:
    """The pathway of a service warns of these answers, until the end."""
    before = CURRENT[service]
    settings = replace(before.rules.settings, warned=warned)
    after = replace(before, rules=replace(before.rules, settings=settings))
    CHARTS[before.id] = CURRENT[service] = after
    try:
        yield
    finally:
        CHARTS[before.id] = CURRENT[service] = before
