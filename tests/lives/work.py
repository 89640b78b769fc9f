"""The way to the work and through it, holds and concerns: what each step changes on a card."""

from datetime import date

from tests.lives.model import AT_WORK, EVERYWHERE, OPEN, RECEIVED, WAITING, Box, Card
from tests.lives.ways import (
    CARER_DIED,
    CONCERN,
    LOST,
    NO_BASIS,
    NO_CONSENT,
    NOT_COMPLETE,
    PAST,
    SAME_PEOPLE,
    UNBORN,
    Rule,
    Said,
    Then,
    if_,
    months,
    noted,
    to,
    too_old_from,
)


def received(box: Box, card: Card, said: Said, on: date) -> None:
    card.moves("received", on)
    card.starts("total_time", on)
    card.came_on = on


def checks_passed(box: Box, card: Card, said: Said, on: date) -> None:
    card.consent = card.consent or "consent_on" in said
    card.moves("rmg_review", on)


def accepted(box: Box, card: Card, said: Said, on: date) -> None:
    card.decided = True
    to("waiting", starts=("wait_to_allocation", "wait_to_start"))(box, card, said, on)


def decided(state: str) -> Then:
    def by_the_group(box: Box, card: Card, said: Said, on: date) -> None:
        card.decided = True
        to(state, stops=("wait_to_allocation", "wait_to_start"))(box, card, said, on)

    return by_the_group


def risks_rated(box: Box, card: Card, said: Said, on: date) -> None:
    card.rated_on = on


def booked(box: Box, card: Card, said: Said, on: date) -> None:
    card.appointments.append(card.steps)


def _kept(card: Card, said: Said) -> None:
    if said.get("appointment"):
        card.appointments.remove(said["appointment"])
    card.contacts += 1


def met(box: Box, card: Card, said: Said, on: date) -> None:
    _kept(card, said)
    if card.state == "allocated":
        to("assessment", stops=("wait_to_start", "total_time"))(box, card, said, on)


def missed(box: Box, card: Card, said: Said, on: date) -> None:
    _kept(card, said)


WITHHELD = if_("consent_withheld", lambda box, card, said, on: box.withheld(card, "referral"))
NOBODY = if_("nobody_present", lambda box, card, said, on: all(p["attended"] == "no" for p in said["participants"]))
NO_APPOINTMENT = if_(
    "no_such_entry",
    lambda box, card, said, on: said.get("appointment") and said["appointment"] not in card.appointments,
)
FILMED = ("video_interaction_guidance",)
NO_FILMING = if_(
    "filming_not_agreed",
    lambda box, card, said, on: said["intervention"] in FILMED and not box.consented(card, "filming", card.carer_since),
)
OTHER_ENDS = if_("concern_open", lambda box, card, said, on: card.concerned and said["end_reason"] != "family_ends")


def _too_young(box: Box, card: Card, said: Said, on: date) -> str:
    if "circle_of_security_parenting" not in said["interventions"]:
        return ""
    return "outside_age_window" if card.born is None or on < months(card.born, 4) else ""


def consent_said(box: Box, card: Card, said: Said, on: date) -> None:
    card.consents.append((said["consent_for"], said["consent_by"], said["consent_decision"], on))


def _nothing_to_withdraw(box: Box, card: Card, said: Said, on: date) -> str:
    given = any(what == said["consent_for"] and how == "given" for what, _, how, _ in card.consents)
    given = given or (said["consent_for"] == "referral" and card.consent)
    return "nothing_to_withdraw" if said["consent_decision"] == "withdrawn" and not given else ""


def informed(box: Box, card: Card, said: Said, on: date) -> None:
    card.consent = card.consent or "consent_on" in said


def rated(box: Box, card: Card, said: Said, on: date) -> None:
    card.ratings += 1


def coworked(box: Box, card: Card, said: Said, on: date) -> None:
    card.cowork.append(card.steps)


def cowork_ended(box: Box, card: Card, said: Said, on: date) -> None:
    card.cowork.remove(said["cowork"])


# Hold, concerns


def held(box: Box, card: Card, said: Said, on: date) -> None:
    card.holds(on, said["review_on"])


def resumed(box: Box, card: Card, said: Said, on: date) -> None:
    card.stops(on, "hold_review")
    card.held = False


ON_HOLD = if_("already_on_hold", lambda box, card, said, on: card.held)
NOT_HELD = if_("not_on_hold", lambda box, card, said, on: not card.held)
NO_CONCERN = if_("no_concern", lambda box, card, said, on: not card.concerns)
NONE_TO_CLOSE = if_("no_such_entry", lambda box, card, said, on: not card.concerns)


def raised(box: Box, card: Card, said: Said, on: date) -> None:
    """On an entry that was merged, and so on the one that goes on."""
    card.concerns.append(card.steps)
    card.starts("safeguarding", on)
    if card.into:
        card.into.steps += 1
        raised(box, card.into, said, on)


def one_closed(box: Box, card: Card, said: Said, on: date) -> None:
    card.concerns.remove(said["concern_number"])


def signed_off(box: Box, card: Card, said: Said, on: date) -> None:
    card.stops(on, "safeguarding")
    card.concerns.clear()
    for other in [c for c in box.cards if c.into is card and c.concerns]:
        other.steps += 1
        signed_off(box, other, said, on)


