"""What follows on the record that stays when another is merged into it, and what on a record when it is noted about."""

from collections.abc import Iterator
from typing import Any

from casework.case import Case, CaseEvent
from casework.following import Following
from casework.life.records import infant_of
from casework.store import Store
from workflows.beside import RecordKind, entries
from workflows.fields.merging import TAKEN_IN


def taken_in(store: Store, gone: Case, event: CaseEvent) -> Iterator[Following]:
    """The one that stays lists the other, with the days that were earlier and how the other stood."""
    stays = store.record(gone.service, gone.chart.kind, str(event.data["survivor"]))
    if stays is None:
        return
    told = {"other_record": gone.reference, "others_state": event.source, "other_opened_on": gone.opened_on}
    told |= {"other_received_on": gone.answers.get("received_on"), **_people_who_agree(event)}
    if gone.chart.kind is RecordKind.REFERRAL and (baby := infant_of(store, gone)) is not None:
        told["others_baby"] = baby.reference
    yield Following(stays, "take_in", {name: value for name, value in told.items() if value})


def _people_who_agree(event: CaseEvent) -> dict[str, Any]:
    return {name: event.data.get(name) for name in ("same_because", "second_person")}


def given_back(store: Store, back: Case, event: CaseEvent) -> Iterator[Following]:
    """The survivor's list is without it again; nothing else of the survivor had changed."""
    stays = store.record(back.service, back.chart.kind, str(event.data["merged_into"]))
    for entry in entries(stays.answers, TAKEN_IN) if stays else ():
        if stays and entry["other_record"] == back.reference:
            told = {"taken_in_number": entry["number"], "apart_because": event.data["apart_because"]}
            yield Following(stays, "give_back", told)


def noted_on_the_other(store: Store, stays: Case, event: CaseEvent) -> Iterator[Following]:
    """A note about a record that was taken in is kept with that record, so that it has it when they stand apart."""
    other = store.record(stays.service, stays.chart.kind, str(event.data["about"]))
    if other is not None:
        yield Following(other, "add_note", {"note": event.data["note"]})
