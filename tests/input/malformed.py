"""Values that have no place in a request, of every class that a form, a message or a slip can make. Seeded."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any
from uuid import UUID

MARK, NUMBER = "Quillfeather", "7313131313"
"""Planted in what is made here, so that one of them in an answer or in the log came from there."""

STAFF = "Nightingale"
"""Stands in their place where a right value is told and kept by name: people of the clinic, keys, references."""

TEN_MEGABYTES = 10_000_000
DEEP = 10_000
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"


class Raising:
    """Answers to nothing: whatever is asked of it raises."""

    def _no(self, *_: object, **__: object) -> Any:
        raise RuntimeError(MARK)

    __str__ = __repr__ = __bool__ = __len__ = __iter__ = __eq__ = __lt__ = __getitem__ = __format__ = _no
    __contains__ = __int__ = __index__ = __float__ = __call__ = __fspath__ = _no
    strip = casefold = items = keys = get = encode = isoformat = _no


class Nasty(Raising):
    __hash__ = Raising._no


class NastyText(Nasty, str):
    __slots__ = ()


class NastyNumber(Nasty, int):
    __slots__ = ()


class NastyDict(Raising, dict[str, Any]):
    pass


class NastyList(Raising, list[Any]):
    pass


class NastyDay(Nasty, date):
    pass


class NastyId(Nasty, UUID):
    pass


Liar = type("Liar", (), {"__class__": property(lambda _: str)})
"""Says that it is a text."""


class Array:
    """As numpy's do, it compares element by element, and the outcome is neither true nor false."""

    dtype = "object"

    def __len__(self) -> int:
        return 3

    def __array__(self) -> "Array":
        return self

    def __eq__(self, _other: object) -> Any:
        return Array()

    def __bool__(self) -> bool:
        raise ValueError(f"{MARK}: the truth value of an array is ambiguous")

    __hash__ = None  # type: ignore[assignment]


class Shade(Enum):
    GREY = MARK


def without_end() -> Iterator[str]:
    while True:
        yield MARK


def nested(kind: type) -> Any:
    value: Any = MARK
    for _ in range(DEEP):
        value = [value] if kind is list else {MARK: value} if kind is dict else (value,)
    return value


def around() -> list[Any]:
    itself: list[Any] = [MARK]
    itself.append(itself)
    return itself


