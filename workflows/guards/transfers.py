"""What stands against handing a family on. An offer stays on our worklist until the other side has accepted it (H1)."""

from workflows.vocabulary import Facts, Refusal


def no_transfer_pending(facts: Facts) -> Refusal | None:
    if not facts.recorded.get("transfer_offered_on"):
        return None
    return Refusal("transfer_pending", "A transfer has been offered already, and nobody has answered it yet.")


def transfer_pending(facts: Facts) -> Refusal | None:
    """Source: reliability H1: a transfer is a two-sided handshake."""
    if facts.recorded.get("transfer_offered_on"):
        return None
    return Refusal("no_transfer_offered", "No transfer has been offered: offer_transfer first.")


def package_was_checked(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S15."""
    if facts.from_paper or facts.data.get("package_checked") == "yes":
        return None
    return Refusal("package_not_checked", "Check what came with the transfer first.", ("package_checked",))


def other_team_agrees(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S16."""
    if facts.data.get("other_team_agrees") == "yes":
        return None
    return Refusal("other_team_not_agreed", "Ask the other team first, and say that it agrees.", ("other_team_agrees",))
