"""The questions about staff: the post, the training, and who takes a referral on."""

from workflows.beside import RecordKind
from workflows.interventions import CATALOGUE
from workflows.staffing import AIMH_LEVELS, BANDS
from workflows.staffing import DISCIPLINES as PROFESSIONS
from workflows.vocabulary import Field, Kind, Part

COURSE = Part.COURSE

STAFF_NAME = Field("staff_name", Kind.LINE, "Name", COURSE, longest=100)
DISCIPLINE = Field(
    "discipline",
    Kind.CODE,
    "Discipline (of a trainee, the one trained for)",
    COURSE,
    tuple(PROFESSIONS),
    terms=PROFESSIONS,
)
POST = Field("post", Kind.LINE, "Role in the team, in the service's words", COURSE)
BAND = Field("band", Kind.CODE, "NHS band, or what the organisation maps to it", COURSE, BANDS)
WTE_PERCENT = Field("wte_percent", Kind.NUMBER, "Hours in percent of full time", COURSE, least=1, most=100)
AIMH_LEVEL = Field("aimh_level", Kind.CODE, "AiMH competency level", COURSE, tuple(AIMH_LEVELS), terms=AIMH_LEVELS)
TRAINEE = Field("trainee", Kind.YES_NO, "Is this a trainee on placement?", COURSE, ("yes", "no"))
SUPERVISOR = Field("supervisor", Kind.RECORD, "Supervisor", COURSE, record=RecordKind.STAFF)
ACCOUNT = Field("account", Kind.LINE, "Name by which they sign in, as the audit shows it", COURSE, longest=100)
PLACED_UNTIL = Field("placed_until", Kind.DATE, "Last day of the placement", COURSE, ahead=3653)
SITES = Field("sites", Kind.LINE, "Family hubs or other sites to which this link worker belongs", COURSE)
ALSO_WORKS_FOR = Field("also_works_for", Kind.LINE, "Other services or posts beside this one", COURSE)

THE_POST = (
    POST, BAND, WTE_PERCENT, AIMH_LEVEL, TRAINEE, SUPERVISOR, ACCOUNT, PLACED_UNTIL, SITES, ALSO_WORKS_FOR,
)  # fmt: skip

INTERVENTION = Field("intervention", Kind.CODE, "Trained to deliver", choices=tuple(CATALOGUE), terms=CATALOGUE)
TRAINED_ON = Field("trained_on", Kind.DATE, "Day on which the training was complete")
TRAINING = Field("training", Kind.NUMBER, "Number of the entry that was made in error", least=1, most=1_000_000)

SIGNED_OFF_BY = Field("signed_off_by", Kind.RECORD, "Supervisor who signs for a trainee", record=RecordKind.STAFF)
CONFLICTED = Field(
    "conflicted", Kind.YES_NO, "Does anything stand between clinician and family?", choices=("yes", "no")
)
