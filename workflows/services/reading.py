"""A service's document as it is written, held against the table of keys. Every fault is told, and all of them at once."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from workflows.services.keys import ENTRIES, FIGURE, OPEN_TABLES, TABLES, Form, Key, Keys

LONGEST = 1_000
"""Characters of one text of a document."""

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a document, and what to do."""

    file: str
    key: str
    wrong: str
    do: str

    def __str__(self) -> str:
        where = f"{self.file}, {self.key}" if self.key else self.file
        return f"{where}: {self.wrong} {self.do}"


class UnreadableService(ValueError):
    """A document that cannot be a service, with everything that is wrong with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says, by table and key. Where it is silent the key is not there."""

    file: str
    tables: Mapping[str, Values]
    entries: Mapping[str, tuple[Values, ...]]
    """Of the tables that stand there once for each: `offer`, `criterion`, `commissioner`, `funder`."""
    opened: Mapping[str, Values]
    """The tables whose keys are free: `call_minutes`, `also_may`, `figures`."""

    def get(self, table: str, key: str, unset: Any = None) -> Any:
        return self.tables.get(table, {}).get(key, unset)

    def texts(self, table: str, key: str) -> tuple[str, ...]:
        return tuple(self.get(table, key, ()))


@dataclass(slots=True)
class Faults:
    """Those of one file, as they are found."""

    file: str
    found: list[Fault] = field(default_factory=list)

    def about(self, part: str) -> bool:
        """Whether there is one about a part of the document: what depends on that part is not asked then."""
        return any(fault.key.startswith(part) for fault in self.found)

    def add(self, key: str, wrong: str, do: str) -> None:
        self.found.append(Fault(self.file, key, wrong, do))

    def stop(self) -> None:
        """Raises `UnreadableService` if there are any."""
        if self.found:
            raise UnreadableService(tuple(self.found))


def read(text: str, faults: Faults) -> Document:
    """The document of a text. What is wrong is added to the faults and left out, and the rest is read on."""
    raw = _parsed(text, faults)
    known = (*TABLES, *ENTRIES, *OPEN_TABLES)
    for name in raw:
        if name not in known:
            _unknown(name, name, known, faults)
    tables = {name: _table(raw.get(name, {}), keys, name, faults) for name, keys in TABLES.items()}
    return Document(
        file=faults.file,
        tables=tables,
        entries={name: tuple(_entries(raw, name, keys, faults)) for name, keys in ENTRIES.items()},
        opened={name: _open(raw.get(name, {}), name, faults) for name in OPEN_TABLES},
    )


def _parsed(text: str, faults: Faults) -> Values:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        faults.add("", f"it cannot be read as TOML ({problem}).", "Mend that line: the form of it is that of TOML 1.0.")
        faults.stop()
        raise


def _table(raw: object, keys: Keys, path: str, faults: Faults) -> Values:
    if not isinstance(raw, dict):
        faults.add(path, "it is no table.", f"Write [{path}] on a line of its own, and its keys below.")
        return {}
    for name in raw:
        if name not in keys:
            _unknown(f"{path}.{name}", name, keys, faults)
    found: Values = {}
    for name, key in keys.items():
        if name in raw:
            if (wrong := wrong_form(raw[name], key)) is None:
                found[name] = raw[name]
            else:
                faults.add(f"{path}.{name}", *wrong)
        elif key.needed:
            faults.add(f"{path}.{name}", "it is not there.", f"Say it: {key.words}")
    return found


def _unknown(path: str, name: str, known: Mapping[str, object] | tuple[str, ...], faults: Faults) -> None:
    near = get_close_matches(name, list(known), 1)
    do = f"Did you mean {near[0]}?" if near else f"Choose from: {', '.join(known)}."
    faults.add(path, "there is no such key.", do)


