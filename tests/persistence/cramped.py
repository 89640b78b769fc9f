"""What a process does that may not write, or not much. Each function runs in a process of its own."""

import os
import pwd
import resource
import signal
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from casework import Casework, CaseworkError, Receipt
from persistence import Database
from tests.persistence.families import EVERYONE, refer
from tests.persistence.processes import NOW


def write_where_only_reading_is_allowed(file: Path, case: Receipt) -> dict[str, str]:
    """What reading and writing lead to, for somebody whom the rights of the file and its folder bind."""
    _import_the_rest(file)
    _as_nobody()
    clinic = Casework(Database(f"sqlite:///{file}"), lambda: NOW)
    return {
        "read": _told(lambda: clinic.case(case.case_id).state),
        "step": _told(lambda: clinic.fire(case.case_id, "acknowledge", EVERYONE, seen=1)),
        "night": _told(lambda: clinic.night(date(2026, 11, 20))),
    }


def _import_the_rest(file: Path) -> None:
    """What is imported only when it is used must be here before root gives up its own folders."""
    elsewhere = Database(f"sqlite:///{file}.elsewhere")
    _told(elsewhere.upgrade)
    elsewhere.close()


def _as_nobody() -> None:
    """Root may write everywhere, so root becomes somebody else. Everything needed has been imported by now."""
    if os.geteuid() == 0:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)


def write_until_the_file_may_not_grow(url: str) -> dict[str, Any]:
    clinic = Casework(Database(url), lambda: NOW)
    clinic.case_ids()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    log = Path(url.removeprefix("sqlite:///") + "-wal")
    limit = log.stat().st_size + 100_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    told = [_told(partial(refer, clinic, f"N-{n}", referrer_words="w" * 10_000)) for n in range(20)]
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    afterwards = _told(partial(refer, clinic, "N-last"))
    return {
        "kept": told.count("received"),
        "refused": [code for code in told if code != "received"],
        "afterwards": afterwards,
    }


def _told(ask: Callable[[], object]) -> str:
    try:
        answer = ask()
        return answer.state if isinstance(answer, Receipt) else str(answer)
    except CaseworkError as problem:
        return problem.code
