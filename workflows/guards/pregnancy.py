"""How many babies a pregnancy has, and what stands against recording a loss before the birth.

Asked of the step that a person takes: what follows from it on other records was asked there.
"""

from collections.abc import Iterator, Mapping

from workflows.beside import RecordKind, entries
from workflows.guards.days import not_after_the_step
from workflows.guards.infant import one_baby, own_infant, referrals_of
from workflows.vocabulary import Facts, Refusal

LOST_BEFORE_BIRTH = "lost_before_birth"
"""The list of the babies of one pregnancy who were lost while another lived."""


def lost_of_several(facts: Facts) -> Refusal | None:
    """Source: requirements S9: a loss ends this infant's referral only, never that of one who lives."""
    left = expected_still(facts)
    if facts.follows or facts.recorded.get("infant_dob") or left < 2 or facts.data.get("all_lost") == "yes":
        return None
    sentence = (
        f"{left} babies are expected. Record the loss of one with record_loss_of_one: nothing ends for those who live. "
        "If none lives, say so (all_lost: yes)."
    )
    return Refusal("which_baby", sentence, ("all_lost",))


def several_expected(facts: Facts) -> Refusal | None:
    if facts.follows or (not facts.recorded.get("infant_dob") and expected_still(facts) > 1):
        return None
    return Refusal("one_baby", "One baby is expected, or born: record the loss with record_loss.")


def expected_still(facts: Facts) -> int:
    """How many babies are expected, those lost before the birth taken off; 1 where nobody has said, or where a record
    of this one baby tells its place among them.

    Of what is said anywhere of this pregnancy the most counts: a loss must not end the way of one who lives.
    """
    together = [facts.recorded, *_of_this_pregnancy(facts)]
    if any(known.get("birth_order") for known in together):
        return 1
    told = [known.get(name) for known in (facts.data, *together) for name in ("babies_expected", "babies_born")]
    lost = max(len(entries(known, LOST_BEFORE_BIRTH)) for known in together)
    return max(number for number in (*told, 1) if isinstance(number, int)) - lost


def _of_this_pregnancy(facts: Facts) -> Iterator[Mapping[str, object]]:
    """What is known on the baby's record while it is unborn, and on the referrals that are about it."""
    own = own_infant(facts) or facts.reference
    records = list(one_baby(facts, RecordKind.INFANT, own))
    if records and records[0].state == "unborn":
        yield from (known.answers for known in records)
    about = {facts.reference, *(known.reference for known in referrals_of(facts, own) if known.state != "void")}
    told = (known for reference in about for known in one_baby(facts, RecordKind.REFERRAL, reference))
    yield from (known.answers for known in told if not known.answers.get("infant_dob"))


def loss_is_past(facts: Facts) -> Refusal | None:
    return not_after_the_step(facts, "one_lost_on", "The loss lies after the day of this step.")
