"""What stands against handing a family on. An offer stays on our worklist until the other side has accepted it (H1)."""

from datetime import date

from workflows.dates import british
from workflows.fields.life import DYAD, INDIVIDUALS
from workflows.vocabulary import Facts, Refusal


def no_transfer_pending(facts: Facts) -> Refusal | None:
    if not facts.recorded.get("transfer_offered_on"):
        return None
    return Refusal("transfer_pending", "A transfer has been offered already, and nobody has answered it yet.")


def transfer_pending(facts: Facts) -> Refusal | None:
    """Source: reliability H1: a transfer is a two-sided handshake; nobody answers before they are asked."""
    offered = facts.recorded.get("transfer_offered_on")
    if not offered:
        return Refusal("no_transfer_offered", "No transfer has been offered: offer_transfer first.")
    if isinstance(offered, date) and facts.on < offered:
        return Refusal("out_of_order", f"The transfer was offered on {british(offered)}, after this day.", ("on",))
    return None


def package_was_checked(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S15."""
    if facts.from_paper or facts.data.get("package_checked") == "yes":
        return None
    return Refusal("package_not_checked", "Check what came with the transfer first.", ("package_checked",))


def joint_meeting_named(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S16 (meeting dates) and Essex, appendix L: "Multi-agency meetings with both services"."""
    if facts.from_paper or facts.data.get("meets_on") or "multi_agency_meetings" not in facts.rules.settings.co_working:
        return None
    return Refusal("joint_meeting_missing", "The two teams meet over each family: say when they meet.", ("meets_on",))


def other_team_agrees(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S16."""
    if facts.data.get("other_team_agrees") == "yes":
        return None
    return Refusal("other_team_not_agreed", "Ask the other team first, and say that it agrees.", ("other_team_agrees",))


def each_is_considered(facts: Facts) -> Refusal | None:
    """Source: R-236, Essex: "to consider the needs of each individual and dyad", the two risks separately."""
    told = facts.data.get("considered")
    whom = {entry["of_whom"] for entry in told} if isinstance(told, list) else set()
    if facts.from_paper or not whom or (DYAD in whom and whom & set(INDIVIDUALS)):
        return None
    sentence = "Say apart what was considered of each person, and what of the relationship (dyad)."
    return Refusal("considered_together", sentence, ("considered",))
