"""Texts that stand nowhere else, and an ear for everything that is said."""

import json
import logging
import traceback
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest

from casework import CaseworkError
from workflows import Field, Kind


class Canaries:
    """Texts that stand nowhere else, so that one of them in a log came from an answer."""

    def __init__(self) -> None:
        self._number = count(1)
        self.planted: list[str] = []

    def text(self) -> str:
        return self._kept(f"kq{next(self._number):05d}z")

    def day(self) -> date:
        day = date(2025, 7, 1) + timedelta(days=next(self._number) % 180)
        self._kept(day.isoformat())
        self._kept(f"{day:%d/%m/%Y}")
        return day

    def nhs_number(self) -> str:
        """Of the range that is never issued."""
        while True:
            nine = f"999{next(self._number):06d}"
            check = -sum((10 - place) * int(digit) for place, digit in enumerate(nine)) % 11
            if check < 10:
                return self._kept(f"{nine}{check}")

    def answer(self, field: Field) -> Any:
        """None for a question that only has answers to choose from, and for the day of a step."""
        if field.kind in (Kind.LINE, Kind.WORDS):
            return self.text()
        if field.kind is Kind.NHS_NUMBER:
            return self.nhs_number()
        return self.day() if field.name in ("infant_dob", "expected_due_date") else None

    def found_in(self, text: str) -> list[str]:
        return [canary for canary in self.planted if canary in text]

    def _kept(self, canary: str) -> str:
        self.planted.append(canary)
        return canary


class Ear:
    """Everything that a program or a person is told: lines of the log, of any library, and errors."""

    def __init__(self, log_lines: list[Any], caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        self._lines, self._caplog = log_lines, caplog
        self.errors: list[str] = []

    def hears(self, ask: Callable[[], object]) -> None:
        """Asks for something that cannot be done."""
        with pytest.raises(CaseworkError) as caught:
            ask()
        self.errors.append("".join(traceback.format_exception(caught.value)) + repr(vars(caught.value)))

    def heard(self) -> str:
        from_libraries = "\n".join(repr((record.getMessage(), record.args)) for record in self._caplog.records)
        lines = "\n".join(json.dumps(line, default=str) for line in self._lines)
        return "\n".join([lines, from_libraries, *self.errors])
