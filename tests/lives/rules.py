"""Which steps may be taken on a card, by name: written from the requirements, not from the charts."""

from datetime import date

from tests.lives.leaving import LEAVING
from tests.lives.model import Box, Card
from tests.lives.people import PEOPLE
from tests.lives.ways import Rule, Said
from tests.lives.work import WORK

RULES: dict[str, Rule] = {**WORK, **PEOPLE, **LEAVING}
SIGN = ("safeguarding_lead", "clinical_lead")
ANYONE = (
    "referrer",
    "family",
    "administrator",
    "duty_clinician",
    "clinician",
    "forum_chair",
    "team",
    "manager",
    *SIGN,
)
WHO: dict[str, tuple[str, ...]] = {
    "raise_safeguarding": ANYONE,
    "sign_off_safeguarding": SIGN,
    "close_concern": SIGN,
    "escalate_safeguarding": SIGN,
    "void": ("clinical_lead",),
    "reopen": ("clinical_lead",),
    "undo_loss": ("clinical_lead",),
    "close_aged_out": ("clinical_lead",),
    "contact_ended": ("clinical_lead",),
    "close_disengaged": ("clinical_lead",),
    "allocate": ("manager", "clinical_lead"),
    "merge_into": ("manager", "clinical_lead"),
    "unmerge": ("manager", "clinical_lead"),
}
"""Who may take a step that is not for everybody (requirements X1, W7)."""


def against(box: Box, card: Card, trigger: str, said: Said, on: date) -> set[str]:
    """The reasons why a step may not be taken."""
    rule = RULES[trigger]
    if card.state not in rule.where:
        return {"impossible_step"}
    found = {reason for ask in rule.against if (reason := ask(box, card, said, on))}
    return found | ({"on_hold"} if card.held and not rule.held else set())


def take(box: Box, card: Card, trigger: str, said: Said, on: date) -> None:
    card.steps += 1
    RULES[trigger].then(box, card, said, on)
