"""What a duty call asks about: the six key points of the guide, and beside them strengths and support (R-156 to R-163)."""

from workflows.sources import DUTY_CALL_GUIDE, PERINATAL_GUIDANCE
from workflows.terms import Term, by_code

# fmt: off
KEY_POINTS = by_code((
    Term("concerns",            "Concerns about the relationship, and how they affect the baby's world", f"{DUTY_CALL_GUIDE}: details of any misattunement, disconnection, distance, anxiety, that impacts upon the infant’s world and experience of caregiving"),
    Term("infant_telling",      "What the baby is telling us, and how that was observed", f"{DUTY_CALL_GUIDE}: What the infant is telling us"),
    Term("availability",        "The carer's emotional availability or readiness to think about the relationship", f"{DUTY_CALL_GUIDE}: a level of emotional availability or readiness from the parent/caregiver"),
    Term("context",             "Context and history that matter", f"{DUTY_CALL_GUIDE}: Contextual or historic information of relevance"),
    Term("other_services",      "What other services do, their plans, and the risks identified", f"{DUTY_CALL_GUIDE}: What involvement other services are having"),
    Term("universal_services",  "Whether universal services can help first, and what has been done already", f"{DUTY_CALL_GUIDE}: Whether any universal services are involved, can help first and what’s been done already"),
))

BESIDE = by_code((
    Term("strengths",           "Strengths of the relationship", f"{PERINATAL_GUIDANCE}: we will explore concerns and strengths around the caregiver-infant relationship"),
    Term("support_systems",     "Support systems at present", f"{PERINATAL_GUIDANCE}: contextual and key historic information as well as current support systems"),
))
# fmt: on

PROFORMA = {**KEY_POINTS, **BESIDE}


def unanswered(answers: dict[str, str]) -> tuple[str, ...]:
    """The points of the call on which nothing has been written yet, in the order of the guide."""
    return tuple(code for code in PROFORMA if not answers.get(code, "").strip())
