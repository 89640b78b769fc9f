"""One of the services warns of answers, so that what is told only has histories too."""

from collections.abc import Iterator

import pytest

from tests.services.documents import warning
from tests.time.second_opinion import WARNED


@pytest.fixture(autouse=True)
def one_service_warns() -> Iterator[None]:
    """Set up before the database, so that its cases are held to their rules while it still warns."""
    (service,) = WARNED
    with warning(service, *WARNED[service]):
        yield
