"""What a verifier and a reconciler found, as people and programs read it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from casework import Casework
from casework.audit.evidence import in_ranges
from casework.audit.findings import LAWFUL
from casework.audit.keys import AuditKeys
from casework.audit.reconcile import Difference, Reconciled
from casework.audit.verify import Seen, Verdict
from casework.errors import CaseworkError
from casework.identity import is_reference
from casework.replay import UNREADABLE
from casework.replay import Difference as Unlike
from jobs.boards import how_many
from jobs.show import say

MOST = 50
"""Findings that are printed; --json has them all."""

Document = dict[str, Any]


def named(casework: Casework, differing: Iterable[tuple[UUID, tuple[Unlike, ...]]]) -> list[Document]:
    """Referrals that differ from their events, by the name that a person knows them by, where it can be read."""
    return [
        {
            **_name(casework, case_id),
            "differences": [{"what": found.what, "sentence": found.sentence} for found in differences],
        }
        for case_id, differences in differing
    ]


def called(one: Document) -> str:
    """Only what can be a name: whoever altered the database may have written anything there."""
    name = f"{one['service']}/{one['reference']}"
    return name if one["reference"] and is_reference(name) else f"case {one['case_id']}"


def _name(casework: Casework, case_id: UUID) -> Document:
    try:
        case = casework.case(case_id)
    except (CaseworkError, *UNREADABLE):
        return {"service": None, "reference": None, "case_id": case_id}
    return {"service": case.service, "reference": case.reference, "case_id": case_id}


def erased(verdict: Verdict) -> int:
    """Events whose answers were erased. Somebody has to say how many that should be."""
    return sum(1 for found in verdict.findings if found.code in LAWFUL)


def show_verdict(
    verdict: Verdict,
    differing: Sequence[Document],
    keys: AuditKeys,
    seen: Seen | None,
    *,
    replayed: bool,
    whole: bool,
    as_json: bool,
) -> None:
    left_out = list(_left_out(keys, seen, replayed=replayed))
    if as_json:
        return _print({"whole": whole, **_verdict(verdict, differing, left_out)})
    say(
        f"Read {how_many(verdict.events, 'event', 'events')} of {how_many(verdict.cases, 'referral', 'referrals')} and "
        f"{how_many(verdict.checkpoints, 'checkpoint', 'checkpoints')}; {verdict.waiting} wait for their place."
    )
    found = [f"{one.sentence} ({one.code})" for one in verdict.findings]
    found += [
        f"{called(one)} differs from its events: {what['sentence']} (replay_differs)"
        for one in differing
        for what in one["differences"]
    ]
    _say_found(found)
    say(*(f"Not looked at: {what}" for what in left_out))
    if whole:
        say("All is whole." if not left_out else "What was looked at is whole.")
    return None


def _left_out(keys: AuditKeys, seen: Seen | None, *, replayed: bool) -> Iterable[str]:
    if not keys.macs:
        yield "who wrote the events (no mac key was given)."
    if not keys.public:
        yield "who signed the checkpoints (no public key was given)."
    if seen is None:
        yield "whether the database was put back to an earlier day (nothing was verified before: --state)."
    if not replayed:
        yield "whether each referral agrees with its events (--no-replay)."


def _say_found(found: Sequence[str]) -> None:
    say(*(f"FOUND: {sentence}" for sentence in found[:MOST]))
    if len(found) > MOST:
        say(f"and {len(found) - MOST} more; --json lists them all.")


def _verdict(verdict: Verdict, differing: Sequence[Document], left_out: Sequence[str]) -> Document:
    newest = verdict.newest
    return {
        "events": verdict.events,
        "cases": verdict.cases,
        "checkpoints": verdict.checkpoints,
        "waiting": verdict.waiting,
        "newest_checkpoint": newest.as_line() if newest else None,
        "findings": [{**asdict(found), "sentence": found.sentence} for found in verdict.findings],
        "differ": list(differing),
        "not_looked_at": list(left_out),
    }


def _print(document: Document) -> None:
    from jobs.commands import documents

    documents.print_document(document)


def show_reconciled(
    outcome: Reconciled, again: tuple[list[int], list[int]] | None, keys: AuditKeys, *, as_json: bool
) -> None:
    """`again`: the leaves whose lines were told again, and those whose rows were not proved; None: nobody asked."""
    if as_json:
        return _print(_reconciled(outcome, again))
    log = outcome.log
    say(
        f"{how_many(outcome.rows, 'event', 'events')} in the database, {log.lines - log.again} in the log; "
        f"{outcome.untold} are owed to it.",
        f"The log has {how_many(len(log.checkpoints), 'checkpoint', 'checkpoints')}, {log.again} lines told again and "
        f"{log.unreadable} torn ones.",
    )
    _say_found(list(_sentences(outcome.differences)))
    if again is not None:
        told, refused = again
        say(f"Told again: {how_many(len(told), 'line', 'lines')}.")
        say(*(f"NOT told: leaf {leaf} is not proved genuine. See casework audit verify." for leaf in refused))
    if not keys.public and log.checkpoints:
        say("Not looked at: who signed the checkpoints (no public key was given).")
    if not outcome.differences:
        say("The log and the rows agree.")
    return None


def _sentences(differences: Sequence[Difference]) -> Iterable[str]:
    """Runs of places that lack the same are told as one."""
    alike: dict[str, list[Difference]] = {}
    for one in differences:
        alike.setdefault(one.code, []).append(one)
    for code, some in alike.items():
        by_leaf = {one.leaf: one for one in some}
        for first, last in in_ranges(sorted(by_leaf)):
            if first == last:
                yield f"{by_leaf[first].sentence} ({code})"
            else:
                yield f"Leaves {first} to {last} ({last - first + 1} events): each {some[0].says}. ({code})"


def _reconciled(outcome: Reconciled, again: tuple[list[int], list[int]] | None) -> Document:
    log = outcome.log
    told, refused = again or ([], [])
    return {
        "agree": not outcome.differences,
        "rows": outcome.rows,
        "lines": log.lines,
        "told_twice": log.again,
        "torn": log.unreadable,
        "checkpoints": len(log.checkpoints),
        "owed": outcome.untold,
        "differences": [{**asdict(one), "sentence": one.sentence} for one in outcome.differences],
        "told_again": told,
        "not_proved": refused,
    }
