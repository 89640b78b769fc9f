"""What was refused, a step or a reading, as it is kept and told: by whom, when and why, never what was tried."""

from datetime import datetime

from casework import log
from casework.actor import Actor
from casework.case import Case
from casework.errors import StepRefused
from casework.store import RefusedAttempt

READ = "read"
"""In the place of a step, where a reading was refused."""


def refusal(refused: StepRefused, case: Case, actor: Actor, at: datetime, request_id: str | None) -> RefusedAttempt:
    """As it is kept. A step that no pathway knows is not named: what was typed may be a name."""
    return RefusedAttempt(
        case_id=case.id if case.version else None,
        service=case.service,
        trigger=refused.trigger if refused.trigger in (READ, *case.chart.triggers) else "unknown",
        state=refused.state,
        actor=actor.name,
        via=actor.via,
        at=at,
        reasons=refused.reasons,
        request_id=request_id,
    )


def tell(refused: StepRefused, kept: RefusedAttempt, case: Case, actor: Actor) -> None:
    log.case_refused(
        refused,
        service=kept.service,
        reference=case.reference if kept.case_id else None,
        case_id=str(kept.case_id) if kept.case_id else None,
        actor=kept.actor,
        role=actor.acting_as(refused.who),
        via=kept.via,
        recorded_at=kept.at.isoformat(),
        pathway=case.chart.id,
        request_id=kept.request_id,
    )
