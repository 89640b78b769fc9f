"""Clinics in which every night has something to do: to raise, to replace, and to clear."""

from datetime import UTC, date, datetime, time, timedelta

from casework import Casework
from persistence import Database
from tests.persistence.families import ESSEX, LEEDS, RISKS, form
from tests.persistence.populations import Step, Walked, keep, walked
from workflows.figures import Figure

ONE_DAY = timedelta(days=1)
CLINICIAN = {"clinician": "clin-01"}


def busy(first: date, nights: int, of_each: int) -> list[Walked]:
    """Of each kind so many families a night, from a first night on: they reach 8 and 12 weeks, miss a meeting of the
    group, lack answers, are due to be born, get their clinician at noon of the day they reach 8 weeks, and in Essex
    wait. On the day of 12 weeks something is noted, which changes nothing."""
    found = []
    for n in range(nights * of_each):
        day = first + n // of_each * ONE_DAY
        found += [
            walked(LEEDS, f"EIGHT-{n}", accepted(6 * n, day - 56 * ONE_DAY)),
            walked(LEEDS, f"TWELVE-{n}", [*accepted(6 * n + 1, day - 85 * ONE_DAY), ("acknowledge", day, {})]),
            walked(LEEDS, f"GAPS-{n}", [("receive_referral", day - ONE_DAY, {})]),
            walked(LEEDS, f"GROUP-{n}", before_the_group(6 * n + 2, day - 7 * ONE_DAY)),
            walked(LEEDS, f"BIRTH-{n}", _unborn(6 * n + 3, day - ONE_DAY)),
            walked(LEEDS, f"ALLOCATED-{n}", [*accepted(6 * n + 4, day - 56 * ONE_DAY), ("allocate", day, CLINICIAN)]),
            walked(ESSEX, f"ESSEX-{n}", _in_essex(6 * n + 5, day - 40 * ONE_DAY)),
        ]
    return found


def before_the_group(number: int, on: date, **otherwise: object) -> list[Step]:
    return [("receive_referral", on, form(number, **otherwise)), ("pass_checks", on, {})]


def accepted(number: int, on: date) -> list[Step]:
    return [*before_the_group(number, on), ("accept_direct", on, {"rmg_on": on, "reason": "Direct work is indicated."})]


def _unborn(number: int, due: date) -> list[Step]:
    return before_the_group(number, due - 60 * ONE_DAY, infant_dob=None, expected_due_date=due)


def _in_essex(number: int, on: date) -> list[Step]:
    indicated = {"rmg_on": on, "reason": "An assessment is indicated."}
    rated: list[Step] = [("triage_rate", on, RISKS), ("accept_assessment", on, indicated)]
    return [*before_the_group(number, on), ("acknowledge", on, {}), *rated]


def kept_after_a_first_night(database: Database, first: date, nights: int, of_each: int) -> None:
    """The clinic after the night before the first. For some nights Essex publishes a wait: the night clears again."""
    keep(database, busy(first, nights, of_each))
    clinic = Casework(database, lambda: datetime.combine(first - ONE_DAY, time(12), UTC))
    clinic.night()
    begins, ends = first + nights // 3 * ONE_DAY, first + 2 * nights // 3 * ONE_DAY
    for name, amount in (("wait_first", 40), ("wait_over", 44)):
        clinic.nights.enter(ESSEX, Figure(name, amount, "published for some days", begins), by="ada")
        clinic.nights.enter(ESSEX, Figure(name, None, "withdrawn", ends), by="ada")
