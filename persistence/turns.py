"""Whose turn it is to write to a SQLite file.

SQLite's own wait lets whoever has waited long sleep long, up to a tenth of a second at a time, while those who have
just come take turn after turn: of eight busy writers one waited for seven seconds. Naps that stay short are fair.
"""

import sqlite3
import time
from typing import Any

NAP_SECONDS = 0.001


def begin_writing(cursor: Any) -> None:
    """BEGIN IMMEDIATE, waited for as long as the connection's own timeout says. Raises SQLITE_BUSY after that."""
    (timeout_ms,) = cursor.execute("PRAGMA busy_timeout").fetchone()
    until = time.monotonic() + timeout_ms / 1000
    cursor.execute("PRAGMA busy_timeout=0")
    try:
        while not _has_begun(cursor, until):
            time.sleep(NAP_SECONDS)
    finally:
        cursor.execute(f"PRAGMA busy_timeout={timeout_ms}")


def _has_begun(cursor: Any, until: float) -> bool:
    try:
        cursor.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as problem:
        if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
            raise
        return False
    return True
