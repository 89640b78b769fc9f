"""The catalogue of interventions: the 37 that teams named, and five that the report's text names beside them.

What no document says stands as None or empty: unknown, and not "no". Every class is a proposal, kept with its question
mark where even the proposal is unsure, until a clinician of the service confirms it. The two published counts have two
bases (43 teams and 40) and are not merged. An age is counted from the day of birth, whatever the weeks of gestation.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from workflows.dates import older_on
from workflows.sources import NATIONAL_REPORT
from workflows.terms import by_code

FIGURE_6_TEAMS = 43
ANNEX_4_TEAMS = 40
"""Figure 6 says its base. Annex 4 does not: its percentages are right for 40 teams only (36 of them are 90%)."""


class Class(StrEnum):
    FORMULATION_LED = "formulation_led"
    MANUALISED = "manualised"
    GROUP = "group"
    OBSERVATION = "observation"
    PARENT_FOCUSED = "parent_focused"
    ANTENATAL = "antenatal"
    NOT_THERAPY = "not_therapy"
    UNKNOWN = "unknown"


class Delivery(StrEnum):
    INDIVIDUAL = "individual"
    GROUP = "group"
    BOTH = "both"
    UNKNOWN = "unknown"


class With(StrEnum):
    """Who takes part: baby and carer, baby and both parents, the parent alone, the infant alone."""

    DYADIC = "dyadic"
    TRIADIC = "triadic"
    PARENT = "parent"
    INFANT = "infant"


class Duration(StrEnum):
    """Short term or long term, where a document says so (R-271)."""

    SHORT = "short"
    LONG = "long"
    SHORT_OR_LONG = "short_or_long"
    NOT_SAID = "not_said"


class Training(StrEnum):
    """Who may deliver it: those with its specialist training, staff of any profession who trained in it; not said."""

    SPECIALIST = "specialist"
    ANY_PROFESSION = "any_profession"
    NOT_SAID = "not_said"


@dataclass(frozen=True, slots=True)
class AgeWindow:
    """For babies and children of which age. Unit: months since birth; None: no limit is known on that side.

    Which of them a service offers, and since when, are its switches: `workflows.offers`.
    """

    lower: int | None
    upper: int | None
    limit_day_is_in: bool
    """Whether the day on which the child reaches the upper age still counts."""

    def first_day(self, born: date) -> date | None:
        return None if self.lower is None else older_on(born, self.lower)

    def last_day(self, born: date) -> date | None:
        if self.upper is None:
            return None
        return older_on(born, self.upper) - timedelta(days=0 if self.limit_day_is_in else 1)

    def fits(self, born: date, on: date) -> bool:
        first, last = self.first_day(born), self.last_day(born)
        return (first is None or first <= on) and (last is None or on <= last)

    @property
    def words(self) -> str:
        """As it is read: "from 4 months, up to 6 years", "under 5 years"."""
        start = "" if self.lower is None else f"from {_age(self.lower)}"
        end = "" if self.upper is None else f"{'up to' if self.limit_day_is_in else 'under'} {_age(self.upper)}"
        return ", ".join(part for part in (start, end) if part)


@dataclass(frozen=True, slots=True)
class Intervention:
    """One entry. `planned_sessions` None: open-ended or not said. `figure_6` and `annex_4`: teams that offer it."""

    code: str
    name: str
    proposed: str
    """The proposed classes as the table of the requirements has them: "M, G?"; "?" where there is no proposal."""
    aliases: tuple[str, ...] = ()
    figure_6: int | None = None
    annex_4: int | None = None
    delivery: Delivery = Delivery.UNKNOWN
    participants: tuple[With, ...] = ()
    age: AgeWindow | None = None
    antenatal: bool | None = None
    planned_sessions: int | None = None
    duration: Duration = Duration.NOT_SAID
    training: Training = Training.NOT_SAID
    filming: bool = False
    """Sessions are filmed, so the family's consent to filming is asked for first."""
    own_words: bool = False
    note: str = ""
    source: str = f"{NATIONAL_REPORT}, Annex 4"

    @property
    def words(self) -> str:
        """As it is read where it was chosen."""
        return self.name

    @property
    def classes(self) -> tuple[Class, ...]:
        return tuple(kind for kind, _ in _read(self.proposed))

    @property
    def unsure(self) -> tuple[Class, ...]:
        """Those of the classes that are not even a firm proposal."""
        return tuple(kind for kind, sure in _read(self.proposed) if not sure)

    @property
    def class_words(self) -> str:
        """As it is read: "manualised, group (unconfirmed)"."""
        return ", ".join(f"{k.replace('_', ' ')}{'' if sure else ' (unconfirmed)'}" for k, sure in _read(self.proposed))

    @property
    def is_assessment_too(self) -> bool:
        """Screening and observation count as assessments as well (R-289)."""
        return Class.OBSERVATION in self.classes


