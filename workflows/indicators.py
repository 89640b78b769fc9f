"""What is heard and seen in each focus area, in the words of the guidance. There is no score and nothing to add up.

An indicator says which way it points, and a person weighs them: need alone does not open direct work, high need with
low readiness is a consultation and not a decline (R-136, R-138), and ambivalence is no refusal (R-124).
"""

from dataclasses import dataclass
from enum import StrEnum

from workflows.sources import ESSEX_GUIDANCE, PERINATAL_GUIDANCE
from workflows.terms import Term, by_code


class Area(StrEnum):
    RELATIONSHIP_NEED = "relationship_need"
    MOTIVATION = "motivation"
    READINESS = "readiness"
    ANTENATAL = "antenatal"


class Points(StrEnum):
    """Where an indicator points. NEITHER: it is recorded and speaks for no way by itself."""

    DIRECT_WORK = "direct_work"
    LOWER_LEVEL = "lower_level"
    CONSULTATION = "consultation"
    NEITHER = "neither"


class ToldBy(StrEnum):
    """Whose account it is: what a professional sees and what the carer tells are kept apart (R-115)."""

    PROFESSIONAL = "professional"
    CARER = "carer"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One entry of an area. `restricted`: the carer's own account, shown only where it is needed (R-113)."""

    code: str
    area: Area
    points: Points
    told_by: ToldBy
    words: str
    source: str
    restricted: bool = False
    own_words: bool = False


NEED, MOTIVATION, READINESS, ANTENATAL = Area.RELATIONSHIP_NEED, Area.MOTIVATION, Area.READINESS, Area.ANTENATAL
DIRECT, LOWER, CONSULT, NEITHER = Points.DIRECT_WORK, Points.LOWER_LEVEL, Points.CONSULTATION, Points.NEITHER
SEEN, TOLD, EITHER = ToldBy.PROFESSIONAL, ToldBy.CARER, ToldBy.EITHER
LEEDS, ESSEX = PERINATAL_GUIDANCE, ESSEX_GUIDANCE
OPEN_LIST = f"{ESSEX}: This list is not exhaustive and referrers are encouraged to discuss the referral issues"

