"""Lists of words that people choose from: the code that is kept, what is read, and the passage it comes from.

The documents call their own lists open ("this list is not exhaustive"), so each ends in an entry for one's own words.
A service adds terms of its own beside them; no list has a score.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar


class Coded(Protocol):
    @property
    def code(self) -> str: ...


class Worded(Coded, Protocol):
    @property
    def words(self) -> str: ...


T = TypeVar("T", bound=Coded)


@dataclass(frozen=True, slots=True)
class Term:
    """One entry. `own_words`: it says nothing without words beside it. `restricted`: shown only to those who may."""

    code: str
    words: str
    source: str
    own_words: bool = False
    restricted: bool = False


def by_code(terms: Iterable[T]) -> dict[str, T]:
    """The terms by code, in their order. ValueError: two have one code."""
    listed: dict[str, T] = {}
    for term in terms:
        if term.code in listed:
            raise ValueError(f"the code {term.code} stands twice in one list")
        listed[term.code] = term
    return listed


def codes(terms: Mapping[str, T]) -> tuple[str, ...]:
    """As the choices of a question."""
    return tuple(terms)


def lacking_words(terms: Mapping[str, Term], chosen: Iterable[str], words: str) -> tuple[str, ...]:
    """The chosen codes that say nothing without words, where no words were given."""
    return () if words.strip() else tuple(code for code in chosen if code in terms and terms[code].own_words)
