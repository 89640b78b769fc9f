"""The morning digest as files: one page and one JSON document for each service of a night."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from casework import Actor, Casework, NightReport
from casework.errors import BadRequest


def after_night(casework: Casework, report: NightReport, folder: Path) -> list[Path]:
    """Write the digests of the services of a night. Raises `BadRequest` where the extra is not installed."""
    return [path for service in report.services for path in write_one(casework, service, report.as_of, folder)]


def write_one(
    casework: Casework,
    service: str,
    as_of: date | None,
    folder: Path,
    *,
    named_for: Actor | None = None,
    why: str | None = None,
) -> Iterator[Path]:
    """`named_for`: the person for whom it is written with names, who thereby reads each record that it names."""
    try:
        from casework.reports.page import write
    except ImportError:
        raise BadRequest("digest_not_installed", "The digest draws pictures: pip install 'casework[digest]'.") from None
    from casework.reports.morning import morning, read_morning

    try:
        told = (
            read_morning(casework, service, named_for, as_of, why) if named_for else morning(casework, service, as_of)
        )
        yield from write(told, folder)
    except OSError as problem:
        raise BadRequest("digest_not_writable", f"The digest cannot be written there ({problem.strerror}).") from None
