"""Every key that a service's document can have: its form, what it means, and what it is where the document is silent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from workflows.fields.options import PRIORITY
from workflows.fields.referral import REFERRER_ROLE
from workflows.settings import Stance


class Form(StrEnum):
    """What stands behind a key, in the words of a fault."""

    TEXT = "a text"
    TEXTS = "a list of texts"
    YES_NO = "true or false"
    NUMBER = "a whole number"
    DATE = "a date"
    ONE_OF = "one of a few words"
    SOME_OF = "a list of a few words"


@dataclass(frozen=True, slots=True)
class Key:
    """`unset`: what holds where the document does not say. `choices` are the words that may stand there."""

    form: Form
    words: str
    needed: bool = False
    unset: str = "off"
    choices: Mapping[str, str] = field(default_factory=dict)
    least: int = 0
    most: int = 10_000


Keys = Mapping[str, Key]
PEOPLE = {"carer": "the carer", "infant": "the baby"}
STANCES = {
    Stance.YES.value: "they are taken",
    Stance.CASE_BY_CASE.value: "each is talked over",
    Stance.NO.value: "they are not taken",
    Stance.UNSTATED.value: "the service's documents do not say",
}
DUTY_CALL = {
    "required": "no referral comes before the group without one",
    "offered": "a talk beforehand is open to all",
}
INCOMPLETE_FORM = {"request": "the referrer is asked", "reject": "the form is sent back and may come again"}
ACCEPTED_MEANS = {"direct_work": "direct work follows", "assessment": "an assessment follows; formulation then decides"}
MEASURED_ON = {
    "complete_referral": "when the complete referral came",
    "first_referral": "when the form came for the first time",
    "decision": "on the day of the decision",
}
FOCUS_CARER = {
    "primary": "the primary carer only",
    "primary_or_raising": "the primary carer; another one who raises the baby is talked over",
    "primary_or_significant": "the primary carer; another significant one where that is appropriate",
    "mother": "mothers only, by the terms of the funding",
    "anyone": "any carer, siblings and the baby alone",
    "unstated": "the service's documents do not say",
}
PARENTING_ASSESSMENT = {
    "refused": "none are made",
    "pre_birth_with_social_care": "before the birth, together with social care",
    "taken": "they are made",
    "unstated": "the service's documents do not say",
}
CONSULTATION_NEEDS = {"duty_call": "a duty call first", "referral": "a written referral first"}
REFERRERS = {"default": "every referral", **{code: code.replace("_", " ") for code in REFERRER_ROLE.choices}}
CO_WORKING = {
    "interface_meetings": "meetings at the interface with the perinatal team",
    "shared_pathway": "a shared pathway",
    "shared_lead": "a shared lead",
    "shared_notes": "shared notes",
    "multi_agency_meetings": "meetings of several agencies",
    "reflective_space": "a shared reflective space",
}
RECORD_HOLDER = {
    "infant": "the baby's record",
    "infant_or_mother_before_birth": "the baby's record; before the birth the mother's",
    "shared_system": "a system shared with others",
    "parent": "the parent's record",
    "unstated": "the service's documents do not say",
}
PRIORITY_REASONS = {code: code.replace("_", " ") for code in PRIORITY.choices}

# fmt: off
TABLES: dict[str, Keys] = {
    "service": {
        "key":            Key(Form.TEXT,   "How programs call it: small letters, digits and hyphens. It never changes.", needed=True),
        "version":        Key(Form.NUMBER, "Which version of the document this is. A released one is not changed: a new one is laid beside it.", needed=True, least=1),
        "name":           Key(Form.TEXT,   "What people call it today.", needed=True),
        "names_before":   Key(Form.TEXTS,  "What it was called before.", unset="none"),
        "in_force_from":  Key(Form.DATE,   "The first day on which new referrals come under this version.", unset="from the first day"),
        "sources":        Key(Form.TEXTS,  "The documents that this one is made from.", needed=True, least=1),
    },
    "contact": {
        "address":        Key(Form.TEXT,   "Where letters go.", unset="blank"),
        "phone":          Key(Form.TEXT,   "The line for referrers.", unset="blank"),
        "mailbox":        Key(Form.TEXT,   "Where forms are sent.", unset="blank"),
        "opens":          Key(Form.NUMBER, "Opening hour, Europe/London.", unset="not published", most=23),
        "closes":         Key(Form.NUMBER, "Closing hour.", unset="not published", least=1, most=24),
    },
    "meeting": {
        "label":          Key(Form.TEXT,   "What the group that decides is called.", needed=True),
        "with":           Key(Form.TEXTS,  "Other services that sit in it.", unset="none"),
        "referrer_invited": Key(Form.YES_NO, "Whether the referrer is invited; then an invitation is a step."),
    },
    "referral": {
        "duty_call":      Key(Form.ONE_OF, "The duty call before a referral.", needed=True, choices=DUTY_CALL),
        "self_referral":  Key(Form.YES_NO, "Whether families may refer themselves.", needed=True),
        "ask_instead":    Key(Form.TEXT,   "To whom a family turns where it may not: a sentence.", unset="nobody is named"),
        "antenatal":      Key(Form.YES_NO, "Whether referrals in pregnancy are taken. Where not, being unborn excludes.", unset="unstated"),
        "incomplete_form": Key(Form.ONE_OF, "What becomes of a form that lacks something.", needed=True, choices=INCOMPLETE_FORM),
        "accepted_means": Key(Form.ONE_OF, "What follows when a referral is accepted.", needed=True, choices=ACCEPTED_MEANS),
        "needs":          Key(Form.TEXTS,  "Answers without which no referral comes before the group.", needed=True),
        "warns":          Key(Form.TEXTS,  "Answers whose absence is told and stops nothing.", unset="none"),
    },
    "screen": {
        "items":          Key(Form.TEXTS,  "The risk-factor screen of the duty call: each item as \"code: words\". With it no indication is given before each item is answered.", unset="none: the day of the screen is asked for"),
    },
    "age": {
        "measured_on":    Key(Form.ONE_OF, "The day on which age is measured.", unset="complete_referral", choices=MEASURED_ON),
    },
    "carers": {
        "focus":          Key(Form.ONE_OF, "With whom the relationship is worked on. Others may be in the room. Another carer is talked over, or excluded where only one kind is seen.", unset="unstated", choices=FOCUS_CARER),
    },
    "geography": {
        "gp_of":          Key(Form.SOME_OF, "Whose GP has to be in the area; before the birth the carer's.", unset="nobody's", choices=PEOPLE),
        "address_of":     Key(Form.SOME_OF, "Who has to live in the area; before the birth the carer.", unset="nobody", choices=PEOPLE),
    },
    "families": {
        "child_protection":     Key(Form.ONE_OF, "Babies with a child protection concern or plan.", unset="unstated", choices=STANCES),
        "looked_after":         Key(Form.ONE_OF, "Babies who are looked after or adopted.", unset="unstated", choices=STANCES),
        "plan_before_work":     Key(Form.YES_NO, "Work with a looked-after baby waits for a plan of adoption or reunification."),
        "protection_pathway":   Key(Form.TEXT, "What the pathway is called that is agreed with social care for babies in child protection; then taking and leaving it are steps.", unset="none"),
        "own_mental_health":    Key(Form.ONE_OF, "Babies whose own mental health is the first concern.", unset="unstated", choices=STANCES),
        "parenting_assessment": Key(Form.ONE_OF, "Assessments of parenting.", unset="unstated", choices=PARENTING_ASSESSMENT),
    },
    "consultation": {
        "minutes":        Key(Form.NUMBER,  "How long a consultation is.", unset="not published", least=1, most=600),
        "needs":          Key(Form.SOME_OF, "What comes before one.", unset="nothing", choices=CONSULTATION_NEEDS),
        "first_for":      Key(Form.SOME_OF, "Whose referrals go through a consultation before the group decides on them.", unset="nobody's", choices=REFERRERS),
    },
    "work": {
        "priority":       Key(Form.SOME_OF, "For what a referral goes first; then giving priority is a step.", choices=PRIORITY_REASONS),
        "joint_visit":    Key(Form.YES_NO,  "Whether the referrer may come along; then planning such a visit is a step."),
        "co_working":     Key(Form.SOME_OF, "How the team works with perinatal mental health. Where several agencies meet, joint work names its next meeting; meetings that are held count as on offer.", unset="unstated", choices=CO_WORKING),
        "neonatal_route": Key(Form.YES_NO,  "A route of its own for babies on a neonatal unit; then taking and leaving it are steps.", unset="unstated"),
        "record_holder":  Key(Form.ONE_OF,  "Whose record outside holds the entries; one that stands elsewhere is recorded with the reason.", unset="unstated", choices=RECORD_HOLDER),
    },
    "closing": {
        "reopen_within_days": Key(Form.NUMBER, "For how long a closed referral may be reopened.", unset="without limit", least=1),
        "refer_instead":      Key(Form.TEXT,   "Who takes new referrals once the service itself is closed: a sentence.", unset="nobody is named"),
    },
}
"""The tables of a document that stand in it once."""

OFFER: Keys = {
    "code":           Key(Form.TEXT,   "How it is called in this document.", needed=True),
    "name":           Key(Form.TEXT,   "What people call it.", needed=True),
    "from_months":    Key(Form.NUMBER, "The age from which on, in months.", needed=True, most=240),
    "to_months":      Key(Form.NUMBER, "The birthday at which it ends, in months.", needed=True, least=1, most=240),
    "last_day_is_in": Key(Form.YES_NO, "Whether that birthday itself is still in it.", needed=True),
    "this_pathway":   Key(Form.YES_NO, "Whether referrals to it come by this pathway.", unset="true"),
    "interventions":  Key(Form.TEXTS,  "The interventions given in it.", unset="every one that the service offers"),
    "source":         Key(Form.TEXT,   "Where it comes from.", needed=True),
}
"""An offer: a window of ages with work of its own. `[[offer]]`, one or several."""

CRITERION: Keys = {
    "code":     Key(Form.TEXT,  "How it is called in the audit.", needed=True),
    "rule":     Key(Form.TEXT,  "Which rule of eligibility it is, of those below.", needed=True),
    "offer":    Key(Form.TEXT,  "The offer whose limit counts.", unset="those of this pathway"),
    "answer":   Key(Form.TEXT,  "The answer that is looked at.", unset="none"),
    "excluded": Key(Form.TEXTS, "What it must not be.", unset="none"),
    "discuss":  Key(Form.TEXTS, "What has to be talked over, with a decision that is recorded.", unset="none"),
    "sentence": Key(Form.TEXT,  "What a person reads where it speaks against a referral.", needed=True),
    "source":   Key(Form.TEXT,  "Where it comes from.", needed=True),
}
"""A criterion of eligibility. `[[criterion]]`, in the order in which they are told."""

PARTY: Keys = {
    "name":   Key(Form.TEXT, "What it is called.", needed=True),
    "since":  Key(Form.DATE, "Its first day.", unset="from the first day"),
    "until":  Key(Form.DATE, "Its last day.", unset="without an end"),
    "source": Key(Form.TEXT, "Where it comes from.", needed=True),
}
"""Who commissions the service, and who funds it: two lists, each with its days (R-029, R-401)."""

ENTRIES: dict[str, Keys] = {"offer": OFFER, "criterion": CRITERION, "commissioner": PARTY, "funder": PARTY}
"""The tables that stand in a document once for each."""

FIGURE: Keys = {
    "source":        Key(Form.TEXT, "Where it comes from.", needed=True),
    "in_force_from": Key(Form.DATE, "The first day on which it holds.", unset="from the first day"),
}
"""What stands beside the amount of a figure. The amount itself stands under its unit: `days = 56`."""

OPEN_TABLES = {
    "call_minutes": "Minutes of a duty call by group of referrers; `default` for every other.",
    "also_may": "For a role, the roles that may take every step that it may.",
    "figures": "Amounts with their unit, their source and, where there is one, the day from which they hold.",
}
"""The tables whose keys are names of other tables: of referrers, roles, figures."""
# fmt: on
