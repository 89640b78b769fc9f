"""What stands against the days that a step tells of."""

from datetime import date

from workflows.dates import british
from workflows.vocabulary import Facts, Refusal


def before_what_it_follows(on: date, follows: date) -> Refusal:
    sentence = f"This is dated {british(on)}, before what it follows on {british(follows)}."
    return Refusal("out_of_order", sentence, ("on",))


def not_after_the_step(facts: Facts, name: str, sentence: str) -> Refusal | None:
    """A step tells of what has been: `sentence` where the day of the answer `name` lies after the day of the step."""
    day = facts.data.get(name)
    if not isinstance(day, date) or day <= facts.on:
        return None
    return Refusal("out_of_order", sentence, (name,))
