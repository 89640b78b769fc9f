"""Case by case: each event upon the one before it, each proved by its MAC, each at its place in the order."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from operator import itemgetter

from casework.audit.evidence import ALL, Bounds, CaseHead, ChainRow, Evidence, is_number
from casework.audit.findings import Finding
from casework.audit.seal import NO_KEYS, SEPARATOR, SEPARATORS, MacKeys, SealedRow, broken, origin_of

NO_END = sys.maxsize
"""Beyond the last place of any order."""


@dataclass(slots=True)
class Part:
    """What was read of some cases: `waiting` events have no place in the order yet, `placed` have one in it."""

    events: int = 0
    cases: int = 0
    waiting: int = 0
    placed: int = 0
    findings: list[Finding] = field(default_factory=list)


def chains(evidence: Evidence, macs: MacKeys = NO_KEYS, bounds: Bounds = ALL, size: int = NO_END) -> Part:
    """The cases within the bounds. `size` is that of the order: a place beyond it was given later and counts for none,
    so that cases may be read at another moment than the order."""
    reader = _Reader(evidence, macs, size)
    reader.outbox(bounds)
    reader.cases(bounds)
    return reader.part


class _Reader:
    def __init__(self, evidence: Evidence, macs: MacKeys, size: int) -> None:
        self._evidence, self._macs, self._size = evidence, macs, size
        self._proves = macs.proves()
        self._owed = set[tuple[bytes, int]]()
        self.part = Part()

    def outbox(self, bounds: Bounds) -> None:
        for waits in self._evidence.owed(bounds):
            name = waits.case_id.encode(), waits.seq
            if not waits.there:
                self._found("event_missing", None, *name)
            elif waits.leaf is not None or name in self._owed:
                self._found("placed_already", None, *name, waits.leaf)
            else:
                self._owed.add(name)
        self.part.waiting = len(self._owed)

    def cases(self, bounds: Bounds) -> None:
        heads = self._evidence.case_heads(bounds)
        head = next(heads, None)
        for case_id, rows in groupby(self._evidence.chain(bounds), key=itemgetter(0)):
            while head is not None and head.case_id < case_id:
                head = self._without_events(head, heads)
            if head is None or head.case_id != case_id:
                self._case_of_nobody(case_id, rows)
            else:
                self._case(head, rows)
                head = next(heads, None)
        while head is not None:
            head = self._without_events(head, heads)

    def _without_events(self, head: CaseHead, heads: Iterator[CaseHead]) -> CaseHead | None:
        self._check_end(head, 0, b"")
        return next(heads, None)

    def _case_of_nobody(self, case_id: bytes, rows: Iterator[ChainRow]) -> None:
        self._found("case_unknown", None, case_id)
        places = [row[2] for row in rows]
        self.part.events += len(places)
        self.part.placed += sum(map(self._is_place, places))

    def _case(self, case: CaseHead, rows: Iterator[ChainRow]) -> None:
        """What a genuine event needs is asked in one go. Only where that fails is it asked what is wrong."""
        proves, size, last, number, placed = self._proves, self._size, 0, 0, 0
        before = origin_of(case.service, case.reference)
        for row in rows:
            _, seq, leaf, leaf_digest, header, data, salt, data_digest, digest, mac, key_id = row
            number += 1
            try:
                genuine = (
                    seq == last + 1
                    and data_digest is None
                    and salt is not None
                    and leaf is not None
                    and leaf < size
                    and digest == leaf_digest
                    and header.count(SEPARATOR) == SEPARATORS
                    and sha256(before + sha256(salt + data).digest() + header).digest() == digest
                    and proves(digest, mac, key_id)
                )
            except (TypeError, AttributeError):  # a value of another kind than its column's
                genuine = False
            if genuine:
                placed += 1
            else:
                placed += self._is_place(leaf)
                if not self._look_closer(case, row, last, before):
                    continue
            before, last = digest or b"", seq
        self.part.events += number
        self.part.placed += placed
        self._check_end(case, last, before)

    def _is_place(self, leaf: object) -> bool:
        return leaf is not None and not (is_number(leaf) and leaf >= self._size)

    def _look_closer(self, case: CaseHead, row: ChainRow, last: int, before: bytes) -> bool:
        """Whether the next event stands upon this one."""
        case_id, seq, leaf, leaf_digest = row[:4]
        if not is_number(seq) or seq <= last:
            self._found("out_of_turn", case, case_id, seq, leaf)
            return False
        if seq > last + 1:
            self._found("event_missing", case, case_id, last + 1, until=seq - 1)
        sealed = _sealed(row)
        wrong = broken(sealed, before, self._macs) if seq == last + 1 else None
        if wrong is not None:
            self._found(wrong, case, case_id, seq, leaf)
        elif sealed.data_digest is not None:
            self._found("answers_erased", case, case_id, seq, leaf)
        if leaf is None:
            if (case_id, seq) not in self._owed:
                self._found("not_in_order", case, case_id, seq)
        elif leaf_digest != sealed.digest:
            self._found("order_altered", case, case_id, seq, leaf)
        return True

    def _check_end(self, case: CaseHead, last: int, digest: bytes) -> None:
        """The row of a case says how many events it has, and which is the last."""
        self.part.cases += 1
        if case.head == digest and case.version == last:
            return
        if case.head != digest and is_number(case.version) and case.version > last:
            self._found("event_missing", case, case.case_id, last + 1, until=case.version)
        else:
            self._found("case_altered", case, case.case_id)

    def _found(
        self, code: str, case: CaseHead | None, case_id: bytes, *at: int | None, until: int | None = None
    ) -> None:
        """`at`: the number of the event, and its leaf, as far as there are such."""
        seq, leaf = (value if is_number(value) else None for value in (*at, None, None)[:2])
        reference = _text(case.reference) if case else None
        self.part.findings.append(Finding(code, _text(case_id), reference, seq, leaf, until=until))


def _sealed(row: ChainRow) -> SealedRow:
    header, data, salt, data_digest, digest, mac, key_id = row[4:]
    return SealedRow(header, data, salt, data_digest, digest, mac, None if key_id is None else _text(key_id))


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
