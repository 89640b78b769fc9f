"""What stands against a step of a meeting, and against a decision that names one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows.attendance import people_at, quorum_at
from workflows.beside import Known, RecordKind, entries
from workflows.dates import british
from workflows.eligibility import first_day_too_old
from workflows.guards.days import before_what_it_follows
from workflows.guards.work import infant_voice_given
from workflows.names import one_name
from workflows.settings import switched
from workflows.vocabulary import Facts, Refusal, Role

MET = ("in_session", "held")
TO_BE_DISCUSSED = {"formulation": ("formulation",)}
"""By the kind of meeting, the states in which a referral is for it. In all others it is before the group."""


# Of the meeting itself.


def is_for_this_meeting(facts: Facts) -> Refusal | None:
    """Source: requirements R-189 and T11."""
    referral = facts.beside.record(RecordKind.REFERRAL, str(facts.data.get("referral", "")))
    states = TO_BE_DISCUSSED.get(str(facts.recorded.get("meeting_kind")), ("rmg_review",))
    if referral is None or facts.from_paper or referral.state in states:
        return None
    return Refusal("not_before_the_group", "This referral is not ready for this meeting.", ("referral",))


def not_listed_yet(facts: Facts) -> Refusal | None:
    if facts.data.get("referral") not in {item["referral"] for item in facts.entries("agenda")}:
        return None
    return Refusal("already_listed", "This referral is on the agenda already.", ("referral",))


def nothing_decided_on_it(facts: Facts) -> Refusal | None:
    """What the meeting has decided stays in its minutes."""
    items = {item["number"]: item["referral"] for item in facts.entries("agenda")}
    decided = {entry["referral"] for entry in facts.entries("decided")}
    if items.get(facts.data.get("item")) not in decided:
        return None
    return Refusal("already_decided", "The meeting has decided on this referral: it stays on the agenda.", ("item",))


def is_an_item(facts: Facts) -> Refusal | None:
    number = facts.data.get("item")
    if not number or number in {item["number"] for item in facts.entries("agenda")}:
        return None
    return Refusal("no_such_item", "There is no such item. Look its number up on the agenda.", ("item",))


def on_its_day(facts: Facts) -> Refusal | None:
    planned = facts.recorded.get("meeting_on")
    if not isinstance(planned, date) or facts.on == planned or facts.from_paper:
        return None
    return Refusal("other_day", f"The meeting is planned for {british(planned)}. Move it to the day on which it was.")


def each_is_named_once(facts: Facts) -> Refusal | None:
    people = entries(facts.data, "attendees")
    there = [one_name(person["who"]) for person in people]
    staff = [person["staff"] for person in people if person.get("staff")]
    if len(there) == len(set(there)) and len(staff) == len(set(staff)):
        return None
    return Refusal("named_twice", "Two people have the same name here: write what tells them apart.", ("attendees",))


def staff_are_known(facts: Facts) -> Refusal | None:
    named = [one.get("staff") for one in (*entries(facts.data, "attendees"), facts.data)]
    if all(facts.beside.record(RecordKind.STAFF, str(staff)) for staff in named if staff):
        return None
    return Refusal("unknown_record", "There is no such staff record here.", ("attendees", "staff"))


def is_not_there_yet(facts: Facts) -> Refusal | None:
    people = people_at(facts.recorded)
    names, staff = {one_name(person["who"]) for person in people}, {person.get("staff") for person in people}
    if one_name(facts.data.get("who")) not in names and facts.data.get("staff", "") not in staff - {None}:
        return None
    return Refusal("already_present", "Somebody of this name is in the room already.", ("who",))


def is_there(facts: Facts) -> Refusal | None:
    name = facts.data.get("who")
    if not name or name in {person["who"] for person in people_at(facts.recorded)}:
        return None
    return Refusal("not_present", "Nobody of this name is in the room.", ("who",))


# Of a decision on a referral.


def meeting_is_named(facts: Facts) -> Refusal | None:
    """Source: requirements X4.1: no acceptance without a forum record. Asked once the service has entered a quorum."""
    quorum = facts.figure("quorum")
    if quorum is None or facts.from_paper or facts.data.get("meeting"):
        return None
    sentence = f"The {facts.rules.review_label} decides with at least {quorum.words}: name the meeting that decided."
    return Refusal("meeting_missing", sentence, ("meeting",))


def _meeting(facts: Facts) -> Known | None:
    named = facts.data.get("meeting")
    return facts.beside.record(RecordKind.MEETING, str(named)) if named and not facts.from_paper else None


def meeting_was_held(facts: Facts) -> Refusal | None:
    meeting = _meeting(facts)
    if meeting is None:
        return None
    met = meeting.answers.get("meeting_on")
    if meeting.state not in MET:
        return Refusal("meeting_not_held", "This meeting has not begun, or was called off.", ("meeting",))
    if isinstance(met, date) and facts.data.get("rmg_on") != met:
        return Refusal("other_day", f"This meeting was on {british(met)}: give that day.", ("rmg_on",))
    return None


def stands_on_the_agenda(facts: Facts) -> Refusal | None:
    meeting = _meeting(facts)
    if meeting is None or _item(facts, meeting.answers) is not None:
        return None
    sentence = "The referral is not on the agenda of this meeting. List it there, late with a reason."
    return Refusal("not_on_agenda", sentence, ("meeting",))


def _item(facts: Facts, meeting: Mapping[str, Any]) -> int | None:
    items = (item["number"] for item in entries(meeting, "agenda") if item["referral"] == facts.reference)
    return next(items, None)


def quorum_was_there(facts: Facts) -> Refusal | None:
    """At the moment of the item: while the meeting sits, now, unless the item was taken up before; after it, when it
    was taken up. Source: peers feature 14; the figure is the service's own.
    """
    meeting, quorum = _meeting(facts), facts.figure("quorum")
    if meeting is None or quorum is None or meeting.state not in MET:
        return None
    item = _item(facts, meeting.answers)
    taken = [entry["number"] for entry in entries(meeting.answers, "taken") if entry["item"] == item]
    if not taken and meeting.state == "held":
        return Refusal("not_discussed", "The minutes do not say that this item was taken up.", ("meeting",))
    there = quorum_at(meeting.answers, taken[-1] if taken else None)
    if there >= (quorum.amount or 0):
        return None
    sentence = f"{there} of the {quorum.words} that decide were there for this item. Defer it to another meeting."
    return Refusal("no_quorum", sentence, ("meeting",))


def _before_this_group(facts: Facts, name: str) -> list[Mapping[str, Any]]:
    """The entries since the referral was last put to the group."""
    ready = facts.recorded.get("before_group_on")
    return [e for e in facts.entries(name) if not isinstance(ready, date) or e["on"] >= ready]


def rated_first(facts: Facts) -> Refusal | None:
    """Source: requirements R-192, Essex: "triaged for relational and safeguarding risk"; on where the service rates."""
    if _before_this_group(facts, "triage_ratings") or facts.from_paper or not switched(facts, "triage_first"):
        return None
    return Refusal("not_rated", "Rate the risk in the relationship and the safeguarding risk first: triage_rate.")


def infant_heard_at_triage(facts: Facts) -> Refusal | None:
    """Source: requirements R-309, an entry for each stage: what the rating of this triage said stands, what the duty
    call said does not.
    """
    ratings = _before_this_group(facts, "triage_ratings")
    heard = any(e.get("infant_voice") or e.get("not_observed_because") for e in ratings)
    return None if heard else infant_voice_given(facts)


def second_deferral_is_the_leads(facts: Facts) -> Refusal | None:
    """Source: requirements T14. Counted since the referral was put to the group."""
    before = _before_this_group(facts, "deferrals")
    if not before or facts.from_paper or Role.LEAD in facts.roles:
        return None
    sentence = f"It was deferred on {british(before[-1]['on'])}. Deferring it again is for the clinical lead."
    return Refusal("deferred_before", sentence, who=(Role.LEAD,))


def young_enough_after_watching(facts: Facts) -> Refusal | None:
    """Source: requirements T18: the age when the watching ends lies below the limit, or a reason says why not."""
    born, until = facts.answer("infant_dob"), facts.data.get("review_on")
    if (
        facts.from_paper
        or facts.data.get("override_reason")
        or not (isinstance(born, date) and isinstance(until, date))
    ):
        return None
    too_old = first_day_too_old(facts.rules.age_limit, born)
    if until < too_old:
        return None
    sentence = f"By the review the child is too old for this service, from {british(too_old)} on: give the reason."
    return Refusal("too_old_by_then", sentence, ("override_reason",))


def told_after_the_decision(facts: Facts) -> Refusal | None:
    """Nobody is told an outcome that is not there yet, the second time as little as the first."""
    decided = facts.recorded.get("decided_on")
    if not isinstance(decided, date) or facts.on >= decided:
        return None
    return before_what_it_follows(facts.on, decided)
