"""What a case needs before it may end, as `workflows.endings` says; what no void may hide; what a new one follows."""

from collections.abc import Callable, Mapping
from datetime import date

from workflows.beside import Known, RecordKind, entries
from workflows.endings import ENDINGS, NEEDS, PUT_AWAY, Ending, Need
from workflows.guards.infant import own_infant_record
from workflows.vocabulary import Facts, Guard, Refusal

Met = Callable[[Facts], bool]


def _answered(*names: str) -> Met:
    return lambda facts: any(facts.data.get(name) for name in names)


def _measured(facts: Facts) -> bool:
    """A measure after the work or a goal of the family, or the reason why there is none."""
    after = any(entry.get("time_point") == "after" for entry in facts.entries("measures"))
    return after or bool(facts.entries("goals")) or bool(facts.data.get("no_measures_because"))


def _placed(facts: Facts) -> bool:
    """Asked only where it was in question: a baby who lived elsewhere, or with a foster carer (R-293, R-294)."""
    if facts.data.get("placement_outcome"):
        return True
    if facts.answer("carer_relationship") == "foster_carer":
        return False
    infant = own_infant_record(facts)
    return infant is None or not entries(infant.answers, "legal_statuses")


ASKED: Mapping[Need, tuple[tuple[str, ...], Met]] = {
    need: (names, met or _answered(*names))
    for need, names, met in (
        (Need.REASON, ("reason",), None),
        (Need.SERVICES, ("onward_services",), None),
        (Need.ADVICE, ("advice",), None),
        (Need.MAY_CALL_AGAIN, ("may_call_again",), None),
        (Need.REFERRER_TOLD, ("referrer_told_on",), None),
        (Need.DISCUSSED, ("discussed_with_referrer",), None),
        (Need.SUMMARY, ("summary", "recommendations"), None),
        (Need.RECOMMENDATIONS, ("recommendations",), None),
        (Need.RECIPIENTS, ("recipients",), None),
        (Need.MEASURES, ("no_measures_because",), _measured),
        (Need.INFANT_VOICE, ("infant_voice", "not_observed_because"), None),
        (Need.PLACEMENT, ("placement_outcome",), _placed),
        (Need.ALTERNATIVES, ("alternatives",), None),
        (Need.WHO_SAID_SO, ("said_by_family", "said_by_referrer"), None),
        (Need.MISSING, ("questions",), None),
        (Need.CONTENTS_READ, ("contents_read",), None),
        (Need.REMINDED, ("reminded_on",), None),
        (Need.RISK_REVIEW, ("risk_review",), None),
    )
}
"""What is asked for each need of an ending: the answers that can give it, and when it is met."""


def ends_with(state: str, code: str, chosen_by: str, settled: tuple[Need, ...]) -> Guard:
    """The guard of a row that closes: the ending is one of its reasons, and nothing that it needs is left unsaid.

    `code` is the reason, or "" where the answer `chosen_by` gives it; `settled` is what the row itself sees to.
    """

    def ending_is_told(facts: Facts) -> Refusal | None:
        reason = code or facts.data.get(chosen_by)
        if facts.from_paper or not reason:
            return None
        ending = ENDINGS.get((state, str(reason)))
        if ending is None:
            return Refusal(
                "not_a_reason_here", "This is no reason for this ending. See how a case can end.", (chosen_by,)
            )
        return _left_unsaid(ending, facts, settled)

    return ending_is_told


def _left_unsaid(ending: Ending, facts: Facts, settled: tuple[Need, ...]) -> Refusal | None:
    asked = [need for need in ending.needs if need in ASKED and need not in settled]
    left = [need for need in asked if not ASKED[need][1](facts)]
    if not left:
        return None
    names = tuple(name for need in left for name in ASKED[need][0])
    return Refusal("ending_incomplete", f"Before it ends so, record {'; '.join(NEEDS[n] for n in left)}.", names)


def void_hides_nothing(facts: Facts) -> Refusal | None:
    """Source: requirements X4.11: void never removes a decline or a breach."""
    if facts.from_paper or facts.data.get("void_reason") == "duplicate" or not facts.recorded.get("outcome"):
        return None
    sentence = "The group has decided on this referral: only a duplicate can still be void. Close it instead."
    return Refusal("void_hides_a_decision", sentence, ("void_reason",))


def prior_has_ended(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S19. After a loss a later baby is a new referral, with the loss as one of its factors."""
    prior = _prior(facts)
    if prior is None:
        return None
    if prior.reference == facts.reference or prior.open:
        return Refusal("prior_is_open", "The earlier referral is open: add to that one.", ("prior_referral",))
    if prior.state in PUT_AWAY or prior.answers.get("lost_on"):
        sentence = "Nothing follows that referral. Open a new one; an earlier loss is one of its answers."
        return Refusal("prior_is_not_followed", sentence, ("prior_referral",))
    return None


def _prior(facts: Facts) -> Known | None:
    named = facts.data.get("prior_referral")
    return facts.beside.record(RecordKind.REFERRAL, str(named)) if named else None


def call_is_recent(facts: Facts) -> Refusal | None:
    """The duty call of the earlier referral counts again within the days that the service sets; off: it does not."""
    prior, called = _prior(facts), facts.data.get("duty_call_on")
    if prior is None or not isinstance(called, date) or prior.answers.get("duty_call_on") != called:
        return None
    figure = facts.figure("recent_call")
    if figure is not None and figure.amount is not None and (facts.on - called).days <= figure.amount:
        return None
    sentence = "That call belongs to the earlier referral and does not count again here: hold a new one."
    return Refusal("call_too_old", sentence, ("duty_call_on",))
