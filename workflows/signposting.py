"""Where families are pointed to, resources by stage, and who may refer. A service adds names and numbers of its own.

No document names a bereavement service, so none stands here: after a loss the service's own entries are shown, and
where it has entered none, that is said.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workflows.sources import DUTY_CALL_GUIDE, PERINATAL_GUIDANCE
from workflows.terms import Term, by_code


class For(StrEnum):
    """What an entry is for."""

    LOWER_NEED = "lower_need"
    URGENT_HELP = "urgent_help"
    BEREAVEMENT = "bereavement"
    OTHER = "other"


class Life(StrEnum):
    """The stage that a resource is for."""

    UNBORN = "unborn"
    BABY = "baby"
    TODDLER = "toddler"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Signpost:
    """One entry. `contact` is the service's own: a number, an address, a page. `service` empty: for every service."""

    code: str
    purpose: For
    words: str
    source: str
    contact: str = ""
    service: str = ""
    since: date = date.min
    until: date | None = None

    def stands(self, service: str, on: date) -> bool:
        """Whether the service shows it on a day; first and last day included."""
        return self.service in ("", service) and self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Resource:
    """Something to read or watch, by its title."""

    code: str
    life: Life
    title: str
    source: str
    service: str = ""


UNIVERSAL = f"{PERINATAL_GUIDANCE}: specialist community public health nurses (SCPHN, ‘health visitor’, children’s centres, local baby groups, understanding your baby courses)"
URGENT = f"{PERINATAL_GUIDANCE}: Need to speak to someone urgently?"
REFERRERS = f"{DUTY_CALL_GUIDE}: You can ask your midwife, 0 to 19 specialist public health nurse (formerly known as a health visitor) or child and young peoples mental health service (CYPMHS) practitioner"
ANTENATAL_RESOURCES = f"{PERINATAL_GUIDANCE}: The following resources might be helpful"
MORE_RESOURCES = f"{PERINATAL_GUIDANCE}: Additional resources"
LEEDS = "leeds-imhs"

# fmt: off
DIRECTORY = by_code((
    Signpost("perinatal_pathway",   For.LOWER_NEED,  "The parent-infant pathway inside the perinatal service", f"{PERINATAL_GUIDANCE}: internal parent-infant pathways within the perinatal service"),
    Signpost("health_visitor",      For.LOWER_NEED,  "The health visitor (SCPHN)",    UNIVERSAL),
    Signpost("childrens_centre",    For.LOWER_NEED,  "A children's centre",           UNIVERSAL),
    Signpost("baby_groups",         For.LOWER_NEED,  "Local baby groups",             UNIVERSAL),
    Signpost("parenting_course",    For.LOWER_NEED,  "An Understanding Your Baby course", UNIVERSAL),
    Signpost("nhs_111",             For.URGENT_HELP, "NHS 111",                       URGENT),
    Signpost("mindmate",            For.URGENT_HELP, "MindMate",                      URGENT, service=LEEDS),
    Signpost("mindwell_leeds",      For.URGENT_HELP, "MindWell Leeds",                URGENT, service=LEEDS),
))

RESOURCES = by_code((
    Resource("my_unborn_baby_and_me",  Life.UNBORN,  "My unborn baby and me",         f"{PERINATAL_GUIDANCE}: My unborn baby and me", LEEDS),
    Resource("my_baby_and_me",         Life.BABY,    "My baby and me",                f"{PERINATAL_GUIDANCE}: My baby and me", LEEDS),
    Resource("my_toddler_and_me",      Life.TODDLER, "My toddler and me",             f"{PERINATAL_GUIDANCE}: My toddler and me", LEEDS),
    Resource("bonding_with_your_baby", Life.UNBORN,  "Bonding with your baby: Building a close relationship with your baby by NHS Start for Life", ANTENATAL_RESOURCES),
    Resource("best_beginnings_films",  Life.UNBORN,  "A series of films about baby bonding, and mental health during the perinatal period; Best Beginnings", ANTENATAL_RESOURCES),
    Resource("pregnancy_and_mental_health", Life.UNBORN, "Information for patients: Pregnancy, parenthood and mental health", ANTENATAL_RESOURCES),
    Resource("ready_steady_baby",      Life.UNBORN,  "Ready steady baby: Attachment and bonding during pregnancy", ANTENATAL_RESOURCES),
    Resource("understanding_your_baby", Life.BABY,   "NHS Start for Life: Understanding your baby", MORE_RESOURCES),
    Resource("introduction_to_your_baby", Life.BABY, "An introduction to understanding your baby", MORE_RESOURCES),
    Resource("understanding_leaflet",  Life.BABY,    "Understanding your baby leaflet", MORE_RESOURCES, LEEDS),
    Resource("reflecting_on_relationships", Life.ANY, "Reflecting on parent-infant relationships: A practitioner’s guide to starting conversations", MORE_RESOURCES),
    Resource("watch_me_play",          Life.ANY,     "Watch Me Play",                 MORE_RESOURCES),
    Resource("leeds_video",            Life.ANY,     "Leeds infant mental health video", MORE_RESOURCES, LEEDS),
))

WHO_CAN_REFER = by_code((
    Term("midwife",                "A midwife", REFERRERS),
    Term("health_visitor",         "A 0 to 19 specialist public health nurse (health visitor)", REFERRERS),
    Term("cypmhs_practitioner",    "A practitioner of the children and young people's mental health service (CYPMHS)", REFERRERS),
))
"""Whom a family can ask where a service takes referrals from professionals only (R-006)."""
# fmt: on


def directory(purpose: For, service: str, on: date, own: Iterable[Signpost] = ()) -> tuple[Signpost, ...]:
    """What a service can name for a purpose on a day; an entry of its own stands for the common one of that code.

    Empty: nobody has entered one. Nothing is put in its place.
    """
    entries = DIRECTORY | by_code(one for one in own if one.stands(service, on))
    return tuple(one for one in entries.values() if one.purpose is purpose and one.stands(service, on))


def resources(life: Life, service: str) -> tuple[Resource, ...]:
    """The resources for a stage, those for any stage after them."""
    wanted = [one for one in RESOURCES.values() if one.service in ("", service)]
    return tuple(one for stage in dict.fromkeys((life, Life.ANY)) for one in wanted if one.life is stage)
