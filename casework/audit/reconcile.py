"""Holds a log against the rows, both ways: every row has its line, every line its row, every checkpoint its root.

A line is held to its row key by key: whoever alters one and keeps its digest has altered it all the same.

The log is elsewhere: whoever alters the database cannot reach it, and whoever alters the log cannot reach the database.
A line that is missing is told again only where its row is proved genuine: else a forged row would get a line.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from casework.audit.checkpoint import Checkpoint
from casework.audit.evidence import Entry, Evidence, Placed, Standing
from casework.audit.keys import NOTHING_GIVEN, AuditKeys
from casework.audit.lines import FINGERPRINT_BYTES, OF_EVENTS, Facts, facts_of, fingerprint, parsed, without_answers
from casework.audit.merkle import DIGEST_BYTES, digest_or_nothing, roots_at

OF_CHECKPOINTS = "audit.checkpoint"
_AT_ONCE = 4_096
_KEPT_BYTES = DIGEST_BYTES + FINGERPRINT_BYTES
FAR = 1_000_000
"""A leaf so far beyond the ones so far stands by itself: a forged line must not make us set memory aside."""

SENTENCES = {
    "row_without_line": "has no line in the log",
    "line_without_row": "has a line in the log, and no event in the database",
    "line_differs": "has another digest in the log than in the database",
    "line_altered": "says something else in the log than its event",
    "lines_differ": "has two lines in the log that contradict each other",
    "checkpoint_forged": "has a checkpoint in the log that none of the given keys signed",
    "checkpoint_differs": "has a signed checkpoint in the log that is not over the events of the database",
    "checkpoint_without_line": "has a signed checkpoint in the database, and none in the log",
    "checkpoint_without_row": "has a signed checkpoint in the log, and the database has fewer events",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the log and the rows differ. `leaf` is the place of the event; of a checkpoint, its last one."""

    code: str
    leaf: int
    case_id: str | None = None
    seq: int | None = None

    @property
    def sentence(self) -> str:
        named = f" (event {self.seq} of case {self.case_id})" if self.case_id else ""
        return f"Leaf {self.leaf}{named} {self.says}."

    @property
    def says(self) -> str:
        return SENTENCES[self.code]


@dataclass(frozen=True, slots=True)
class Line:
    """What is kept of a line: the digest in it, and a fingerprint of all that it says."""

    digest: bytes
    said: bytes


