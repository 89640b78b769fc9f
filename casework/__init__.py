"""casework: case management for parent-infant mental health teams.

from casework import Actor, Casework
from persistence import Database

clinic = Casework(Database("sqlite:///clinic.db"))
"""

from casework import beside
from casework.actor import Actor, with_every_role
from casework.case import Attempt, Case, CaseEvent
from casework.change import LATEST, Receipt
from casework.errors import (
    AmbiguousReference,
    BadRequest,
    CaseworkError,
    KeyUsedOtherwise,
    NightHeld,
    NightLost,
    NightStopped,
    NoSuchCase,
    ReferenceTaken,
    StaleCase,
    StepRefused,
    StorageError,
)
from casework.ledger import NightReport, NightRun
from casework.nights import Nights
from casework.service import Casework, Option
from casework.store import Asked, FlagRow, WorklistRow

__version__ = "0.1.0"

HOME = beside.HOME
"""The folder in which the four packages were found beside each other."""

__all__ = [
    "LATEST",
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
    "NightHeld",
    "NightLost",
    "NightReport",
    "NightRun",
    "NightStopped",
    "Nights",
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
