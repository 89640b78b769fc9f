"""The secrets of the audit: MAC keys that seal events, and an Ed25519 key that signs checkpoints.

A key file has a key a line; the last of each kind is the one in use, the ones before it prove what is older:

    mac    2026-11-22.1  <base64 of 32 random bytes>
    sign   2026-11-22.1  <base64 of an Ed25519 private key>
    public 2026-11-22.1  <base64 of an Ed25519 public key>

A program that changes cases needs `mac`; the one that signs needs `sign` too; a verifier needs `mac` and `public`.
"""

import base64
import binascii
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from casework.audit.seal import NO_KEYS, MacKeys
from casework.errors import BadRequest

KEY_BYTES = 32
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_KINDS = ("mac", "sign", "public")


@dataclass(frozen=True, slots=True)
class SigningKey:
    id: str
    private: Ed25519PrivateKey = field(repr=False)

    def sign(self, text: bytes) -> bytes:
        return self.private.sign(text)

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()


@dataclass(frozen=True, slots=True)
class AuditKeys:
    """All that a program was given. `public` has the public halves by id, also of the keys that sign."""

    macs: MacKeys = NO_KEYS
    signing: SigningKey | None = None
    public: Mapping[str, bytes] = field(default_factory=dict)


NOTHING_GIVEN = AuditKeys()


def read_keys(text: str) -> AuditKeys:
    """Raises `BadRequest` (`bad_audit_keys`) with the number of the line, never with what stands in it."""
    macs: dict[str, bytes] = {}
    signing, public = None, dict[str, bytes]()
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        kind, name, secret = _read_line(number, words)
        if kind == "mac":
            half = macs.setdefault(name, secret)
        elif kind == "sign":
            signing = SigningKey(name, Ed25519PrivateKey.from_private_bytes(secret))
            secret, half = signing.public, public.setdefault(name, signing.public)
        else:
            half = public.setdefault(name, secret)
        if half != secret:  # two keys of one name: nobody could tell which of them proves what
            raise _bad(number)
    return AuditKeys(MacKeys(macs, next(reversed(macs), None)), signing, public)


def _read_line(number: int, words: list[str]) -> tuple[str, str, bytes]:
    if len(words) != 3 or words[0] not in _KINDS or not _ID.fullmatch(words[1]):
        raise _bad(number)
    try:
        secret = base64.b64decode(words[2], validate=True)
    except binascii.Error:
        raise _bad(number) from None
    if len(secret) != KEY_BYTES:
        raise _bad(number)
    return words[0], words[1], secret


def _bad(number: int) -> BadRequest:
    return BadRequest(
        "bad_audit_keys",
        f"Line {number} of the audit keys is no key. A line has a kind (mac, sign or public), an id, and 32 bytes in "
        "base64. `casework audit keys new` makes a file.",
        "audit_keys",
    )


def new_keys(today: date, taken: Iterable[str] = ()) -> str:
    """The lines of a new MAC key and a new signing key, under an id that is not taken."""
    ids = (f"{today.isoformat()}.{number}" for number in range(1, 1_000_000))
    used = set(taken)
    name = next(i for i in ids if i not in used)
    return "".join(f"{kind} {name} {_text(secrets.token_bytes(KEY_BYTES))}\n" for kind in ("mac", "sign"))


def public_line(name: str, public: bytes) -> str:
    """The line that a verifier pins."""
    return f"public {name} {_text(public)}"


def is_signed(public: bytes, signature: bytes, text: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")
