"""The questions about two records that may be one: of a referral, or of a baby."""

from workflows.beside import RecordKind
from workflows.vocabulary import Field, Kind, Part

COURSE = Part.COURSE

REFERRAL_THAT_STAYS = Field(
    "survivor", Kind.RECORD, "Referral that stays in the place of this one", COURSE, record=RecordKind.REFERRAL
)
INFANT_THAT_STAYS = Field(
    "survivor", Kind.RECORD, "Baby's record that stays in the place of this one", COURSE, record=RecordKind.INFANT
)
MERGED_INTO = Field("merged_into", Kind.LINE, "Reference of the record into which this one was merged", longest=64)
SAME_BECAUSE = Field("same_because", Kind.WORDS, "Why both are about the same baby", longest=2_000)
APART_BECAUSE = Field("apart_because", Kind.WORDS, "Why they are to stand apart again", longest=2_000)

OTHER = Field("other_record", Kind.LINE, "Reference of the other record", longest=64)
OTHER_OPENED_ON = Field("other_opened_on", Kind.DATE, "Day on which the other record was opened")
OTHER_RECEIVED_ON = Field("other_received_on", Kind.DATE, "Day on which the other written referral came")
OTHERS_BABY = Field(
    "others_baby", Kind.LINE, "Reference of the baby's record that the other referral is about", longest=64
)
OTHERS_STATE = Field("others_state", Kind.LINE, "Where the other record stood", longest=40)
TAKEN_IN_NUMBER = Field("taken_in_number", Kind.NUMBER, "Which of the records taken in", least=1, most=1_000_000)
TAKEN_IN = "taken_in"
"""The list of the records that were merged into one."""

NOT_THE_SAME = "not_the_same"
"""The list of the records that somebody looked at and found to be about another baby."""
NOT_SAME_BECAUSE = Field("not_same_because", Kind.WORDS, "How it is known that they are two babies", longest=2_000)

ABOUT = Field("about", Kind.LINE, "Reference of the record taken in that this is about", longest=64)
NOTE = Field("note", Kind.WORDS, "Note", longest=20_000)
NOTES = "notes"