# fmt: off
INDICATORS = by_code((
    Indicator("specific_concern",             NEED, DIRECT,  SEEN,   "A specific, clearly identified concern about attunement, responsivity or warmth", f"{LEEDS}: Specific concerns around the attunement responsivity and warmth"),
    Indicator("misattunement",                NEED, DIRECT,  SEEN,   "Misattunement between carer and baby", f"{LEEDS}: you may have noticed misattunement within the relationship"),
    Indicator("cues_misread",                 NEED, DIRECT,  SEEN,   "The baby's cues are hard for the carer to read", f"{LEEDS}: difficulties reading cues"),
    Indicator("cues_dismissed",               NEED, DIRECT,  SEEN,   "The baby's nonverbal cues are misunderstood, ignored or dismissed", f"{ESSEX}: evidence of nonverbal cues being misunderstood, ignored or dismissed"),
    Indicator("negative_interaction",         NEED, DIRECT,  SEEN,   "Negative interaction, for example in the language used", f"{LEEDS}: negative interaction (for example, language used)"),
    Indicator("lack_of_sensitivity",          NEED, DIRECT,  SEEN,   "A lack of sensitivity", f"{LEEDS}: a lack of sensitivity"),
    Indicator("observer_discomfort",          NEED, DIRECT,  SEEN,   "Whoever observes feels discomfort at what they see", f"{LEEDS}: There may be discomfort as you are observing the interactions"),
    Indicator("low_confidence",               NEED, DIRECT,  EITHER, "A lack of confidence about parenting or becoming a parent, beside other concerns", f"{LEEDS}: a lack of confidence around parenting or becoming a parent"),
    Indicator("unusual_anxiety",              NEED, DIRECT,  EITHER, "Anxiety of carer and baby beyond what one would typically expect", f"{LEEDS}: levels of anxiety from the caregiver and infant that are not what you would typically expect"),
    Indicator("disappointment",               NEED, DIRECT,  EITHER, "Disappointment around the relationship", f"{LEEDS}: disappointment or unrealistic expectations around the relationship"),
    Indicator("unrealistic_expectations",     NEED, DIRECT,  EITHER, "Unrealistic expectations around the relationship", f"{LEEDS}: disappointment or unrealistic expectations around the relationship"),
    Indicator("persistent_negative_thoughts", NEED, DIRECT,  TOLD,   "Consistently negative thoughts and feelings about the relationship", f"{ESSEX}: consistent negative thoughts and feelings about the relationship", restricted=True),
    Indicator("avoids_baby",                  NEED, DIRECT,  EITHER, "The carer actively avoids being with the baby", f"{ESSEX}: active avoidance of being with their baby"),
    Indicator("no_wish_to_interact",          NEED, DIRECT,  EITHER, "The carer does not want to engage with the baby", f"{ESSEX}: not wanting to engage in interactions with their baby"),
    Indicator("baby_seeks_others",            NEED, DIRECT,  SEEN,   "The baby seeks others and not the primary carer", f"{ESSEX}: the baby seeking others and not the primary carer"),
    Indicator("not_bonded",                   NEED, NEITHER, TOLD,   "The carer says that they have not bonded well", f"{LEEDS}: Caregivers might share that they haven’t bonded well", restricted=True),
    Indicator("confusing_feelings",           NEED, NEITHER, TOLD,   "The baby stirs up difficult or confusing feelings in the carer", f"{LEEDS}: it might be stirring up difficult or confusing feelings", restricted=True),
    Indicator("worrying_thoughts",            NEED, NEITHER, TOLD,   "The carer has worrying or upsetting thoughts about the baby", f"{LEEDS}: there might be worrying or upsetting thoughts about the baby", restricted=True),
    Indicator("general_concern",              NEED, LOWER,   EITHER, "A general concern, not a specific one: it fits a typical pattern of worry", f"{LEEDS}: General concerns around the caregiver-infant relationship but not specific"),
    Indicator("low_confidence_only",          NEED, LOWER,   EITHER, "Confidence and understanding of the baby need a boost, and no more", f"{LEEDS}: low-level input required to boost confidence and support better understanding of the infant"),
    Indicator("observer_and_carer_differ",    NEED, LOWER,   EITHER, "The professional sees good sensitivity, attunement and warmth where the carer reports difficulty", f"{LEEDS}: discrepancies between what professionals are observing between the caregiver-infant relationship and what caregiver is reporting"),
    Indicator("typical_ambivalence",          NEED, LOWER,   EITHER, "Ambivalence, anxiety, discomfort or misattunement at a typical level", f"{LEEDS}: Typical levels of ambivalence, anxiety, discomfort, confidence and misattunment"),
    Indicator("fleeting_disaffection",        NEED, LOWER,   TOLD,   "Disaffection comes fleetingly, or when the household is disrupted, and settles again", f"{ESSEX}: experienced fleetingly or sporadically or at times of severe disruption to the household routine"),
    Indicator("relationship_need_other",      NEED, NEITHER, EITHER, "Something else about the relationship", OPEN_LIST, own_words=True),

    Indicator("sees_difficulty",              MOTIVATION, DIRECT,  TOLD,   "The carer sees a difficulty in bonding and a need for change", f"{LEEDS}: acknowledging there is a difficulty in bonding and can see a need for change"),
    Indicator("willing",                      MOTIVATION, DIRECT,  TOLD,   "There is a desire or willingness to work on change in the relationship", f"{LEEDS}: There is a desire or willingness to engage in work to support change in the relationship"),
    Indicator("stuck_but_intends",            MOTIVATION, DIRECT,  TOLD,   "There are obstacles, or the carer feels stuck, and intends that things become different", f"{LEEDS}: the caregiver may feel ‘stuck’ but there is an intention for the relationship to be different"),
    Indicator("asked_by_professionals",       MOTIVATION, CONSULT, EITHER, "The ask comes mainly from professionals", f"{LEEDS}: if the primary ask is from professionals"),
    Indicator("thinking_not_aligned",         MOTIVATION, CONSULT, EITHER, "Informed consent and aligned thinking are still to be worked on", f"{LEEDS}: consideration around informed consent and supporting aligned thinking"),
    Indicator("need_for_change_not_seen",     MOTIVATION, CONSULT, EITHER, "The carer does not see a need for change at present", f"{LEEDS}: Typically, this is when we might offer a consultation rather than direct work"),
    Indicator("ambivalence_or_resistance",    MOTIVATION, NEITHER, EITHER, "Ambivalence or resistance: normal steps, not a refusal", f"{LEEDS}: ambivalence and resistance are normal steps"),
    Indicator("motivation_other",             MOTIVATION, NEITHER, EITHER, "Something else about motivation", OPEN_LIST, own_words=True),

    Indicator("capacity",                     READINESS, DIRECT,  EITHER, "Reasonable capacity, abilities and resources to engage in the work", f"{LEEDS}: reasonable levels of capacity, abilities and resources to engage in the caregiver-infant work"),
    Indicator("enough_stability",             READINESS, DIRECT,  EITHER, "Enough emotional stability to consider the baby and the relationship", f"{LEEDS}: enough emotional stability to be able to consider the infant and the relationship"),
    Indicator("distress_stabilised",          READINESS, DIRECT,  EITHER, "The carer's distress is stabilised, so that there is room for the relationship", f"{LEEDS}: Stabilised level of parental distress that create tolerance and emotional availability"),
    Indicator("risk_managed_for_carer",       READINESS, DIRECT,  SEEN,   "Present risk is reasonably managed for the carer", f"{LEEDS}: Current risk levels are being reasonably managed and maintained (for both caregiver and infant)"),
    Indicator("risk_managed_for_infant",      READINESS, DIRECT,  SEEN,   "Present risk is reasonably managed for the baby", f"{LEEDS}: Current risk levels are being reasonably managed and maintained (for both caregiver and infant)"),
    Indicator("outer_support",                READINESS, DIRECT,  EITHER, "Support from others is there and used: mental, emotional or practical", f"{LEEDS}: this might be around mental, emotional and or practical"),
    Indicator("inner_support",                READINESS, DIRECT,  EITHER, "Support from within: healthy self-care and ways of soothing oneself", f"{LEEDS}: Support might also be internal and around healthy self-care and soothing systems"),
    Indicator("often_hyperaroused",           READINESS, CONSULT, EITHER, "Often outside the window of tolerance: in hyperarousal", f"{LEEDS}: if a caregiver is often outside of this"),
    Indicator("often_hypoaroused",            READINESS, CONSULT, EITHER, "Often outside the window of tolerance: in hypoarousal (the guidance prints hyperarousal twice; a clinician confirms)", f"{LEEDS}: if a caregiver is often outside of this"),
    Indicator("risk_taking_unsupported",      READINESS, CONSULT, EITHER, "Risk-taking behaviour that is not effectively supported", f"{LEEDS}: that are not being effectively supported are likely to indicate a current lack of readiness"),
    Indicator("no_support_system",            READINESS, CONSULT, EITHER, "There is no support system", f"{LEEDS}: availability of support system"),
    Indicator("infant_may_be_overlooked",     READINESS, CONSULT, SEEN,   "The carer's needs are high, and the baby's voice may be overlooked", f"{LEEDS}: there might be high needs for the caregiver and a risk that the infants voice is overlooked"),
    Indicator("stability_oscillates",         READINESS, NEITHER, EITHER, "Stability oscillates at times", f"{LEEDS}: whilst recognising this may oscillate at times"),
    Indicator("readiness_other",              READINESS, NEITHER, EITHER, "Something else about readiness", OPEN_LIST, own_words=True),

    Indicator("strong_negative_feelings",     ANTENATAL, DIRECT,  EITHER, "Strong negative feelings at the baby's presence: distress, anger, disgust", f"{LEEDS}: strong negative emotional (like distress, anger, disgust)", restricted=True),
    Indicator("strong_physical_responses",    ANTENATAL, DIRECT,  EITHER, "Strong physical responses to the baby's presence: recoil, avoidance, harshness of touch", f"{LEEDS}: physical (for example, recoil, avoidance or harshness of touch) responses", restricted=True),
    Indicator("avoids_connecting",            ANTENATAL, DIRECT,  EITHER, "Connecting is actively avoided: scans, imagining the baby, touching or talking to the bump", f"{LEEDS}: active avoidance of connecting (for example, through scans and screening, imagining baby, touching and talking to bump"),
    Indicator("knows_little_of_baby",         ANTENATAL, DIRECT,  EITHER, "Little is known about the baby's development", f"{LEEDS}: knowing little about baby’s development"),
    Indicator("little_thought_for_needs",     ANTENATAL, DIRECT,  EITHER, "Minimal thought for what the developing baby needs", f"{LEEDS}: minimal thought and consideration of the developing baby’s needs"),
    Indicator("usual_ambivalence",            ANTENATAL, LOWER,   EITHER, "Ambivalence about parenthood, as is usual", f"{LEEDS}: It is usual to have an element of ambivalence about parenthood"),
    Indicator("anxious_after_loss",           ANTENATAL, LOWER,   EITHER, "Anxiety in pregnancy after an earlier loss", f"{LEEDS}: additional anxiety around pregnancy when there has been previous loss", restricted=True),
    Indicator("fears_the_birth",              ANTENATAL, LOWER,   EITHER, "Fears about the birth", f"{LEEDS}: fears about the birthing experience"),
    Indicator("typical_anxiety",              ANTENATAL, LOWER,   EITHER, "A typical anxiety carried over to parenthood", f"{LEEDS}: a pattern of typical anxiety that is transferred to the parenthood experience"),
    Indicator("fears_losing_relationship",    ANTENATAL, LOWER,   EITHER, "The main fear is to lose the relationship, not the relationship itself", f"{LEEDS}: the main fear is around the loss of the relationship rather than the relationship itself"),
    Indicator("finds_ways_to_connect",        ANTENATAL, LOWER,   EITHER, "The family finds ways of connecting with the baby before birth", f"{LEEDS}: families are usually able to find ways of connecting with the baby before birth"),
    Indicator("antenatal_other",              ANTENATAL, NEITHER, EITHER, "Something else in the pregnancy", OPEN_LIST, own_words=True),
))

