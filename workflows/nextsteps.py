"""What to do where an area does not point to direct work: for the professional, and what the service offers instead."""

from dataclasses import dataclass
from enum import StrEnum

from workflows.indicators import Area
from workflows.sources import PERINATAL_GUIDANCE as LEEDS
from workflows.terms import by_code


class Doer(StrEnum):
    """The professional who refers, or the parent-infant service."""

    PROFESSIONAL = "professional"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class NextStep:
    code: str
    area: Area
    doer: Doer
    words: str
    source: str


NEED, MOTIVATION, READINESS, ANTENATAL = Area.RELATIONSHIP_NEED, Area.MOTIVATION, Area.READINESS, Area.ANTENATAL
THEY, WE = Doer.PROFESSIONAL, Doer.SERVICE

# fmt: off
NEXT_STEPS = by_code((
    NextStep("link_with_universal_services", NEED,       THEY, "Link the family with universal services: see the signposting directory", f"{LEEDS}: Linking the families with universal services"),
    NextStep("training",                     NEED,       WE,   "Training",                                      f"{LEEDS}: Access to IMHS training, consultation and advice"),
    NextStep("need_consultation",            NEED,       WE,   "Consultation",                                  f"{LEEDS}: Access to IMHS training, consultation and advice"),
    NextStep("need_advice",                  NEED,       WE,   "Advice",                                        f"{LEEDS}: Access to IMHS training, consultation and advice"),
    NextStep("interface_meetings",           NEED,       WE,   "Regular meetings between the services",         f"{LEEDS}: Regular interface between the services and opportunity to work together"),
    NextStep("motivational_interviewing",    MOTIVATION, THEY, "Motivational interviewing",                     f"{LEEDS}: Motivational interviewing techniques might be implemented to support this"),
    NextStep("ask_health_professional",      MOTIVATION, THEY, "Ask the health visitor or midwife how the relationship is supported now", f"{LEEDS}: liaise with the allocated health professional (SCPHN or midwife)"),
    NextStep("other_relationships",          MOTIVATION, THEY, "Consider other important attachment relationships of the baby", f"{LEEDS}: consider other important attachment relationships for the infant"),
    NextStep("motivation_consultation",      MOTIVATION, WE,   "A duty call, then a referral for a consultation", f"{LEEDS}: arrange a duty call with one of our clinicians and complete a referral for a consultation"),
    NextStep("regulation_and_safety_first",  READINESS,  THEY, "Emotional regulation and safety, risk-taking and support come first", f"{LEEDS}: It may be necessary to support the emotional regulation and safety, risk-taking behaviours or support systems"),
    NextStep("decide_priorities",            READINESS,  THEY, "Decide what has to change first",               f"{LEEDS}: what needs to be prioritised?"),
    NextStep("readiness_consultation",       READINESS,  WE,   "Consultation, so that the baby is held in mind", f"{LEEDS}: A consultation may support the current system to understand better the infant’s voice"),
    NextStep("reflective_case_discussion",   READINESS,  WE,   "Reflective case discussion, where possible and helpful", f"{LEEDS}: if this is deemed possible and helpful"),
    NextStep("work_with_another_carer",      READINESS,  WE,   "Direct work with another significant carer",    f"{LEEDS}: The possibility of offering direct work to other significant caregivers if required and appropriate"),
    NextStep("watch_and_wait",               ANTENATAL,  THEY, "Watch and wait",                                f"{LEEDS}: when it is helpful to ‘watch and wait’"),
    NextStep("stay_alongside",               ANTENATAL,  THEY, "Stay alongside the family and hold the hope",   f"{LEEDS}: to be alongside families with that anxiety and holding the hope"),
    NextStep("space_to_talk",                ANTENATAL,  THEY, "Offer a safe and understanding space to talk",  f"{LEEDS}: to offer a safe and understanding space around this"),
    NextStep("soothing",                     ANTENATAL,  THEY, "Support with the anxieties and with soothing",  f"{LEEDS}: supporting caregivers around the identified anxieties and increasing their soothing systems"),
    NextStep("give_resources",               ANTENATAL,  THEY, "Give resources: see the resources by stage",    f"{LEEDS}: The following resources might be helpful"),
    NextStep("antenatal_advice",             ANTENATAL,  WE,   "Advice",                                        f"{LEEDS}: duty call  for advice, consultations and training opportunities"),
    NextStep("refer_early",                  ANTENATAL,  WE,   "Direct work at the earliest opportunity, where it is indicated", f"{LEEDS}: Please refer at the earliest opportunity"),
))
# fmt: on


def steps(area: Area, doer: Doer) -> tuple[NextStep, ...]:
    """What one side can do in one area, in the order of the guidance."""
    return tuple(step for step in NEXT_STEPS.values() if step.area is area and step.doer is doer)
