"""What a verifier may find, as codes for programs and sentences for people. No sentence names an answer or anybody."""

from dataclasses import dataclass

from casework.identity import is_reference

SENTENCES = {
    "event_altered": "was changed after it was kept",
    "event_forged": "was written by somebody without the key",
    "not_sealed": "has no seal",
    "not_keyed": "is sealed without a key, so whoever can write to the database could have written it",
    "unknown_key": "is sealed under a key that was not given here",
    "answers_erased": "has had its answers erased; the rest of it is whole",
    "event_missing": "is not there, although it was",
    "case_altered": "has a row that does not fit its last event",
    "case_unknown": "has events, but there is no such case",
    "order_altered": "has another place in the order, or another digest there, than when it got it",
    "not_in_order": "has no place in the order of all events, and waits for none",
    "out_of_turn": "stands at a number that another has, or that is none",
    "placed_already": "waits for a place in the order of all events, and has one",
    "place_altered": "A place in the order of all events is there twice, or is no number.",
    "place_missing": "A place in the order of all events is not there.",
    "checkpoint_forged": "The checkpoint is signed by none of the keys that were given.",
    "checkpoint_differs": "The events are not those that were signed.",
    "rolled_back": "There are fewer events than when they were last verified.",
    "rewritten": "The first events are not those that were last verified.",
    "checkpoint_missing": "The checkpoint that was last verified is not there any more.",
    "state_differs": "The database contradicts itself on how many events have a place or were told.",
}
"""What each finding says. Those of a case or an event go on from its name."""

LAWFUL = frozenset({"answers_erased"})
"""What is told and no alarm: an erasure leaves the chain whole, and is told so that somebody can ask who wanted it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not fit, with where it was found. Names no answer and nobody."""

    code: str
    case_id: str | None = None
    reference: str | None = None
    seq: int | None = None
    leaf: int | None = None
    size: int | None = None
    until: int | None = None
    """The last number or leaf of several in a row that are not there."""

    @property
    def sentence(self) -> str:
        told = SENTENCES[self.code]
        if self.case_id is None:
            return f"{told}{self._where}"
        name = self.reference if is_reference(self.reference) else f"case {self.case_id}"
        if self.seq is None:
            return f"{name} {told}."
        if self.until not in (None, self.seq):
            return f"Events {self.seq} to {self.until} of {name} are not there, although they were."
        return f"Event {self.seq} of {name} {told}."

    @property
    def _where(self) -> str:
        if self.size is not None:
            return f" (the first {self.size} events)"
        return "" if self.leaf is None else f" (leaf {self.leaf}{f' to {self.until}' if self.until else ''})"
