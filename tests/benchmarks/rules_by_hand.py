"""The rules of the flags as SQL, written by hand: one SELECT a rule, to be joined by UNION ALL.

What services have entered stands in a CASE over the services, so that each rule reads its stretch of an index once,
however many figures there are. The days are worked out beforehand, as one would type them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from casework.spans import latest_start, reached_on
from tests.benchmarks.services import SERVICES, figure_of
from workflows.charts.states import AT_WORK, BEFORE_ALLOCATION, ON_THE_WAY
from workflows.figures import Figure

ONE_DAY = timedelta(days=1)
FEW = 10
"""So many services are found sooner through their open cases than by a stretch of everybody's."""

FOUND = "night_quarantine q"
RUNNING = "k.clock = '{clock}' AND k.stopped_on IS NULL"
CLOCKS = (
    ("allocated_not_started", "wait_to_start", "wait_first", "c.state = 'allocated' AND c.held_since IS NULL"),
    ("form_not_received", "form_due", "form_reminder", ""),
    ("not_listed_for_forum", "triage", "forum", ""),
    ("outcome_not_told", "outcome_told", "outcome", ""),
    ("consultation_due", "consultation", "consultation", ""),
    ("summary_due", "summary", "summary", ""),
    ("formulation_due", "formulation_due", "formulation", ""),
)
CLOCKS_OR_AGREED = (
    ("info_not_received", "information_due", "information_reminder"),
    ("watch_review_due", "watch", "watch"),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """The cases of a kind: rows of `source` joined with `cases c`. `key` is the id of the case in them."""

    kind: str
    source: str
    where: str
    distinct: str = ""

    @property
    def key(self) -> str:
        return f"{self.source.split()[1]}.case_id"

    def due(self) -> str:
        what = f"SELECT {self.distinct}{self.key} AS case_id, c.service, '{self.kind}' AS kind"
        return f"{what} FROM {self._cases()} WHERE {self.where}"

    def holds(self) -> str:
        """Of a row of `flags`."""
        found = f"SELECT 1 FROM {self._cases()} WHERE {self.key} = flags.case_id AND {self.where}"
        return f"flags.kind = '{self.kind}' AND EXISTS ({found})"

    def _cases(self) -> str:
        is_open = "" if self.source == FOUND else " AND c.is_open"
        return f"{self.source} JOIN cases c ON c.id = {self.key}{is_open}"


def rules(on: date, run: str, *, sqlite: bool) -> Iterator[Rule]:
    """Every rule that finds somebody in the benchmark's population."""
    yield from _waits(on)
    for kind, clock, figure, also in CLOCKS:
        yield _clock(kind, clock, within("k.counts_from", _last_starts(figure, on)), also)
    today, before = _last_starts("acknowledge", on), _last_starts("acknowledge", on - ONE_DAY)
    only_today = f"{within('k.counts_from', today)} AND {within('k.counts_from', before, '>')}"
    yield _clock("ack_due", "acknowledge", only_today)
    yield _clock("ack_late", "acknowledge", within("k.counts_from", before))
    for kind, clock, figure in CLOCKS_OR_AGREED:
        reached = within("k.counts_from", _last_starts(figure, on))
        yield _clock(kind, clock, f"({reached} OR k.agreed_on <= '{on}')")
    yield _clock("hold_review_due", "hold_review", f"k.agreed_on <= '{on}'")
    yield Rule("missing_information", "case_gaps g", f"g.since <= '{on}'", "DISTINCT ")
    yield from _days(on, sqlite=sqlite)
    of_lists = "q.code IN ('on_no_worklist', 'off_its_worklist')"
    for kind, fits in (("not_on_one_worklist", of_lists), ("could_not_be_evaluated", f"NOT {of_lists}")):
        yield Rule(kind, FOUND, f"q.run_id = '{run}' AND {fits}")


def _waits(on: date) -> Iterator[Rule]:
    first, over = _last_starts("wait_first", on), _last_starts("wait_over", on)
    free = "c.held_since IS NULL"
    between = f"{within('k.counts_from', first)} AND {within('k.counts_from', over, '>')}"
    yield _clock("wait_8_weeks", "wait_to_allocation", between, free)
    yield _clock("wait_over_12_weeks", "wait_to_allocation", within("k.counts_from", over), free)


def _clock(kind: str, clock: str, reached: str, also: str = "") -> Rule:
    where = f"{RUNNING.format(clock=clock)} AND {reached}"
    return Rule(kind, "case_clocks k", f"{where} AND {also}" if also else where)


def _days(on: date, *, sqlite: bool) -> Iterator[Rule]:
    for kind, day in (("ages_out_before_start", "too_old"), ("birth_before_start", "due")):
        yield _before_start(kind, day, on, sqlite=sqlite)
    ahead = _each("ageing_out", lambda figure: reached_on(figure, on + ONE_DAY) - ONE_DAY)
    yield _day("ages_out_soon", "too_old", ahead, _in((*ON_THE_WAY, *AT_WORK)))
    yield _day("birth_unrecorded", "due", _last_starts("birth_unrecorded", on))
    yield _day("rating_stale", "rated", _last_starts("rating_stale", on), _in(BEFORE_ALLOCATION))
    held = f"{_in(AT_WORK)} AND c.held_since IS NULL"
    yield _day("silent_case", "contact", _last_starts("silence", on), held)


def _day(kind: str, name: str, days: Mapping[str, date], also: str = "") -> Rule:
    where = f"d.name = '{name}' AND {within('d.day', days)}"
    return Rule(kind, "case_days d", f"{where} AND {also}" if also else where)


def _before_start(kind: str, name: str, on: date, *, sqlite: bool) -> Rule:
    """The day comes before the wait is over that began with the acceptance; or begins today, where it has not."""
    from_now = _each("wait_over", lambda figure: reached_on(figure, on) - ONE_DAY)
    back = {service: (day - on).days for service, day in from_now.items()}
    amount = {days: f"'-{days} days'" if sqlite else str(days) for days in back.values()}
    chosen = _case({service: amount[days] for service, days in back.items()})
    accepted = f"date(d.day, {chosen})" if sqlite else f"d.day - {chosen}"
    too_early = (
        "NOT EXISTS (SELECT 1 FROM case_clocks a WHERE a.case_id = d.case_id AND a.clock = 'wait_to_start'"
        f" AND a.stopped_on IS NULL AND a.counts_from < {accepted})"
    )
    return _day(kind, name, from_now, f"{_in(ON_THE_WAY)} AND (d.day <= '{on}' OR {too_early})")


def _last_starts(figure: str, on: date) -> dict[str, date]:
    return _each(figure, lambda amount: latest_start(amount, on))


def _each(figure: str, last: Callable[[Figure], date]) -> dict[str, date]:
    """The last day of each service that has the figure."""
    amounts = {service: figure_of(service, figure) for service in SERVICES}
    days = {amount: last(Figure(figure, amount, "")) for amount in set(amounts.values()) if amount is not None}
    return {service: days[amount] for service, amount in amounts.items() if amount is not None}


def within(column: str, days: Mapping[str, date], sign: str = "<=") -> str:
    """A column against the day of its service: first the widest day, for the index."""
    widest = (max if sign == "<=" else min)(days.values())
    own = _services_of(days) if len(set(days.values())) == 1 else f"{column} {sign} {_case(_quoted(days))}"
    return f"{column} {sign} '{widest}' AND {own}"


def _services_of(days: Mapping[str, date]) -> str:
    if len(days) == len(SERVICES):
        return "TRUE"
    if len(days) <= FEW:
        return f"c.service IN {listed(days)}"
    return f"c.service NOT IN {listed(service for service in SERVICES if service not in days)}"


def _quoted(days: Mapping[str, date]) -> dict[str, str]:
    return {service: f"'{day}'" for service, day in days.items()}


def _case(values: Mapping[str, str]) -> str:
    """The value of a service, that of most of them last."""
    groups: dict[str, list[str]] = {}
    for service in SERVICES:
        groups.setdefault(values.get(service, "NULL"), []).append(service)
    usual = max(groups, key=lambda value: len(groups[value]))
    whens = (f"WHEN c.service IN {listed(some)} THEN {value}" for value, some in groups.items() if value != usual)
    return usual if len(groups) == 1 else f"CASE {' '.join(whens)} ELSE {usual} END"


def listed(names: Iterable[str]) -> str:
    return "(" + ", ".join(f"'{name}'" for name in names) + ")"


def _in(states: Iterable[str]) -> str:
    return f"c.state IN {listed(states)}"
