"""Random histories of referrals that are worked, merged, noted about and parted again, beside a plain model of them.

The model knows nothing of events or answers: a record has a place, whether it is on hold, what was said, its notes, and
what was merged into it.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from casework import Casework, StepRefused
from casework.case import Case
from casework.change import LATEST
from tests.casework.families import LEEDS, SPECIAL, example, form
from tests.conftest import Actors, Clock

WHY = {"same_because": "One red book, one midwife.", "second_person": "A second clerk"}
LISTS = ("notes", "taken_in")
"""What steps on other records, and notes, may add to a record that is merged or took another in."""


@dataclass(slots=True)
class Modelled:
    state: str = "received"
    held: bool = False
    said: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    into: str | None = None
    taken: list[str] = field(default_factory=list)

    @property
    def shown(self) -> tuple[Any, ...]:
        """As a screen shows it: a merged record is neither on hold nor where it was."""
        merged = self.into is not None
        return (
            "merged" if merged else self.state,
            self.held and not merged,
            self.said,
            self.notes,
            self.taken,
            self.into,
        )


def shown(case: Case) -> tuple[Any, ...]:
    """The same of a record that is kept."""
    known = case.answers
    said = {name: known[name] for name in SAYABLE if name in known}
    notes = [entry["note"] for entry in known.get("notes", ())]
    taken = [entry["other_record"] for entry in known.get("taken_in", ())]
    return case.state, case.held_since is not None, said, notes, taken, known.get("survivor")


SAYABLE = ("referrer_contact", "gp_practice_code")


def standing(case: Case) -> tuple[Any, ...]:
    """All that a record is, but for how many steps were taken on it, and its lists, which the model has."""
    answers = {name: value for name, value in case.answers.items() if name not in LISTS}
    return (
        case.state, case.opened_on, case.closed_on, case.placed_on, case.placed_by, case.held_since, answers,
        case.clocks, case.gaps, case.days, case.links, case.people,
    )  # fmt: skip


class History:
    """A few families of one clinic. Each step is tried on the clinic and told to the model, which says if it may be."""

    def __init__(self, casework: Casework, clock: Clock, actors: Actors, random: Random) -> None:
        self._casework, self._clock, self._actor, self._random = casework, clock, actors.everyone, random
        self.model: dict[str, Modelled] = {}
        self.stood: dict[str, tuple[Any, ...]] = {}
        self.undone = 0
        for _ in range(random.randint(3, 5)):
            self._open()

    def run(self, steps: int) -> None:
        acts = (self._say, self._say, self._go_on, self._hold, self._note, self._note_about, self._merge, self._merge,
                self._unmerge, self._unmerge, self._day)  # fmt: skip
        for _ in range(steps):
            self._random.choice(acts)()
        for ref in [ref for ref, known in self.model.items() if known.into]:
            self._part(ref)

    def differing(self) -> list[str]:
        """The records of which the clinic and the model do not say the same."""
        return [ref for ref, known in self.model.items() if shown(self._casework.case(ref)) != known.shown]

    def _open(self) -> None:
        answers = form(self._clock.today, referrer_contact=f"S{len(self.model)}")
        ref = self._casework.open_case(LEEDS, "receive_referral", self._actor, answers).reference
        self.model[ref] = Modelled(said={name: answers[name] for name in SAYABLE})

    def _one(self) -> tuple[str, Modelled]:
        return self._random.choice(list(self.model.items()))

    def _fire(self, ref: str, trigger: str, may: bool, **data: Any) -> None:
        row = next((m for m in self._casework.case(ref).chart.moves if m.trigger == trigger), None)
        needs = {f.name: SPECIAL.get(f.name, example(f, self._clock.today)) for f in (row.needs if row else ())}
        try:
            self._casework.fire(ref, trigger, self._actor, {**needs, **data}, seen=LATEST)
        except StepRefused:
            took = False
        else:
            took = True
        assert took == may, trigger

    def _say(self) -> None:
        ref, known = self._one()
        name = self._random.choice(SAYABLE)
        value = f"S{self._random.randint(10_000, 99_999)}"
        self._fire(ref, "add_information", known.into is None, **{name: value})
        if known.into is None:
            known.said[name] = value

    def _go_on(self) -> None:
        ref, known = self._one()
        may = known.into is None and known.state == "received" and not known.held
        self._fire(ref, "pass_checks", may)
        known.state = "rmg_review" if may else known.state

    def _hold(self) -> None:
        ref, known = self._one()
        self._fire(ref, "resume" if known.held else "place_hold", known.into is None)
        if known.into is None:
            known.held = not known.held

    def _note(self) -> None:
        ref, known = self._one()
        self._fire(ref, "add_note", True, note=(note := f"note {self._random.random()}"))
        known.notes.append(note)

    def _note_about(self) -> None:
        """Said on the survivor about the one that went: it is the other's note."""
        ref, known = self._one()
        about = self._random.choice([*known.taken, "nobody"])
        may = known.into is None and about in known.taken
        self._fire(ref, "add_note_about", may, about=about, note=(note := f"about {self._random.random()}"))
        if may:
            self.model[about].notes.append(note)

    def _merge(self) -> None:
        (gone, known), (stays, other) = self._one(), self._one()
        may = gone != stays and known.into is None and other.into is None
        before = standing(self._casework.case(gone)), standing(self._casework.case(stays))
        self._fire(gone, "merge_into", may, survivor=stays, **WHY)
        assert standing(self._casework.case(stays)) == before[1] or gone == stays
        if may:
            known.into, self.stood[gone] = stays, before[0]
            other.taken.append(gone)

    def _unmerge(self) -> None:
        ref, known = self._one()
        if known.into is None:
            return self._fire(ref, "unmerge", False, merged_into="R-1", apart_because="Two babies.")
        return self._part(ref)

    def _part(self, ref: str) -> None:
        """After undo the one that went is what it was, and the one that stayed what it is."""
        known = self.model[ref]
        assert known.into is not None
        stays = standing(self._casework.case(known.into))
        self._fire(ref, "unmerge", True, merged_into=known.into, apart_because="Two babies after all.")
        assert standing(self._casework.case(ref)) == self.stood.pop(ref)
        assert standing(self._casework.case(known.into)) == stays
        self.model[known.into].taken.remove(ref)
        known.into = None
        self.undone += 1

    def _day(self) -> None:
        self._clock.advance(days=self._random.randint(1, 9))


def destroying(model: dict[str, Modelled]) -> dict[str, Modelled]:
    """What a merge does that copies the one into the other and forgets it, as if every record had been merged so once.

    The control: no undo brings back who said what, so the model of it differs.
    """
    refs = list(model)
    stays = model[refs[0]]
    for gone in refs[1:]:
        stays.said |= model[gone].said
        stays.notes += model[gone].notes
        model[gone] = Modelled(stays.state, stays.held, dict(stays.said), [])
    return model
