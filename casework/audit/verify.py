"""Reads everything again and names what does not fit: the chain of each case, the order of all, the signatures.

It trusts nothing that the database says of itself. What it trusts comes from elsewhere: the keys, and what it saw the
last time (`Seen`), which the database's administrator cannot reach.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from casework.audit.chains import Part, chains
from casework.audit.checkpoint import Checkpoint
from casework.audit.evidence import Evidence, Standing, is_number
from casework.audit.findings import LAWFUL, Finding
from casework.audit.keys import NOTHING_GIVEN, AuditKeys
from casework.audit.merkle import Frontier, digest_or_nothing, roots_at

_AT_ONCE = 4_096


@dataclass(frozen=True, slots=True)
class Seen:
    """What a verifier keeps for the next time. `root` is over the first `size` events."""

    size: int
    root: bytes


@dataclass(slots=True)
class Verdict:
    """`events`, `cases`, `checkpoints` count what was read; `waiting` the events that have no place yet."""

    events: int = 0
    cases: int = 0
    checkpoints: int = 0
    waiting: int = 0
    seen: Seen | None = None
    newest: Checkpoint | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return all(found.code in LAWFUL for found in self.findings)


def verify(
    evidence: Evidence, keys: AuditKeys = NOTHING_GIVEN, seen: Seen | None = None, parts: Iterable[Part] | None = None
) -> Verdict:
    """Everything, from end to end. Without keys nothing is said about forgery by who can write to the database.

    `parts` are all cases, where others read them: they are asked for when the order is read. Each must have been read
    after `evidence` began, with the size that its standing has.
    """
    checkpoints = evidence.checkpoints()
    order = _read_order(evidence, {c.size for c in checkpoints} | ({seen.size} if seen else set()))
    read = [chains(evidence, keys.macs)] if parts is None else list(parts)
    newest = checkpoints[-1] if checkpoints else None
    return Verdict(
        events=sum(part.events for part in read),
        cases=sum(part.cases for part in read),
        checkpoints=len(checkpoints),
        waiting=sum(part.waiting for part in read),
        seen=Seen(newest.size, newest.root) if newest else seen,
        newest=newest,
        findings=[
            *_by_case(read),
            *order.findings,
            *_counted(evidence, order, sum(part.placed for part in read)),
            *_unsigned(checkpoints, order, keys),
            *_since(seen, order, checkpoints),
        ],
    )


@dataclass(slots=True)
class _Order:
    """The tree over all places, its roots at the sizes that were asked for, and places that are missing."""

    tree: Frontier = field(default_factory=Frontier)
    roots: Mapping[int, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def _by_case(parts: Sequence[Part]) -> list[Finding]:
    """In one order, into however many parts the cases were divided."""
    return sorted((found for part in parts for found in part.findings), key=lambda found: found.case_id or "")


def _read_order(evidence: Evidence, sizes: Iterable[int]) -> _Order:
    order = _Order()
    order.tree, order.roots = roots_at(sizes, _places(evidence, order.findings))
    return order


def _counted(evidence: Evidence, order: _Order, placed: int) -> Iterator[Finding]:
    """Whether every place has its event, and what the database says of them is so."""
    size, lost = order.tree.size, False
    if size != placed:
        places = evidence.leaves_without_event()
        found = [Finding("event_missing", case_id, seq=seq, leaf=leaf) for leaf, case_id, seq in places]
        yield from found
        lost = not found and not order.findings  # somebody took them away while they were read
    standing = evidence.standing()
    if lost or standing is None or not _agrees(standing, order.tree):
        yield Finding("state_differs", size=size)


def _unsigned(checkpoints: Sequence[Checkpoint], order: _Order, keys: AuditKeys) -> Iterator[Finding]:
    for checkpoint in checkpoints:
        if keys.public and not checkpoint.is_genuine(keys.public):
            yield Finding("checkpoint_forged", size=checkpoint.size)
        elif order.roots.get(checkpoint.size) != checkpoint.root:
            yield Finding("checkpoint_differs", size=checkpoint.size)


def _since(seen: Seen | None, order: _Order, checkpoints: Sequence[Checkpoint]) -> Iterator[Finding]:
    if seen is None:
        return
    if order.tree.size < seen.size:
        yield Finding("rolled_back", size=seen.size)
    elif order.roots.get(seen.size) != seen.root:
        yield Finding("rewritten", size=seen.size)
    if seen.size not in {checkpoint.size for checkpoint in checkpoints}:
        yield Finding("checkpoint_missing", size=seen.size)


def _places(evidence: Evidence, findings: list[Finding]) -> Iterator[list[bytes]]:
    """The digests in their order, as far as no place is missing; each place that is missing is found."""
    leaves, expected, whole = evidence.leaves(), 0, True
    while some := list(islice(leaves, _AT_ONCE)):
        places = [leaf for leaf, _ in some]
        in_order = list(range(expected, expected + len(some)))
        if places != in_order:
            findings += _missing(places, expected)
        if whole:
            good = next((n for n, leaf in enumerate(places) if leaf != in_order[n]), len(some))
            yield [digest_or_nothing(digest) for _, digest in some[:good]]
            whole = good == len(some)
        expected = places[-1] + 1 if is_number(places[-1]) else expected


def _missing(places: Sequence[int], expected: int) -> Iterator[Finding]:
    for leaf in places:
        if not is_number(leaf) or leaf < expected:
            yield Finding("place_altered", leaf=leaf if is_number(leaf) else None)
            continue
        if leaf > expected:
            yield Finding("place_missing", leaf=expected, until=leaf - 1)
        expected = leaf + 1


def _agrees(standing: Standing, tree: Frontier) -> bool:
    told = (standing.told, standing.told_checkpoint)
    return (standing.size, standing.edge) == (tree.size, tree.as_bytes()) and all(
        is_number(number) and 0 <= number <= tree.size for number in told
    )
