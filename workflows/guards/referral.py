"""Pure questions about the facts of one step: a `Refusal`, or None where nothing speaks against it.

A guard that a released chart uses is frozen with it: to change a rule, write a guard beside it and a new chart.

A step read from paper was taken in the past. What it would ask of a person today and the paper does not hold is
noted as not recorded, and the night flags it; refusing it would leave the family on no list at all.
"""

from datetime import date, timedelta

from workflows.dates import british
from workflows.eligibility import Result, eligibility
from workflows.fields.referral import SETTLED, UNANSWERED
from workflows.guards.people import already_referred, no_other_referral_of_the_two
from workflows.settings import Lack, amount, switched
from workflows.stances import is_unborn
from workflows.vocabulary import Facts, Refusal, Role

OF_THE_BORN = ("infant_name", "infant_gp_in_area", "infant_lives_in_area")
"""What nobody asks about a baby before the birth."""


def missing_answers(facts: Facts, lack: Lack = Lack.BLOCK) -> tuple[str, ...]:
    """What a complete written referral of the service still lacks. An unborn baby needs no name and has no GP.

    What the family declined, what nobody knows and what does not apply is not lacking; what is awaited is.
    """
    required = facts.rules.required
    told = tuple(name for name in facts.rules.settings.warned if name not in required)
    passed = _settled(facts) | (set(OF_THE_BORN) if is_unborn(facts) else set())
    asked = required if lack is Lack.BLOCK else told
    return tuple(name for name in asked if not facts.answer(name) and name not in passed)


def _settled(facts: Facts) -> set[str]:
    said = {entry["name"]: entry["shape"] for entry in facts.entries(UNANSWERED.name)}
    given = facts.data.get(UNANSWERED.name)
    if isinstance(given, list):
        said |= {entry["name"]: entry["shape"] for entry in given}
    return {name for name, shape in said.items() if shape in SETTLED}


def consent_recorded(facts: Facts) -> Refusal | None:
    agreed = facts.answer("consent_on")
    if facts.from_paper or (isinstance(agreed, date) and agreed <= facts.on):
        return None
    if agreed:
        return Refusal("out_of_order", "The family agreed only after the day of this step.", ("consent_on",))
    return Refusal("consent_missing", "Record when the family agreed to the referral.", ("consent_on",))


def duty_call_linked(facts: Facts) -> Refusal | None:
    if facts.from_paper or not switched(facts, "duty_call_required") or facts.answer("duty_call_on"):
        return None
    return Refusal("duty_call_missing", "Hold a duty call with the referrer and record its date.", ("duty_call_on",))


def information_complete(facts: Facts) -> Refusal | None:
    if facts.from_paper or not (missing := missing_answers(facts)):
        return None
    labels = ", ".join(name.replace("_", " ") for name in missing)
    return Refusal("information_missing", f"The written referral is not complete. It lacks: {labels}.", missing)


A_BORN_TWIN = " A twin is another baby: give this one a name of its own, such as Baby Two."
AN_UNBORN_TWIN = " Twins are one referral until they are born: then record_birth and split_multiple on that one."


def referrer_may_refer(facts: Facts) -> Refusal | None:
    if switched(facts, "self_referral") or facts.answer("referrer_role") != "family":
        return None
    return Refusal(
        "self_referral_not_taken",
        f"This service takes referrals from professionals only. {facts.rules.settings.ask_instead}".rstrip(),
        ("referrer_role",),
    )


def no_other_open_referral(facts: Facts) -> Refusal | None:
    """Known by their NHS numbers, names and days, or by the records that both referrals are linked to.

    Without a number a twin may look like the baby of the other referral: the words say how the two are told apart.
    """
    if facts.other_referral is None:
        return no_other_referral_of_the_two(facts)
    if facts.answer("infant_nhs_number"):
        return already_referred(facts.other_referral)
    return already_referred(facts.other_referral, then=A_BORN_TWIN if facts.answer("infant_dob") else AN_UNBORN_TWIN)


def words_stand(facts: Facts) -> Refusal | None:
    """Source: Leeds one-minute guide, "captures referrer's concerns in their words"; unedited (R-177)."""
    came, given = facts.recorded.get("referrer_words"), facts.data.get("referrer_words")
    if not came or not given or came == given or not facts.recorded.get("received_on"):
        return None
    return Refusal(
        "words_stand",
        "The referrer's own words stand as they came. Add what is new under another answer, or ask for a new form.",
        ("referrer_words",),
    )


def contents_read_for_safeguarding(facts: Facts) -> Refusal | None:
    if facts.from_paper or facts.data.get("contents_read") == "yes":
        return None
    return Refusal(
        "contents_not_read",
        "Read the contents for safeguarding first, and say that they were read.",
        ("contents_read",),
    )


