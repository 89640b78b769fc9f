"""What the written referral of a case lacks: what stops it, and what is told only."""

from datetime import date

from casework.case import Case
from workflows.guards.referral import missing_answers
from workflows.settings import Lack


def lacking(case: Case, lack: Lack) -> tuple[str, ...]:
    """In the order of the service; nothing before the form came or once the referral is closed."""
    if lack is Lack.BLOCK:
        return case.gaps
    if not case.open or not case.answers.get("received_on"):
        return ()
    return missing_answers(case.facts(case.placed_on or date.min), lack)


def kept_gaps(case: Case) -> dict[str, Lack]:
    """Every answer that is not there, with what follows from it."""
    return {name: lack for lack in Lack for name in lacking(case, lack)}
