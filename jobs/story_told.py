"""The story that `casework demo --story` tells: one invented family in Leeds, from a message on the line to the ending.

Only what people do and say stands here. Where the family then stands, what the night says and what is refused is asked
of casework as the story goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflows import Role

SERVICE = "leeds-imhs"
BEGINS = date(2026, 3, 2)
REFERENCE = "R-STORY"

PEOPLE = {
    "Nia": Role.ADMINISTRATOR,
    "Asha": Role.DUTY,
    "Chris": Role.CHAIR,
    "Maya": Role.MANAGER,
    "Ben": Role.CLINICIAN,
    "Lou": Role.LEAD,
}


class Day(int):
    """A date as so many days from the step in which it is said."""


class Pending(str):
    """The number of the latest entry of a list of the referral."""


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody does `after` so many days: `what` in words, and the answers. `infant`: on the baby's own record."""

    after: int
    who: str
    trigger: str
    what: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    infant: bool = False
    refused: bool = False
    """The step may not be taken: shown is what casework says."""


BABY, MOTHER = {"who": "infant", "attended": "yes"}, {"who": "focus_carer", "attended": "yes"}
FATHER, NO_FATHER = (
    {"who": "father", "attended": "yes"},
    {"who": "father", "attended": "no", "absent_because": "at_work"},
)
TOLD = {
    "call_context": "First baby, expected in May. They live with his mother.",
    "call_concerns": "She says that she feels nothing for the baby, and is afraid to hold him when he comes.",
    "call_availability": "She is at home and would come.",
    "call_infant_telling": "He moves when she sings.",
    "call_universal_services": "Community midwife, health visitor from 28 weeks.",
    "call_other_services": "None.",
    "call_strengths": "She sings to him.",
}
CALLER = {"referrer_name": "M. Midwife", "referrer_role": "midwife", "referrer_contact": "0113 496 0000"}
FORM = {
    "carer_name": "Rowan Example", "carer_relationship": "mother", "primary_carer": "yes", "gp_practice_code": "B86038",
    "postcode": "LS3 7AB", "consent_on": Day(-1), "referrer_words": "She is afraid to hold him when he comes.",
    "relationship_at_risk": "yes", "gp_in_area": "yes",
}  # fmt: skip
COS_P, VIG = "circle_of_security_parenting", "video_interaction_guidance"
PLAN = {
    "disciplines": ["clinical_psychologist", "child_psychotherapist"],
    "hypothesis": "She was left as a baby, and is afraid to do the same.",
    "infant_voice": "He looks for her face and turns away when she stiffens.",
}
FILMED = {"intervention": VIG, "setting": "home", "filmed": "yes", "clips_watched": "yes"}

