"""Nothing that waits to happen outlives an ending: one table, laid over every row that closes. The events keep it all.

What is put aside for another record is not ended: it stands again as it stood.
"""

from collections.abc import Mapping
from dataclasses import replace

from workflows.charts.states import STATES
from workflows.charts.transfers import OFFERED
from workflows.endings import PUT_AWAY
from workflows.fields.letters import ENDING, INVITES
from workflows.lists import Lapses
from workflows.vocabulary import NEW, Move

ALWAYS = ("appointments", *OFFERED)
"""What every ending ends, and no reopening brings back: appointments, and a transfer that nobody has accepted."""

STILL_TOLD = {"transferred_out": OFFERED[:-1]}
"""What an ending is itself about, and so is still known of it."""

INVITATIONS = (Lapses("letters", "letter_kind", INVITES),)
TO_THE_FAMILY = (Lapses("letters", "letter_to", ("carer",)), Lapses("letters", "copy_to"))
LETTERS: Mapping[str, tuple[Lapses, ...]] = {"consent_withdrawn": (*INVITATIONS, *TO_THE_FAMILY)}
"""Which letters that wait to go end with an ending. Others tell of it and may go; from what is put away none goes."""


TAKEN_BACK = (Lapses("letters", "letter_kind", (ENDING,)),)
"""With an ending that was a mistake ends the letter that would have told of it."""


def nothing_left_pending(rows: tuple[Move, ...]) -> tuple[Move, ...]:
    """The rows, each that closes or takes a closing back with what ends by it."""
    return tuple(_ending_what_waits(row) if _ends(row) else _taking_back(row) for row in rows)


def _taking_back(row: Move) -> Move:
    return replace(row, lapses=TAKEN_BACK) if row.reopens else row


def _ends(row: Move) -> bool:
    opened = row.source != NEW and not STATES[row.source].closed
    return opened and STATES[row.to].closed and not row.aside


def _ending_what_waits(row: Move) -> Move:
    over = [name for name in ALWAYS if name not in STILL_TOLD.get(row.to, ())]
    if row.to in PUT_AWAY:
        return replace(row, forgets=tuple(dict.fromkeys((*row.forgets, *over, "letters"))))
    return replace(row, forgets=tuple(dict.fromkeys((*row.forgets, *over))), lapses=LETTERS.get(row.to, INVITATIONS))
