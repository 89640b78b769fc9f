"""The clinic of a story, on each database."""

from typing import Any

import pytest

from casework import Casework
from persistence import Database
from tests.conftest import Actors, Clock
from tests.journeys.clinic import Clinic


@pytest.fixture
def clinic(casework: Casework, database: Database, clock: Clock, actors: Actors, log_lines: list[Any]) -> Clinic:
    return Clinic(casework, database, clock, actors, log_lines)
