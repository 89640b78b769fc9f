"""The questions about what happens in a life: birth, loss, another carer, growing too old, another team."""

from dataclasses import replace

from workflows.beside import RecordKind
from workflows.endings import reasons
from workflows.fields.people import BIRTH_ORDER, INFANT_SEX
from workflows.fields.referral import TWO_YEARS
from workflows.vocabulary import Field, Kind, Part

COURSE, STEP = Part.COURSE, Part.STEP


def _date(name: str, label: str, part: Part = STEP, ahead: int = 0) -> Field:
    return Field(name, Kind.DATE, label, part, ahead=ahead)


def _line(name: str, label: str, part: Part = STEP, longest: int = 200) -> Field:
    return Field(name, Kind.LINE, label, part, longest=longest)


def _words(name: str, label: str, part: Part = STEP) -> Field:
    return Field(name, Kind.WORDS, label, part, longest=20_000)


def _code(name: str, label: str, choices: tuple[str, ...], part: Part = STEP) -> Field:
    return Field(name, Kind.CODE, label, part, choices)


def _yes_no(name: str, label: str, part: Part = STEP) -> Field:
    return Field(name, Kind.YES_NO, label, part, ("yes", "no"))


# Birth
NEONATAL_STAY = _yes_no("neonatal_stay", "Is the baby on a neonatal unit?", COURSE)
BABIES_CONSIDERED = Field(
    "babies_considered",
    Kind.LIST,
    "Each of the babies: is the relationship under stress, and does the service take this one?",
    most=BIRTH_ORDER.most,
    of=(
        replace(BIRTH_ORDER, part=STEP),
        _code("under_stress", "Is the relationship with this baby under stress?", ("yes", "no", "not_known")),
        _yes_no("in_scope", "Does the service see this baby?"),
        replace(_words("advice_on_this_baby", "Advice given"), optional=True),
        replace(_line("name_of_this_baby", "Baby's name"), optional=True),
        replace(INFANT_SEX, part=STEP, optional=True),
    ),
)
SPLIT_FROM = Field(
    "split_from", Kind.RECORD, "Referral of the same birth that this one was split from", COURSE,
    record=RecordKind.REFERRAL,
)  # fmt: skip

# Loss, and the death of a carer
LOST_ON = _date("lost_on", "Date of the loss", COURSE)
ONE_LOST_ON = _date("one_lost_on", "Date on which one of several was lost before the birth")
ALL_LOST = _yes_no("all_lost", "Was every baby of this pregnancy lost?")
DIED_ON = _date("carer_died_on", "Date of the carer's death")
CONFIRMED_BY = _line("confirmed_by", "Who confirmed it, by name and role")
CONFIRMED_FROM = _line("confirmed_from", "From what source it is known")
FAMILY_TOLD = _words("family_told", "What the family has been told")
CHILD_DEATH_PROCEDURE = _yes_no("child_death_procedure", "Is the child death review informed?")
SERVICES_GIVEN = _words("services_given", "Services named to the family for support with the loss")
NAMED_CONTACT = _line("named_contact", "Who stays in touch with the family")
CONTACT_AGREED = _yes_no("contact_agreed", "Has the family agreed to this contact?")
SIBLINGS_CHECKED = _words("siblings_checked", "What was found for brothers and sisters")
NOW_CARES = _line("now_cares", "Who cares for the baby now", COURSE)

# Another carer, contact, placement
FORMER_ACCESS_REVIEWED = _yes_no("former_access_reviewed", "Was the former carer's access to the record reviewed?")
CONTACT_PLAN = _words("contact_plan", "What is planned: contact, return, where the baby will live")
RETURN_PLANNED = _yes_no("return_planned", "Is a return to the carer planned?")

# Age
RETAIN_UNTIL = _date("retain_until", "Kept by decision until", COURSE, ahead=5 * 366)
ONWARD_SERVICES = _words("onward_services", "Services named for the way on")

