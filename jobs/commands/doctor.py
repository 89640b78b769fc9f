"""`casework doctor`: is all well, and if not, what to do."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from jobs.commands.faults import UNSAFE
from jobs.commands.line import Command, as_json, database

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.health import Health
    from casework.posture import Finding
    from jobs.examined import Examined
    from persistence import Database

WELL, FOUND = 0, 1


@click.command(cls=Command)
@as_json
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """The last complete night of each service and its age, who holds the night, whether it is safe to write here, and
    what somebody has to look at.

    Exit code 1 where something is red; 78 where CASEWORK_PROFILE is production and a rule refuses.
    """
    from casework.posture import refusals

    opened = database()
    rules, production = opened.posture(), opened.gate.production
    refused = production and bool(refusals(rules))
    document: dict[str, Any] = {"profile": "production" if production else "development", "safe": not refusals(rules)}
    document |= {"rules": [asdict(rule) for rule in rules], "revision": _revision(opened.revision())}
    if refused and any(rule.id == "G01" and rule.do for rule in rules):  # no tables that could be asked
        _tell(document, as_json, rules, None, [])
        context.exit(UNSAFE)
    health, examined = _examined(opened)
    _tell(document, as_json, rules, health, examined)
    red = health.red or any(look.status == "finding" for look in examined)
    context.exit(UNSAFE if refused else FOUND if red else WELL)


def _revision(found: tuple[str | None, str]) -> dict[str, str | None]:
    return {"current": found[0], "head": found[1]}


def _examined(opened: Database) -> tuple[Health, list[Examined]]:
    from casework import Casework
    from jobs.examined import examine

    casework = Casework(opened)
    health = casework.health()
    return health, examine(casework, health)


def _tell(
    document: dict[str, Any], as_json: bool, rules: Sequence[Finding], health: Health | None, looks: Sequence[Examined]
) -> None:
    from jobs.commands import documents

    if as_json:
        document |= {"examined": [asdict(look) for look in looks]}
        return documents.print_document((documents.health(health) if health else {}) | document)
    if health:
        _show_nights(health)
    _show_rules(document["profile"], rules)
    if health:
        _show_findings(health, looks)
    return None


def _show_nights(found: Health) -> None:
    from jobs.show import Column, print_table, say
    from workflows.dates import british

    columns = [Column("service"), Column("last night"), *(Column(name, right=True) for name in ("hours ago", "open"))]
    columns += [Column(name, right=True) for name in ("listed", "flags", "unread", "due")]
    rows = [
        (
            one.service,
            one.last_complete.isoformat() if one.last_complete else "never",
            "-" if one.age_hours is None else f"{one.age_hours:.1f}",
            str(one.open_referrals),
            str(one.listed),
            str(sum(one.open_flags.values())),
            str(one.quarantined),
            str(one.dates_due),
        )
        for one in found.services
    ]
    print_table(columns, rows)
    holder = found.lease.holder if found.lease.alive else None
    say("", f"The night is held by: {holder or 'nobody'}.")
    say(f"Bank holidays are known until {british(found.bank_holidays_until)}.")


def _show_rules(profile: str, rules: Sequence[Finding]) -> None:
    from jobs.show import say

    meaning = "nothing is written" if profile == "production" else "in production nothing would be written"
    say("", f"The profile is {profile}; while a rule is refused, {meaning}.")
    say(*(f"{rule.id} {rule.status:8} {rule.name}: {rule.says} {rule.do}".rstrip() for rule in rules), "")


def _show_findings(found: Health, looks: Sequence[Examined]) -> None:
    from jobs.show import say

    say(*(look.says for look in looks if look.status == "ok"))
    findings = [*found.findings, *(look.says for look in looks if look.status == "finding")]
    say(*(f"LOOK: {finding}" for finding in findings) if findings else ["All is well."])
