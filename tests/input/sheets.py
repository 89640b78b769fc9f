"""Caseload sheets that are wrong: in their bytes, in their shape, in their cells."""

import csv
import io
from collections.abc import Callable

from casework.intake.columns import COLUMNS
from tests.input.malformed import Malformed

RIGHT = {
    "referral_id": "R-1",
    "service": "leeds-imhs",
    "infant_name": "Baby Invented",
    "infant_dob": "2026-01-05",
    "carer_name": "Carer Invented",
    "received_on": "2026-03-02",
    "indication": "direct",
}


def cells(made: Malformed) -> dict[str, str]:
    row = {**RIGHT, "referral_id": f"R-{made.dice.randrange(10**6)}"}
    for column in made.dice.sample(COLUMNS, k=made.dice.choice([1, 1, 2, 5])):
        row[column] = made.text()
    return row


def separated(made: Malformed) -> str:
    columns = made.dice.sample(COLUMNS, k=len(COLUMNS))
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, restval="", delimiter=made.dice.choice(",;\t"))
    writer.writeheader()
    writer.writerows(cells(made) for _ in range(made.dice.choice([1, 2, 4])))
    return written.getvalue()


def torn(made: Malformed) -> bytes:
    whole = in_utf8(made)
    at = made.dice.randrange(len(whole))
    return made.dice.choice([whole[:at], whole[at:], whole[:at] + b'"' + whole[at:], whole[:at] + b"\0" + whole[at:]])


def in_utf8(made: Malformed) -> bytes:
    return separated(made).encode("utf-8", "surrogatepass")


BYTES: tuple[Callable[[Malformed], bytes], ...] = (
    in_utf8,
    in_utf8,
    torn,
    lambda made: b"\xef\xbb\xbf" + in_utf8(made),
    lambda made: separated(made).encode("utf-16", "surrogatepass"),
    lambda made: separated(made).encode("utf-16-be", "surrogatepass"),
    lambda made: separated(made).encode("utf-32", "surrogatepass"),
    lambda made: separated(made).encode("cp1252", "replace"),
    lambda made: in_utf8(made).replace(b"e", b"\xe9\x81"),
    lambda made: made.dice.randbytes(2_000),
    lambda made: b"PK\x03\x04" + made.dice.randbytes(2_000),
    lambda made: made.text().encode("utf-8", "surrogatepass"),
    lambda made: b",".join([b"referral_id,service"] + [b"x"] * made.dice.choice([10, 100_000])),
    lambda _: b"[" * 100_000,
)


def sheet(made: Malformed) -> bytes:
    return made.dice.choice(BYTES)(made)
