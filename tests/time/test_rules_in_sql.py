"""The same histories in a real database: the night's SQL, the screen's Python and the second opinion say the same."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from casework import Asked, Casework, NightReport, StepRefused
from casework.flagging import due
from persistence import Database
from tests.conftest import Clock
from tests.people.scene import Scene
from tests.persistence.populations import keep
from tests.time.lives import EVERYONE, SERVICES, Dice, Life, a_life, answers, as_entries, row_of
from tests.time.second_opinion import KINDS, Entry, Morning
from workflows import Figure
from workflows.flags import FLAGS
from workflows.registry import CURRENT

ONE_DAY = timedelta(days=1)
NIGHT = date(2026, 3, 28)
"""The Saturday before the clocks go forward and before Easter; ten days later Easter Monday lies behind."""
FAMILIES, DAYS_ON = 450, 10
Flagged = dict[UUID, frozenset[str]]

ENTERED = {
    "acknowledge": (3, 5), "form_reminder": (14, 10), "information_reminder": (10, 14), "forum": (7, 14),
    "outcome": (5, 7), "wait_first": (56, 42), "wait_over": (85, 71), "watch": (3, 2), "consultation": (21, 28),
    "summary": (10, 14), "formulation": (14, 21), "ageing_out": (56, 90), "birth_unrecorded": (14, 7),
    "rating_stale": (56, 42), "silence": (28, 21), "safeguarding_review": (5, 3), "gp_recheck": (14, 10),
    "record_location": (14, 10), "call_back": (1, 3),
}  # fmt: skip


class Clinic:
    """Random families in a database, each beside its plain steps, and the figures that their services entered."""

    def __init__(self, casework: Casework, database: Database, clock: Clock, seed: str) -> None:
        self.casework, self.clock, self.dice = casework, clock, Dice(seed)
        self.entered: dict[str, tuple[Entry, ...]] = {}
        clock.set(NIGHT - ONE_DAY * 1_000)
        for service in SERVICES:
            self._enter(service)
        lives = [self._family(number) for number in range(FAMILIES)]
        self.lives = {life.case.id: life for life in lives if life.steps}
        keep(database, [(life.case, life.events) for life in self.lives.values()])
        self.seen: Counter[str] = Counter()

    def _family(self, number: int) -> Life:
        """One that is open tells more than one that has ended, and a working one more than one that was just sent."""
        before = self.dice.choice((3, 8, 14, 20, 60, 90, 120, 300, 600))
        first = NIGHT - ONE_DAY * (before + self.dice.randint(0, 9))
        drawn = [a_life(self.dice, number, first, NIGHT - ONE_DAY) for _ in range(self.dice.randint(1, 4))]
        return max(drawn, key=lambda life: (life.case.open, len(life.steps)))

    def _enter(self, service: str) -> None:
        """A service enters what it wants to be told of, long ago; some of it changes, or ends, in these ten days."""
        figures = list(CURRENT[service].rules.figures)
        for name, amounts in ENTERED.items():
            first = Figure(name, amounts[0], "a letter", self.clock.today)
            changed = Figure(name, amounts[1], "a later letter", NIGHT + ONE_DAY * self.dice.randint(1, DAYS_ON))
            kept = [first, changed] if service == SERVICES[1] or self.dice.often(0.5) else [first]
            for figure in kept:
                self.casework.nights.enter(service, figure, by="the manager")
            figures += kept
        off = Figure("formulation", None, "a letter", NIGHT + ONE_DAY * 7)
        self.casework.nights.enter(service, off, by="the manager")
        self.entered[service] = as_entries([*figures, off])

    def flagged(self, on: date) -> Flagged:
        found: dict[UUID, set[str]] = {case_id: set() for case_id in self.lives}
        for flag in self.casework.flags(Asked(on)):
            assert flag.kind not in found[flag.case_id], "a flag is open twice"
            found[flag.case_id].add(flag.kind)
        return {case_id: frozenset(kinds) for case_id, kinds in found.items()}

    def due(self, on: date) -> Flagged:
        figure = self.casework.nights.lookup()
        return {case_id: frozenset(due(self.casework.case(case_id), on, figure)) for case_id in self.lives}

    def opinion(self, on: date) -> Flagged:
        return {i: Morning(life.story(), on, self.entered[life.service]).flags() for i, life in self.lives.items()}

    def night(self, on: date, service: str | None = None) -> NightReport:
        """One night, foreseen by its dry run flag by flag."""
        self.clock.set(on, 2)
        before = self.flagged(on)
        foreseen = self.casework.nights.run(on, service=service, dry_run=True)
        report = self.casework.nights.run(on, service=service)
        after = self.flagged(on)
        assert report.clean
        for what in ("examined", "listed", "raised", "cleared", "replaced"):
            assert getattr(foreseen, what) == getattr(report, what), what
        changes = {(c.case_id, c.kind, c.change == "raise") for c in foreseen.planned}
        begun = {(i, kind, True) for i, kinds in after.items() for kind in kinds - before[i]}
        ended = {(i, kind, False) for i, kinds in before.items() for kind in kinds - after[i]}
        assert changes == begun | ended
        return report

    def agree(self, on: date) -> None:
        night, screen, opinion = self.flagged(on), self.due(on), self.opinion(on)
        for case_id, life in self.lives.items():
            found = {"night": night[case_id], "screen": screen[case_id], "second opinion": opinion[case_id]}
            assert len(set(found.values())) == 1, (life.service, life.case.reference, on, found, life.steps)
            self.seen.update(night[case_id])

    def works_a_day(self, on: date, steps: int) -> None:
        self.clock.set(on, 14)
        for case_id in self.dice.sample(list(self.lives), steps):
            life = self.lives[case_id]
            if (row := row_of(life.case, self.dice)) is None:
                continue
            data = answers(row, life.case, self.dice, int(life.case.reference[2:]), on)
            try:
                self.casework.fire(case_id, row.trigger, EVERYONE, data, seen=life.case.version)
            except StepRefused:
                continue
            life.case = self.casework.case(case_id)
            life.steps.append((on, row.trigger, self.casework.history(case_id)[-1].data))


def told_from_the_referral() -> Sequence[str]:
    return [kind for kind, rule in FLAGS.items() if not rule.about_what_is_kept]


def test_every_flag_that_can_be_told_from_a_referral_has_a_second_opinion() -> None:
    assert sorted(KINDS) == sorted(told_from_the_referral())
    assert len(KINDS) >= 20


def test_night_screen_and_second_opinion_agree_on_every_flag_of_a_clinic_for_eleven_days(
    casework: Casework, database: Database, clock: Clock
) -> None:
    """Each night goes on from what the one before left; each opinion is formed afresh."""
    clinic = Clinic(casework, database, clock, "eleven days")
    for number in range(DAYS_ON + 1):
        on = NIGHT + ONE_DAY * number
        clinic.night(on)
        clinic.agree(on)
        clinic.works_a_day(on, steps=30)
    assert not {kind: clinic.seen[kind] for kind in KINDS if not clinic.seen[kind]}


def test_a_night_that_was_missed_leaves_the_flags_that_nightly_running_would_have_left(
    casework: Casework, database: Database, clock: Clock
) -> None:
    clinic = Clinic(casework, database, clock, "missed")
    for number in (0, 1, 8, 40):
        clinic.night(NIGHT + ONE_DAY * number)
        clinic.agree(NIGHT + ONE_DAY * number)


def test_the_night_of_one_service_flags_its_families_and_no_others(
    casework: Casework, database: Database, clock: Clock
) -> None:
    clinic = Clinic(casework, database, clock, "one service")
    leeds, essex = SERVICES
    clinic.night(NIGHT, leeds)
    opinion = clinic.opinion(NIGHT)
    for case_id, kinds in clinic.flagged(NIGHT).items():
        assert kinds == (opinion[case_id] if clinic.lives[case_id].service == leeds else frozenset())
    clinic.night(NIGHT, essex)
    clinic.agree(NIGHT)


SIGNED = {"signed_by": "S. Lead", "safeguarding_outcome": "Clear"}


def test_a_concern_on_a_record_beside_the_referrals_is_flagged_alike_by_the_night_the_screen_and_a_plain_count(
    casework: Casework, clock: Clock
) -> None:
    dice, scene = Dice("beside"), Scene(casework, clock, EVERYONE)
    casework.nights.enter(scene.service, Figure("safeguarding_review", 5, "a letter", clock.today), by="the manager")
    raised: dict[str, date | None] = {(scene.infant if n % 2 else scene.carer)(): None for n in range(16)}
    seen = 0
    for _ in range(20):
        for ref in dice.sample(list(raised), 3):
            said = SIGNED if raised[ref] else {"concern": "A worry"}
            scene.does(ref, "sign_off_safeguarding" if raised[ref] else "raise_safeguarding", **said)
            raised[ref] = None if raised[ref] else clock.today
        clock.advance(1)
        assert casework.nights.run(clock.today).clean
        night = {flag.reference for flag in casework.flags(Asked(clock.today)) if flag.kind == "safeguarding_open"}
        figure = casework.nights.lookup()
        screen = {ref for ref in raised if "safeguarding_open" in due(casework.case(ref), clock.today, figure)}
        counted = {ref for ref, day in raised.items() if day and (clock.today - day).days >= 5}
        assert night == screen == counted
        seen += len(night)
    assert seen
