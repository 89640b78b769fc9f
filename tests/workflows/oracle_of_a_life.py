"""What the oracle knows by heart of birth, loss, another carer, age, transfers and safeguarding."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from workflows import Move

Answers = Mapping[str, Any]

FAMILY_OR_LIFE_ENDS_IT = frozenset(
    {"withdraw_consent", "move_away", "family_declines", "record_loss", "merge_into", "restrict"}
)
"""Endings that an open concern does not block."""

TAKES_BACK = frozenset({"undo_loss", "unmerge"})
OF_ONE_CARER = (
    "focus_carer", "carer_nhs_number", "postcode", "gp_in_area", "lives_in_area", "in_contact", "carer_unavailable",
    "learning_disability", "relationship_need", "motivation", "readiness", "rated_on",
)  # fmt: skip
OFFER = ("receiving_service", "receiving_contact", "transfer_reason", "transfer_offered_on")
FORGOTTEN: dict[str, tuple[str, ...]] = {
    "record_loss": ("letters",),
    "undo_loss": ("lost_on",),
    "record_loss_of_one": ("letters",),
    "carer_died": ("appointments", "letters"),
    **dict.fromkeys(("change_focus_carer", "new_carer_to_group"), OF_ONE_CARER),
    "transfer_refused": OFFER,
    "sign_off_safeguarding": ("concerns",),
}
"""What is known no longer once the step is taken, unless the step gives it afresh."""

DATED = {
    "review_safeguarding": "safeguarding_reviewed_on",
    **dict.fromkeys(("change_focus_carer", "new_carer_to_group"), "focus_carer_since"),
}
"""Where the last day of such a step is kept."""

ASKS_WHO = frozenset({"record_birth", "split_multiple", "change_focus_carer", "new_carer_to_group", "transfer_in"})
"""Where another open referral for the same two people stands in the way; to undo a loss, where that closed it."""

HOLDS = frozenset({"place_hold", "carer_died", "contact_ended"})
NEVER_PAUSED = frozenset({"safeguarding"})
AFTER_THE_GROUP = frozenset(
    {
        "watchful_waiting", "consultation", "waiting", "allocated", "assessment", "formulation", "plan_offered",
        "intervention", "ending",
    }
)  # fmt: skip

Unborn = timedelta(days=300)


def concerns(answers: Answers) -> int:
    return len(answers.get("concerns", ()))


def nothing_waits_any_more(answers: dict[str, Any], row: Move, data: Answers) -> None:
    """An ending ends what was to come. A last letter goes after it; none that invites, and none to who withdrew."""
    if row.trigger == "merge_into":
        return
    for name in ("appointments", *(OFFER[3:] if row.to == "transferred_out" else OFFER)):
        answers.pop(name if name not in data else "", None)
    letters = [] if row.to in ("void", "closed_loss", "restricted") else answers.pop("letters", [])
    answers.pop("letters", None)
    inviting = ("appointment", "plan", "information_request")
    if row.to == "consent_withdrawn":
        letters = [one for one in letters if one["letter_to"] != "carer" and "copy_to" not in one]
    if stays := [one for one in letters if one["letter_kind"] not in inviting]:
        answers["letters"] = stays


def no_ending_is_told(answers: dict[str, Any]) -> None:
    """Of an ending that was taken back."""
    letters = [one for one in answers.pop("letters", []) if one["letter_kind"] != "ending"]
    answers |= {"letters": letters} if letters else {}


def under_the_overlays(row: Move, answers: Answers, data: Answers, *, closes: bool, opens: bool) -> bool:
    """An open concern blocks what the service chooses; after a loss nothing goes on."""
    if opens and row.trigger not in TAKES_BACK and "lost_on" in answers:
        return False
    if not closes or not concerns(answers) or row.trigger in FAMILY_OR_LIFE_ENDS_IT:
        return True
    if row.trigger == "transfer_accepted":
        return "handed_on_to" in data
    return row.trigger == "discharge" and data.get("end_reason") == "family_ends"


def against(known: Answers, *, essex: bool) -> set[str]:
    """What speaks against the two, or is to be discussed: one word for each."""
    yes_no = {"relationship_at_risk", "gp_in_area", "primary_carer"}
    yes_no |= {"lives_in_area", "in_contact"} if essex else set()
    found = {name for name in yes_no if known.get(name) == "no"}
    if essex:
        found |= {"foster"} if known.get("carer_relationship") == "foster_carer" else set()
        found |= {"away"} if known.get("carer_unavailable", "no") != "no" else set()
        found |= {"learning"} if known.get("learning_disability") == "yes" else set()
    return found


def _in_the_pregnancy(answers: Answers, day: date) -> bool:
    return "expected_due_date" not in answers or day >= answers["expected_due_date"] - Unborn


def _birth(answers: Answers, on: date, data: Answers) -> bool:
    return "infant_dob" not in answers and "lost_on" not in answers and _in_the_pregnancy(answers, data["infant_dob"])


def _split(answers: Answers, on: date, data: Answers) -> bool:
    number, told = answers.get("babies_born", 0), {e["birth_order"]: e["in_scope"] for e in data["babies_considered"]}
    whole = number > 1 and sorted(told) == list(range(1, number + 1)) == sorted(told)
    return whole and "split_on" not in answers and told.get(data["birth_order"]) == "yes"


def born_by_a_form(answers: Answers, data: Answers) -> bool:
    """A birth while the referral is open has a step of its own."""
    return "infant_dob" in data and "infant_dob" not in answers and "expected_due_date" in answers


def _of_several(answers: Answers) -> bool:
    """More than one baby is expected still."""
    expected = answers.get("babies_expected", 1) - len(answers.get("lost_before_birth", ()))
    return "infant_dob" not in answers and expected > 1


def _loss(answers: Answers, on: date, data: Answers) -> bool:
    one = answers.get("babies_born", 1) < 2 or "split_on" in answers
    meant = one and (not _of_several(answers) or data.get("all_lost") == "yes")
    after = answers.get("infant_dob", date.min) <= data["lost_on"]
    return meant and after and "lost_on" not in answers and _in_the_pregnancy(answers, data["lost_on"])


def _loss_of_one(answers: Answers, on: date, data: Answers) -> bool:
    return _of_several(answers) and "lost_on" not in answers and bool(data["one_lost_on"] <= on)


def _new_carer(answers: Answers, on: date, data: Answers) -> bool:
    named = {"carer_name", "carer_relationship", "primary_carer", "consent_on"} <= data.keys()
    return named and data["former_access_reviewed"] == "yes" and bool(data["consent_on"] <= on)


def _was_offered(answers: Answers, on: date, data: Answers) -> bool:
    return bool(answers.get("transfer_offered_on", date.max) <= on)


def _review_ahead(answers: Answers, on: date, data: Answers) -> bool:
    return bool(data["review_on"] >= on)


Rule = Callable[[Answers, date, Answers], bool]
RULES: dict[str, Rule] = {
    "record_birth": _birth,
    "split_multiple": _split,
    "split_off": lambda answers, on, data: False,
    "recheck_gp": lambda answers, on, data: "infant_dob" in answers,
    "record_loss": _loss,
    "record_loss_of_one": _loss_of_one,
    "undo_loss": lambda answers, on, data: "lost_on" in answers,
    "loss_followup": lambda answers, on, data: bool(data["contact_agreed"] == "yes"),
    "change_focus_carer": _new_carer,
    "new_carer_to_group": _new_carer,
    "carer_died": _review_ahead,
    "contact_ended": lambda answers, on, data: data["return_planned"] == "yes" and _review_ahead(answers, on, data),
    "retain": lambda answers, on, data: "infant_dob" in answers and bool(data["retain_until"] > on),
    "offer_transfer": lambda answers, on, data: "transfer_offered_on" not in answers,
    "transfer_accepted": _was_offered,
    "transfer_refused": _was_offered,
    "transfer_in": lambda answers, on, data: bool(data["consent_on"] <= on),
    "end_cowork": lambda answers, on, data: data["cowork"] in {e["number"] for e in answers.get("coworking", ())},
    "close_disengaged": lambda answers, on, data: bool({"infant_voice", "not_observed_because"} & data.keys()),
    "review_safeguarding": lambda answers, on, data: concerns(answers) > 0,
    "escalate_safeguarding": lambda answers, on, data: concerns(answers) > 0,
    "sign_off_safeguarding": lambda answers, on, data: concerns(answers) == 1,
    "close_concern": lambda answers, on, data: (
        concerns(answers) > 1 and data["concern_number"] in {e["number"] for e in answers["concerns"]}
    ),
}


def rule_holds(trigger: str, answers: Answers, on: date, data: Answers) -> bool:
    return trigger not in RULES or RULES[trigger](answers, on, data)


def days_after_birth(answers: Answers) -> dict[str, date]:
    """What is to be looked at again after a birth while the referral is open."""
    if "birth_recorded_on" not in answers:
        return {}
    found = {} if "gp_rechecked_on" in answers else {"gp_recheck": answers["infant_dob"]}
    moved = answers.get("call_recorded_in") != "mothers_record"
    return found if moved else {**found, "entry_to_move": answers["infant_dob"]}
