"""The questions of steps that only some services have: priority, a joint visit, the route for a neonatal unit."""

from workflows.vocabulary import Field, Kind, Part

PRIORITY = Field(
    "priority",
    Kind.CODE,
    "Why this referral goes first",
    Part.COURSE,
    ("pre_birth_assessment", "other"),
)
"""BABS: "priority pathways for vulnerable parents and babies undergoing pre-birth assessments"."""

PRIORITY_UNTIL = Field("priority_until", Kind.DATE, "Last day on which it goes first", Part.COURSE, ahead=366)
"""Requirements T33: priority has a reason and an end, and changes the order of waiting and nothing else."""

JOINT_VISIT_ON = Field("joint_visit_on", Kind.DATE, "Date of the joint visit", Part.COURSE, ahead=366)
JOINT_VISIT_WITH = Field("joint_visit_with", Kind.LINE, "Who comes along, and in what role", Part.COURSE)

NEONATAL_UNIT = Field("neonatal_unit", Kind.LINE, "Neonatal unit on which the baby is", Part.COURSE)
LEFT_FOR = Field(
    "left_for",
    Kind.CODE,
    "Where the baby went from there",
    choices=("home", "another_unit", "other_care", "not_known"),
)

AGREED_WITH = Field("agreed_with", Kind.LINE, "With whom of social care it was agreed", Part.COURSE)
