"""A checkpoint: how many events there are in all, and one figure for all of them in their order, signed."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from casework.audit.keys import SigningKey, is_signed

_FIRST_LINE = "casework audit checkpoint 1"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`root` is the Merkle root (RFC 6962, SHA-256) over the digests of the first `size` events; `at` is UTC."""

    size: int
    root: bytes
    at: datetime
    key_id: str
    signature: bytes

    def is_genuine(self, public: Mapping[str, bytes]) -> bool:
        """Whether one of these keys signed it."""
        key = public.get(self.key_id)
        return key is not None and is_signed(key, self.signature, _signed_text(self.size, self.root, self.at))

    def as_line(self) -> dict[str, str | int]:
        return {
            "size": self.size,
            "root": self.root.hex(),
            "signed_at": self.at.astimezone(UTC).isoformat(),
            "key_id": self.key_id,
            "signature": base64.b64encode(self.signature).decode("ascii"),
        }

    @classmethod
    def from_line(cls, line: Mapping[str, object]) -> "Checkpoint | None":
        """None where the line is no checkpoint."""
        try:
            return cls(
                int(str(line["size"])),
                bytes.fromhex(str(line["root"])),
                datetime.fromisoformat(str(line["signed_at"])).astimezone(UTC),
                str(line["key_id"]),
                base64.b64decode(str(line["signature"]), validate=True),
            )
        except (KeyError, ValueError, OverflowError, binascii.Error):
            return None


def sign(key: SigningKey, size: int, root: bytes, at: datetime) -> Checkpoint:
    return Checkpoint(size, root, at, key.id, key.sign(_signed_text(size, root, at)))


def _signed_text(size: int, root: bytes, at: datetime) -> bytes:
    instant = at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{_FIRST_LINE}\n{size}\n{root.hex()}\n{instant}\n".encode()
