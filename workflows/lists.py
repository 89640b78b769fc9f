"""What a row of a pathway does with the lists of a case, beside adding an entry and settling one."""

from typing import NamedTuple


class Becomes(NamedTuple):
    """Of the entries of one `name` and with `only`, the latest is the answer of that name; `dates` keeps its day."""

    name: str
    value: str
    only: tuple[str, str]
    dates: str


class Lapses(NamedTuple):
    """Entries of a list that hold no longer: those that say one of `values` under `name`; none listed: anything.

    The events keep them.
    """

    entries: str
    name: str
    values: tuple[str, ...] = ()

    def holds_of(self, said: object) -> bool:
        return said is not None and (not self.values or said in self.values)
