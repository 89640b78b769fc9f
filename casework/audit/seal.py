"""The seal of an event: a digest over it and over the one before it, and a MAC with a key that no database holds.

The chain is over digests: where the answers of an event must go (a lawful erasure), their digest stays in their place
and the chain is whole. Each has a salt, so that nobody finds erased answers by trying what they may have been.
"""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

SEALED = (
    "case_id", "seq", "id", "trigger", "from_state", "to_state", "actor", "role", "via", "effective_on",
    "effective_at", "recorded_at", "pathway", "imported", "request_id", "not_recorded",
)  # fmt: skip
"""What is sealed of an event as it stands, in this order; its answers (`data`) are sealed by their digest."""

BETWEEN, NOTHING = "\x1f", "\x1e"
"""Between two values, and in the place of one that is not there. No value that casework keeps has either in it."""

SEPARATORS = len(SEALED) - 1
SEPARATOR = BETWEEN.encode()

ERASED = b"{}"
"""What stands in the place of answers that are erased."""

SALT_BYTES = 16
_BLOCK_BYTES = 64


@dataclass(frozen=True, slots=True)
class Seal:
    """What is kept beside an event. `mac` and `key_id` are None where nobody gave a key."""

    salt: bytes
    digest: bytes
    mac: bytes | None
    key_id: str | None


class SealedRow(NamedTuple):
    """An event as the database keeps it. `salt` is None once its answers are erased: then `data_digest` is there.

    The values are what stands there, which need not be what belongs there.
    """

    header: bytes
    data: bytes
    salt: bytes | None
    data_digest: bytes | None
    digest: bytes | None
    mac: bytes | None
    key_id: str | None


@dataclass(frozen=True)
class MacKeys:
    """Secrets by their id. New events are sealed under `current`; the others prove older ones."""

    secrets: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    current: str | None = None

    def __bool__(self) -> bool:
        return bool(self.secrets)

    def proves(self) -> Callable[[bytes, bytes | None, bytes | None], bool]:
        """Whether a MAC is genuine, asked a million times: what HMAC does with a key is done once (RFC 2104).

        True where there are no keys.
        """
        ready = {name.encode(): _blocks(secret) for name, secret in self.secrets.items()}
        if not ready:
            return lambda digest, mac, key_id: True

        def proves(digest: bytes, mac: bytes | None, key_id: bytes | None) -> bool:
            if key_id not in ready or mac is None:
                return False
            inner, outer = ready[key_id]
            return hmac.compare_digest(sha256(outer + sha256(inner + digest).digest()).digest(), mac)

        return proves

    def mac(self, digest: bytes) -> tuple[bytes | None, str | None]:
        if self.current is None:
            return None, None
        return hmac.digest(self.secrets[self.current], digest, "sha256"), self.current


def _blocks(secret: bytes) -> tuple[bytes, bytes]:
    """What HMAC puts in front of the inner and of the outer hash."""
    block = (secret if len(secret) <= _BLOCK_BYTES else sha256(secret).digest()).ljust(_BLOCK_BYTES, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


NO_KEYS = MacKeys()


def origin(service: str, reference: str) -> bytes:
    """What the chain of a case begins with, so that nobody can give a case another name."""
    return origin_of(service.encode(), reference.encode())


def origin_of(service: bytes, reference: bytes) -> bytes:
    return sha256(SEPARATOR.join((b"casework case", service, reference))).digest()


def digest_of(before: bytes, data_digest: bytes, header: bytes) -> bytes:
    return sha256(before + data_digest + header).digest()


def data_digest_of(salt: bytes, data: bytes) -> bytes:
    return sha256(salt + data).digest()


def seal(keys: MacKeys, before: bytes, header: str, data: str) -> Seal:
    """Raises `ValueError` where a value has the sign in it that stands between values."""
    if header.count(BETWEEN) != SEPARATORS:
        raise ValueError("A value of the event cannot be sealed.")
    salt = secrets.token_bytes(SALT_BYTES)
    digest = digest_of(before, data_digest_of(salt, data.encode()), header.encode())
    return Seal(salt, digest, *keys.mac(digest))


def broken(row: SealedRow, before: bytes, keys: MacKeys) -> str | None:
    """What is wrong with a kept event, as a code; None where it is genuine.

    Without any key only the chain is looked at: then a database administrator could have rewritten it as a whole.
    """
    if row.digest is None:
        return "not_sealed"
    try:
        if not _is_whole(row, before):
            return "event_altered"
        return _unproved(row, keys) if keys else None
    except (TypeError, AttributeError):  # SQLite takes a value of any kind, and a date of PostgreSQL may be no day
        return "event_altered"


def _is_whole(row: SealedRow, before: bytes) -> bool:
    if row.header.count(SEPARATOR) != SEPARATORS:
        return False
    if (kept := row.data_digest) is None:
        kept = data_digest_of(row.salt or b"", row.data)
    elif row.salt is not None or row.data != ERASED:
        return False
    return digest_of(before, kept, row.header) == row.digest


def _unproved(row: SealedRow, keys: MacKeys) -> str | None:
    if row.mac is None or row.key_id is None:
        return "not_keyed"
    secret = keys.secrets.get(row.key_id)
    if secret is None:
        return "unknown_key"
    genuine = hmac.digest(secret, row.digest or b"", "sha256")
    return None if hmac.compare_digest(genuine, row.mac) else "event_forged"
