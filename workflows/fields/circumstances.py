"""Questions of the written referral by which a service decides whom it sees. They stand beside those of the sheet."""

from workflows.vocabulary import Field, Kind, Part


def _yes_no(name: str, label: str) -> Field:
    return Field(name, Kind.YES_NO, label, Part.FORM, ("yes", "no"))


INFANT_GP_IN_AREA = _yes_no("infant_gp_in_area", "Is the baby's own GP in the service's area?")
INFANT_LIVES_IN_AREA = _yes_no("infant_lives_in_area", "Does the baby live in the service's area?")
CHILD_PROTECTION = _yes_no("child_protection", "Is there a child protection concern or plan for this baby?")
LOOKED_AFTER = _yes_no("looked_after", "Is the baby looked after, in foster care or adopted?")
OWN_MENTAL_HEALTH = _yes_no("own_mental_health", "Is the child's own mental health the first concern?")
PARENTING_ASSESSMENT = _yes_no("parenting_assessment", "Is an assessment of parenting asked for?")

CIRCUMSTANCES = (
    INFANT_GP_IN_AREA, INFANT_LIVES_IN_AREA, CHILD_PROTECTION, LOOKED_AFTER, OWN_MENTAL_HEALTH, PARENTING_ASSESSMENT,
)  # fmt: skip