@lru_cache(maxsize=32)
def huge(letters: str) -> str:
    return (letters * (TEN_MEGABYTES // len(letters) + 1))[:TEN_MEGABYTES]


TEXTS: dict[str, Callable[[str], str]] = {
    "lone surrogate": lambda m: f"{m}\ud800",
    "half of a pair": lambda m: f"\udfff{m}",
    "bytes that were no UTF-8": lambda m: f"{m}\udcff\udc80",
    "NUL": lambda m: f"{m}\x00",
    "NUL alone": lambda _: "\x00",
    "bell and escape": lambda m: f"{m}\x07\x1b[31m",
    "line breaks": lambda m: f"{m}\r\n{m}",
    "C1 control": lambda m: f"{m}\x85\x9f",
    "line separator": lambda m: f"{m}\u2028{m}\u2029",
    "decomposed": lambda m: f"{m} Zoe\u0308 A\u030angstro\u0308m",
    "mixed normal forms": lambda m: f"{m} Zoë Zoe\u0308",
    "many marks": lambda m: m + "e" + "\u0301" * 500,
    "right to left": lambda m: f"{m} \u05e9\u05b8\u05dc\u05d5\u05b9\u05dd \u0645\u062d\u0645\u062f",
    "overridden direction": lambda m: f"\u202e{m}\u2066",
    "zero width": lambda m: f"{ZERO_WIDTH}{m}{ZERO_WIDTH}",
    "byte order mark": lambda m: f"\ufeff{m}",
    "no character": lambda m: f"{m}\uffff\U0010ffff",
    "digits of another script": lambda _: "٩٩٩٠٠٠٠٠١٨",
    "blanks": lambda _: " \t\N{NO-BREAK SPACE}\u3000",
    "nothing": lambda _: "",
    "format": lambda m: "{0.__class__}{" + m + "}%s%n%(x)s",
    "SQL": lambda m: f"{m}' OR 1=1; DROP TABLE cases; --",
    "markup": lambda m: f"<script>{m}</script>&amp;",
    "path": lambda m: f"../../{m}/etc/passwd",
    "JSON": lambda m: f'{{"{m}": NaN}}',
    "a number": lambda m: f"1e{NUMBER if m == MARK else 99}",
    "a long number": lambda m: (NUMBER if m == MARK else "99") * 500,
    "an id cut short": lambda m: f"0190-{m}",
    "year 0": lambda _: "0000-01-01",
    "year 1": lambda _: "0001-01-01",
    "year 9999": lambda _: "9999-12-31",
    "no leap year": lambda _: "2025-02-29",
    "day 99": lambda _: "99/99/2026",
    "date and time": lambda _: "2026-03-01T25:61:00+99:00",
    "100,000 characters": lambda m: (m + " é") * 7_500,
    "10 MB": huge,
    "10 MB of marks": lambda _: huge("\u0301"),
    "10 MB of blanks and digits": lambda _: huge("9 "),
    "10 MB of surrogates": lambda m: huge(f"{m}\ud800"),
    "10 MB of NUL": lambda _: huge("\x00"),
}

THINGS: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "True": lambda: True,
    "minus one": lambda: -1,
    "an NHS number": lambda: int(NUMBER),
    "31 bits": lambda: 2**31,
    "63 bits": lambda: 2**63,
    "400 digits": lambda: 10**400,
    "5,000 digits": lambda: 7 * 10**5_000,
    "NaN": lambda: float("nan"),
    "infinity": lambda: float("-inf"),
    "a fraction": lambda: 1.5,
    "a decimal that signals": lambda: Decimal("sNaN"),
    "a decimal": lambda: Decimal("1E+999999"),
    "complex": lambda: 1j,
    "bytes": MARK.encode,
    "10 MB of bytes": lambda: bytearray(TEN_MEGABYTES),
    "generator": without_end,
    "object": object,
    "class": lambda: str,
    "function": lambda: without_end,
    "module": lambda: random,
    "error": lambda: ValueError(MARK),
    "ellipsis": lambda: ...,
    "set": lambda: {MARK},
    "dict": lambda: {MARK: MARK},
    "dict without text": lambda: {1: MARK, None: MARK, (MARK,): 2},
    "list": lambda: [MARK, 1, None, [MARK]],
    "a long list": lambda: [MARK] * 1_000_000,
    "a large dict": lambda: dict.fromkeys(map(str, range(100_000)), MARK),
    "deep list": lambda: nested(list),
    "deep dict": lambda: nested(dict),
    "deep tuple": lambda: nested(tuple),
    "list in itself": around,
    "instant": lambda: datetime(2026, 3, 1, tzinfo=UTC),
    "naive instant": lambda: datetime(2026, 3, 1),  # noqa: DTZ001
    "year 1": lambda: date.min,
    "year 9999": lambda: date.max,
    "leap day": lambda: date(2024, 2, 29),
    "1899": lambda: date(1899, 12, 31),
    "time": lambda: time(1, 30),
    "span": lambda: timedelta(days=10**8),
    "id": lambda: UUID(int=2**128 - 1),
    "unfinished id": lambda: UUID.__new__(UUID),
    "enum": lambda: Shade.GREY,
    "nasty": Nasty,
    "nasty text": lambda: NastyText(MARK),
    "nasty number": lambda: NastyNumber(7),
    "nasty dict": lambda: NastyDict({MARK: MARK}),
    "nasty list": lambda: NastyList([MARK]),
    "nasty day": lambda: NastyDay(2026, 3, 1),
    "nasty id": lambda: NastyId(int=5),
    "liar": Liar,
    "array": Array,
}

HEAVY = frozenset(
    {name for name in (*TEXTS, *THINGS) if name.startswith("10 MB")} | {"a long list", "a large dict", "5,000 digits"}
)
HEAVY_SHARE = 0.01


def heavy_texts() -> None:
    """Makes them once, so that what they take is not taken for what was kept of them."""
    for name in HEAVY & TEXTS.keys():
        TEXTS[name](MARK), TEXTS[name](STAFF)


class Malformed:
    """Makes one value after the other. The same seed makes the same."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self._light = [name for name in TEXTS if name not in HEAVY], [name for name in THINGS if name not in HEAVY]
        self._heavy = [name for name in TEXTS if name in HEAVY], [name for name in THINGS if name in HEAVY]
        self.made: dict[str, int] = {}

    def value(self, mark: str = MARK) -> Any:
        return self.text(mark) if self.dice.random() < 0.5 else self.thing()

    def text(self, mark: str = MARK) -> str:
        return TEXTS[self._named(0)](mark)

    def thing(self) -> Any:
        return THINGS[self._named(1)]()

    def _named(self, which: int) -> str:
        from_these = self._heavy if self.dice.random() < HEAVY_SHARE else self._light
        name = self.dice.choice(from_these[which])
        self.made[name] = self.made.get(name, 0) + 1
        return name
