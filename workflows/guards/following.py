"""Steps that nobody takes by themselves: each follows, in one transaction, from a step on another record."""

from workflows.vocabulary import Facts, Refusal

FOLLOWS_ONLY = "follows_only"


def only_following(facts: Facts, sentence: str) -> Refusal | None:
    """`sentence` says from what it follows, and so which step to take instead."""
    return None if facts.follows else Refusal(FOLLOWS_ONLY, sentence)


def follows_only(facts: Facts) -> Refusal | None:
    return only_following(facts, "This follows by itself from a step on the baby's record.")


def split_follows(facts: Facts) -> Refusal | None:
    return only_following(facts, "This follows by itself from split_multiple, which is taken on the first referral.")


def follows_from_the_other(facts: Facts) -> Refusal | None:
    """Nobody takes half of it: the record that goes and the one that stays change together."""
    return only_following(
        facts, "This follows by itself from merge_into and unmerge, which are taken on the record that goes."
    )


def comes_from_a_decision(facts: Facts) -> Refusal | None:
    """A minute follows from the step on the referral, with its author and reason; it is never written by itself."""
    if facts.from_paper:
        return None
    return only_following(facts, "This is noted by the decision itself: take it on the referral, naming the meeting.")
