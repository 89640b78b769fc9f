"""What stands against a step about people: who they are, who holds whom, and what was said before."""

from datetime import date, timedelta

from workflows.beside import RecordKind
from workflows.fields.people import NUMBER_IS_NOT_THERE, NUMBER_IS_THERE
from workflows.guards.days import not_after_the_step
from workflows.guards.infant import own_infant, own_infant_record, referrals_of, standing_for
from workflows.histories import last, standing
from workflows.vocabulary import Facts, Refusal

SIX_WEEKS = timedelta(weeks=6)
SAME_BABY = ("infant_nhs_number", "infant_dob")
SAME_CARER = ("carer_nhs_number",)


def number_and_status_agree(facts: Facts) -> Refusal | None:
    """Source: NHS Data Dictionary, NHS NUMBER STATUS INDICATOR CODE 01, 02, 07 and 08; requirements W13."""
    for who in ("infant", "carer"):
        number, status = facts.answer(f"{who}_nhs_number"), facts.answer(f"{who}_nhs_status")
        fields = (f"{who}_nhs_number", f"{who}_nhs_status")
        if number and status in NUMBER_IS_NOT_THERE:
            return Refusal(
                "number_status_disagrees", "A number is given and its status says that there is none.", fields
            )
        if not number and status in NUMBER_IS_THERE:
            return Refusal(
                "number_status_disagrees", "The status says that there is a number, and none is given.", fields
            )
    return None


def trace_postponed_in_time(facts: Facts) -> Refusal | None:
    """Source: NHS Data Dictionary, code 08: "Trace postponed (baby under six weeks old)"."""
    born = facts.answer("infant_dob")
    if facts.data.get("infant_nhs_status") != "trace_postponed" or not isinstance(born, date):
        return None
    if facts.on < born + SIX_WEEKS:
        return None
    sentence = "The trace of a number is postponed in the first six weeks only. Give what is known of it now."
    return Refusal("number_status_disagrees", sentence, ("infant_nhs_status",))


def one_of_those_born(facts: Facts) -> Refusal | None:
    order, born = facts.answer("birth_order"), facts.answer("babies_born")
    if isinstance(order, int) and isinstance(born, int) and order > born:
        return Refusal("bad_birth_order", "The baby cannot come after the last of those born.", ("birth_order",))
    return None


def unborn_or_born(facts: Facts) -> Refusal | None:
    """A record of a baby says when the baby was born, or is due: without either there is nobody."""
    if facts.from_paper or facts.answer("infant_dob") or facts.answer("expected_due_date"):
        return None
    return Refusal("nobody_named", "Give the date of birth, or the date on which the baby is due.", ("infant_dob",))


def referral_has_no_record_yet(facts: Facts) -> Refusal | None:
    """One baby, one record: the referral by which a baby became known has one already, or none."""
    named = facts.data.get("first_referral")
    if not named:
        return None
    referral = facts.beside.record(RecordKind.REFERRAL, str(named))
    others = facts.beside.linked(RecordKind.INFANT, "first_referral", str(named))
    if others or (referral and referral.answers.get("infant")):
        sentence = "This referral has a baby's record already. Link that one, or open this record by hand."
        return Refusal("record_is_there", sentence, ("first_referral",))
    return None


def carer_may_be_linked(facts: Facts) -> Refusal | None:
    return _must_be_open(facts, RecordKind.CARER, "carer")


def child_may_be_linked(facts: Facts) -> Refusal | None:
    return _must_be_open(facts, RecordKind.INFANT, "child")


def carer_is_linked(facts: Facts) -> Refusal | None:
    return _is_linked(facts, "carers", "carer")


def child_is_linked(facts: Facts) -> Refusal | None:
    return _is_linked(facts, "children", "child")


def _is_linked(facts: Facts, name: str, about: str) -> Refusal | None:
    if not facts.data.get(about) or facts.data[about] in standing(facts.entries(name), about):
        return None
    return Refusal("not_linked", "These two records are not linked now.", (about,))


