"""The questions about an ending: what was named and said, what was reached, and to which referral a new one belongs."""

from workflows.beside import RecordKind
from workflows.vocabulary import Field, Kind, Part


def _words(name: str, label: str) -> Field:
    return Field(name, Kind.WORDS, label, longest=20_000)


def _yes_no(name: str, label: str) -> Field:
    return Field(name, Kind.YES_NO, label, choices=("yes", "no"))


MAY_CALL_AGAIN = _yes_no("may_call_again", "Was it said that they may call again if things change?")
DISCUSSED_WITH_REFERRER = _words("discussed_with_referrer", "What was discussed with the referrer, and decided")
REMINDED_ON = Field("reminded_on", Kind.DATE, "Date on which the referrer was reminded")
RECIPIENTS = _words("recipients", "To whom the summary went")
PLACEMENT_OUTCOME = Field(
    "placement_outcome",
    Kind.CODE,
    "Where staying together was in question: what became of it",
    Part.COURSE,
    ("stayed_together", "reunited", "care_entry_averted", "separated", "not_in_question"),
)
"""R-293, R-294: whether the family stayed together or was reunited, and whether care was averted where that was aimed
at.
"""
PARENT_FEEDBACK = _words("parent_feedback", "What the parents say of the service")
PRIOR_REFERRAL = Field(
    "prior_referral", Kind.RECORD, "Earlier referral that this one follows", Part.COURSE, record=RecordKind.REFERRAL
)
