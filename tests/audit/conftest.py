"""Each test begins without what others left: a log in a folder that is gone, connections that they cut."""

import gc
import warnings

import pytest

from jobs import logs


@pytest.fixture(autouse=True, scope="module")
def a_place_of_our_own() -> None:
    logs.send_to(None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
