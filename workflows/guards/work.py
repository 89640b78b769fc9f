"""What stands against a step of the work: nobody present, the baby not looked at, a plan that cannot be carried out."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from workflows.beside import Known, RecordKind
from workflows.dates import british
from workflows.guards.consents import said_of
from workflows.histories import consented
from workflows.interventions import CATALOGUE, Intervention, find, fits_age, may_deliver
from workflows.offers import offered
from workflows.stances import is_looked_after
from workflows.vocabulary import Facts, Refusal

Entry = Mapping[str, Any]
"""Where a rule asks for an answer that a step only takes, it speaks to whoever has begun to answer: each of these steps
needs other answers too, and until one is given nothing is held against the step but that they are missing.
"""


BESIDE = ("professional", "interpreter")
"""Who is there beside the family: where nobody else was, no family was met."""


def somebody_present(facts: Facts) -> Refusal | None:
    """Source: requirements X4.13: no session counts as attended unless each person present is recorded."""
    people = _given(facts, "participants")
    if facts.from_paper or not people or any(one["attended"] == "yes" for one in people if one["who"] not in BESIDE):
        return None
    sentence = (
        "Nobody of the family was there, so this was no contact. Record it as a missed one, and say what happened."
    )
    return Refusal("nobody_present", sentence, ("participants",))


def participants_known(facts: Facts) -> Refusal | None:
    for one in _given(facts, "participants"):
        for kind in (RecordKind.CARER, RecordKind.INFANT):
            if (named := one.get(kind.value)) and facts.beside.record(kind, str(named)) is None:
                return Refusal("unknown_record", "Of a participant there is no such record here.", ("participants",))
    return None


def infant_voice_given(facts: Facts) -> Refusal | None:
    """Source: requirements R-309: an entry from the baby's side at call, triage, formulation and closure."""
    on_the_call = facts.state == "duty_call" and facts.answer("call_infant_telling")
    told = facts.data.get("infant_voice") or on_the_call
    if facts.from_paper or told or _excused(facts) or not facts.data:
        return None
    if facts.data.get("infant_observed") == "no":
        return Refusal("reason_missing", "Say why the baby was not observed.", ("not_observed_because",))
    sentence = "Say what the baby is telling us; or that the baby was not observed, and why."
    return Refusal("infant_voice_missing", sentence, ("infant_voice",))


def infant_was_observed(facts: Facts) -> Refusal | None:
    """Source: requirements T38 and R-249 to R-252; on the contacts before, or with this step."""
    before = any(contact.get("observations") for contact in facts.entries("contacts"))
    seen = before or facts.data.get("observations") or facts.data.get("observed_on")
    if facts.from_paper or seen or _excused(facts) or not facts.data:
        return None
    if facts.data.get("infant_observed") == "no":
        return Refusal("reason_missing", "Say why the baby was not observed.", ("not_observed_because",))
    sentence = "An assessment has at least one observation of the baby: give it; or say that there was none, and why."
    return Refusal("infant_not_observed", sentence, ("observations", "observed_on"))


def _excused(facts: Facts) -> bool:
    """Whoever says why the baby was not observed has said that it was not."""
    return facts.data.get("infant_observed") != "yes" and bool(facts.data.get("not_observed_because"))


def measures_offered(facts: Facts) -> Refusal | None:
    """Source: requirements T38; a measure that was taken before was offered."""
    said = facts.data.get("measures_offered")
    if facts.from_paper or said != "no" or facts.data.get("no_measures_because") or facts.entries("measures"):
        return None
    return Refusal("reason_missing", "Say why no outcome measures were offered.", ("no_measures_because",))


def profession_in_words(facts: Facts) -> Refusal | None:
    if "discipline_other" not in _codes(facts, "disciplines") or facts.data.get("disciplines_words"):
        return None
    return Refusal("words_missing", "Name the other profession.", ("disciplines_words",))


