"""What a service's document says beside its figures, as data. What it does not say is off, empty or unstated.

A guard asks `switched` and `amount`: what the service has entered holds from its day on, and before that the document.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from workflows.dates import british

if TYPE_CHECKING:
    from workflows.vocabulary import Facts, ServiceRules


class Stance(StrEnum):
    """Whether a service takes some families (R-095, R-096). Unstated: its documents do not say."""

    YES = "yes"
    CASE_BY_CASE = "case_by_case"
    NO = "no"
    UNSTATED = "unstated"


class Lack(StrEnum):
    """What follows where an answer of the written referral is not there (requirements E-table)."""

    BLOCK = "block"
    """The referral does not come before the group without it."""
    WARN = "warn"
    """It is told, and stops nothing."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A window of ages with work of its own (R-059). Unit: months of age, in whole birthdays.

    `to_months` is the birthday at which the window ends; `last_day_is_in` whether that day itself is still in it.
    """

    code: str
    name: str
    from_months: int
    to_months: int
    last_day_is_in: bool
    source: str
    this_pathway: bool = True
    """Whether referrals to it come by this pathway. The documents of Leeds do not say how they come to its 3 to 5."""
    interventions: tuple[str, ...] = ()
    """Those given in this window; none named: every one that the service offers."""

    def __str__(self) -> str:
        limit = "up to the birthday" if self.last_day_is_in else "before the birthday"
        where = "" if self.this_pathway else ", not by this pathway"
        given = f"; {', '.join(self.interventions)}" if self.interventions else ""
        return f"{self.code} (from {self.from_months} months, {limit} at {self.to_months} months{where}{given})"


@dataclass(frozen=True, slots=True)
class Party:
    """A commissioner or a funder. Both days are its own."""

    name: str
    source: str
    since: date = date.min
    until: date = date.max

    def __str__(self) -> str:
        days = (f"from {british(self.since)}" if self.since > date.min else "",
                f"until {british(self.until)}" if self.until < date.max else "")  # fmt: skip
        said = " ".join(day for day in days if day)
        return f"{self.name} ({said})" if said else self.name


@dataclass(frozen=True, slots=True)
class Settings:
    """One service's choices. Codes are those of `workflows.services.keys`, where each is explained."""

    names_before: tuple[str, ...] = ()
    in_force_from: date = date.min
    """The first day on which new referrals come under this version."""
    address: str = ""
    phone: str = ""
    mailbox: str = ""
    refer_instead: str = ""
    """Who takes referrals once the service is closed, as a sentence."""
    ask_instead: str = ""
    """To whom a family turns that may not refer itself, as a sentence."""
    incomplete_form: str = "request"
    accepted_means: str = "direct_work"
    antenatal: bool | None = None
    offers: tuple[Offer, ...] = ()
    age_measured_on: str = "complete_referral"
    gp_of: tuple[str, ...] = ()
    address_of: tuple[str, ...] = ()
    focus_carer: str = "unstated"
    child_protection: Stance = Stance.UNSTATED
    looked_after: Stance = Stance.UNSTATED
    plan_before_work: bool = False
    """Work with a looked-after baby waits for a plan of adoption or reunification (R-097)."""
    protection_pathway: str = ""
    parenting_assessment: str = "unstated"
    own_mental_health: Stance = Stance.UNSTATED
    warned: tuple[str, ...] = ()
    """Answers whose absence is told and stops nothing."""
    consultation_needs: tuple[str, ...] = ()
    consulted_first: tuple[str, ...] = ()
    """The roles of referrers whose referrals are talked over before the group decides; `default`: everybody's."""
    meets_with: tuple[str, ...] = ()
    """Other services that sit in the meeting, by name."""
    referrer_at_meeting: bool = False
    priority: tuple[str, ...] = ()
    joint_visit: bool = False
    co_working: tuple[str, ...] = ()
    neonatal_route: bool | None = None
    record_holder: str = "unstated"
    screen: tuple[tuple[str, str], ...] = ()
    """The risk-factor screen of the duty call: each item with its words. No document prints one."""
    also_may: tuple[tuple[str, str], ...] = ()
    """Pairs of roles: the second may take every step that the first may."""
    commissioners: tuple[Party, ...] = ()
    funders: tuple[Party, ...] = ()

    def funding(self, on: date) -> str | None:
        """By how many it is funded on a day: "sole", "joint"; None: the document names nobody for it."""
        number = sum(party.since <= on <= party.until for party in self.funders)
        return None if number == 0 else "sole" if number == 1 else "joint"


BY_DOCUMENT: dict[str, Callable[["ServiceRules"], int | None]] = {
    "call_minutes": lambda rules: rules.call_minutes.get("default"),
    "call_minutes_perinatal": lambda rules: rules.call_minutes.get("perinatal_mental_health"),
    "reopen": lambda rules: rules.reopen_within_days,
    "self_referral": lambda rules: int(rules.self_referral),
    "duty_call_required": lambda rules: int(rules.duty_call_required),
    "antenatal": lambda rules: rules.settings.antenatal,
    "priority": lambda rules: int(bool(rules.settings.priority)),
    "joint_visit": lambda rules: int(rules.settings.joint_visit),
}
"""What a document says of a figure by keys of its own."""


def amount(facts: "Facts", name: str) -> int | None:
    """An amount as it holds on the day of the step: entered, else as the document says; None: off."""
    entered = facts.figure(name)
    if entered is not None:
        return entered.amount
    return BY_DOCUMENT[name](facts.rules) if name in BY_DOCUMENT else None


def switched(facts: "Facts", name: str) -> bool:
    """A switch as it holds on the day of the step. What nobody has said is off."""
    return bool(amount(facts, name))


def call_minutes(facts: "Facts", group: str) -> int | None:
    """How long a duty call with a group of referrers is given; None: the service sets no length.

    A group with no length of its own has the default, by what is entered and then by the document.
    """
    own = amount(facts, "call_minutes_perinatal") if group == "perinatal_mental_health" else None
    return own or facts.rules.call_minutes.get(group) or amount(facts, "call_minutes")
