"""What a step on one record brings about on others, in the same transaction: all of it is kept, or nothing is.

One table. A rule is asked with the transaction, the case after the step and the event; it answers with the steps that
follow, each judged by the table of its own record. Who may take the first step takes those that follow from it.
"""

from collections.abc import Iterator

from casework.case import Case, CaseEvent
from casework.following import Following, Rule
from casework.life import births, carers, concerns, consulting, losses, meetings, merging, people
from casework.store import Store
from workflows.beside import RecordKind
from workflows.charts.meetings import DECISIONS
from workflows.guards.safeguarding import RAISING

__all__ = ["RULES", "Following", "Rule", "following"]

RULES: dict[tuple[RecordKind, str], tuple[Rule, ...]] = {
    (RecordKind.INFANT, "link_carer"): (people.link_on_the_other,),
    (RecordKind.INFANT, "end_link"): (people.link_on_the_other,),
    (RecordKind.CARER, "link_child"): (people.link_on_the_other,),
    (RecordKind.CARER, "end_link"): (people.link_on_the_other,),
    (RecordKind.REFERRAL, "record_birth"): (births.birth_of_the_baby,),
    (RecordKind.INFANT, "record_birth"): (births.birth_on_its_referrals,),
    (RecordKind.REFERRAL, "split_multiple"): (births.a_referral_each,),
    (RecordKind.REFERRAL, "split_off"): (births.a_record_each,),
    (RecordKind.REFERRAL, "recheck_gp"): (births.gp_on_the_babys_record,),
    (RecordKind.INFANT, "record_gp"): (births.gp_on_its_referrals,),
    (RecordKind.INFANT, "record_outside_record"): (births.entry_moved,),
    (RecordKind.REFERRAL, "record_loss"): (losses.loss_of_the_baby, losses.consultations_of_the_loss),
    (RecordKind.INFANT, "record_loss"): (losses.loss_on_its_referrals, losses.consultations_of_the_loss),
    (RecordKind.REFERRAL, "record_loss_of_one"): (losses.loss_of_one_on_the_record,),
    (RecordKind.INFANT, "record_loss_of_one"): (losses.loss_of_one_on_its_referrals,),
    (RecordKind.REFERRAL, "undo_loss"): (losses.loss_undone,),
    (RecordKind.INFANT, "undo_loss"): (losses.loss_undone_on_its_referrals,),
    (RecordKind.REFERRAL, "carer_died"): (carers.death_of_the_carer,),
    (RecordKind.CARER, "record_carer_death"): (carers.death_on_the_referrals,),
    (RecordKind.REFERRAL, "link_records"): (people.not_by_the_earlier_name,),
    (RecordKind.REFERRAL, "change_focus_carer"): (people.not_by_the_earlier_name, carers.where_the_baby_is),
    (RecordKind.REFERRAL, "new_carer_to_group"): (people.not_by_the_earlier_name, carers.where_the_baby_is),
    (RecordKind.REFERRAL, "contact_ended"): (carers.legal_status_of_the_baby,),
    (RecordKind.REFERRAL, "close_contact_ended"): (carers.legal_status_of_the_baby,),
    (RecordKind.INFANT, "restrict"): (people.restrict_all,),
    (RecordKind.INFANT, "lift_restriction"): (people.lift_all,),
    (RecordKind.REFERRAL, "mark_third_party"): (people.marks_what_is_there,),
    (RecordKind.INFANT, "mark_third_party"): (people.marks_what_is_there,),
    (RecordKind.CARER, "mark_third_party"): (people.marks_what_is_there,),
    (RecordKind.REFERRAL, "merge_into"): (merging.taken_in,),
    (RecordKind.INFANT, "merge_into"): (merging.taken_in,),
    (RecordKind.REFERRAL, "unmerge"): (merging.given_back,),
    (RecordKind.INFANT, "unmerge"): (merging.given_back,),
    (RecordKind.REFERRAL, "add_note_about"): (merging.noted_on_the_other,),
    (RecordKind.INFANT, "add_note_about"): (merging.noted_on_the_other,),
    (RecordKind.REFERRAL, RAISING): (concerns.raised_where_it_stands,),
    (RecordKind.INFANT, RAISING): (concerns.raised_where_it_stands,),
    (RecordKind.REFERRAL, "sign_off_safeguarding"): (concerns.signed_off_on_what_was_taken_in,),
    (RecordKind.INFANT, "sign_off_safeguarding"): (concerns.signed_off_on_what_was_taken_in,),
    **{(RecordKind.REFERRAL, decision): (meetings.minute_of_the_decision,) for decision in DECISIONS},
    (RecordKind.CONSULTATION, "hold_meeting"): (consulting.held_for_the_referral,),
    (RecordKind.CONSULTATION, "send_summary"): (consulting.summary_for_the_referral,),
    (RecordKind.CONSULTATION, "cancel_consultation"): (consulting.cancelled_for_the_referral,),
    (RecordKind.CONSULTATION, "bring_to_triage"): (consulting.direct_work,),
}
"""By the kind of record and the step that was taken on it."""


def following(store: Store, after: Case, event: CaseEvent) -> Iterator[Following]:
    for rule in RULES.get((after.chart.kind, event.trigger), ()):
        yield from rule(store, after, event)
