"""One figure for an ordered list that only grows: the Merkle tree of RFC 6962, kept as its right edge alone.

The root over the first n leaves commits to each of them and to their order. Whoever has seen the root of an earlier
length can tell from the leaves whether the list still begins in the same way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

DIGEST_BYTES = 32
EMPTY = sha256(b"").digest()


@dataclass(slots=True)
class Frontier:
    """The roots of the full subtrees from left to right: as many as the length has ones in binary."""

    size: int = 0
    edge: list[bytes] = field(default_factory=list)

    def add(self, digest: bytes) -> None:
        self._add_subtree(sha256(b"\x00" + digest).digest(), 0)

    def extend(self, digests: Sequence[bytes]) -> None:
        """As `add` for each in turn, in half the time: a whole subtree at once wherever one begins."""
        start, end = 0, len(digests)
        while start < end:
            height = (end - start).bit_length() - 1
            if self.size:
                height = min(height, (self.size & -self.size).bit_length() - 1)
            self._add_subtree(_subtree(digests[start : start + (1 << height)]), height)
            start += 1 << height

    def _add_subtree(self, node: bytes, height: int) -> None:
        size = self.size >> height
        while size & 1:
            node = sha256(b"\x01" + self.edge.pop() + node).digest()
            size >>= 1
        self.edge.append(node)
        self.size += 1 << height

    def root(self) -> bytes:
        if not self.edge:
            return EMPTY
        node = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            node = sha256(b"\x01" + left + node).digest()
        return node

    def as_bytes(self) -> bytes:
        return b"".join(self.edge)

    @classmethod
    def from_bytes(cls, size: int, edge: bytes) -> "Frontier":
        """Raises `ValueError` where the bytes are no edge of a tree of that size."""
        if len(edge) != size.bit_count() * DIGEST_BYTES:
            raise ValueError("The edge does not belong to a list of this length.")
        return cls(size, [edge[at : at + DIGEST_BYTES] for at in range(0, len(edge), DIGEST_BYTES)])


def _subtree(digests: Sequence[bytes]) -> bytes:
    """The root over a power of two of them."""
    level = [sha256(b"\x00" + digest).digest() for digest in digests]
    while len(level) > 1:
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=True)]
    return level[0]


def digest_or_nothing(kept: object) -> bytes:
    """What is taken for the digest at a place where a database has none, or something else."""
    return kept if isinstance(kept, bytes) else b""


def roots_at(sizes: Iterable[int], runs: Iterable[Sequence[bytes]]) -> tuple[Frontier, dict[int, bytes]]:
    """The tree over all runs of digests, one after another, and its roots on the way at these sizes."""
    frontier, roots = Frontier(), dict[int, bytes]()
    stops = sorted({size for size in sizes if size >= 0}, reverse=True)
    for run in runs:
        start = 0
        while stops and stops[-1] <= frontier.size + len(run) - start:
            stop = stops.pop()
            end = start + stop - frontier.size
            frontier.extend(run[start:end])
            roots[stop], start = frontier.root(), end
        frontier.extend(run[start:])
    return frontier, roots
