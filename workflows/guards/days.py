"""What stands against the days that a step tells of."""

from datetime import date

from workflows.vocabulary import Facts, Refusal


def not_after_the_step(facts: Facts, name: str, sentence: str) -> Refusal | None:
    """A step tells of what has been: `sentence` where the day of the answer `name` lies after the day of the step."""
    day = facts.data.get(name)
    if not isinstance(day, date) or day <= facts.on:
        return None
    return Refusal("out_of_order", sentence, (name,))