def own_one_is_named(facts: Facts) -> Refusal | None:
    """Source: requirements R-265 and R-281, "add any not included in the list": a service's own is named in words.

    One of the list under another of its names would pass by the list's own ages, training and sessions.
    """
    chosen = (*_planned(facts), *_of_the_session(facts))
    if facts.from_paper or not any(one.own_words for one in chosen):
        return None
    named = facts.data.get("own_intervention")
    if not named:
        return Refusal("words_missing", "Name the intervention of the service's own.", ("own_intervention",))
    listed = find(str(named))
    if listed is None or listed.own_words:
        return None
    sentence = f"This is in the catalogue: {listed.name}. Choose {listed.code} instead of one of the service's own."
    return Refusal("in_the_catalogue", sentence, ("own_intervention",))


def offered_here(facts: Facts) -> Refusal | None:
    """Source: requirements R-282: offer only what the team can deliver; switches of the service, by day."""
    if facts.from_paper:
        return None
    here = offered((*facts.rules.figures, *facts.beside.entered()), CATALOGUE, facts.on)
    return _against(
        "not_offered", "This service does not offer", [one for one in _planned(facts) if one.code not in here]
    )


def plan_fits_age(facts: Facts) -> Refusal | None:
    """Source: requirements T40 and X4.7 (COS-P at three months). Where no document says an age, none is refused."""
    return _outside_window(facts, _planned(facts), "interventions")


def session_fits_age(facts: Facts) -> Refusal | None:
    """Source: requirements X4.7, R-273."""
    return _outside_window(facts, _of_the_session(facts), "intervention")


def _outside_window(facts: Facts, chosen: Iterator[Intervention], name: str) -> Refusal | None:
    born, due = _day(facts, "infant_dob"), _day(facts, "expected_due_date")
    if facts.from_paper:
        return None
    for one in chosen:
        if fits_age(one, born, due, facts.on) is False:
            return Refusal("outside_age_window", f"{one.name} {_when(one, born, facts.on)}", (name,))
    return None


def _when(one: Intervention, born: date | None, on: date) -> str:
    """In words on which a plan can be made: from which day it fits, or that it no longer does."""
    if one.age is None or born is None or born > on:
        return "is not for a pregnancy. Choose another, or wait for the birth."
    first, last = one.age.first_day(born), one.age.last_day(born)
    if first is not None and on < first:
        return f"is for children {one.age.words}: for this baby from {british(first)} on."
    return f"is for children {one.age.words}: for this baby that was until {british(last or on)}. Choose another."


def on_the_plan(facts: Facts) -> Refusal | None:
    """Source: requirements T45. Of a referral from paper the plan may not be known: then nothing is refused."""
    plan = _codes(facts, "interventions")
    chosen = facts.data.get("intervention")
    if facts.from_paper or not chosen or not plan or chosen in plan:
        return None
    sentence = "This intervention is not on the plan. Change the plan first, or choose one that is on it."
    return Refusal("not_on_the_plan", sentence, ("intervention",))


def plan_was_agreed(facts: Facts) -> Refusal | None:
    """Source: requirements X4.3: no intervention before a formulation. A session of an earlier plan may come late: then
    one of that time is there already.
    """
    agreed = facts.recorded.get("plan_agreed_on")
    if facts.from_paper or not isinstance(agreed, date) or facts.on >= agreed:
        return None
    if any("intervention" in entry and entry["on"] <= facts.on for entry in facts.entries("contacts")):
        return None
    sentence = (
        f"The family agreed to the plan on {british(agreed)}. What was before it is a contact of the assessment: "
        "record_contact."
    )
    return Refusal("out_of_order", sentence, ("on",))


def deliverer_trained(facts: Facts) -> Refusal | None:
    """Source: requirements X4.7, R-276, R-282: where a staff record says in what its person is trained."""
    staff = _deliverer(facts)
    if facts.from_paper:
        return None
    trainings = staff.answers.get("trained_in") if staff else None
    known = {one["intervention"] for one in trainings} if isinstance(trainings, list) else None
    against = [one for one in _of_the_session(facts) if not may_deliver(one, known)]
    return _against("not_trained", "The staff record does not name the training for", against, "delivered_by")


