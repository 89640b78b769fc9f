import pytest

from casework import Casework
from tests.conftest import Actors, Clock
from tests.meetings.scene import Scene


@pytest.fixture
def scene(casework: Casework, clock: Clock, actors: Actors) -> Scene:
    return Scene(casework, clock, actors.everyone)