RISK_TAKING = by_code((
    Term("overactive_or_aggressive", "Overactive, aggressive, disruptive or agitated behaviour", f"{LEEDS}: overactive, aggressive, disruptive or agitated behaviours", restricted=True),
    Term("self_injury",              "Non-accidental self-injury",                               f"{LEEDS}: non-accidental self-injury", restricted=True),
    Term("problem_drinking",         "Problem drinking",                                         f"{LEEDS}: problem-drinking", restricted=True),
    Term("drug_taking",              "Drug taking",                                              f"{LEEDS}: drug-taking", restricted=True),
    Term("risk_taking_other",        "Another behaviour that takes risks",                       f"{LEEDS}: for further examples", own_words=True, restricted=True),
))
"""Of each a person says whether it is being supported (R-132)."""

ASKED_BY = by_code((
    Term("family",        "The family asks for help",        f"{LEEDS}: Who is asking for help around the caregiver-infant relationship"),
    Term("professionals", "The professionals ask for help",  f"{LEEDS}: current professionals involved in the care or both"),
    Term("both",          "Family and professionals ask for help", f"{LEEDS}: current professionals involved in the care or both"),
))
# fmt: on


def of_area(area: Area, points: Points | None = None) -> tuple[Indicator, ...]:
    """The indicators of one area in their order, or those of them that point one way."""
    return tuple(i for i in INDICATORS.values() if i.area is area and points in (None, i.points))
