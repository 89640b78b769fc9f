"""A service that closes: a transfer is offered for every open referral, and nobody is closed by it (requirements S23).

Those with an open safeguarding concern come first. Each stays on its worklist until the other side has accepted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.actor import Actor
from casework.case import Case
from casework.change import LATEST
from casework.errors import StepRefused
from casework.life.concerns import is_concerned
from casework.service import Casework
from casework.store import Asked

CLOSES = {"transfer_reason": "service_closes"}


@dataclass(frozen=True, slots=True)
class Offered:
    """One referral of the service that closes; `refused` has the codes where no transfer could be offered."""

    reference: str
    state: str
    concern: bool
    receiving_service: str | None
    refused: tuple[str, ...] = ()


def offer_every_transfer(
    casework: Casework,
    service: str,
    actor: Actor,
    plan: Mapping[str, Any],
    each: Mapping[str, Mapping[str, Any]],
    *,
    dry_run: bool = False,
) -> tuple[Offered, ...]:
    """`plan` are the answers of `offer_transfer` for all, `each` those that differ, by reference.

    One referral, one act: one that is refused (a transfer is pending, a basis is missing) costs only itself, and what
    was offered before is not offered twice.
    """
    return tuple(
        _offered(casework, case, concern, actor, {**plan, **each.get(case.reference, {}), **CLOSES}, dry_run)
        for case, concern in in_order(casework, service, casework.today())
    )


def in_order(casework: Casework, service: str, on: date) -> list[tuple[Case, bool]]:
    """The open referrals of a service, and whether a concern is open: those first, then in the order of coming."""
    cases = [casework.case(row.case_id) for row in casework.worklist(Asked(on, service=service))]
    with casework.database.reading() as store:
        found = [(case, is_concerned(store, case)) for case in cases]
    return sorted(found, key=lambda one: (not one[1], one[0].opened_on or on, one[0].id))


def _offered(
    casework: Casework, case: Case, concern: bool, actor: Actor, data: Mapping[str, Any], dry_run: bool
) -> Offered:
    refused: tuple[str, ...] = ()
    try:
        casework.fire(case.id, "offer_transfer", actor, data, seen=LATEST, dry_run=dry_run)
    except StepRefused as no:
        refused = tuple(dict.fromkeys(reason.code for reason in no.reasons))
    return Offered(case.reference, case.state, concern, data.get("receiving_service"), refused)
