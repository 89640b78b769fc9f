"""What may lie behind a difficulty, how it shows in the baby, and how the baby was observed: words to choose from.

Restricted factors are shown only to those who may see them: a parent in an unsafe relationship may be asked who knows
(R-047), and how a pregnancy began is theirs to tell (R-087). The loss of this baby is never a factor: it is an event.
"""

from workflows.interventions import CATALOGUE
from workflows.sources import DUTY_CALL_GUIDE, ESSEX_GUIDANCE, NATIONAL_REPORT, PERINATAL_GUIDANCE, PUBLIC_PAGE
from workflows.terms import Term, by_code

PREGNANCY_FACTORS = f"{ESSEX_GUIDANCE}: the pregnancy being unplanned, conceived through trauma, previous foetal and infant loss, the foetal development is compromised or high risk, previous birth trauma, fear of birthing"
ADVERSITY = f"{NATIONAL_REPORT}: due to domestic abuse, poverty or mental health problems"
NEONATAL = f"{ESSEX_GUIDANCE}: traumatic birth or neonatal admission following premature birth or birth complications"
PRESENTS = f"{NATIONAL_REPORT}: such as withdrawal, separation anxiety, feeding and sleeping difficulties"

# fmt: off
CONTRIBUTING = by_code((
    Term("difficult_pregnancy",        "Difficulties in pregnancy",                          f"{PUBLIC_PAGE}: difficulties in pregnancy"),
    Term("traumatic_birth",            "A traumatic birth",                                  f"{PUBLIC_PAGE}: a traumatic birth"),
    Term("own_childhood",              "The carer's own experience of being parented",       f"{PUBLIC_PAGE}: difficult experiences of being parented when we were children"),
    Term("earlier_loss",               "An earlier loss or bereavement (not the loss of this baby)", f"{PUBLIC_PAGE}: loss and bereavement"),
    Term("carer_mental_health",        "Difficulties with the carer's mental health",        f"{PUBLIC_PAGE}: difficulties with our mental health (such as low mood or anxiety)"),
    Term("relational_trauma",          "Relational trauma that the carer has experienced",   f"{ESSEX_GUIDANCE}: previous relational trauma the parent has experienced"),
    Term("premature_birth",            "Premature birth",                                    NEONATAL),
    Term("birth_complications",        "Complications at birth",                             NEONATAL),
    Term("neonatal_admission",         "Admission to a neonatal unit",                       NEONATAL),
    Term("unsafe_relationship",        "The carer is in an unsafe relationship",             f"{ESSEX_GUIDANCE}: the parent being in an unsafe relationship", restricted=True),
    Term("drug_or_alcohol_misuse",     "Misuse of drugs or alcohol",                         f"{ESSEX_GUIDANCE}: the parent is struggling with drugs and alcohol misuse", restricted=True),
    Term("domestic_abuse",             "Domestic abuse",                                     ADVERSITY, restricted=True),
    Term("poverty",                    "Poverty",                                            ADVERSITY),
    Term("contributing_other",         "Another factor",                                     f"{ESSEX_GUIDANCE}: Other factors that can impact", own_words=True),
))

ANTENATAL = by_code((
    Term("unplanned_pregnancy",        "The pregnancy was not planned",                      PREGNANCY_FACTORS, restricted=True),
    Term("conceived_through_trauma",   "The baby was conceived through trauma",              PREGNANCY_FACTORS, restricted=True),
    Term("earlier_baby_loss",          "An earlier baby was lost, in pregnancy or after",    PREGNANCY_FACTORS, restricted=True),
    Term("foetal_development_at_risk", "The baby's development before birth is compromised or at high risk", PREGNANCY_FACTORS, restricted=True),
    Term("earlier_birth_trauma",       "Trauma at an earlier birth",                         PREGNANCY_FACTORS, restricted=True),
    Term("fear_of_birth",              "Fear of giving birth",                               PREGNANCY_FACTORS, restricted=True),
    Term("antenatal_factor_other",     "Another factor, emotional or around the family",     f"{ESSEX_GUIDANCE}: a myriad of emotional and environmental factors", own_words=True, restricted=True),
))

PRESENTATIONS = by_code((
    Term("dysregulation",              "Dysregulation",                                      f"{NATIONAL_REPORT}: dysregulation, relational, emotional and behavioural problems"),
    Term("withdrawal",                 "Withdrawal",                                         PRESENTS),
    Term("separation_anxiety",         "Separation anxiety",                                 PRESENTS),
    Term("feeding_difficulties",       "Feeding difficulties",                               PRESENTS),
    Term("sleeping_difficulties",      "Sleeping difficulties",                              PRESENTS),
    Term("presentation_other",         "Something else that the baby shows",                 PRESENTS, own_words=True),
))
"""How it shows in the baby: rooted in the relationship, and no diagnosis (R-253, R-036)."""

URGENCY = by_code((
    Term("little_time_before_birth",   "The time before the birth is short",                 f"{PERINATAL_GUIDANCE}: a short period of time which may be a cause for the sense of urgency"),
    Term("urgency_other",              "The urgency comes from elsewhere",                   f"{PERINATAL_GUIDANCE}: it is helpful to consider where that urgency is coming from", own_words=True),
))
"""Where an antenatal sense of urgency comes from, to be judged and not simply obeyed (R-092)."""

OBSERVED_BY = by_code((
    Term("early_attachment_observation", "The early attachment observation at 6 to 8 weeks", f"{DUTY_CALL_GUIDE}: ideally by the 6 to 8 week early attachment observation"),
    Term("observing_the_infant",       "Observing the baby",                                 f"{DUTY_CALL_GUIDE}: observing the infant"),
    Term("the_0_to_19_service",        "The referrer asked the 0 to 19 service",             f"{DUTY_CALL_GUIDE}: referrer liaising with 0 to 19 service"),
))
"""Where the answer to "what is the baby telling us" comes from (R-157)."""

OBSERVATION_TOOLS = by_code((
    Term("early_attachment_observation", "The early attachment observation at 6 to 8 weeks", f"{DUTY_CALL_GUIDE}: ideally by the 6 to 8 week early attachment observation"),
    Term("leeds_early_attachment_observation", "Leeds early attachment observation (LEAO) tool", f"{PERINATAL_GUIDANCE}: Leeds early attachment observation (LEAO) tool"),
    Term("lanarkshire_indicator_set",  "Lanarkshire Infant Mental Health Observation Indicator Set", f"{NATIONAL_REPORT}: uses the Lanarkshire Infant Mental Health Observation Indicator Set"),
    Term("voice_of_the_infant",        "Voice of the infant template",                       f"{NATIONAL_REPORT}: has a voice of the infant template"),
    *(Term(one.code, one.name, one.source) for one in CATALOGUE.values() if one.is_assessment_too),
    Term("observation_tool_other",     "Another observation tool",                           f"{NATIONAL_REPORT}: uses a variety of observation tools", own_words=True),
))
# fmt: on
