"""Which letters a file is written in, decided once over all its bytes before a row is given out."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

# What no cell may hold: NUL (no database takes it) and the halves of letters that a decoder could not put together.
UNREADABLE = re.compile("[\0\ud800-\udfff]")
_UNDEFINED_IN_WINDOWS = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec that reads the whole file without raising; where `damaged`, what it cannot read matches `UNREADABLE`."""

    name: str
    damaged: bool = False

    @property
    def errors(self) -> str:
        return "surrogatepass" if self.name == "utf-16" else "surrogateescape"


def encoding_of(file: BinaryIO) -> Encoding | None:
    """The encoding of an open file, which is left at its end; None if this is no text that a spreadsheet writes.

    None: NUL bytes, bytes that Windows-1252 does not define, UTF-32, UTF-16 with no byte order mark or cut in a letter.
    """
    head = file.read(4)
    file.seek(0)
    if head in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
        return None
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _utf16(file)
    return _utf8_or_windows(file, marked=head.startswith(codecs.BOM_UTF8))


def _utf16(file: BinaryIO) -> Encoding | None:
    decoder = codecs.getincrementaldecoder("utf-16")("surrogatepass")
    damaged = False
    try:
        for chunk in _chunks(file):
            damaged = bool(UNREADABLE.search(decoder.decode(chunk))) or damaged
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return Encoding("utf-16", damaged)


def _utf8_or_windows(file: BinaryIO, *, marked: bool) -> Encoding | None:
    """UTF-8 where it is marked or valid, else Windows-1252.

    Letters of Windows-1252 next to never make valid UTF-8, so a file with more valid letters than broken ones is UTF-8
    with some damage. Reading it as Windows-1252 would misspell every name in it to save the few that are broken.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    letters = broken = 0
    undefined = False
    for chunk in _chunks(file):
        if b"\0" in chunk:
            return None
        text = decoder.decode(chunk)
        if chunk.isascii() and text.isascii():
            continue
        bad = UNREADABLE.subn("", text)[1]
        letters += len(text) - len(text.encode("ascii", "ignore")) - bad
        broken += bad
        undefined = undefined or len(chunk.translate(None, _UNDEFINED_IN_WINDOWS)) < len(chunk)
    broken += len(decoder.decode(b"", final=True))
    if marked or not broken or letters > broken:
        return Encoding("utf-8-sig" if marked else "utf-8", broken > 0)
    return None if undefined else Encoding("cp1252")


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