STORY = (
    Step(
        0,
        "Nia",
        "log_voicemail",
        "A midwife has left a message after the line had closed.",
        {"left_at": "18:40", "call_back_number": "0113 496 0000", "urgent": "no", **CALLER},
    ),
    Step(
        1,
        "Nia",
        "book_call",
        "Rings back and books a duty call.",
        {"call_on": Day(0), "call_at": "11:00", "call_minutes_booked": 45, "caller_prepared": "yes"},
    ),
    Step(
        0,
        "Asha",
        "take_call",
        "Takes the call: a mother expects her first baby, and is afraid of him.",
        {"expected_due_date": Day(75), "caller_confirmed": "yes"},
    ),
    Step(
        0,
        "Asha",
        "indicate_direct",
        "Indicates direct work: moderate need, able and ready.",
        {
            "relationship_need": "moderate",
            "motivation": "adequate",
            "readiness": "high",
            "risk_screen_on": Day(0),
            "summary": "Fear of the baby; wants help.",
            "call_recorded_in": "mothers_record",
            "call_minutes_used": 40,
            **TOLD,
        },
    ),
    Step(6, "Nia", "receive_referral", "The written referral comes.", FORM),
    Step(1, "Nia", "acknowledge", "Tells the midwife that it came.", {"how_told": "telephone"}),
    Step(0, "Nia", "pass_checks", "Finds it complete and puts it to the group."),
    Step(
        3,
        "Chris",
        "accept_direct",
        "The group accepts the family for direct work.",
        {
            "rmg_on": Day(0),
            "reason": "The fear will meet the baby in the first days.",
            "infant_voice": "He moves when she sings, and nobody answers him yet.",
        },
    ),
    Step(3, "Nia", "tell_outcome", "Tells the midwife the outcome and the published wait.", {"how_told": "letter"}),
    Step(
        64,
        "Nia",
        "record_birth",
        "The baby was born on the due date; the midwife rings. The wait goes on.",
        {"infant_dob": Day(-2), "babies_born": 1, "infant_name": "Robin Example", "infant_sex": "male"},
    ),
    Step(3, "Nia", "recheck_gp", "The baby is registered with the family's GP.", {"gp_practice_code": "B86038"}),
    Step(
        0,
        "Nia",
        "record_outside_record",
        "The note of the call is moved to the baby's own record.",
        {"record_holder": "infant", "record_system": "SystmOne", "written_there": "yes"},
        infant=True,
    ),
    Step(4, "Maya", "allocate", "Ben has room and takes the family on.", {"clinician": "Ben"}),
    Step(
        0,
        "Ben",
        "book_appointment",
        "Books a first visit.",
        {"appointment_on": Day(7), "appointment_at": "10:00", "setting": "home", "appointment_with": "Ben"},
    ),
    Step(
        7,
        "Ben",
        "record_missed",
        "Nobody is in: the baby was at the hospital with a cold.",
        {
            "contact_outcome": "cancelled_by_family",
            "appointment": Pending("appointments"),
            "why_missed": "At the hospital",
        },
    ),
    Step(
        3,
        "Ben",
        "first_contact",
        "Meets mother and baby at home; the father is at work.",
        {"setting": "home", "participants": [BABY, MOTHER, NO_FATHER]},
    ),
    Step(
        10,
        "Ben",
        "record_contact",
        "Sees all three together.",
        {"setting": "home", "participants": [BABY, MOTHER, FATHER]},
    ),
    Step(
        0,
        "Ben",
        "rate",
        "Rates what he sees: the mother's motivation is high.",
        {"area": "motivation", "level": "high", "account": "observer"},
    ),
    Step(
        11,
        "Ben",
        "finish_assessment",
        "Ends the assessment, with the baby observed.",
        {"observed_on": Day(0), "infant_voice": "He quiets when she hums.", "measures_offered": "yes"},
    ),
    Step(
        7,
        "Ben",
        "offer_plan",
        "Would like to offer Circle of Security.",
        {**PLAN, "interventions": [COS_P, VIG]},
        refused=True,
    ),
    Step(
        0,
        "Ben",
        "offer_plan",
        "The team formulates, and offers Video Interaction Guidance.",
        {**PLAN, "interventions": [VIG]},
    ),
    Step(3, "Ben", "family_agrees", "The plan is shared, and the parents agree to it.", {"plan_shared": "yes"}),
    Step(
        0,
        "Ben",
        "set_goal",
        "They set a goal: to bath him without fear.",
        {"goal": "To bath him without fear", "goal_for": "relationship"},
    ),
    Step(
        7, "Ben", "record_session", "Comes with the camera.", {**FILMED, "participants": [BABY, MOTHER]}, refused=True
    ),
    Step(
        0,
        "Ben",
        "record_consent",
        "Asks, and writes down what the mother agrees to.",
        {
            "consent_decision": "given",
            "consent_for": "filming",
            "consent_by": "The mother",
            "consent_standing": "parental_responsibility",
            "consent_said_on": Day(0),
        },
    ),
    Step(
        0,
        "Ben",
        "record_session",
        "Films the first session.",
        {**FILMED, "session_number": 1, "participants": [BABY, MOTHER]},
    ),
    Step(
        21,
        "Ben",
        "record_session",
        "The father is in the second film.",
        {**FILMED, "session_number": 2, "participants": [BABY, MOTHER, FATHER]},
    ),
    Step(
        29,
        "Ben",
        "review_plan",
        "Looks back with them at the half of the way.",
        {"review_outcome": "She looks forward to the bath."},
    ),
    Step(28, "Ben", "begin_ending", "Plans the ending with the family.", {"ending_with_family": "yes"}),
    Step(
        14,
        "Ben",
        "discharge",
        "Says goodbye. The health visitor knows, and they may come back.",
        {
            "end_reason": "goals_met",
            "summary": "Fear has become delight.",
            "infant_voice": "He laughs when she comes in.",
            "onward_services": "Health visitor, children's centre",
            "referrer_told_on": Day(0),
            "no_measures_because": "The family's goal was the measure.",
        },
    ),
)