def discussed_in_forum(facts: Facts) -> Refusal | None:
    met, ready = facts.data.get("rmg_on"), facts.recorded.get("before_group_on")
    if not isinstance(met, date):
        return Refusal(
            "no_forum_record",
            f"No decision without the {facts.rules.review_label} meeting that made it: give its date.",
            ("rmg_on",),
        )
    if isinstance(ready, date) and met < ready:
        sentence = f"The meeting of {british(met)} was before the referral was put to it on {british(ready)}."
        return Refusal("out_of_order", sentence, ("rmg_on",))
    if met > facts.on:
        return Refusal("out_of_order", "The meeting that decided is dated after the decision.", ("rmg_on",))
    return None


def not_excluded(facts: Facts) -> Refusal | None:
    excluded = eligibility(facts).found(Result.EXCLUDED)
    if not excluded:
        return None
    return Refusal("excluded", " ".join(c.sentence for c in excluded))


def discussion_decided(facts: Facts) -> Refusal | None:
    to_discuss = eligibility(facts).found(Result.DISCUSS)
    if not to_discuss or facts.from_paper or facts.answer("eligibility_decision"):
        return None
    return Refusal(
        "discussion_undecided",
        " ".join(c.sentence for c in to_discuss) + " Record what was decided.",
        ("eligibility_decision",),
    )


def ready_for_direct_work(facts: Facts) -> Refusal | None:
    """Both motivation and readiness low: only the lead may override. One low: a reason and a second clinician.

    Source: Leeds guidance for perinatal colleagues, "if both are not present"; read as requirements C-20 and X4.4.
    """
    low = tuple(name for name in ("motivation", "readiness") if facts.answer(name) == "low")
    overridden = bool(facts.data.get("override_reason"))
    if facts.from_paper or not low or (len(low) == 1 and overridden and facts.data.get("second_clinician")):
        return None
    if len(low) == 1:
        return Refusal(
            "not_ready",
            f"The caregiver's {low[0]} is low: give the reason for direct work and a second clinician who agrees.",
            ("override_reason", "second_clinician"),
        )
    if overridden and Role.LEAD in facts.roles:
        return None
    return Refusal(
        "not_ready",
        "Motivation and readiness are both low: offer a consultation, or the clinical lead overrides with a reason.",
        ("override_reason",),
        (Role.LEAD,),
    )


def watching_is_safe(facts: Facts) -> Refusal | None:
    """Source: Leeds guidance for perinatal colleagues, "What next?": low or moderate need, and no harm by waiting."""
    if facts.answer("relationship_need") == "high":
        return Refusal(
            "need_too_high",
            "Watchful waiting is for low or moderate relationship need; this need is high.",
            ("relationship_need",),
        )
    able = all(facts.answer(name) in ("adequate", "high") for name in ("motivation", "readiness"))
    if facts.data.get("waiting_would_harm") == "yes" and able:
        return Refusal(
            "waiting_harms",
            "Waiting would harm, and motivation and readiness are adequate: direct work is indicated.",
            ("waiting_would_harm",),
        )
    return None


def risk_screen_done(facts: Facts) -> Refusal | None:
    if facts.answer("risk_screen_on") or facts.from_paper:
        return None
    return Refusal("risk_screen_missing", "Do the risk-factor screen before an indication.", ("risk_screen_on",))


def something_missing(facts: Facts) -> Refusal | None:
    """Being incomplete is no clinical decision, so it cannot stand in for one."""
    if missing_answers(facts):
        return None
    return Refusal("nothing_missing", "The form lacks nothing that the service needs. Put it to the group.")


def plan_was_shared(facts: Facts) -> Refusal | None:
    if facts.from_paper or facts.data.get("plan_shared") == "yes":
        return None
    return Refusal("plan_not_shared", "Share the plan with the family before they agree to it.", ("plan_shared",))


def survivor_named(facts: Facts) -> Refusal | None:
    survivor = facts.data.get("surviving_reference")
    if facts.data.get("void_reason") != "duplicate" or (survivor and survivor != facts.reference):
        return None
    return Refusal(
        "survivor_missing", "Name the other entry, which stays in place of this one.", ("surviving_reference",)
    )


def not_held(facts: Facts) -> Refusal | None:
    if facts.held_since is None:
        return None
    return Refusal("already_on_hold", f"The referral has been on hold since {british(facts.held_since)}.")


def held(facts: Facts) -> Refusal | None:
    return None if facts.held_since else Refusal("not_on_hold", "The referral is not on hold.")


def reopened_in_time(facts: Facts) -> Refusal | None:
    days, closed = amount(facts, "reopen"), facts.closed_on
    if days is None or closed is None or facts.on <= closed + timedelta(days=days):
        return None
    return Refusal("too_late_to_reopen", f"A referral can be reopened within {days} days; make a new referral.")
