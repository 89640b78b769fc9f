"""Who may take a referral on, and who may leave. A clinician is a staff record where its reference is the answer."""

from collections.abc import Mapping

from workflows.beside import Known, RecordKind
from workflows.figures import Figure
from workflows.vocabulary import Facts, Refusal

MOST_NAMED = 20
"""References that one sentence lists."""


STAFF_REFERENCE = "S-"
"""How the reference of a staff record begins that casework makes: what looks like one is no free name."""


def _clinician(facts: Facts) -> Known | None:
    """The staff record of whom the step names; None of a name that is none. It stays as it is until the step is kept,
    so that the last place of a clinician is given away once.
    """
    named = facts.data.get("clinician")
    return facts.beside.record(RecordKind.STAFF, str(named)) if named and not facts.from_paper else None


def clinician_in_post(facts: Facts) -> Refusal | None:
    """Source: requirements R-376 and T34. A name that is no staff record is taken as it is written."""
    clinician, named = _clinician(facts), facts.data.get("clinician")
    if clinician is None and isinstance(named, str) and named.startswith(STAFF_REFERENCE) and not facts.from_paper:
        return Refusal("unknown_record", "There is no such staff record here. Look the reference up.", ("clinician",))
    if clinician is not None and not clinician.open:
        return Refusal("clinician_left", "This clinician has left the service. Choose another.", ("clinician",))
    if clinician is not None and clinician.state == "appointed":
        return Refusal("clinician_not_in_post", "This clinician has not started yet. Choose another.", ("clinician",))
    return None


def clinician_has_room(facts: Facts) -> Refusal | None:
    """Source: requirements T34 (capacity); the figure is the service's own, and off until it enters one.

    Room is counted in whole referrals: 12 for a whole-time clinician are 7 for one of 60 percent.
    """
    figure = facts.figure("caseload_per_wte")
    if figure is None or figure.amount is None or facts.from_paper or facts.data.get("override_reason"):
        return None
    clinician = _clinician(facts)
    if not facts.data.get("clinician"):
        return None
    if clinician is None or not clinician.answers.get("wte_percent"):
        sentence = "Capacity counts here: give the reference of a staff record that says the hours, or a reason."
        return Refusal("capacity_unknown", sentence, ("clinician", "override_reason"))
    most, has = places(figure, clinician.answers), facts.beside.caseload(clinician.reference)
    if has < most:
        return None
    holds = f"{has} referral" if has == 1 else f"{has} referrals"
    sentence = f"This clinician holds {holds}, and has room for {most}. Choose another, or give a reason."
    return Refusal("clinician_full", sentence, ("clinician", "override_reason"))


def places(figure: Figure, answers: Mapping[str, object]) -> int:
    """How many referrals a clinician may hold, by the figure for a whole-time one; parts of a referral do not count."""
    hours = answers.get("wte_percent")
    return (figure.amount or 0) * (hours if isinstance(hours, int) else 0) // 100


def supervisor_signs_off(facts: Facts) -> Refusal | None:
    """Source: requirements X3 (trainees need a supervisor's sign-off) and R-374."""
    sentence = "A trainee takes a referral on when the supervisor named in the trainee's record signs it off."
    return _unsigned(facts, _clinician(facts), sentence)


def trainee_is_signed_off(facts: Facts) -> Refusal | None:
    """Source: requirements X3 and W33: trainees prepare any step of a clinician; acceptance, decline, formulation and
    discharge are signed off by their supervisor. Of two trainees the one who takes the step counts.
    """
    if facts.from_paper:
        return None
    acting, named = facts.beside.member(facts.actor), facts.recorded.get("clinician")
    if acting is not None and acting.answers.get("trainee") == "yes":
        return _unsigned(facts, acting, "You are a trainee: your supervisor signs this off. Name their staff record.")
    clinician = facts.beside.record(RecordKind.STAFF, str(named)) if named else None
    if acting is not None and clinician is not None and acting.reference == clinician.answers.get("supervisor"):
        return None
    return _unsigned(facts, clinician, "A trainee has this referral: the supervisor in their record signs this off.")


def _unsigned(facts: Facts, trainee: Known | None, sentence: str) -> Refusal | None:
    if trainee is None or trainee.answers.get("trainee") != "yes":
        return None
    supervisor = trainee.answers.get("supervisor")
    if supervisor and facts.data.get("signed_off_by") == supervisor:
        return None
    return Refusal("supervisor_missing", sentence, ("signed_off_by",))


def account_is_their_own(facts: Facts) -> Refusal | None:
    """Two people who sign in by one name could not be told apart."""
    account = facts.data.get("account")
    owner = facts.beside.member(str(account)) if account else None
    if owner is None or owner.reference == facts.reference:
        return None
    return Refusal("account_taken", f"{owner.reference} signs in by this name already.", ("account",))


def not_conflicted(facts: Facts) -> Refusal | None:
    """Source: requirements T34, "clinician not conflicted"."""
    if facts.data.get("conflicted") != "yes":
        return None
    return Refusal(
        "clinician_conflicted", "Something stands between clinician and family. Choose another.", ("clinician",)
    )


def supervisor_is_another(facts: Facts) -> Refusal | None:
    """Source: requirements R-374: a trainee has a supervisor, who is somebody else and in post."""
    named = facts.data.get("supervisor") or facts.recorded.get("supervisor")
    if not named:
        if facts.answer("trainee") != "yes":
            return None
        return Refusal("supervisor_missing", "A trainee has a supervisor: name the staff record.", ("supervisor",))
    found = facts.beside.record(RecordKind.STAFF, str(named))
    if named != facts.reference and (found is None or found.open):
        return None
    return Refusal("no_such_supervisor", "The supervisor is somebody else, and works here.", ("supervisor",))


def holds_nothing(facts: Facts) -> Refusal | None:
    """Source: requirements T35 and R-376: who leaves has handed on every family first."""
    held = facts.beside.allocated(facts.reference)
    if not held or facts.from_paper:
        return None
    listed = ", ".join(held[:MOST_NAMED]) + (" and more" if len(held) > MOST_NAMED else "")
    return Refusal("holds_referrals", f"Allocate these to somebody else first: {listed}.")


def supervises_nobody(facts: Facts) -> Refusal | None:
    trainees = [one.reference for one in facts.beside.linked(RecordKind.STAFF, "supervisor") if one.open]
    if not trainees or facts.from_paper:
        return None
    return Refusal("supervises_trainees", f"Name another supervisor first for: {', '.join(trainees[:MOST_NAMED])}.")
