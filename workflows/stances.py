"""The criteria of eligibility that the settings of a document make. What is said by a setting is said nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass

from workflows.settings import Settings, Stance, amount
from workflows.vocabulary import Criterion, Facts

Asks = Callable[[Facts], str | None]


def is_unborn(facts: Facts) -> bool:
    return bool(facts.answer("expected_due_date") and not facts.answer("infant_dob"))


def is_looked_after(facts: Facts) -> bool:
    """By the question of the form, or because the carer is a foster carer."""
    return facts.answer("looked_after") == "yes" or facts.answer("carer_relationship") == "foster_carer"


def unborn(facts: Facts) -> str | None:
    """Still in pregnancy, where no referrals are taken before the birth (requirements R-089)."""
    return "excluded" if is_unborn(facts) and amount(facts, "antenatal") == 0 else None


def gp_outside(facts: Facts) -> str | None:
    return _outside(facts, facts.rules.settings.gp_of, {"carer": "gp_in_area", "infant": "infant_gp_in_area"})


def address_outside(facts: Facts) -> str | None:
    asked = {"carer": "lives_in_area", "infant": "infant_lives_in_area"}
    return _outside(facts, facts.rules.settings.address_of, asked)


def _outside(facts: Facts, people: tuple[str, ...], asked: dict[str, str]) -> str | None:
    """Before the birth the carer stands for the baby, who has no GP yet (requirements C-19)."""
    whose = ("carer",) if is_unborn(facts) else people
    return "excluded" if any(facts.answer(asked[person]) == "no" for person in whose) else None


def second_carer(facts: Facts) -> str | None:
    """Where only the primary carer is seen, another is none; elsewhere another is talked over (requirements C-17)."""
    only = facts.rules.settings.focus_carer == "primary"
    return None if facts.answer("primary_carer") != "no" else "excluded" if only else "discuss"


def not_a_mother(facts: Facts) -> str | None:
    return "excluded" if facts.answer("carer_relationship") not in (None, "mother") else None


def _verdict(stance: Stance) -> str | None:
    """What a stance says of a family that it is about."""
    return {Stance.CASE_BY_CASE: "discuss", Stance.NO: "excluded"}.get(stance)


def child_protection(facts: Facts) -> str | None:
    concerned = facts.answer("child_protection") == "yes"
    return _verdict(facts.rules.settings.child_protection) if concerned else None


def looked_after(facts: Facts) -> str | None:
    return _verdict(facts.rules.settings.looked_after) if is_looked_after(facts) else None


def own_mental_health(facts: Facts) -> str | None:
    first = facts.answer("own_mental_health") == "yes"
    return _verdict(facts.rules.settings.own_mental_health) if first else None


def parenting_assessed(facts: Facts) -> str | None:
    """Some take part in assessments before the birth, and in no other (requirements C-25)."""
    if facts.answer("parenting_assessment") != "yes":
        return None
    before_the_birth = facts.rules.settings.parenting_assessment == "pre_birth_with_social_care"
    return None if before_the_birth and is_unborn(facts) else "excluded"


@dataclass(frozen=True, slots=True)
class Made:
    """A criterion that a setting makes, and when. `key`: the setting; `judges`: the answers of which it alone says."""

    key: str
    judges: tuple[str, ...]
    made: Callable[[Settings], bool]
    criterion: Criterion


def _made(
    key: str, judges: tuple[str, ...], made: Callable[[Settings], bool], code: str, asks: Asks, sentence: str, ids: str
) -> Made:
    source = f"{key} in the document of the service; requirements {ids}"
    return Made(key, judges, made, Criterion(code, asks, sentence, source))


def _judged(stance: Stance) -> bool:
    return _verdict(stance) is not None


SECOND_CARERS = ("primary", "primary_or_raising", "primary_or_significant")
NO_ASSESSMENTS = ("refused", "pre_birth_with_social_care")

MADE: tuple[Made, ...] = (
    _made(
        "referral.antenatal",
        (),
        lambda s: True,
        "unborn",
        unborn,
        "The baby is not born, and referrals are taken after the birth only.",
        "R-089",
    ),
    _made(
        "geography.address_of",
        ("lives_in_area", "infant_lives_in_area"),
        lambda s: bool(s.address_of),
        "outside_footprint",
        address_outside,
        "The family does not live in the service's area.",
        "R-064, C-19",
    ),
    _made(
        "geography.gp_of",
        ("gp_in_area", "infant_gp_in_area"),
        lambda s: bool(s.gp_of),
        "outside_area",
        gp_outside,
        "The family's GP is not in the service's area.",
        "R-062, R-063, C-19",
    ),
    _made(
        "carers.focus",
        ("primary_carer",),
        lambda s: s.focus_carer in SECOND_CARERS,
        "not_primary_carer",
        second_carer,
        "The carer is not the baby's primary carer.",
        "R-068 to R-070, C-17",
    ),
    _made(
        "carers.focus",
        (),
        lambda s: s.focus_carer == "mother",
        "not_the_mother",
        not_a_mother,
        "The carer is not the baby's mother: mothers only are seen, by the terms of the funding.",
        "R-077",
    ),
    _made(
        "families.child_protection",
        ("child_protection",),
        lambda s: _judged(s.child_protection),
        "child_protection",
        child_protection,
        "There is a child protection concern for the baby.",
        "R-095",
    ),
    _made(
        "families.looked_after",
        ("looked_after",),
        lambda s: _judged(s.looked_after),
        "looked_after",
        looked_after,
        "The baby is looked after, in foster care or adopted.",
        "R-096, R-073",
    ),
    _made(
        "families.own_mental_health",
        ("own_mental_health",),
        lambda s: _judged(s.own_mental_health),
        "own_mental_health",
        own_mental_health,
        "The child's own mental health is the first concern.",
        "R-051",
    ),
    _made(
        "families.parenting_assessment",
        ("parenting_assessment",),
        lambda s: s.parenting_assessment in NO_ASSESSMENTS,
        "parenting_assessment",
        parenting_assessed,
        "An assessment of parenting is asked for, and none is made here.",
        "R-052, C-25",
    ),
)
"""In the order in which they are told, after the criteria that a document writes out. A switch for pregnancies can be
entered at any time, so that one is always there."""


def criteria_of(settings: Settings) -> tuple[Criterion, ...]:
    """Those that the settings of a service make."""
    return tuple(made.criterion for made in MADE if made.made(settings))


def spoken_of(settings: Settings) -> dict[str, str]:
    """The answers whose meaning the settings of a service say, each with the key of the setting."""
    return {answer: made.key for made in MADE if made.made(settings) for answer in made.judges}