# Another team
RECEIVING_SERVICE = _line("receiving_service", "Service that is asked to take over", COURSE)
RECEIVING_CONTACT = _line("receiving_contact", "Who was asked there, and how to reach them", COURSE)
PACKAGE = _words("package", "What was sent with it")
TRANSFER_REASON = _code("transfer_reason", "Why another team", reasons("transferred_out"), COURSE)
SHARED_WITH_CONSENT = _yes_no("shared_with_consent", "Did the family agree to the sharing?")
SHARING_BASIS = _words("sharing_basis", "Without their agreement: on what basis is it shared?")
ACCEPTED_BY = _line("accepted_by", "Who accepted it there, by name and role")
HANDED_ON_TO = _line("handed_on_to", "To whom an open safeguarding concern was handed on in writing")
FROM_SERVICE = _line("from_service", "Service that hands over", COURSE)
FIRST_REFERRED_ON = _date("first_referred_on", "Date of the referral there, for information", COURSE)
PACKAGE_CHECKED = _yes_no("package_checked", "Was what came with it checked?")
OTHER_TEAM = _line("other_team", "Team that works alongside")
OTHER_TEAM_AGREES = _yes_no("other_team_agrees", "Does the other team agree?")
LEAD_SERVICE = _line("lead_service", "Service that leads")
SHARED_RECORD = _yes_no("shared_record", "May the other team see the record?")
MEETS_ON = _date("meets_on", "Next joint meeting", ahead=TWO_YEARS)
COWORK = Field("cowork", Kind.NUMBER, "Number of the joint work that ends", least=1, most=1_000_000)

INDIVIDUALS = ("infant", "focus_carer", "other_carer", "sibling")
DYAD = "dyad"
AGENCIES = _line("agencies", "Which services came together")
CONSIDERED = Field(
    "considered",
    Kind.LIST,
    "What was considered: of each person, and of the relationship",
    most=20,
    of=(
        _code("of_whom", "Of whom: a person, or the dyad", (*INDIVIDUALS, DYAD)),
        _words("needs_seen", "Which needs were seen"),
    ),
)

# Endings
OTHER_HOLDER = _words("other_holder", "What another holder of parental responsibility says")
ATTEMPTS = Field(
    "attempts",
    Kind.LIST,
    "Attempts to reach the family",
    most=50,
    of=(
        _date("tried_on", "Date"),
        _code("route", "How", ("letter", "telephone", "text", "email", "visit", "through_a_professional")),
        _yes_no("agreed_route", "Is this a way that the family agreed to and that is safe?"),
    ),
)
REFERRER_TOLD_ON = _date("referrer_told_on", "Date on which the referrer was told")
HEALTH_VISITOR_TOLD_ON = _date("health_visitor_told_on", "Date on which the health visitor or midwife was told")
RISK_REVIEW = _words("risk_review", "A clinician's review of the risk")
CARE_LEAVER_CONTACT = _words("care_leaver_contact", "For a carer who left care: how and by whom contact was made")
SAID_BY_FAMILY = _words("said_by_family", "What the family said")
SAID_BY_REFERRER = _words("said_by_referrer", "What the referrer said")
NO_LONGER_BECAUSE = _code("no_longer_because", "What has changed", ("need_resolved", "needs_met_elsewhere"), COURSE)

# Safeguarding: nothing of it is needed to raise a concern
CONCERN = _words("concern", "What the concern is")
CONCERN_ABOUT = _line("concern_about", "Whom the concern is about")
IMMEDIATE_DANGER = _yes_no("immediate_danger", "Is there immediate danger?")
CONCERN_AT = Field("concern_at", Kind.TIME, "Time at which it was seen or heard")
CONCERN_NUMBER = Field("concern_number", Kind.NUMBER, "Number of the concern", least=1, most=1_000_000)
SAFEGUARDING_REVIEW = _words("safeguarding_review", "What the review found")
ESCALATED_TO = _line("escalated_to", "Who was told outside the service, such as children's social care")
SAFEGUARDING_OUTCOME = _words("safeguarding_outcome", "Outcome")
SIGNED_BY = _line("signed_by", "Who signs it off, by name and role")
