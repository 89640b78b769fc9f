"""The morning digest as one HTML page that needs nothing beside it, and as JSON; both put where the operator says."""

import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from casework.calendar import LONDON
from casework.reports import pictures
from casework.reports.digest import (
    Digest,
    DigestFlag,
    WaitingRow,
    beyond,
    by_owner,
    counted,
    document,
    figure_words,
    longest_first,
    longest_wait,
    median_wait,
    urgent_first,
)
from workflows.dates import british

READABLE_BY_GROUP = 0o640


def page(digest: Digest) -> str:
    """The same digest gives the same page, byte for byte."""
    return _TEMPLATE.render(
        digest=digest,
        stages={"rmg_review": digest.review_label},
        picture_of_waits=pictures.waits(digest),
        picture_of_year=pictures.year(digest),
        owners=by_owner(digest),
        longest=longest_wait(digest),
        median=median_wait(digest),
        beyond=beyond(digest),
        figures=figure_words(digest.figures) if digest.figures else None,
        waiting=longest_first(digest.waiting),
        by_week=_by_week(digest.waiting),
    )


def write(digest: Digest, folder: Path) -> tuple[Path, Path]:
    """The page and the JSON, each whole or not there: a reader never opens half of one.

    A digest of the same service and day is replaced. The folder is made where there is none.
    """
    name = f"digest-{_safe(digest.service)}-{digest.as_of.isoformat()}"
    html = page(digest)
    data = json.dumps(document(digest), ensure_ascii=False, indent=2) + "\n"
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    return _put(folder / f"{name}.html", html), _put(folder / f"{name}.json", data)


def _put(target: Path, text: str) -> Path:
    handle, beside = tempfile.mkstemp(prefix=".digest-", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(handle)
        Path(beside).chmod(READABLE_BY_GROUP)
        return Path(beside).replace(target)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _safe(service: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", service.lower()).strip("-") or "service"


def _by_week(waiting: Iterable[WaitingRow]) -> list[tuple[int, int, int]]:
    """Whole weeks waited, how many, and how many of them on hold. A week that nobody stands in is left out."""
    everyone: Counter[int] = Counter()
    held: Counter[int] = Counter()
    for row in waiting:
        everyone[row.days // 7] += 1
        held[row.days // 7] += row.held
    return [(week, everyone[week], held[week]) for week in sorted(everyone)]


def _spoken(code: str) -> str:
    """A code as words: clinical_lead is Clinical lead."""
    return code[:1].upper() + code[1:].replace("_", " ")


def _severities(flags: Iterable[DigestFlag]) -> str:
    """2 red, 5 amber."""
    counts = Counter(flag.severity for flag in urgent_first(flags))
    return ", ".join(f"{count:,} {severity}" for severity, count in counts.items())


def _hour(instant: datetime) -> str:
    here = instant.astimezone(LONDON)
    return f"{british(here.date())} at {here:%H:%M}"


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "british": british,
        "counted": counted,
        "hour": _hour,
        "number": "{:,}".format,
        "severities": _severities,
        "spoken": _spoken,
        "urgent_first": urgent_first,
    }
    return made


_TEMPLATE = _environment().get_template("digest.html.jinja")