@dataclass(slots=True)
class LogRead:
    """What a log says. `lines` counts those of events, told again or not; `unreadable` those that are no JSON."""

    lines: int = 0
    again: int = 0
    others: int = 0
    unreadable: int = 0
    checkpoints: dict[int, Checkpoint] = field(default_factory=dict)
    contradicting: set[int] = field(default_factory=set)
    other_answers: set[int] = field(default_factory=set)
    """Leaves of which two lines name other answers, and agree in all else."""
    _far: dict[int, bytes] = field(default_factory=dict)
    _kept: bytearray = field(default_factory=bytearray)
    _there: bytearray = field(default_factory=bytearray)

    @property
    def size(self) -> int:
        return len(self._there)

    def take_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Of several over as many events the last one counts; two that differ contradict each other."""
        known = self.checkpoints.setdefault(checkpoint.size, checkpoint)
        if known != checkpoint:
            self.contradicting.add(checkpoint.size - 1)
            self.checkpoints[checkpoint.size] = checkpoint

    def line(self, leaf: int) -> Line | None:
        if leaf >= self.size or not self._there[leaf]:
            kept = self._far.get(leaf)
        else:
            kept = bytes(self._kept[leaf * _KEPT_BYTES : (leaf + 1) * _KEPT_BYTES])
        return Line(kept[:DIGEST_BYTES], kept[DIGEST_BYTES:]) if kept is not None else None

    def take(self, leaf: int, line: Line) -> None:
        self.lines += 1
        if (known := self.line(leaf)) is not None:
            self.again += 1
            self._hold(leaf, known, line)
        if leaf > 2 * self.lines + FAR:
            self._far[leaf] = line.digest + line.said
            return
        if leaf >= self.size:
            more = max(leaf + 1, 2 * self.size) - self.size
            self._there.extend(bytes(more))
            self._kept.extend(bytes(more * _KEPT_BYTES))
        self._there[leaf] = 1
        self._kept[leaf * _KEPT_BYTES : (leaf + 1) * _KEPT_BYTES] = line.digest + line.said

    def _hold(self, leaf: int, known: Line, line: Line) -> None:
        """A line that is told again after an erasure names no answers any more."""
        if known.digest != line.digest or without_answers(known.said) != without_answers(line.said):
            self.contradicting.add(leaf)
        elif known != line:
            self.other_answers.add(leaf)

    def leaves_between(self, first: int, end: int | None = None) -> Iterator[int]:
        """Those that have a line, without `end`; to the last one where it is None."""
        until = self.size if end is None else min(end, self.size)
        yield from (leaf for leaf in range(first, until) if self._there[leaf])
        yield from sorted(leaf for leaf in self._far if leaf >= first and (end is None or leaf < end))


@dataclass(slots=True)
class Reconciled:
    """`rows` and `lines` that were held against each other, and where they differ."""

    log: LogRead
    rows: int = 0
    untold: int = 0
    differences: list[Difference] = field(default_factory=list)
    unlogged: list[Checkpoint] = field(default_factory=list)
    """The checkpoints that have no line, although they were told; not those that none of the given keys signed."""

    @property
    def missing(self) -> list[int]:
        """The places of the events that have no line."""
        return [found.leaf for found in self.differences if found.code == "row_without_line"]


def read_log(lines: Iterable[bytes | str]) -> LogRead:
    """Any number of log files, one after another. Torn lines are counted: the line was told again, or is missing."""
    found = LogRead()
    for line in lines:
        if not line.strip():
            continue
        if (said := parsed(line)) is None:
            found.unreadable += 1
        else:
            _take(found, said)
    return found


def _take(found: LogRead, said: Facts) -> None:
    event, leaf = said.get("event"), said.get("leaf")
    if event == OF_CHECKPOINTS:
        checkpoint = Checkpoint.from_line(said)
        if checkpoint is None:
            found.unreadable += 1
        else:
            found.take_checkpoint(checkpoint)
    elif isinstance(event, str) and event in OF_EVENTS and isinstance(leaf, int) and leaf >= 0:
        digest = _digest(said.get("digest"))
        if digest is None:
            found.unreadable += 1
        else:
            found.take(leaf, Line(digest, fingerprint(said)))
    else:
        found.others += 1


def _digest(text: object) -> bytes | None:
    try:
        digest = bytes.fromhex(str(text))
    except ValueError:
        return None
    return digest if len(digest) == DIGEST_BYTES else None


def reconcile(
    evidence: Evidence, log: LogRead, keys: AuditKeys = NOTHING_GIVEN, before: Standing | None = None
) -> Reconciled:
    """Events whose lines are still owed (the relay has not told them yet) are counted, not missed.

    `before` is how the order stood before the log was read: what was told while it was read may not be in it.
    """
    outcome, standing = Reconciled(log), before or evidence.standing()
    told, signed = (standing.told, standing.told_checkpoint) if standing else (0, 0)
    tree, roots = roots_at(log.checkpoints, _compared(evidence, outcome, told))
    lost = evidence.leaves_without_event()
    outcome.differences += [Difference("line_without_row", leaf, case_id, seq) for leaf, case_id, seq in lost]
    outcome.differences += [Difference("lines_differ", leaf) for leaf in sorted(log.contradicting)]
    for size, checkpoint in sorted(log.checkpoints.items()):
        if (code := _wrong(checkpoint, roots, tree.size, keys)) is not None:
            outcome.differences.append(Difference(code, size - 1))
    for checkpoint in evidence.checkpoints():
        if checkpoint.size <= signed and checkpoint.size not in log.checkpoints:
            if not keys.public or checkpoint.is_genuine(keys.public):
                outcome.unlogged.append(checkpoint)
            outcome.differences.append(Difference("checkpoint_without_line", checkpoint.size - 1))
    return outcome


def _compared(evidence: Evidence, outcome: Reconciled, told: int) -> Iterator[Sequence[bytes]]:
    """The digests of the rows in their order, as far as no place is missing, each held against its line."""
    log, expected, run, whole = outcome.log, 0, list[bytes](), True
    for placed in evidence.entries():
        leaf = placed.entry.leaf
        if not isinstance(leaf, int):
            continue
        gone = log.leaves_between(expected, leaf) if leaf > expected else ()
        outcome.differences += [Difference("line_without_row", there) for there in gone]
        whole &= leaf == expected
        expected = leaf + 1
        outcome.rows += 1
        _compare(outcome, placed, owed=leaf >= told)
        if whole:
            run.append(digest_or_nothing(placed.digest))
        if len(run) == _AT_ONCE:
            yield run
            run = []
    yield run
    outcome.differences += [Difference("line_without_row", leaf) for leaf in log.leaves_between(expected)]


def _compare(outcome: Reconciled, placed: Placed, *, owed: bool) -> None:
    entry = placed.entry
    line = outcome.log.line(entry.leaf)
    if line is None and owed:
        outcome.untold += 1
    elif line is None:
        outcome.differences.append(Difference("row_without_line", entry.leaf))
    elif (code := _unlike(placed, line)) is not None:
        outcome.differences.append(Difference(code, entry.leaf, entry.case_id, entry.seq))
    if entry.leaf in outcome.log.other_answers and not entry.erased:
        outcome.differences.append(Difference("lines_differ", entry.leaf))


def _unlike(placed: Placed, line: Line) -> str | None:
    if line.digest != placed.digest:
        return "line_differs"
    if not placed.there:  # which is told of the leaf
        return None
    return None if _says(line, placed.entry) else "line_altered"


def _says(line: Line, entry: Entry) -> bool:
    if entry.event is None:
        return False
    kept = fingerprint(facts_of(entry, entry.event))
    return without_answers(kept) == without_answers(line.said) if entry.erased else kept == line.said


def _wrong(checkpoint: Checkpoint, roots: dict[int, bytes], size: int, keys: AuditKeys) -> str | None:
    if keys.public and not checkpoint.is_genuine(keys.public):
        return "checkpoint_forged"
    if checkpoint.size > size:
        return "checkpoint_without_row"
    return None if roots.get(checkpoint.size) == checkpoint.root else "checkpoint_differs"
