"""The auditor's side of the command line: what a verifier keeps for itself, logs in several files, files of keys."""

import gzip
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casework.audit.keys import new_keys, public_line, read_keys
from casework.audit.merkle import DIGEST_BYTES
from casework.audit.verify import Seen
from casework.errors import BadRequest

OURS = 0o600


@dataclass(frozen=True, slots=True)
class State:
    """The file in which a verifier remembers what it saw last. It belongs where the database's people cannot write."""

    place: Path

    def read(self) -> Seen | None:
        """None where nothing was verified yet. Raises `BadRequest` for a file that is something else."""
        try:
            return _seen(json.loads(self.place.read_text("utf-8")))
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise _not_usable(self.place, problem) from None
        except (ValueError, TypeError, KeyError, RecursionError):
            raise BadRequest("bad_state", f"{self.place} is no state of a verifier.", "state") from None

    def write(self, seen: Seen) -> None:
        replace(self.place, json.dumps({"size": seen.size, "root": seen.root.hex()}) + "\n")


def _seen(kept: dict[str, object]) -> Seen:
    """Raises `ValueError` for what no verifier wrote."""
    size, root = kept["size"], bytes.fromhex(str(kept["root"]))
    if not isinstance(size, int) or size < 0 or len(root) != DIGEST_BYTES:
        raise ValueError("no size, or no root")
    return Seen(size, root)


def _not_usable(place: Path, problem: OSError) -> BadRequest:
    return BadRequest("file_not_usable", f"{place} cannot be used ({problem.strerror}).", "file")


def replace(place: Path, text: str) -> None:
    """All of it or nothing, readable by its owner alone. Raises `BadRequest`."""
    place = place.resolve()
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        _write(beside, text)
        _as_before(place, beside)
        beside.replace(place)
        _keep_name(place)
    except OSError as problem:
        with suppress(OSError):
            beside.unlink()
        raise _not_usable(place, problem) from None


def _as_before(place: Path, draft: Path) -> None:
    """Whose the file was it stays, with the rights that it had: a service must be able to read its keys tomorrow."""
    with suppress(FileNotFoundError):
        old = place.stat()
        os.chown(draft, old.st_uid, old.st_gid)
        draft.chmod(old.st_mode & 0o777)


def _write(place: Path, text: str) -> None:
    file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OURS)
    with os.fdopen(file, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    _keep_name(place)


def _keep_name(place: Path) -> None:
    """The name is on disk too: a key that sealed events must not be gone after a power cut."""
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def make_keys(place: Path, today: date) -> str:
    """A new file of keys, and the line that a verifier pins. A file that is there is left alone: `BadRequest`."""
    text = new_keys(today)
    try:
        _write(place, text)
    except FileExistsError:
        raise BadRequest("file_exists", f"{place} is there already. `casework audit keys rotate` adds to it.") from None
    except OSError as problem:
        raise _not_usable(place, problem) from None
    return public_lines(text)[-1]


def rotate_keys(place: Path, today: date) -> str:
    """New keys after those that are there, which go on proving what they sealed."""
    text = _text_of(place)
    known = read_keys(text)
    added = new_keys(today, [*known.macs.secrets, *known.public])
    replace(place, f"{text.rstrip()}\n{added}")
    return public_lines(added)[-1]


def public_keys(place: Path) -> list[str]:
    return public_lines(_text_of(place))


def public_lines(text: str) -> list[str]:
    return [public_line(name, key) for name, key in read_keys(text).public.items()]


def _text_of(place: Path) -> str:
    try:
        return place.read_text("ascii")
    except OSError as problem:
        raise _not_usable(place, problem) from None
    except UnicodeDecodeError:
        raise BadRequest("bad_audit_keys", f"{place} is no file of audit keys.", "audit_keys") from None


def lines_of(places: Sequence[Path]) -> Iterator[bytes]:
    """The lines of several log files, one file after another; `.gz` is unpacked, `-` is stdin."""
    for place in places:
        try:
            yield from _lines_of(place)
        except (OSError, EOFError) as problem:
            why = getattr(problem, "strerror", None) or "it is cut off or no gzip file"
            raise BadRequest("file_not_usable", f"{place} cannot be read ({why}).", "log") from None


def _lines_of(place: Path) -> Iterator[bytes]:
    if str(place) == "-":
        yield from sys.stdin.buffer
    elif place.suffix == ".gz":
        with gzip.open(place, "rb") as packed:
            yield from packed
    else:
        with place.open("rb") as lines:
            yield from lines
