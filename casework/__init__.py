"""casework: case management for parent-infant mental health teams.

from casework import Actor, Casework
from persistence import Database

clinic = Casework(Database("sqlite:///clinic.db"))
"""

from importlib.util import find_spec
from pathlib import Path

_HERE = Path(__file__).resolve().parent.parent

for _sibling in ("workflows", "persistence", "jobs"):
    _spec = find_spec(_sibling)
    _found = Path(next(iter(_spec.submodule_search_locations or [_spec.origin or ""]))).resolve() if _spec else None
    if _found != _HERE / _sibling:
        raise ImportError(
            f"casework needs its own package {_sibling!r} beside it, in {_HERE}; Python found {_found or 'none'}. "
            "Another package of that name stands in front: run casework as a process of its own, or rename the other."
        )

from casework.actor import Actor, with_every_role  # noqa: E402
from casework.case import Attempt, Case, CaseEvent  # noqa: E402
from casework.change import Receipt  # noqa: E402
from casework.errors import (  # noqa: E402
    AmbiguousReference,
    BadRequest,
    CaseworkError,
    KeyUsedOtherwise,
    NoSuchCase,
    ReferenceTaken,
    StaleCase,
    StepRefused,
    StorageError,
)
from casework.service import Casework, Option  # noqa: E402
from casework.store import Asked, FlagRow, NightReport, WorklistRow  # noqa: E402

__version__ = "0.1.0"

__all__ = [
    "Actor",
    "AmbiguousReference",
    "Asked",
    "Attempt",
    "BadRequest",
    "Case",
    "CaseEvent",
    "Casework",
    "CaseworkError",
    "FlagRow",
    "KeyUsedOtherwise",
    "NightReport",
    "NoSuchCase",
    "Option",
    "Receipt",
    "ReferenceTaken",
    "StaleCase",
    "StepRefused",
    "StorageError",
    "WorklistRow",
    "with_every_role",
]
