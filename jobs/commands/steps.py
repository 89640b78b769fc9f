"""A step taken from the command line: what is said of it, and the exit code."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from casework import Receipt, StaleCase, StepRefused
from jobs.commands import documents
from jobs.commands.faults import BAD_INPUT, tell
from jobs.show import say
from workflows import Refusal
from workflows.charts.states import STATES
from workflows.dates import british
from workflows.registry import CHARTS

DONE, REFUSED = 0, 1
LONGEST_TRIGGER = 40
"""Characters of what was typed that are compared with the steps that there are."""

BAD_DATA = frozenset(
    {
        "unknown_field",
        "wrong_type",
        "invalid_date",
        "date_in_future",
        "too_long",
        "control_characters",
        "invalid_text",
        "invalid_nhs_number",
        "unknown_code",
        "unknown_trigger",
    }
)
"""A step refused for nothing but these was written down wrongly: it says nothing about the referral."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step that somebody asked for on the line."""

    trigger: str
    dry_run: bool
    as_json: bool

    def take(self, ask: Callable[[], Receipt]) -> int:
        """Exit code 0: taken; 1: refused, or somebody was first; 2: only the answers are wrong."""
        try:
            taken = ask()
        except StepRefused as refused:
            self._print(documents.refused(refused), self._refusal(refused))
            return BAD_INPUT if _is_badly_written(refused) else REFUSED
        except StaleCase as stale:
            self._print(documents.stale(stale, self._named), [f"casework: {stale} ({stale.code})"])
            return REFUSED
        if self.as_json:
            documents.print_document(documents.receipt(taken, dry_run=self.dry_run))
        else:
            say(*_taken(taken, dry_run=self.dry_run))
        return DONE

    @property
    def _named(self) -> str:
        """What was typed, where it is a step at all: it may be a name."""
        return self.trigger if any(self.trigger in chart.triggers for chart in CHARTS.values()) else "unknown"

    def _refusal(self, refused: StepRefused) -> Iterator[str]:
        stands = STATES[refused.state].label if refused.state in STATES else "not yet opened"
        yield f"casework: {refused.trigger} was refused; the referral stands at: {stands}. ({refused.code})"
        yield from (f"  - {_reason(reason)}" for reason in refused.reasons)
        if refused.who:
            yield f"  Who may: {', '.join(refused.who)}."
        if near := get_close_matches(self.trigger[:LONGEST_TRIGGER], set(refused.possible_now) - {refused.trigger}):
            yield f"  Did you mean: {', '.join(near)}?"
        if refused.possible_now:
            yield f"  Possible now: {', '.join(refused.possible_now)}."

    def _print(self, document: documents.Document, lines: Iterable[str]) -> None:
        if self.as_json:
            documents.print_document(document)
        else:
            tell(*lines)


def _is_badly_written(refused: StepRefused) -> bool:
    """Only the answers are wrong: one that is missing beside a wrong one may be the same, misspelt."""
    codes = {reason.code for reason in refused.reasons} - {"answer_missing"}
    return bool(codes) and codes <= BAD_DATA


def _taken(taken: Receipt, *, dry_run: bool) -> Iterator[str]:
    label = STATES[taken.state].label
    if dry_run:
        yield f"{taken.trigger} is possible for {taken.reference}, which would then stand at: {label}."
        yield "This was a dry run: nothing was written."
        return
    yield f"{taken.reference}: {taken.trigger} on {british(taken.effective_on)}. It stands at: {label}."
    if taken.cleared_flags:
        yield f"Flags cleared: {', '.join(taken.cleared_flags)}."
    yield f"Version {taken.version}; id {taken.case_id}."


def _reason(reason: Refusal) -> str:
    about = f" [{', '.join(reason.fields)}]" if reason.fields else ""
    return f"{reason.sentence}{about} ({reason.code})"