def _entries(raw: Values, name: str, keys: Keys, faults: Faults) -> Iterator[Values]:
    entries = raw.get(name, [])
    if not isinstance(entries, list):
        faults.add(name, "it is a single table.", f"Write [[{name}]], once for each.")
        return
    for number, entry in enumerate(entries, 1):
        before = len(faults.found)
        found = _table(entry, keys, f"{name} {number}", faults)
        if len(faults.found) == before:
            yield found


def _open(raw: object, name: str, faults: Faults) -> Values:
    if not isinstance(raw, dict):
        faults.add(name, "it is no table.", f"Write [{name}] on a line of its own, and its keys below.")
        return {}
    checks = {"call_minutes": _minutes, "also_may": _texts, "figures": _figures}
    return {key: value for key, value in raw.items() if checks[name](value, f"{name}.{key}", faults)}


def _minutes(value: object, path: str, faults: Faults) -> bool:
    return _of_form(value, Key(Form.NUMBER, "", least=1, most=600), path, faults)


def _texts(value: object, path: str, faults: Faults) -> bool:
    return _of_form(value, Key(Form.TEXTS, "", least=1), path, faults)


def _of_form(value: object, key: Key, path: str, faults: Faults) -> bool:
    if (wrong := wrong_form(value, key)) is not None:
        faults.add(path, *wrong)
    return wrong is None


def _figures(value: object, path: str, faults: Faults) -> bool:
    """One figure, or several of one name from different days. Its unit is looked at where figures are known."""
    entries: list[Any] = value if isinstance(value, list) else [value]
    if not all(isinstance(entry, dict) for entry in entries):
        faults.add(path, "it is no figure.", 'Write { days = 56, source = "..." } or a list of such.')
        return False
    for entry in entries:
        _table({name: entry[name] for name in FIGURE if name in entry}, FIGURE, path, faults)
    return True


def wrong_form(value: object, key: Key) -> tuple[str, str] | None:
    """What is wrong with a value, and what to do; None: nothing."""
    if not _IS[key.form](value):
        return f"it is not {key.form.value}.", _DO[key.form]
    if isinstance(value, int) and not isinstance(value, bool) and not key.least <= value <= key.most:
        return "the number is out of range.", f"Write one from {key.least} to {key.most}."
    words: list[Any] = value if isinstance(value, list) else [value]
    if key.choices and (strange := [word for word in words if word not in key.choices]):
        return f"there is no such word: {', '.join(strange)}.", f"Choose from: {', '.join(key.choices)}."
    if value == [] and (key.least or key.form is Form.SOME_OF):
        return "it names nothing.", "Name one at least, or leave the key out."
    if isinstance(value, list) and len(set(value)) < len(value):
        return "a word stands there twice.", "Say each once."
    return None


def _text(value: object) -> bool:
    return isinstance(value, str) and len(value.strip()) > 0 and len(value) <= LONGEST and value.isprintable()


def _list(value: object) -> bool:
    return isinstance(value, list) and all(map(_text, value))


_IS: dict[Form, Callable[[object], bool]] = {
    Form.TEXT: _text,
    Form.TEXTS: _list,
    Form.YES_NO: lambda value: isinstance(value, bool),
    Form.NUMBER: lambda value: isinstance(value, int) and not isinstance(value, bool),
    Form.DATE: lambda value: isinstance(value, date) and not isinstance(value, datetime),
    Form.ONE_OF: _text,
    Form.SOME_OF: _list,
}
_DO = {
    Form.TEXT: 'Write it between quotation marks, on one line: "...". Leave the key out where there is nothing to say.',
    Form.TEXTS: 'Write ["...", "..."].',
    Form.YES_NO: "Write true or false.",
    Form.NUMBER: "Write its digits, without quotation marks.",
    Form.DATE: "Write 2027-01-01, without quotation marks.",
    Form.ONE_OF: 'Write one word between quotation marks: "...".',
    Form.SOME_OF: 'Write ["...", "..."].',
}
