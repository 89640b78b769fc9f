"""The morning digest as files: one page and one JSON document for each service of a night."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from casework import Casework, NightReport
from casework.errors import BadRequest


def after_night(casework: Casework, report: NightReport, folder: Path, *, names: bool = False) -> list[Path]:
    """Write the digests of the services of a night. Raises `BadRequest` where the extra is not installed."""
    return [path for service in report.services for path in write_one(casework, service, report.as_of, folder, names)]


def write_one(casework: Casework, service: str, as_of: date | None, folder: Path, names: bool) -> Iterator[Path]:
    try:
        from casework.reports.page import write
    except ImportError:
        raise BadRequest("digest_not_installed", "The digest draws pictures: pip install 'casework[digest]'.") from None
    from casework.reports.morning import morning

    try:
        yield from write(morning(casework, service, as_of, names=names), folder)
    except OSError as problem:
        raise BadRequest("digest_not_writable", f"The digest cannot be written there ({problem.strerror}).") from None
