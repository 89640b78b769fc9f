"""The promises of casework, each with the number that is demanded; tests say what they measured.

    def test_...(promise):
        ...
        promise("P7", "0 lost of 400, 8 processes", control="without the version 327 were lost")

`make test-long` prints them as a table and fails where a promise has no figure. The suite prints nothing: it runs the
same tests with smaller numbers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

Say = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised, and the number to demand of it."""

    says: str
    demand: str


PROMISES = {
    "P1": Promise("An acknowledged step on SQLite survives any crash of the process", "1,000 kills: 0 lost, 0 doubled, 0 corrupt"),
    "P2": Promise("... and a power cut", "5,000 cuts: 0 lost, 0 corrupt"),
    "P3": Promise("... on PostgreSQL the loss of the primary", "25 failovers: 0 lost, 0 doubled, under 10 s"),
    "P4": Promise("A hung primary does not hang callers", "answered within deadline + connect time, success <= 10 s, 0 lost"),
    "P5": Promise("A commit whose replication wait was cancelled is never acknowledged", "100 of each kind: 0 acknowledged and lost"),
    "P6": Promise("One idempotency key, one effect, one answer", "10,000 keys sent 2 to 5 times: effects = keys"),
    "P7": Promise("No lost update, no illegal history", "400 changes and 1,000 races on each engine: 0 lost, one winner"),
    "P8": Promise("The state equals the fold of the events", "10,000 in memory, 3,000 an engine with faults: 0 differences"),
    "P9": Promise("No change without its event, no event without its change", "after every test: 0 mismatches; one write path"),
    "P10": Promise("Each change's line reaches the log; the log never hurts", "200 kills: 0 without a line; p99 <= 1.2 x"),
    "P11": Promise("Who alters the database is shown", "12 attacks, 1,000 places each; 0 of 1,000 false; 200,000 rows/s"),
    "P12": Promise("Each date is swept exactly once for every case", "200 kills an engine: 0 missed, 0 doubled, 0 stale"),
    "P13": Promise("A missed night is caught up and seen", "20 years of nights: once each; red after 26 h"),
    "P16": Promise("Bad input is refused, never a crash", "100,000 an engine: 0 tracebacks, 0 echoes, < 1 s, < 50 MiB"),
    "P18": Promise("Several SQLite writers get no 'locked'", "8 processes x 1,000: 0 errors, p99 < 250 ms"),
    "P19": Promise("A full disk loses nothing and heals", "0 acknowledged lost, reads go on, writes again"),
    "P20": Promise("A migration is applied whole or not at all", "each killed 120 times an engine: 0 half"),
    "P21": Promise("A backup under load is whole; restoring an old one is noticed", "40 backups: 0 missing; restore noticed"),
    "P24": Promise("No clinical content in logs or errors", "a canary in each field: 0 found"),
    "P25": Promise("It refuses to start unsafe", "each rule that exists: refused, named, exit 78"),
    "P26": Promise("Waiting time is right", "100,000 histories against a second implementation: 0 differences"),
    "P28": Promise("Nothing silently leaves the waiting list", "two counts each night and after each test: 0 difference"),
    "L1": Promise("Whatever happens to a family, the record says it", "10,000 random lives: 0 differences from a plain model"),
}  # fmt: skip
"""Those that concern storage, audit, jobs and input. The others (other services' data, overload, leavers, break-glass,
messages after a loss) come with what they are about."""

_SAID, _KEPT = "promise", "casework/promises"
FIRST, MORE, LAST = "first", "more", "last"


@pytest.fixture
def promise(record_property: Callable[[str, object], None]) -> Say:
    """Says what was measured of a promise, once the test has held it to its demand."""

    def say(number: str, measured: str, *, control: str) -> None:
        if number not in PROMISES:
            raise KeyError(number)
        record_property(_SAID, [number, measured, control])

    return say


class Table:
    """What the tests of a run said, as the table at the end of `make test-long`.

    That is several runs, each of which leaves what it heard to the next: tests that measure time come last and alone.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._cache, self._last = config.cache, config.getoption("promises") == LAST
        self._said: list[list[str]] = []
        """Number, what was measured, the control, and the file that said so."""
        self._failed: set[str] = set()
        if config.getoption("promises") != FIRST and self._cache is not None:
            earlier = self._cache.get(_KEPT, {"said": [], "failed": []})
            self._said, self._failed = list(earlier["said"]), set(earlier["failed"])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        file = report.nodeid.partition("::")[0]
        if report.failed:
            self._failed.add(file)
        if report.when == "teardown":
            said = [value for name, value in report.user_properties if name == _SAID and isinstance(value, list)]
            self._said += [[*value, file] for value in said]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self._last:
            if self.unmet and exitstatus == 0:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
        elif self._cache is not None:
            self._cache.set(_KEPT, {"said": self._said, "failed": sorted(self._failed)})

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._last:
            terminalreporter.section("promises")
            for line in self.lines():
                terminalreporter.write_line(line)

    @property
    def unmet(self) -> list[str]:
        """A failure in a file takes back what the file said."""
        files: dict[str, set[str]] = {number: set() for number in PROMISES}
        for number, _, _, file in self._said:
            files[number].add(file)
        return [number for number, said_by in files.items() if not said_by or said_by & self._failed]

    def lines(self) -> Iterator[str]:
        for number, promised in PROMISES.items():
            met = "NOT MET" if number in self.unmet else "met"
            yield f"{number:4} {met:8} {promised.says}. Demand: {promised.demand}"
            for said, measured, control, _ in self._said:
                if said == number:
                    yield f"                  measured: {measured}; control: {control}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--promises", choices=(FIRST, MORE, LAST), help="which run of `make test-long` this is")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "quiet: measures time, so `make test-long` runs it alone on the machine")
    if config.getoption("promises") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Table(config), "casework-promises")
