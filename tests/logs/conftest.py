"""A log in a file or a named pipe, given back to stderr after the test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs import logs
from tests.logs.places import Reader


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    logs.send_to(tmp_path / "casework.log")
    yield tmp_path / "casework.log"
    logs.send_to(None)


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Path]:
    """A named pipe that nobody reads yet."""
    os.mkfifo(tmp_path / "pipe")
    yield tmp_path / "pipe"
    logs.send_to(None)


@pytest.fixture
def reader(pipe: Path) -> Iterator[Reader]:
    """Holds the pipe open for reading, and reads when it is told to."""
    found = Reader(pipe)
    logs.send_to(pipe)
    yield found
    found.close()
