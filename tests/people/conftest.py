"""A clinic with nobody in it yet, on each database."""

import pytest

from casework import Casework
from tests.conftest import Actors, Clock
from tests.people.scene import Scene


@pytest.fixture
def scene(casework: Casework, clock: Clock, actors: Actors) -> Scene:
    return Scene(casework, clock, actors.everyone)
