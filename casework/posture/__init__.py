"""Whether it is safe to write here: the rules of the production profile, each with an id that stays.

The facts are gathered where the database is (`persistence.posture`); here they are judged and nothing is asked.
In the development profile every rule is shown by `casework doctor` and none stands in the way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from casework.errors import BadRequest, CaseworkError
from casework.posture.facts import Facts, Keys, PostgresFacts, SqliteFacts, Surroundings
from casework.posture.rules import OF_ALL, OF_POSTGRESQL, OF_SQLITE, Rule, Status, has_wal_reset_bug

__all__ = [
    "Facts",
    "Finding",
    "Keys",
    "PostgresFacts",
    "SqliteFacts",
    "Status",
    "Surroundings",
    "Unsafe",
    "has_wal_reset_bug",
    "is_production",
    "judge",
    "refusals",
]

PROFILE = "CASEWORK_PROFILE"
PRODUCTION, DEVELOPMENT = "production", "development"
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule came to. `do` is empty where it is kept."""

    id: str
    name: str
    status: Status
    says: str
    do: str = ""


class Unsafe(CaseworkError):
    """The production profile does not write here. Nothing was changed; `findings` are the rules that are broken."""

    code = "unsafe"

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        each = " ".join(f"[{f.id} {f.name}] {f.says} {f.do}" for f in findings)
        super().__init__(f"Refused, for it is not safe to write here in the production profile. {each}")


def is_production(environment: Mapping[str, str]) -> bool:
    """By `CASEWORK_PROFILE`; development where it is not set. Raises `BadRequest` for any other word: a slip of the
    pen must not switch the rules off."""
    named = environment.get(PROFILE, "").strip() or DEVELOPMENT
    if named not in (PRODUCTION, DEVELOPMENT):
        raise BadRequest("unknown_profile", f"{PROFILE} is either {PRODUCTION} or {DEVELOPMENT}.", "profile")
    return named == PRODUCTION


def judge(around: Surroundings, facts: Facts | None) -> tuple[Finding, ...]:
    """Every rule that is asked of such a database, in the order of the tables. No facts: there is no database yet."""
    found = [_finding(rule, around) for rule in OF_ALL]
    if isinstance(facts, SqliteFacts):
        found += [_finding(rule, facts) for rule in OF_SQLITE]
    if isinstance(facts, PostgresFacts):
        found += [_finding(rule, facts) for rule in OF_POSTGRESQL]
    return tuple(found)


def refusals(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.status is Status.REFUSED)


def _finding(rule: Rule[F], facts: F) -> Finding:
    if against := rule.found(facts):
        return Finding(rule.id, rule.name, rule.weight, f"{against}.", rule.do)
    return Finding(rule.id, rule.name, Status.OK, rule.says)
