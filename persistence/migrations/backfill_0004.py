"""How revision 0004 finds what tells a baby in the referrals that are there: belongs to it, is as frozen as it, and
knows no code but its own.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from itertools import combinations
from typing import Any

import sqlalchemy as sa

BATCH = 1_000

cases = sa.table("cases", sa.column("id", sa.Uuid()), sa.column("service"), sa.column("state"))
case_records = sa.table("case_records", sa.column("case_id", sa.Uuid()), sa.column("answers", sa.Text()))
case_traits = sa.table(
    "case_traits", sa.column("case_id", sa.Uuid()), sa.column("name"), sa.column("digest", sa.BigInteger())
)


def keep_traits(connection: sa.Connection) -> None:
    last = None
    while True:
        query = sa.select(cases.c.id, cases.c.service, case_records.c.answers)
        query = query.join(case_records, case_records.c.case_id == cases.c.id).where(cases.c.state != "void")
        query = query.where(cases.c.id > last) if last is not None else query
        some = connection.execute(query.order_by(cases.c.id).limit(BATCH)).all()
        if not some:
            return
        rows = [
            {"case_id": case_id, "name": name, "digest": digest}
            for case_id, service, answers in some
            for name, digest in dict(_traits(service, json.loads(answers))).items()
        ]
        if rows:
            connection.execute(sa.insert(case_traits), rows)
        last = some[-1][0]


def _traits(service: str, answers: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    if number := answers.get("infant_nhs_number"):
        yield "nhs", _digest(service, "nhs", str(number))
    known = {
        "name": _words(answers.get("infant_name")),
        "postcode": "".join(str(answers.get("postcode") or "").split()).casefold(),
        "carer": _words(answers.get("carer_name")),
    }
    days = [(of, answers.get(name)) for of, name in (("born", "infant_dob"), ("due", "expected_due_date"))]
    for of, day in [pair for pair in days if pair[1]] or [("born", "")]:
        told = {of: day, **known}
        for names in combinations([name for name in (of, "name", "postcode", "carer") if told.get(name)], 3):
            parts = [f"{'day' if name == of else name}={told[name]}" for name in names]
            yield "+".join(names), _digest(service, "three", *parts)


def _words(written: object) -> str:
    text = str(written or "").casefold()
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(sorted("".join(c if c.isalnum() else " " for c in text).split()))


def _digest(service: str, kind: str, *parts: str) -> int:
    text = "\x1f".join((kind, *parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8, key=service.encode()[:64]).digest(), signed=True)
