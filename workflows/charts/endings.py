"""Endings: what each row that closes asks for, from the one table of endings, and the way back as a new referral."""

from collections.abc import Iterable
from dataclasses import replace

from workflows.charts.intake import FORM_CAME
from workflows.endings import ENDINGS, Counted, Ending, Need
from workflows.fields.endings import (
    DISCUSSED_WITH_REFERRER,
    MAY_CALL_AGAIN,
    PARENT_FEEDBACK,
    PLACEMENT_OUTCOME,
    PRIOR_REFERRAL,
    RECIPIENTS,
    REMINDED_ON,
)
from workflows.fields.life import ONWARD_SERVICES, REFERRER_TOLD_ON, RISK_REVIEW, SAID_BY_FAMILY, SAID_BY_REFERRER
from workflows.fields.referral import CLOSURE_REASON, END_REASON, INFANT_VOICE, REASON, REFERRAL_FORM
from workflows.fields.work import ALTERNATIVES, NO_MEASURES_BECAUSE, NOT_OBSERVED_BECAUSE
from workflows.guards.endings import ASKED, call_is_recent, ends_with, prior_has_ended
from workflows.guards.referral import no_other_open_referral, referrer_may_refer
from workflows.vocabulary import NEW, Field, Move, Role

REDIRECT = Counted.REDIRECT

WHY: dict[tuple[str, str], str] = {
    ("duty_call", "give_advice"): "advice_only",
    ("duty_call", "signpost"): CLOSURE_REASON.name,
    ("awaiting_referral", "lapse"): "no_form_came",
    ("information_requested", "close_without_reply"): "no_reply",
    ("received", "reject_incomplete"): "form_incomplete",
    ("rmg_review", "signpost"): CLOSURE_REASON.name,
    ("rmg_review", "decline"): CLOSURE_REASON.name,
    ("watchful_waiting", "review_and_close"): "watch_reviewed",
    ("consultation", "send_summary"): "summary_sent",
    ("formulation", "signpost"): "no_intervention",
    ("plan_offered", "family_declines"): "declined",
    ("ending", "discharge"): END_REASON.name,
}
"""Rows that close, and which ending it is: its code, or the answer that gives it. Others say all that they need."""

SETTLED: dict[tuple[str, str], tuple[Need, ...]] = {
    ("duty_call", "signpost"): (Need.REFERRER_TOLD,),
    ("rmg_review", "signpost"): (Need.REFERRER_TOLD,),
    ("rmg_review", "decline"): (Need.REFERRER_TOLD,),
    ("received", "reject_incomplete"): (Need.REFERRER_TOLD, Need.CONTENTS_READ),
    ("information_requested", "close_without_reply"): (Need.MISSING, Need.CONTENTS_READ),
}
"""What is seen to otherwise: the caller hears it on the call, a clock runs until the outcome is told, the message that
sends a form back tells the referrer, what was missing was named when it was asked for, and of the contents there is a
guard.
"""

FIELDS: dict[str, Field] = {
    f.name: f
    for f in (
        REASON, ONWARD_SERVICES, MAY_CALL_AGAIN, REFERRER_TOLD_ON, DISCUSSED_WITH_REFERRER, RECIPIENTS,
        NO_MEASURES_BECAUSE, INFANT_VOICE, NOT_OBSERVED_BECAUSE, PLACEMENT_OUTCOME, ALTERNATIVES, REMINDED_ON,
        RISK_REVIEW, SAID_BY_FAMILY, SAID_BY_REFERRER,
    )
}  # fmt: skip
"""The questions that a row is given where it does not ask them itself."""

ALWAYS = (
    Need.SERVICES,
    Need.MAY_CALL_AGAIN,
    Need.REFERRER_TOLD,
    Need.ALTERNATIVES,
    Need.REMINDED,
    Need.RISK_REVIEW,
    Need.RECIPIENTS,
)
"""Asked of everybody where the ending needs them, as every screen must show; the others hang on the case."""

# fmt: off
RE_REFERRED = (
    Move(NEW, "re_refer", "received", (Role.ADMINISTRATOR, Role.REFERRER), needs=(PRIOR_REFERRAL,), takes=REFERRAL_FORM, only_if=(prior_has_ended, call_is_recent, referrer_may_refer, no_other_open_referral), starts=FORM_CAME, marks="received_on"),
)
# fmt: on


def told_at_the_end(rows: tuple[Move, ...]) -> tuple[Move, ...]:
    """The rows, each that closes with the questions and the guard of its ending."""
    return tuple(_told(row, WHY[row.source, row.trigger]) if (row.source, row.trigger) in WHY else row for row in rows)


def _told(row: Move, why: str) -> Move:
    settled = SETTLED.get((row.source, row.trigger), ())
    possible = _possible(row, why)
    needs = dict.fromkeys(n for ending in possible for n in ending.needs if n in ASKED and n not in settled)
    always = [n for n in needs if n in ALWAYS and all(n in e.needs for e in possible if e.counted is not REDIRECT)]
    needed = _questions(always, (*row.needs, *row.takes))
    row = replace(row, needs=(*row.needs, *needed))
    taken = _questions(needs, (*row.needs, *row.takes))
    taken += (PARENT_FEEDBACK,) if row.to == "discharged" else ()
    guard = ends_with(row.to, why if (row.to, why) in ENDINGS else "", why, settled)
    return replace(row, takes=(*row.takes, *taken), only_if=(*row.only_if, guard))


def _possible(row: Move, why: str) -> tuple[Ending, ...]:
    """The one ending, or those among which the answer of the row chooses."""
    choices = next((f.choices for f in row.needs if f.name == why), (why,))
    return tuple(ENDINGS[row.to, code] for code in choices if (row.to, code) in ENDINGS)


def _questions(needs: Iterable[Need], asked: Iterable[Field]) -> tuple[Field, ...]:
    known = {f.name for f in asked}
    names = dict.fromkeys(name for need in needs for name in ASKED[need][0])
    return tuple(FIELDS[name] for name in names if name in FIELDS and name not in known)