def _deliverer(facts: Facts) -> Known | None:
    named = facts.data.get("delivered_by") or facts.recorded.get("clinician")
    return facts.beside.record(RecordKind.STAFF, str(named)) if named else None


def filming_agreed(facts: Facts) -> Refusal | None:
    """Source: requirements R-274 and T43: filming needs consent, which stands on the day."""
    filmed = facts.data.get("filmed") == "yes" or any(one.filming for one in _of_the_session(facts))
    said = said_of(facts, facts.recorded)
    if facts.from_paper or not filmed or consented(said, "filming", facts.recorded.get("focus_carer_since")):
        return None
    sentence = "Nobody has agreed to filming, or somebody has withdrawn it. Record the family's consent first."
    return Refusal("filming_not_agreed", sentence, ("intervention",))


def within_planned_sessions(facts: Facts) -> Refusal | None:
    """Source: requirements R-272 (eight of COS-P), R-280 (three of Understanding Your Toddler)."""
    number = facts.data.get("session_number")
    for one in _of_the_session(facts):
        if isinstance(number, int) and one.planned_sessions and number > one.planned_sessions:
            sentence = f"{one.name} has {one.planned_sessions} sessions."
            return Refusal("beyond_planned_sessions", sentence, ("session_number",))
    return None


def goal_is_there(facts: Facts) -> Refusal | None:
    if facts.data and "goal_rating" not in facts.data and not facts.from_paper:
        return Refusal("answer_missing", "This step needs: how near the goal is, from 0 to 10.", ("goal_rating",))
    number = facts.data.get("goal_number")
    if not number or any(goal["number"] == number for goal in facts.entries("goals")):
        return None
    return Refusal("no_such_entry", "There is no such goal. Look its number up in the record.", ("goal_number",))


def placement_is_planned(facts: Facts) -> Refusal | None:
    """Source: requirements R-097: some services work with a looked-after baby only once there is a plan."""
    ready = facts.answer("placement_plan") in ("adoption", "reunification")
    if facts.from_paper or not facts.rules.settings.plan_before_work or not is_looked_after(facts) or ready:
        return None
    sentence = "This service works with a looked-after baby once there is a plan of adoption or reunification."
    return Refusal("placement_not_planned", sentence, ("placement_plan",))


def ending_planned(facts: Facts) -> Refusal | None:
    """Source: requirements T47: the ending is planned with the family."""
    alone = facts.data.get("ending_with_family") == "no"
    if facts.from_paper or not alone or facts.data.get("ending_without_because"):
        return None
    return Refusal("reason_missing", "Say why the ending was not planned with the family.", ("ending_without_because",))


def _planned(facts: Facts) -> Iterator[Intervention]:
    given = facts.data.get("interventions")
    return (CATALOGUE[code] for code in given if code in CATALOGUE) if isinstance(given, list) else iter(())


def _of_the_session(facts: Facts) -> Iterator[Intervention]:
    chosen = CATALOGUE.get(str(facts.data.get("intervention")))
    return iter(() if chosen is None else (chosen,))


def _against(code: str, sentence: str, found: list[Intervention], name: str = "interventions") -> Refusal | None:
    if not found:
        return None
    return Refusal(code, f"{sentence}: {', '.join(one.name for one in found)}.", (name,))


def _given(facts: Facts, name: str) -> list[Entry]:
    given = facts.data.get(name)
    return given if isinstance(given, list) else []


def _codes(facts: Facts, name: str) -> list[str]:
    """The codes of an answer that is given or recorded."""
    given = facts.answer(name)
    return given if isinstance(given, list) else []


def _day(facts: Facts, name: str) -> date | None:
    day = facts.answer(name)
    return day if isinstance(day, date) else None
