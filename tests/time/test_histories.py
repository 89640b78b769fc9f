"""Point 8 of the night: random histories, counted by casework and by a second, plain implementation, do not differ."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from time import perf_counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.promises import Say
from tests.time.compared import CLOSED_BY, Opinion, held_against, told
from tests.time.lives import EARLIEST, LATEST, Dice, Life, a_life
from tests.time.second_opinion import KINDS, Entry, Morning
from tests.time.story import Story, Stretch

SHORT, FULL, LONG = 300, 3_000, 100_000


def lives(number: int, seed: int) -> Iterator[tuple[Life, Dice]]:
    for n in range(number):
        dice = Dice(f"{seed}-{n}")
        begin = EARLIEST + timedelta(days=dice.randrange((LATEST - EARLIEST).days))
        yield a_life(dice, n, begin, CLOSED_BY), dice


def differences(number: int, seed: int) -> tuple[list[str], Counter[str]]:
    """What the two say differently of so many histories, and how often each flag was seen by both."""
    found, seen = [], Counter[str]()
    for life, dice in lives(number, seed):
        for on, result in held_against(life, dice):
            seen.update(result.flags)
            if result.differences:
                found.append(told(life, on, result.differences))
        seen.update(f"step {name}" for _, name, _ in life.steps)
        seen["histories"] += bool(life.steps)
    return found, seen


def check(number: int, seed: int) -> None:
    began = perf_counter()
    found, seen = differences(number, seed)
    seconds = perf_counter() - began
    speed = f"{seen['histories']} histories in {seconds:.1f} s, {seen['histories'] / seconds:.0f} a second"
    sys.stdout.write(f"{speed}: {dict(seen.most_common())}\n")
    assert not found, f"{len(found)} of {number} differ. The first:\n{found[0]}"
    assert seen["histories"] >= number * 0.95
    rare = {kind: seen[kind] for kind in KINDS if seen[kind] < number / 400}
    assert not rare, f"too few to prove anything: {rare}"
    steps = ("place_hold", "review_hold", "resume", "unallocate", "defer", "bring_back", "hold_consultation",
             "watch_and_wait", "add_information", "record_contact", "withdraw_consent", "reopen")  # fmt: skip
    assert not [name for name in steps if seen[f"step {name}"] < number / 400]


@pytest.mark.parametrize("number", [SHORT, pytest.param(FULL, marks=pytest.mark.long)])
def test_random_histories_are_counted_alike_by_a_second_plain_implementation(number: int) -> None:
    check(number, seed=8)


@pytest.mark.long
def test_a_hundred_thousand_random_histories_are_counted_alike(promise: Say) -> None:
    check(LONG, seed=2026)
    promise("P26", f"{LONG:,} random histories: 0 differences", control="an opinion wrong in one thing is caught")


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.dates(EARLIEST, LATEST), st.randoms(use_true_random=False))
def test_a_history_that_hypothesis_makes_is_counted_alike(begin: date, random: Random) -> None:
    dice = Dice(random.getrandbits(32))
    life = a_life(dice, 1, begin, CLOSED_BY, most=10)
    for on, result in held_against(life, dice):
        assert not result.differences, told(life, on, result.differences)


# The control: an opinion that is wrong in one thing is caught by the same comparison.


def a_day_too_long(story: Story, on: date, entered: Sequence[Entry]) -> frozenset[str]:
    later = [(name, n + 1 if n and name == "wait_first" else n, day) for name, n, day in entered]
    return Morning(story, on, later).flags()


def works_on_bank_holidays(story: Story, on: date, entered: Sequence[Entry]) -> frozenset[str]:
    return Morning(story, on, entered, frozenset()).flags()


def a_month_more(story: Story, on: date, entered: Sequence[Entry]) -> frozenset[str]:
    return Morning(story, on, [(k, n + 1 if n and k == "watch" else n, d) for k, n, d in entered]).flags()


def a_month_less(story: Story, on: date, entered: Sequence[Entry]) -> frozenset[str]:
    return Morning(story, on, [(k, n - 1 if n and k == "watch" else n, d) for k, n, d in entered]).flags()


def forgets_that_figures_change(story: Story, on: date, entered: Sequence[Entry]) -> frozenset[str]:
    return Morning(story, on, [(name, amount, date.min) for name, amount, _ in entered]).flags()


def hears_nothing_of_holds(story: Story, on: date, entered: Sequence[Entry]) -> frozenset[str]:
    story.holds = [Stretch(hold.begun, hold.ended or on) for hold in story.holds]
    return Morning(story, on, entered).flags()


def counts_a_gap(story: Story, on: date, entered: Sequence[Entry]) -> frozenset[str]:
    for name, stretches in story.counts.items():
        story.counts[name] = [Stretch(stretches[0].begun, stretches[-1].ended)]
    return Morning(story, on, entered).flags()


OF_WATCHING = frozenset({"watch_and_wait", "advise_watching"})
OF_THE_SLIP: dict[Opinion, frozenset[str]] = {a_month_more: OF_WATCHING, a_month_less: OF_WATCHING}
"""The steps without which a history cannot show the slip: such histories are not gone through."""


@pytest.mark.parametrize(
    "wrong",
    [a_day_too_long, works_on_bank_holidays, a_month_more, a_month_less,
     forgets_that_figures_change, hears_nothing_of_holds, counts_a_gap],
)  # fmt: skip
def test_an_opinion_that_is_wrong_in_one_thing_is_caught(wrong: Opinion) -> None:
    """Only the flags on which the right opinion agrees count as caught: it is the slip that is found, and not more."""
    steps = OF_THE_SLIP.get(wrong)
    for life, dice in lives(FULL, seed=8):
        if steps and not any(name in steps for _, name, _ in life.steps):
            continue
        kept = dice.getstate()
        right = [result.differences for _, result in held_against(life, dice)]
        dice.setstate(kept)
        if right != [result.differences for _, result in held_against(life, dice, wrong)]:
            return
    pytest.fail("the comparison did not notice")


@pytest.mark.parametrize("kind", KINDS)
def test_a_flag_that_the_second_opinion_forgets_is_missed(kind: str) -> None:
    def forgetful(story: Story, on: date, entered: Sequence[Entry]) -> frozenset[str]:
        return Morning(story, on, entered).flags() - {kind}

    for life, dice in lives(FULL, seed=8):
        for _, result in held_against(life, dice, forgetful):
            if any(told_of.startswith(f"{kind}: casework True") for told_of in result.differences):
                return
    pytest.fail("no history has this flag")
