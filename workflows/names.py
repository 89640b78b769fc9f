"""When two names are one: however they were typed, with whatever blanks and capitals."""

import unicodedata
from functools import lru_cache


def one_name(written: object) -> str:
    return " ".join(unicodedata.normalize("NFC", str(written)).casefold().split())


@lru_cache(maxsize=4_096)
def words(written: object) -> str:
    """The words of a name, whatever their order, their accents and their signs."""
    text = str(written or "").casefold()
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(sorted("".join(c if c.isalnum() else " " for c in text).split()))