def _age(months: int) -> str:
    return f"{months // 12} years" if months >= 24 and months % 12 == 0 else f"{months} months"


LETTERS = {
    "FL": Class.FORMULATION_LED,
    "M": Class.MANUALISED,
    "G": Class.GROUP,
    "OB": Class.OBSERVATION,
    "PF": Class.PARENT_FOCUSED,
    "AN": Class.ANTENATAL,
    "not therapy": Class.NOT_THERAPY,
    "": Class.UNKNOWN,
}


def _read(proposed: str) -> tuple[tuple[Class, bool], ...]:
    parts = (part.strip() for part in proposed.split(","))
    return tuple((LETTERS[part.removesuffix("?")], not part.endswith("?")) for part in parts)


TEXT = f"{NATIONAL_REPORT}, text only"
INDIVIDUAL, GROUP = Delivery.INDIVIDUAL, Delivery.GROUP
DYADIC, TRIADIC, PARENT, INFANT = (With.DYADIC,), (With.DYADIC, With.TRIADIC), (With.PARENT,), (With.INFANT,)
SPECIALIST = Training.SPECIALIST

# fmt: off
_ROWS = (
    Intervention("video_interaction_guidance",    "Video Interaction Guidance (VIG)", "M", ("VIG", "Video Interaction Guidance"), 38, 36, INDIVIDUAL, DYADIC, training=Training.ANY_PROFESSION, filming=True, note="Film, choose clips, watch them with the parent, repeat. Recommended by NICE and a Cochrane review of 2019."),
    Intervention("parent_infant_psychotherapy",   "Parent-Infant Psychotherapy", "FL, AN", ("PIP",), 31, 29, participants=TRIADIC, antenatal=True, duration=Duration.SHORT_OR_LONG, training=SPECIALIST, note="Specialist training; antenatally and postnatally, in a range of settings."),
    Intervention("circle_of_security_parenting",  "Circle of Security Parenting (COS-P)", "M, G", ("COS-P", "COS", "Circle of Security", "Circle of Security Parenting"), 29, 26, GROUP, PARENT, AgeWindow(4, 72, limit_day_is_in=True), antenatal=False, planned_sessions=8, note="A group programme in eight sessions for parents of children aged four months to six years."),
    Intervention("watch_me_play",                 "Watch Me Play", "M?", ("WMP",), 22, 20),
    Intervention("nbas_nbo",                      "Neonatal Behavioural Assessment Scale (NBAS) and Newborn Behavioural Observation (NBO)", "OB", ("NBAS", "NBO", "NBAS/NBO", "Neonatal Behavioural Assessment Scale", "Newborn Behavioural Observation"), 20, 20),
    Intervention("watch_wait_and_wonder",         "Watch, Wait and Wonder", "M?", ("WWW",), 19, 19),
    Intervention("other_formulation_led",         "Other specialist formulation-led psychological interventions", "FL", ("other formulation-led",), 18, 17, participants=TRIADIC, duration=Duration.SHORT_OR_LONG, note="Named as formulation-led."),
    Intervention("child_parent_psychotherapy",    "Child-Parent Psychotherapy", "FL?", (), 13, 13, training=SPECIALIST),
    Intervention("solihull_approach",             "Solihull Approach", "M?", ("Solihull",), 8, 9),
    Intervention("vipp_sd",                       "Video Interaction Positive Parenting - Sensitive Discipline (VIPP-SD)", "M", ("VIPP-SD", "VIPP", "Video Interaction Positive Parenting"), 7, 7, filming=True, note="Video work by its name."),
    Intervention("incredible_years_baby_toddler", "Incredible Years Baby & Toddler", "M, G", ("Incredible Years",), 6, 7),
    Intervention("baby_massage_and_yoga",         "Therapeutic Baby Massage and Baby Yoga", "G?", ("baby massage", "baby yoga", "baby massage and yoga"), 4, 6),
    Intervention("compassion_focused_therapy",    "Compassion focused therapy", "PF", ("CFT",), None, 4, participants=PARENT, note="The text says five teams. For high shame and self-criticism."),
    Intervention("mellow_babies",                 "Mellow Babies", "M, G?", (), None, 4),
    Intervention("five_to_thrive",                "Five to Thrive", "?", (), None, 3),
    Intervention("infant_parent_psychotherapy",   "Infant-Parent Psychotherapy (IPP)", "M", ("IPP", "Infant-Parent Psychotherapy"), None, 2, training=SPECIALIST, note="A manualised version is in the EIF Guidebook, evidence level 3+."),
    Intervention("dyadic_developmental_psychotherapy", "Dyadic Developmental Psychotherapy", "FL?", ("DDP",), None, 2, participants=DYADIC, training=SPECIALIST),
    Intervention("emdr",                          "EMDR", "PF", ("Eye Movement Desensitising and Reprocessing", "Eye Movement Desensitisation and Reprocessing"), None, 2, participants=PARENT, note="Offered to adults below the threshold of secondary care (Bradford)."),
    Intervention("susi",                          "SUSI (Social-emotional Under 5s Screening & Intervention)", "OB", ("SUSI", "Social-emotional Under 5s Screening & Intervention"), None, 2, age=AgeWindow(None, 60, limit_day_is_in=False), note="Screening and intervention, and under fives, by its name."),
    Intervention("systemic_psychotherapy",        "Systemic psychotherapy", "FL?", (), None, 2, training=SPECIALIST),
    Intervention("theraplay",                     "Theraplay", "?", (), None, 2),
    Intervention("attachment_biobehavioural_catch_up", "Attachment Bio-behavioural Catch-Up (ABC)", "M?", ("ABC", "Attachment Bio-behavioural Catch-Up"), None, 1),
    Intervention("babies_in_our_minds",           "Babies in Our Minds from Early Years", "?", ("Babies in Our Minds",), None, 1),
    Intervention("baby_bonding",                  "Baby Bonding", "?", (), None, 1),
    Intervention("child_parent_relationship_therapy", "Child-Parent Relationship Therapy (CPRT)", "?", ("CPRT", "Child-Parent Relationship Therapy"), None, 1),
    Intervention("comprehensive_resource_model",  "CRM (Comprehensive Resource Model)", "PF?", ("CRM", "Comprehensive Resource Model"), None, 1),
    Intervention("dyadic_art_psychotherapy",      "Dyadic Art Psychotherapy", "FL?", (), None, 1, participants=DYADIC, training=SPECIALIST),
    Intervention("family_based_therapy",          "Family-based therapy", "?", (), None, 1),
    Intervention("grobrain_baby",                 "GroBrain Baby", "?", ("GroBrain",), None, 1),
    Intervention("individual_child_psychotherapy", "Individual Child Psychotherapy for Older Infants", "FL?", ("Individual Child Psychotherapy",), None, 1, INDIVIDUAL, INFANT, training=SPECIALIST, note="The infant alone, by its name."),
    Intervention("mellow_bumps",                  "Mellow Bumps", "AN, G?", (), None, 1, antenatal=True),
    Intervention("parent_infant_psycho_education", "Parent-Infant Psycho-Education", "?", (), None, 1),
    Intervention("peep",                          "PEEP Antenatal and Learning Together Programmes", "AN, M?", ("PEEP", "PEEP Antenatal", "PEEP Learning Together"), None, 1, antenatal=True, note="Antenatal by its name."),
    Intervention("infant_observation",            "Psychoanalytic Infant and Young Child Observation", "OB", (), None, 1),
    Intervention("specialist_ot",                 "Specialist OT interventions, e.g. BUSS (informed)", "?", ("Specialist OT", "BUSS"), None, 1),
    Intervention("systemic_cat_informed_parent_cbt", "Systemic Thinking and Practice, CAT-informed, Parent-led CBT", "PF?", ("Parent-led CBT", "CAT-informed", "Systemic Thinking and Practice"), None, 1, note="Three methods that the annex prints as one."),
    Intervention("family_therapy",                "Family Therapy", "?", (), None, 1, note="Offered to adults below the threshold of secondary care (Bradford)."),
    Intervention("understanding_your_toddler",    "Understanding Your Toddler (UYT)", "M", ("UYT", "Understanding Your Toddler"), age=AgeWindow(36, 72, limit_day_is_in=False), antenatal=False, planned_sessions=3, note="Leeds: three sessions, in the offer for children of three to five.", source=f"{TEXT}: Appendix A"),
    Intervention("cognitive_analytic_therapy",    "Cognitive Analytic Therapy", "PF", ("CAT",), participants=PARENT, note="Offered to adults below the threshold of secondary care (Bradford).", source=f"{TEXT}: parent-focused interventions"),
    Intervention("art_from_the_start",            "Art from the Start methods", "?", ("Art from the Start",), note="Art and creative methods (Blackpool).", source=f"{TEXT}: newer interventions"),
    Intervention("peer_support_for_fathers",      "One-to-one peer support for fathers", "not therapy", ("peer support",), delivery=INDIVIDUAL, participants=PARENT, note="A service received, apart from therapy sessions (R-288; Greater Manchester).", source=f"{TEXT}: Dad Matters"),
    Intervention("local_addition",                "Another intervention of this service", "?", own_words=True, note="Named in the service's own words.", source=f"{NATIONAL_REPORT}, Annex 1: add any not included in the list"),
)
# fmt: on

