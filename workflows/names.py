"""When two names are one: however they were typed, with whatever blanks and capitals."""

import unicodedata


def one_name(written: object) -> str:
    return " ".join(unicodedata.normalize("NFC", str(written)).casefold().split())