SEVERAL = if_("several_concerns", lambda box, card, said, on: len(card.concerns) > 1)

ONLY_ONE = if_("last_concern", lambda box, card, said, on: len(card.concerns) == 1)

ELSEWHERE = if_("concern_stands_elsewhere", lambda box, card, said, on: card.into and _stands(card).concerns)


def _stands(card: Card) -> Card:
    return _stands(card.into) if card.into else card


NOT_NAMED = if_("answer_missing", lambda box, card, said, on: not said.get("signed_by"))

EARLY = if_("not_too_old", lambda box, card, said, on: card.born is not None and on < too_old_from(card))

TOO_OLD_THEN = if_(
    "too_old_by_then", lambda box, card, said, on: card.born is not None and said["review_on"] >= too_old_from(card)
)

TOO_OLD = if_("excluded", lambda box, card, said, on: card.born is not None and card.came_on >= too_old_from(card))

NOT_RATED = if_("not_rated", lambda box, card, said, on: card.unrated)
NOT_HEARD = if_("infant_voice_missing", lambda box, card, said, on: not (card.rated or said.get("infant_voice")))

WORKED = (*WAITING, *AT_WORK)

CALLED = ("duty_call", "awaiting_referral", "lapsed", "advice_given")

WORK: dict[str, Rule] = {
    "indicate_direct": Rule(("duty_call",), to("awaiting_referral"), (SAME_PEOPLE,)),
    "give_advice": Rule(("duty_call",), to("advice_given"), (CONCERN,)),
    "receive_referral": Rule(CALLED, received, (SAME_PEOPLE, LOST)),
    "pass_checks": Rule(("received",), checks_passed, (NO_CONSENT, WITHHELD, NOT_COMPLETE, SAME_PEOPLE)),
    "triage_rate": Rule(("rmg_review",), risks_rated),
    "accept": Rule(("rmg_review",), accepted, (NO_CONSENT, WITHHELD, TOO_OLD, NOT_RATED, NOT_HEARD)),
    "decline": Rule(("rmg_review",), decided("declined"), (CONCERN, NOT_RATED, NOT_HEARD)),
    "watch_and_wait": Rule(
        ("rmg_review",), decided("watchful_waiting"), (NO_CONSENT, WITHHELD, TOO_OLD_THEN, NOT_RATED, NOT_HEARD)
    ),
    "review_to_group": Rule(("watchful_waiting",), to("rmg_review")),
    "allocate": Rule(("waiting",), to("allocated", stops=("wait_to_allocation",)), (NO_CONSENT, WITHHELD)),
    "unallocate": Rule(("allocated",), to("waiting", starts=("wait_to_allocation",))),
    "bring_back": Rule(("waiting",), to("rmg_review")),
    "change_clinician": Rule(("allocated", *AT_WORK), noted),
    "book_appointment": Rule(WORKED, booked),
    "record_missed": Rule(WORKED, missed, (NO_APPOINTMENT,), held=True),
    "first_contact": Rule(("allocated",), met, (NOBODY, WITHHELD, NO_APPOINTMENT)),
    "record_contact": Rule(AT_WORK, missed, (NOBODY, NO_APPOINTMENT), held=True),
    "record_session": Rule(("intervention", "ending"), missed, (NOBODY, WITHHELD, NO_FILMING, NO_APPOINTMENT)),
    "finish_assessment": Rule(("assessment",), to("formulation")),
    "offer_plan": Rule(("formulation",), to("plan_offered"), (_too_young,)),
    "family_agrees": Rule(("plan_offered",), to("intervention"), (WITHHELD,)),
    "family_declines": Rule(("plan_offered",), to("discharged")),
    "begin_ending": Rule(("intervention",), to("ending")),
    "discharge": Rule(("ending",), to("discharged"), (OTHER_ENDS,)),
    "acknowledge": Rule(RECEIVED, noted, held=True),
    "add_information": Rule(RECEIVED, informed, (SAME_PEOPLE,), held=True),
    "rate": Rule(OPEN, rated, held=True),
    "record_consent": Rule(OPEN, consent_said, (_nothing_to_withdraw,), held=True),
    "place_hold": Rule(OPEN, held, (ON_HOLD, PAST), held=True),
    "review_hold": Rule(OPEN, held, (NOT_HELD, PAST), held=True),
    "resume": Rule(OPEN, resumed, (NOT_HELD, CARER_DIED), held=True),
    "close_after_hold": Rule(OPEN, to("circumstances_changed"), (NOT_HELD, CONCERN), held=True),
    "raise_safeguarding": Rule(EVERYWHERE, raised, held=True),
    "review_safeguarding": Rule(EVERYWHERE, noted, (NO_CONCERN,), held=True),
    "escalate_safeguarding": Rule(EVERYWHERE, noted, (NO_CONCERN, NO_BASIS), held=True),
    "close_concern": Rule(EVERYWHERE, one_closed, (NO_CONCERN, NONE_TO_CLOSE, ONLY_ONE, ELSEWHERE), held=True),
    "sign_off_safeguarding": Rule(EVERYWHERE, signed_off, (NO_CONCERN, SEVERAL, NOT_NAMED, ELSEWHERE), held=True),
    "retain": Rule(RECEIVED, noted, (UNBORN,), held=True),
    "close_aged_out": Rule(RECEIVED, to("aged_out"), (UNBORN, EARLY, CONCERN), held=True),
}
