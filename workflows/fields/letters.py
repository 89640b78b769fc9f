"""The questions about letters. A letter is written and sent outside; here stands that it was, and may be."""

from workflows.beside import RecordKind
from workflows.vocabulary import Field, Kind

LETTER_KIND = Field(
    "letter_kind",
    Kind.CODE,
    "What kind of letter",
    choices=(
        "acknowledgement", "information_request", "outcome", "appointment", "plan", "consultation_summary",
        "transfer", "ending", "other",
    ),
)  # fmt: skip
INVITES = ("information_request", "appointment", "plan")
"""Letters that ask somebody to do something with the service. An ending ends them; every other kind may tell of it."""

ENDING = "ending"
LETTER_TO = Field("letter_to", Kind.CODE, "To whom", choices=("referrer", "carer", "network"))
TO_CARER = Field("to_carer", Kind.RECORD, "The record of the carer to whom it goes", record=RecordKind.CARER)
COPY_TO = Field("copy_to", Kind.RECORD, "The record of the carer who is to have a copy", record=RecordKind.CARER)
LETTER_BY = Field("letter_by", Kind.CODE, "By which way it goes", choices=("post", "email", "text", "in_person"))
ASKED_FIRST_ON = Field("asked_first_on", Kind.DATE, "Date on which they were asked whether this may be sent")
NAMES_CHILD = Field(
    "names_child", Kind.RECORD, "The record of the child whom the letter names", record=RecordKind.INFANT
)
LETTER = Field("letter", Kind.NUMBER, "Number of the letter", least=1, most=1_000_000)
REVIEWED_BY = Field("reviewed_by", Kind.LINE, "Who has read it before it goes", longest=100)
