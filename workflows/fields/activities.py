"""The questions about help that is given without a case: to professionals, to groups, to partners.

Nothing here asks about a family. Who took part is told by person, so that the same person at two trainings is one
professional and two attendances; where nobody wrote names down, by a number of heads, which is never mixed in.
"""

from workflows.beside import RecordKind
from workflows.vocabulary import Field, Kind, Part

COURSE = Part.COURSE

ACTIVITIES = (
    "training", "reflective_case_discussion", "reflective_supervision", "clinical_supervision",
    "whole_team_reflective_practice", "thinking_together", "joint_work", "pre_birth_panel", "core_group",
    "legal_gateway", "multi_agency_meeting", "interface_meeting", "steering_or_network", "strategic_advice", "outreach",
    "co_production", "advice_call", "light_touch_group", "light_touch_appointment", "peer_support",
)  # fmt: skip
"""R-223 to R-242, R-366, R-405; light-touch places and peer support are for families without a case (R-040)."""

WITHOUT_A_CASE = ("consultation", *ACTIVITIES)
"""All help that is given without a case. Each is an offer of its own, and may have no uptake (R-360, C-44)."""

FOR_FAMILIES = ("light_touch_group", "light_touch_appointment", "peer_support", "co_production")
"""What families take part in, by number and never by name."""

SECTORS = ("nhs", "local_authority", "voluntary_and_community", "education", "independent", "other")

ACTIVITY = Field("activity", Kind.CODE, "What it was", COURSE, ACTIVITIES)
ACTIVITY_ON = Field("activity_on", Kind.DATE, "On which day", COURSE)
MINUTES = Field("minutes", Kind.NUMBER, "How many minutes", COURSE, least=1, most=1_440)
PREPARATION = Field("preparation_minutes", Kind.NUMBER, "Minutes of preparation beside it", COURSE, least=1, most=6_000)
DELIVERED_BY = Field(
    "delivered_by",
    Kind.LIST,
    "Who of the service gave it",
    COURSE,
    most=30,
    of=(Field("staff", Kind.LINE, "Member of staff", longest=100),),
)
PARTNER = Field("partner", Kind.LINE, "Partner organisation", COURSE)
SECTOR = Field("sector", Kind.CODE, "Sector of the partner", COURSE, SECTORS)
WHERE = Field(
    "where",
    Kind.CODE,
    "Where it took place",
    COURSE,
    ("online", "telephone", "own_premises", "neonatal_unit", "maternity", "family_hub", "community_group", "nursery",
     "gp_practice", "council_offices", "other"),
)  # fmt: skip
TOPIC = Field("topic", Kind.LINE, "What it was about: never a family", COURSE)
GROUP = Field("group", Kind.LINE, "Which group of practitioners it was for", COURSE, longest=100)
REFERRAL = Field(
    "referral", Kind.RECORD, "The open referral that it was about, agreed to by the family", COURSE,
    record=RecordKind.REFERRAL,
)  # fmt: skip
FAMILY_NAMED = Field("family_named", Kind.YES_NO, "Was a family named?", COURSE, ("yes", "no"))
FAMILIES = Field("families", Kind.NUMBER, "How many families took part", COURSE, least=1, most=10_000)
CHILDREN_ESTIMATED = Field(
    "children_estimated", Kind.NUMBER, "Children who may be reached through it: an estimate", COURSE,
    least=1, most=1_000_000,
)  # fmt: skip
ASSUMPTION = Field("assumption", Kind.WORDS, "What the estimate assumes", COURSE, longest=2_000)

ATTENDEES = Field(
    "attendees",
    Kind.LIST,
    "Who took part: a person by name and organisation, or a number of heads",
    COURSE,
    most=200,
    of=(
        Field("type", Kind.CODE, "Who they are", choices=("professional", "volunteer", "student")),
        Field("name", Kind.LINE, "Name", optional=True),
        Field("organisation", Kind.LINE, "Organisation", optional=True),
        Field("role", Kind.LINE, "Role", longest=100, optional=True),
        Field("discipline", Kind.LINE, "Discipline", longest=100, optional=True),
        Field("heads", Kind.NUMBER, "How many, where no names were written down", least=1, most=10_000, optional=True),
    ),
)  # fmt: skip
