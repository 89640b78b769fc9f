"""What a new version of a pathway would change, as people and programs read it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from casework.foreseeing import Foreseen
from jobs.show import Column, heading, print_table, say
from workflows import Chart
from workflows.comparing import PARTS, Altered, How, altered
from workflows.diagram import digest

STATES = (
    Column("state"),
    Column("open", right=True),
    Column("steps lost", wraps=True),
    Column("steps gained", wraps=True),
    Column("problem", wraps=True),
)
NAMED = 10
"""How many references a sentence names; all of them stand in the document."""


def frozen_otherwise(old: Chart, new: Chart) -> bool:
    """Whether the new chart goes under the name and version of the old one and is another."""
    return new.id == old.id and digest(new) != digest(old)


def document(old: Chart, new: Chart, foreseen: Foreseen | None) -> dict[str, Any]:
    return {
        "old": {"pathway": old.id, "digest": digest(old)},
        "new": {"pathway": new.id, "digest": digest(new)},
        "same_version_other_digest": frozen_otherwise(old, new),
        "activated": False,
        "changes": [asdict(one) for one in altered(old, new)],
        "referrals": None if foreseen is None else {**asdict(foreseen), "problems": foreseen.problems},
    }


def show(old: Chart, new: Chart, foreseen: Foreseen | None) -> None:
    say(f"{old.id} and {new.id}: what the second would change. Nothing is activated by this.")
    if frozen_otherwise(old, new):
        say(f"PROBLEM {new.id} is released with another digest and is not changed: give this one a new version.")
    changes = altered(old, new)
    if not changes:
        say("The two say the same.")
    for part in PARTS:
        if found := [one for one in changes if one.part == part]:
            heading(part.capitalize())
            say(*_lines(found))
    if foreseen is None:
        say("", "No database was named (--database URL), so no referral was looked at.")
    else:
        _show_referrals(old, foreseen)


def _lines(found: Sequence[Altered]) -> Iterator[str]:
    """Steps that are altered alike from several states are told once."""
    sources: dict[tuple[How, str, tuple[str, ...]], list[str]] = {}
    for one in found:
        sources.setdefault((one.how, one.what, one.says), []).append(one.source)
    for (how, what, says), states in sources.items():
        since = f" from {', '.join(states)}" if any(states) else ""
        yield f"  {how.value:8} {what}{since}"
        yield from (f"             {line}" for line in says)


def _show_referrals(old: Chart, foreseen: Foreseen) -> None:
    heading("Referrals")
    say(f"On {old.id}: {foreseen.histories} kept, {foreseen.open} of them open.")
    affected = {name: state for name, state in foreseen.states.items() if state.affected}
    if affected:
        print_table(
            STATES,
            [
                (name, str(s.open), ", ".join(s.lost), ", ".join(s.gained), "no such open state" if s.missing else "")
                for name, s in affected.items()
            ],
        )
    say(*_otherwise("The clock {} would read otherwise for", foreseen.clocks))
    say(*_otherwise("The answer {} would begin or cease to be missing for", foreseen.gaps))
    say(*_otherwise("The flag {} would be raised for", foreseen.flags_opening))
    say(*_otherwise("The flag {} would be cleared for", foreseen.flags_ending))
    say(*_problems(foreseen))
    if not foreseen.problems:
        say("Every kept history folds under the new version, and nobody would be stranded.")


def _problems(foreseen: Foreseen) -> Iterator[str]:
    for state, references in foreseen.stranded.items():
        yield f"PROBLEM {_how_many(references)} in {state}, which the new version lacks: {_named(references)}"
    if foreseen.unfoldable:
        yield f"PROBLEM {len(foreseen.unfoldable)} kept histories would not fold:"
        for one in foreseen.unfoldable[:NAMED]:
            yield f"  {one.reference}: event {one.seq}, {one.trigger} from {one.source} to {one.to}"
        if len(foreseen.unfoldable) > NAMED:
            yield f"  and {len(foreseen.unfoldable) - NAMED} more (--json names them all)"
    if foreseen.damaged:
        yield f"PROBLEM {len(foreseen.damaged)} histories do not fold as they are: {_named(foreseen.damaged)}"
        yield "  See what is wrong with them first: casework audit replay --all"


def _otherwise(sentence: str, found: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name, references in sorted(found.items()):
        yield f"{sentence.format(name)} {_how_many(references)}: {_named(references)}"


def _how_many(references: Sequence[str]) -> str:
    return f"{len(references)} open referral{'' if len(references) == 1 else 's'}"


def _named(references: Sequence[str]) -> str:
    more = len(references) - NAMED
    return ", ".join(references[:NAMED]) + (f" and {more} more" if more > 0 else "")