CATALOGUE = by_code(_ROWS)


def find(text: str) -> Intervention | None:
    """The entry of a code, name or alias, however it is spaced, hyphenated or written large; None: there is none."""
    wanted = _key(text)
    return next((one for one in _ROWS if wanted and wanted in _keys(one)), None)


def fits_age(entry: Intervention, born: date | None, due: date | None, on: date) -> bool | None:
    """Whether it is for a baby of that age on a day, or for a pregnancy; None: no document says, so nothing is refused.

    A baby born after that day was still awaited on it.
    """
    if born is not None and born <= on:
        return None if entry.age is None else entry.age.fits(born, on)
    return None if born is None and due is None else entry.antenatal


def may_deliver(entry: Intervention, trained_in: Collection[str] | None) -> bool:
    """Whether a practitioner with these training records may deliver it. `trained_in` None: the service keeps none.

    Without records only psychotherapy is refused: it asks for a specialist training (R-276, refusal 7 of X4).
    """
    if trained_in is None:
        return entry.training is not Training.SPECIALIST
    return entry.code in trained_in


def attended_words(entry: Intervention, attended: int) -> str:
    """How many sessions a family came to: "5 of 8 sessions" where a number is planned (R-272), else "5 sessions"."""
    planned = f" of {entry.planned_sessions}" if entry.planned_sessions else ""
    return f"{attended}{planned} session{'' if attended == 1 and not planned else 's'}"


def percent(part: int, whole: int) -> int:
    """Whole per cent, a half rounded up as the report does; the built-in rounding goes to the even number."""
    return (200 * part + whole) // (2 * whole)


def _keys(entry: Intervention) -> set[str]:
    return {_key(text) for text in (entry.code, entry.name, *entry.aliases)}


def _key(text: str) -> str:
    spelt = text.casefold().replace("&", "and")
    return "".join(letter for letter in spelt if letter.isalnum())
