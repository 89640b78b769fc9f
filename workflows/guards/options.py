"""What stands against the steps that only some services have, and against a new referral to one that is closed."""

from datetime import date

from workflows.dates import british
from workflows.settings import switched
from workflows.vocabulary import Facts, Refusal, Role


def priority_is_given_here(facts: Facts) -> Refusal | None:
    """Source: requirements C-28: priority is off unless a service has it, and has a reason."""
    if not switched(facts, "priority"):
        return Refusal("priority_not_given", "This service gives no priority: referrals wait in their order.")
    reason = facts.data.get("priority")
    if not reason or reason in facts.rules.settings.priority:
        return None
    given = " or ".join(code.replace("_", " ") for code in facts.rules.settings.priority)
    return Refusal("priority_not_given", f"This service gives priority for: {given}.", ("priority",))


def has_priority(facts: Facts) -> Refusal | None:
    if facts.recorded.get("priority"):
        return None
    return Refusal("no_priority", "The referral has no priority that could be taken back.")


def joint_visits_are_made(facts: Facts) -> Refusal | None:
    """Source: BABS, "the option of carrying out a joint visit during the early stages"."""
    if switched(facts, "joint_visit"):
        return None
    return Refusal("no_joint_visits", "This service makes no joint visits.")


def on_neonatal_route(facts: Facts) -> Refusal | None:
    """Source: R-094: the same referral goes on in the community once the baby leaves the unit."""
    if facts.recorded.get("neonatal_route_on"):
        return None
    return Refusal("not_on_neonatal_route", "The referral is not on the route for babies on a neonatal unit.")


def not_on_neonatal_route(facts: Facts) -> Refusal | None:
    """Source: R-093: "many teams have referral pathways specifically for families with babies in neonatal care"."""
    since = facts.recorded.get("neonatal_route_on")
    if not isinstance(since, date):
        return None
    return Refusal("on_neonatal_route", f"The referral has been on the neonatal route since {british(since)}.")


def on_protection_pathway(facts: Facts) -> Refusal | None:
    if facts.recorded.get("protection_pathway_on"):
        return None
    named = facts.rules.settings.protection_pathway
    return Refusal("not_on_protection_pathway", f"The referral is not on this pathway: {named}.")


def not_on_protection_pathway(facts: Facts) -> Refusal | None:
    """Source: R-099: babies in child protection "should be reached by developing specific pathways in partnership"."""
    since = facts.recorded.get("protection_pathway_on")
    if not isinstance(since, date):
        return None
    named = facts.rules.settings.protection_pathway
    return Refusal("on_protection_pathway", f"The referral has been on this pathway since {british(since)}: {named}.")


def service_is_open(facts: Facts) -> Refusal | None:
    """Source: R-404: a service closes, and its open referrals are handed on. A twin's is no new one."""
    closed = facts.figure("closed")
    if closed is None or not closed.amount or facts.from_paper or facts.follows:
        return None
    instead = facts.rules.settings.refer_instead or "Nobody is named who takes them instead: ask the manager."
    sentence = f"{facts.rules.name} takes no new referrals from {british(closed.in_force_from)} on. {instead}"
    return Refusal("service_closed", sentence, who=(Role.MANAGER,))
