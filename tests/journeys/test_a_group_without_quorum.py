"""A group meets with too few people; a referral is deferred twice before the group that may decide has decided."""

from casework.meetings import agenda, before_the_group, minutes
from jobs import meeting_page
from tests.casework.families import form
from tests.journeys.clinic import Clinic
from workflows import Role

ANNA, BEN = {"who": "Anna", "role": "Chair"}, {"who": "Ben", "role": "Psychologist"}
CARA, THE_REFERRER = {"who": "Cara", "role": "Nurse"}, {"who": "Dina", "role": "Midwife", "is_referrer": "yes"}
THOUGHT = "He is left alone for long hours"


def test_no_decision_stands_without_the_people_who_may_decide_and_the_minutes_say_who_they_were(
    clinic: Clinic,
) -> None:
    clinic.enters("quorum", 3)
    first, late = before_the_meeting(clinic), before_the_meeting(clinic)
    too_few = too_few_came(clinic, first, late)
    deferred_again(clinic, first)
    decided = all_came(clinic, first, late)
    printed(clinic, too_few, decided, first)
    clinic.ends_well()


def before_the_meeting(clinic: Clinic) -> str:
    ref = clinic.opens("receive_referral", **form(clinic.today))
    clinic.does(ref, "acknowledge")
    clinic.does(ref, "pass_checks")
    return ref


def meeting(clinic: Clinic, *refs: str) -> str:
    planned = clinic.opens("plan_meeting", "meeting", meeting_on=clinic.today, meeting_kind="group", meeting_at="09:30")
    for ref in refs:
        clinic.does(planned, "list_referral", referral=ref)
    return planned


def too_few_came(clinic: Clinic, first: str, late: str) -> str:
    """Two come, and the referrer, who is heard and does not decide. A late item says why it is late."""
    assert before_the_group(clinic.casework, "leeds-imhs") == sorted([first, late])
    met = meeting(clinic, first)
    assert before_the_group(clinic.casework, "leeds-imhs") == [late]
    clinic.does(met, "freeze_agenda")
    assert clinic.refuses(met, "list_referral", referral=late, late_reason=None).keys() == {"answer_missing"}
    clinic.does(met, "list_referral", referral=late, late_reason="The baby was on a ward yesterday")
    unnamed = clinic.refuses(first, "accept_direct", rmg_on=clinic.today)
    assert unnamed.keys() == {"meeting_missing"}
    assert clinic.refuses(first, "accept_direct", meeting=met).keys() == {"meeting_not_held"}
    clinic.does(met, "start_meeting", attendees=[ANNA, BEN, THE_REFERRER])
    no_quorum = clinic.refuses(first, "accept_direct", meeting=met)
    assert "2 of the 3 people" in no_quorum["no_quorum"]
    clinic.does(first, "defer", meeting=met, reason="Too few were there")
    clinic.does(met, "close_meeting")
    return met


def deferred_again(clinic: Clinic, ref: str) -> None:
    clinic.after(7)
    met = meeting(clinic, ref)
    clinic.does(met, "start_meeting", attendees=[ANNA, BEN, CARA])
    again = clinic.refuses(ref, "defer", Role.CHAIR, meeting=met, reason="The screen is not here")
    assert again.keys() == {"deferred_before"}
    clinic.does(ref, "defer", Role.LEAD, meeting=met, reason="The screen is not here")
    clinic.does(met, "close_meeting")
    assert clinic.after(7).flagged(ref) == {"not_listed_for_forum"}


def all_came(clinic: Clinic, first: str, late: str) -> str:
    """Quorum counts at the item: one leaves before the second is taken up."""
    met = meeting(clinic, first, late)
    clinic.does(met, "freeze_agenda")
    clinic.does(met, "start_meeting", attendees=[ANNA, BEN])
    clinic.does(met, "arrive", who="Cara", role="Nurse")
    items = {entry["referral"]: entry["number"] for entry in clinic.says(met, "agenda")}
    clinic.does(met, "take_item", item=items[first])
    clinic.does(first, "triage_rate", relational_risk="high", safeguarding_risk="low", infant_voice="He is silent")
    decided = clinic.does(first, "accept_direct", meeting=met, reason=THOUGHT)
    assert decided.cleared_flags == ("not_listed_for_forum",)
    assert clinic.followed(decided, "meeting") == [met]
    clinic.does(met, "depart", who="Ben")
    clinic.does(met, "take_item", item=items[late])
    assert clinic.refuses(late, "decline", meeting=met, reason="Not here").keys() >= {"no_quorum"}
    assert clinic.refuses(met, "remove_referral", item=items[first]).keys() == {"already_decided"}
    clinic.does(met, "close_meeting")
    clinic.does(first, "tell_outcome")
    return met


def printed(clinic: Clinic, too_few: str, decided: str, first: str) -> None:
    told = minutes(clinic.casework, decided)
    assert (told.quorum, [person.who for person in told.people if person.came_late]) == (3, ["Cara"])
    by_item = {item.referral: made for item, made in told.by_item}
    (minute,) = by_item[first]
    assert (minute.decision, minute.author, minute.there) == ("accept_direct", "the forum chair", 3)
    assert ("reason", THOUGHT) in minute.reasons
    assert [item.late for item in agenda(clinic.casework, too_few).items] == [None, "The baby was on a ward yesterday"]
    page = meeting_page.minutes_page(told)
    assert THOUGHT in page
    assert clinic.says(first, "infant_name") not in page