def ends_after_it_began(facts: Facts) -> Refusal | None:
    """Of whatever list the step is about: what is ended now began before."""
    until = facts.data.get("until")
    about = facts.data.get("carer") or facts.data.get("child")
    name, field = ("carers", "carer") if facts.data.get("carer") else ("children", "child")
    began = standing(facts.entries(name), field).get(about) if about else last(facts.entries("protection_plans"))
    since = began.get("since") if began else None
    if isinstance(until, date) and isinstance(since, date) and until < since:
        return Refusal("out_of_order", "This ends before it began.", ("until",))
    return None


def not_on_a_plan(facts: Facts) -> Refusal | None:
    if last(facts.entries("protection_plans")) is None:
        return None
    return Refusal("already_on_a_plan", "The baby is on a Child Protection Plan. End that one before another.")


def on_a_plan(facts: Facts) -> Refusal | None:
    if last(facts.entries("protection_plans")) is not None:
        return None
    return Refusal("not_on_a_plan", "The baby is on no Child Protection Plan that could end.")


def birth_is_plausible(facts: Facts) -> Refusal | None:
    """A day of birth is no later than the step that tells of it."""
    return not_after_the_step(facts, "infant_dob", "The baby was born after the day of this step.")


def focus_carer_lives(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S22: after a carer's death a referral goes on with whoever now cares for the infant."""
    named = facts.recorded.get("focus_carer")
    record = facts.beside.record(RecordKind.CARER, str(named)) if named else None
    if facts.from_paper or record is None or record.state != "died":
        return None
    now = (
        "Refer the baby again (re_refer)" if facts.closed_on else "Say who cares for the baby now (change_focus_carer)"
    )
    return Refusal("carer_died", f"The focus carer of this baby has died. {now}.", ("focus_carer",))


def babies_born_for_its_referrals(facts: Facts) -> Refusal | None:
    """A birth follows on every open referral of the baby that knows of none, and each needs to know how many were born.

    It is asked afresh: how many were expected is no answer.
    """
    if facts.from_paper or facts.follows or facts.data.get("babies_born") or not facts.data.get("infant_dob"):
        return None
    if not any(one.open and not one.answers.get("infant_dob") for one in referrals_of(facts, facts.reference)):
        return None
    sentence = "A referral of this baby is open: say how many babies were born."
    return Refusal("answer_missing", sentence, ("babies_born",))


def something_linked(facts: Facts) -> Refusal | None:
    if facts.data.get("infant") or facts.data.get("focus_carer"):
        return None
    return Refusal("answer_missing", "Name the record of the baby, of the focus carer, or both.", ("infant",))


def one_infant(facts: Facts) -> Refusal | None:
    """The record that a referral is about does not change under it; and both say the same of who the baby is (H2)."""
    named = facts.data.get("infant")
    if not named:
        return None
    own = own_infant(facts)
    if own is not None and own != standing_for(facts, RecordKind.INFANT, str(named)):
        sentence = "This referral is about another baby's record. Open a referral for this baby, or merge the records."
        return Refusal("second_infant", sentence, ("infant",))
    return _must_be_open(facts, RecordKind.INFANT, "infant") or _same_person(
        facts, RecordKind.INFANT, "infant", SAME_BABY
    )


def one_focus_carer(facts: Facts) -> Refusal | None:
    """Source: requirements W4 and X3 S13: a dyad is the unit, and the focus carer changes by a step of its own."""
    named = facts.data.get("focus_carer")
    if not named:
        return None
    now = facts.recorded.get("focus_carer")
    if now and now != named:
        sentence = (
            "The referral has a focus carer. Others take part beside them; to change who it is, change_focus_carer."
        )
        return Refusal("second_focus_carer", sentence, ("focus_carer",))
    return _must_be_open(facts, RecordKind.CARER, "focus_carer") or _same_person(
        facts, RecordKind.CARER, "focus_carer", SAME_CARER
    )


def no_other_referral_of_the_two(facts: Facts) -> Refusal | None:
    """Source: requirements X4.14: no second open referral for the same infant and carer in one service."""
    carer = facts.answer("focus_carer")
    infant = (own_infant(facts) or facts.data.get("infant")) if carer else None
    if not infant:
        return None
    for other in referrals_of(facts, str(infant)):
        if other.open and other.reference != facts.reference and other.answers.get("focus_carer") == carer:
            return already_referred(other.reference, ("focus_carer",))
    return None


def already_referred(other: str, fields: tuple[str, ...] = (), then: str = "") -> Refusal:
    sentence = f"Referral {other} is open for this baby and carer in this service. Add to that one.{then}"
    return Refusal("already_referred", sentence, fields)


def _must_be_open(facts: Facts, kind: RecordKind, name: str) -> Refusal | None:
    named = facts.data.get(name)
    record = facts.beside.record(kind, str(named)) if named else None
    if record is None or record.open:
        return None
    return Refusal("record_closed", "This record is closed and is linked to nothing new.", (name,))


def _same_person(facts: Facts, kind: RecordKind, name: str, telling: tuple[str, ...]) -> Refusal | None:
    record = facts.beside.record(kind, str(facts.data[name]))
    known = record.answers if record else {}
    for answer in telling:
        here, there = facts.answer(answer), known.get(answer)
        if here and there and here != there:
            differ = answer.replace("_", " ")
            sentence = f"The record and the referral differ in: {differ}. Look whether it is the same person."
            return Refusal("not_the_same_person", sentence, (name,))
    return None


def not_in_another_family(facts: Facts) -> Refusal | None:
    now = facts.recorded.get("family")
    if not now or now == facts.data.get("family"):
        return None
    return Refusal("in_another_family", "It belongs to a family already. Take it out of that one first.", ("family",))


def in_a_family(facts: Facts) -> Refusal | None:
    return None if facts.recorded.get("family") else Refusal("in_no_family", "It belongs to no family.")


HOLDERS: dict[str, tuple[str, ...]] = {
    "infant": ("infant",),
    "infant_or_mother_before_birth": ("infant",),
    "parent": ("mother", "other_parent"),
}
"""By the setting of the service, on whose record outside an entry stands; another is said with the reason."""


def in_the_record_of_the_service(facts: Facts) -> Refusal | None:
    """Source: requirements R-155, C-24 and X5: Leeds, "on the infant's record ... or Mother's record if antenatal"."""
    setting, holder = facts.rules.settings.record_holder, facts.data.get("record_holder")
    here = HOLDERS.get(setting, ())
    before_birth = setting == "infant_or_mother_before_birth" and facts.state == "unborn" and holder == "mother"
    if facts.from_paper or not here or not holder or holder in here or before_birth or facts.data.get("remark"):
        return None
    sentence = (
        f"This service writes on the record of: {' or '.join(here).replace('_', ' ')}. Say why it stands elsewhere."
    )
    return Refusal("other_record_holder", sentence, ("record_holder", "remark"))


def under_restriction(facts: Facts) -> Refusal | None:
    if facts.recorded.get("restricted_on"):
        return None
    return Refusal("not_restricted", "This record is not kept under restriction.")


def babys_record_is_not(facts: Facts) -> Refusal | None:
    """A referral comes back from restriction with its baby's record, where two people agree, and not by itself."""
    record = None if facts.follows else own_infant_record(facts)
    if record is None or record.state != "restricted":
        return None
    sentence = f"The baby's record {record.reference} is under restriction. It is lifted there, by two people."
    return Refusal("record_restricted", sentence)


def said_before_the_step(facts: Facts) -> Refusal | None:
    return not_after_the_step(facts, "consent_said_on", "This was said after the day of the step.")


def consent_was_given(facts: Facts) -> Refusal | None:
    """Who withdraws has given before: else they refuse."""
    if facts.data.get("consent_decision") != "withdrawn" or facts.from_paper:
        return None
    given = [e for e in facts.entries("consents") if e["consent_for"] == facts.data.get("consent_for")]
    recorded = facts.data.get("consent_for") == "referral" and facts.recorded.get("consent_on")
    if recorded or any(e["consent_decision"] == "given" for e in given):
        return None
    sentence = "Nobody has given consent for this, so it cannot be withdrawn. Record it as refused."
    return Refusal("nothing_to_withdraw", sentence, ("consent_decision",))
