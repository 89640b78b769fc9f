"""What people say with each step of a random life, sometimes something that speaks against it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.casework.families import VOICE
from tests.lives.model import LEEDS, Box, Card
from tests.time.lives import Dice

Says = Callable[[Box, Card, Dice, date], dict[str, Any]]
DAY = timedelta(days=1)
RATED = {"relationship_need": "moderate", "motivation": "adequate", "readiness": "adequate"}
LOSS = {"confirmed_by": "A. Midwife", "confirmed_from": "The ward", "family_told": "All of it."}
MERGED = {"same_because": "One red book.", "second_person": "B. Second"}
OFFER = {
    "receiving_service": "Perinatal team", "receiving_contact": "Their desk", "package": "All of it",
    "transfer_reason": "other_team_fits",
}  # fmt: skip


def _people(dice: Dice) -> dict[str, Any]:
    came = dice.choice(("yes", "yes", "yes", "no"))
    people = [{"who": who, "attended": came} for who in ("infant", "focus_carer")]
    return {"participants": [p if came == "yes" else {**p, "absent_because": "at_work"} for p in people]}


def _appointment(card: Card, dice: Dice) -> dict[str, Any]:
    """One that is pending; at times one that never was."""
    if card.appointments and dice.often(0.6):
        return {"appointment": dice.choice(card.appointments)}
    return {"appointment": 9_999} if dice.often(0.05) else {}


def _contact(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    return {**_people(dice), **_appointment(card, dice), "setting": "home"}


def _session(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    chosen = dice.choice(("watch_me_play", "video_interaction_guidance"))
    return {**_contact(box, card, dice, today), "intervention": chosen}


def _missed(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    return {**_appointment(card, dice), "contact_outcome": "cancelled_by_family"}


def _plan(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    more = ["circle_of_security_parenting"] if dice.often(0.3) else []
    return {"interventions": ["watch_me_play", "video_interaction_guidance", *more], **VOICE}


def _checks(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    return {**RATED, "duty_call_on": today, "postcode": "LS3 7AB", "gp_practice_code": "B86038"}


def _group(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    voice = {"infant_voice": None} if dice.often(0.1) else VOICE
    return {"rmg_on": today, "reason": "The relationship needs it.", "review_on": today + 90 * DAY, **voice}


def _accepted(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    talked = {"eligibility_decision": "Talked over."}
    return {**_group(box, card, dice, today), **RATED, **talked}


def _declined(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    return {**_group(box, card, dice, today), "closure_reason": "lower_level_of_need", "onward_services": "0-19"}


def _consent(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    return {
        "consent_for": dice.choice(("filming", "filming", "sharing", "referral")),
        "consent_by": dice.choice(("The mother", "The father")),
        "consent_decision": dice.choice(("given", "given", "refused", "withdrawn")),
        "consent_standing": "parental_responsibility",
        "consent_said_on": today,
    }


def _review(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    return {"review_on": today + DAY * dice.choice((-1, 0, 2, 7, 21, 40)), "hold_reason": "other"}


def _basis(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    agreed = dice.choice(("yes", "no"))
    basis = {"sharing_basis": "Risk of harm"} if agreed == "no" and dice.often(0.5) else {}
    return {"shared_with_consent": agreed, **basis, "escalated_to": "Social care"}


def _one_concern(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    return {"concern_number": dice.choice(card.concerns) if card.concerns else 1, "safeguarding_outcome": "Clear"}


def _sign_off(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    named = {"signed_by": "S. Lead"} if dice.often(0.85) else {"signed_by": None}
    return {**named, "safeguarding_outcome": "Clear"}


def _birth(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    born = today - DAY * dice.choice((0, 0, 1, 4))
    name = {"infant_name": card.baby.name}
    return {"infant_dob": born, "babies_born": dice.choice((2, 2, 1) if card.baby.expected else (1, 1, 2)), **name}


def _split(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    own = dice.choice((1, 1, 1, 2))
    each = [{"birth_order": n, "under_stress": "yes", "in_scope": "yes"} for n in (1, 2)]
    each[2 - own]["name_of_this_baby"] = f"{card.baby.name} the other of {card.reference}"
    return {"birth_order": own, "babies_considered": each, "infant_name": None}


def _loss(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    return {**LOSS, "lost_on": today, "all_lost": dice.choice((None, None, "yes"))}


def _death(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    return {
        "carer_died_on": today, "confirmed_by": "A. GP", "confirmed_from": "Practice", "now_cares": "An aunt",
        "review_on": today + DAY * dice.choice((0, 14)),
    }  # fmt: skip


def _ended(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    plan = {"legal_status": "interim_care_order", "care_plan": "Reunification", "placement_outcome": "separated"}
    return {**plan, "return_planned": dice.choice(("yes", "yes", "no")), "review_on": today + DAY * 30}


def _change(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    records = [c for c in box.carers if c.service == card.service and not c.died]
    record = dice.choice(records) if records and dice.often(0.5) else None
    named = {"focus_carer": record.reference} if record else {"focus_carer": None}
    name = record.name if record else f"Carer {dice.randint(1, 10**9)}"
    return {
        **named, "carer_name": name, "carer_relationship": "father", "primary_carer": "yes", "consent_on": today,
        "postcode": "LS3 7AB", "former_access_reviewed": dice.choice(("yes", "yes", "yes", "no")),
        "place": None, "place_words": None,
    }  # fmt: skip


def _link(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    babies = [b.reference for b in box.babies if b.reference and b.service == card.service]
    carers = [c.reference for c in box.carers if c.service == card.service]
    said: dict[str, Any] = {"infant": None, "focus_carer": None}
    if babies and dice.often(0.5):
        said["infant"] = dice.choice(babies)
    if carers and (not said["infant"] or dice.often(0.5)):
        said["focus_carer"] = dice.choice(carers)
    return said


def _letter(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    kind = dice.choice(("outcome", "appointment", "ending"))
    said = {"letter_kind": kind, "letter_to": "referrer", "letter_by": dice.choice(("post", "email"))}
    carers = [card.carer] if card.carer and dice.often(0.7) else [c for c in box.carers if c.service == card.service]
    who = dice.choice(("referrer", "network", *(("carer", "carer") if carers else ())))
    said["letter_to"] = who
    return {**said, "to_carer": dice.choice(carers).reference} if who == "carer" else said


def _one_letter(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    number = dice.choice(card.letters).number if card.letters else 1
    return {"letter": number, "reviewed_by": "A. Reader", "asked_first_on": None}


def _offer(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    return {**OFFER, **_basis(box, card, dice, today)}


def _accept_transfer(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    handed = {"handed_on_to": "Their lead"} if dice.often(0.5) else {}
    return {"accepted_by": "P. Nurse", "referrer_told_on": today, **handed}


def _merge(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    here = [c for c in box.cards if c.service == card.service]
    others = [c for c in here if c is not card and c.state != "merged"]
    return {"survivor": dice.choice(others if others and dice.often(0.85) else here).reference, **MERGED}


def _void(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    others = [c.reference for c in box.cards if c is not card and c.service == card.service]
    why = dice.choice(("entered_in_error", "duplicate", "duplicate"))
    return {"void_reason": why, "surviving_reference": dice.choice([*others, "R-1"])}


def _part(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    stays = card.into.reference if card.into else "R-0"
    return {"merged_into": stays, "apart_because": "Two after all."}


def _begin_cowork(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    return {"meets_on": today}


def _cowork(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    return {"cowork": dice.choice(card.cowork) if card.cowork else 1, "reason": "Done."}


def _agreed(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    return {"consent_on": today} if not card.consent or dice.often(0.2) else {"referrer_contact": "0113 496 0001"}


def plain(**said: Any) -> Says:
    return lambda box, card, dice, today: dict(said)


def _retain(box: Box, card: Card, dice: Dice, today: date) -> dict[str, Any]:
    return {"retain_until": today + 60 * DAY}


SAYS: dict[str, Says] = {
    "indicate_direct": plain(**RATED, **VOICE), "give_advice": plain(**VOICE, lawful_basis="Agreed"),
    "receive_referral": plain(), "pass_checks": _checks, "accept": _accepted, "decline": _declined,
    "triage_rate": plain(relational_risk="moderate", safeguarding_risk="low", **VOICE),
    "watch_and_wait": lambda *a: {**_group(*a), "waiting_would_harm": "no", **RATED},
    "review_to_group": plain(), "allocate": plain(clinician="C. Clinician"), "unallocate": plain(),
    "bring_back": plain(), "change_clinician": plain(clinician="D. Clinician"), "book_appointment": plain(),
    "record_missed": _missed, "first_contact": _contact, "record_contact": _contact, "record_session": _session,
    "finish_assessment": plain(measures_offered="yes", **VOICE), "offer_plan": _plan,
    "family_agrees": plain(plan_shared="yes"), "family_declines": plain(**VOICE),
    "begin_ending": plain(ending_with_family="yes"),
    "discharge": lambda box, card, dice, today: {
        "end_reason": dice.choice(("treatment_completed", "family_ends")), "no_measures_because": "Short",
        "placement_outcome": "stayed_together", **VOICE,
    },
    "acknowledge": plain(), "add_information": _agreed,
    "rate": plain(area="motivation", level="high"), "record_consent": _consent,
    "place_hold": _review, "review_hold": _review, "resume": plain(), "close_after_hold": plain(),
    "raise_safeguarding": plain(concern="A worry"), "review_safeguarding": plain(),
    "escalate_safeguarding": _basis, "close_concern": _one_concern, "sign_off_safeguarding": _sign_off,
    "record_birth": _birth, "split_multiple": _split, "record_loss": _loss,
    "record_loss_of_one": lambda box, card, dice, today: {**LOSS, "one_lost_on": today},
    "undo_loss": plain(reason="Another baby", second_person="B. Second"),
    "recheck_gp": plain(gp_practice_code="B86038"),
    "carer_died": _death, "contact_ended": _ended, "close_contact_ended": _ended, "change_focus_carer": _change,
    "link_records": _link, "retain": _retain, "close_aged_out": plain(**VOICE), "prepare_letter": _letter,
    "send_letter": _one_letter, "cancel_letter": _one_letter, "offer_transfer": _offer,
    "transfer_accepted": _accept_transfer, "transfer_refused": plain(), "end_cowork": _cowork,
    "start_cowork": _begin_cowork,
    "close_disengaged": plain(**VOICE), "move_away": plain(), "withdraw_consent": plain(withdrawn_by="The mother"),
    "void": _void,
    "reopen": lambda box, card, dice, today: {"consent_on": today} if dice.often(0.5) else {},
    "merge_into": _merge, "unmerge": _part,
}  # fmt: skip

ACCEPTS = {LEEDS: "accept_direct"}
"""What the group's yes is called; elsewhere: to an assessment."""
