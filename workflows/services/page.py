"""What services say, side by side, and the page that explains every key of a document."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from workflows.chart import Chart
from workflows.eligibility import RULES
from workflows.figures import FIGURES, OFFERS, SETTINGS
from workflows.services.checking import CHECKS
from workflows.services.keys import ENTRIES, FIGURE, OPEN_TABLES, TABLES, Form, Key, Keys
from workflows.vocabulary import ServiceRules

Says = Callable[[ServiceRules], Any]

SAYS: dict[str, Says] = {
    "service.key": lambda r: r.service,
    "service.name": lambda r: r.name,
    "service.names_before": lambda r: r.settings.names_before,
    "service.in_force_from": lambda r: r.settings.in_force_from,
    "service.sources": lambda r: r.sources,
    "contact.address": lambda r: r.settings.address,
    "contact.phone": lambda r: r.settings.phone,
    "contact.mailbox": lambda r: r.settings.mailbox,
    "contact.opens": lambda r: r.opening_hours and r.opening_hours[0],
    "contact.closes": lambda r: r.opening_hours and r.opening_hours[1],
    "meeting.label": lambda r: r.review_label,
    "meeting.with": lambda r: r.settings.meets_with,
    "meeting.referrer_invited": lambda r: r.settings.referrer_at_meeting,
    "referral.duty_call": lambda r: "required" if r.duty_call_required else "offered",
    "referral.self_referral": lambda r: r.self_referral,
    "referral.ask_instead": lambda r: r.settings.ask_instead,
    "referral.antenatal": lambda r: r.settings.antenatal,
    "referral.incomplete_form": lambda r: r.settings.incomplete_form,
    "referral.accepted_means": lambda r: r.settings.accepted_means,
    "referral.needs": lambda r: r.required,
    "referral.warns": lambda r: r.settings.warned,
    "call_minutes": lambda r: tuple(f"{group} {minutes}" for group, minutes in r.call_minutes.items()),
    "screen.items": lambda r: tuple(words for _, words in r.settings.screen),
    "age.measured_on": lambda r: r.settings.age_measured_on,
    "offer": lambda r: r.settings.offers,
    "criterion": lambda r: tuple(c.code for c in r.eligibility),
    "carers.focus": lambda r: r.settings.focus_carer,
    "geography.gp_of": lambda r: r.settings.gp_of,
    "geography.address_of": lambda r: r.settings.address_of,
    "families.child_protection": lambda r: r.settings.child_protection.value,
    "families.looked_after": lambda r: r.settings.looked_after.value,
    "families.plan_before_work": lambda r: r.settings.plan_before_work,
    "families.protection_pathway": lambda r: r.settings.protection_pathway,
    "families.own_mental_health": lambda r: r.settings.own_mental_health.value,
    "families.parenting_assessment": lambda r: r.settings.parenting_assessment,
    "consultation.minutes": lambda r: r.consultation_minutes,
    "consultation.needs": lambda r: r.settings.consultation_needs,
    "consultation.first_for": lambda r: r.settings.consulted_first,
    "work.priority": lambda r: r.settings.priority,
    "work.joint_visit": lambda r: r.settings.joint_visit,
    "work.co_working": lambda r: r.settings.co_working,
    "work.neonatal_route": lambda r: r.settings.neonatal_route,
    "work.record_holder": lambda r: r.settings.record_holder,
    "closing.reopen_within_days": lambda r: r.reopen_within_days,
    "closing.refer_instead": lambda r: r.settings.refer_instead,
    "also_may": lambda r: tuple(f"{other} as {role}" for role, other in r.settings.also_may),
    "commissioner": lambda r: r.settings.commissioners,
    "funder": lambda r: r.settings.funders,
    "figures": lambda r: tuple(f"{figure.name} {figure.words}" for figure in r.figures),
}
"""Where a chart keeps what stands under each key of its document."""


X5: dict[str, str] = {
    "referral.duty_call": "Duty call",
    "call_minutes": "Call minutes",
    "referral.self_referral": "Self-referral",
    "referral.ask_instead": "Self-referral: refuse and redirect",
    "referral.incomplete_form": "Incomplete form",
    "figures": "Acknowledgement; Forum; Wait flags; Watchful waiting",
    "meeting.label": "Forum",
    "meeting.with": "Forum: cross-service, multi-agency",
    "meeting.referrer_invited": "Forum: referrer attends",
    "referral.accepted_means": "Accepted means",
    "consultation.minutes": "Consultation",
    "consultation.needs": "Consultation: what comes before",
    "consultation.first_for": "Forum: consultation for all",
    "offer": "Age",
    "age.measured_on": "Age: measured when",
    "referral.antenatal": "Antenatal",
    "geography.gp_of": "Geography",
    "geography.address_of": "Geography",
    "carers.focus": "Focus carer",
    "criterion": "Soft exclusions",
    "families.child_protection": "Child protection",
    "families.looked_after": "Looked after",
    "families.plan_before_work": "Looked after: plan before work",
    "families.parenting_assessment": "Parenting assessment",
    "work.priority": "Priority",
    "work.joint_visit": "Joint visit",
    "work.co_working": "Co-work with perinatal",
    "work.neonatal_route": "Neonatal route",
    "work.record_holder": "Record holder",
    "contact.opens": "Working hours",
    "contact.closes": "Working hours",
}
"""The settings of requirements X5, by the key under which each stands."""


def said(rules: ServiceRules) -> dict[str, str]:
    """Everything that a document says, by key, in words. What it is silent on reads as the table of keys has it."""
    return {path: _words(says(rules), path) for path, says in SAYS.items()}


def _words(value: object, path: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "" or value == () or value == date.min:
        table, _, name = path.partition(".")
        return TABLES[table][name].unset if name else "none"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)


def markdown(charts: Sequence[Chart]) -> str:
    """The page of the documents: how to write one, every key, every rule and check, and the services side by side."""
    return "\n".join(_lines(charts)) + "\n"


def _lines(charts: Sequence[Chart]) -> Iterator[str]:
    yield INTRODUCTION
    yield "## Every key\n"
    for name, keys in TABLES.items():
        yield from _table(f"[{name}]", keys)
    for name, words in OPEN_TABLES.items():
        yield f"### `[{name}]`\n\n{words}\n"
    for name, keys in ENTRIES.items():
        yield from _table(f"[[{name}]]", keys)
    yield "The rules that a criterion can name:\n\n| rule | needs | speaks against a referral where |\n|---|---|---|"
    yield from (f"| `{name}` | {_codes(rule.keys) or 'nothing'} | {rule.words} |" for name, rule in RULES.items())
    yield "\nBeside the amount of a figure, which stands under its unit:\n"
    yield from _table("[figures]: each", FIGURE)
    yield from _amounts()
    yield "## The services side by side\n"
    yield "The first column names the setting of requirements X5, where it is one.\n"
    yield f"| setting | key | {' | '.join(chart.id for chart in charts)} |\n{'|---' * (len(charts) + 2)}|"
    told = [said(chart.rules) for chart in charts]
    yield from (f"| {X5.get(path, '')} | `{path}` | {' | '.join(one[path] for one in told)} |" for path in SAYS)
    yield "\n## What `casework service check` looks for\n\n| finding | what holds where there is none | where | what to do |"
    yield "|---|---|---|---|"
    yield from (f"| `{code}` | {held.holds} | {held.where} | {held.do} |" for code, held in CHECKS.items())


def _table(title: str, keys: Keys) -> Iterator[str]:
    yield f"### `{title}`\n\n| key | form | meaning | where it is not there |\n|---|---|---|---|"
    for name, key in keys.items():
        yield f"| `{name}` | {_form(key)} | {key.words}{_choices(key)} | {'refused' if key.needed else key.unset} |"
    yield ""


def _form(key: Key) -> str:
    return f"{key.form.value}, {key.least} to {key.most}" if key.form is Form.NUMBER else key.form.value


def _choices(key: Key) -> str:
    return "".join(f"<br>`{code}`: {words}" for code, words in key.choices.items())


def _codes(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _amounts() -> Iterator[str]:
    yield "## Amounts and switches that a service enters\n\n" + ENTERED
    yield "\n| name | unit | meaning | read by |\n|---|---|---|---|"
    for read_by, known in (("flags", FIGURES), ("rules", SETTINGS)):
        for name, meaning in known.items():
            yield f"| `{name}` | {meaning.unit.replace('_', ' ')} | {meaning.label} | {read_by} |"
    yield f"| `{OFFERS}` and the code of an intervention | switch | The service offers it | rules |\n"


INTRODUCTION = """# A service is a document

Written from `workflows/services/keys.py`: this page is not edited by hand.

What a service does, whom it sees and how long things take stands in one TOML file, which can be read aloud:
`workflows/services/leeds_v1.toml`. Another service is another file, and no code. Put it into a folder, let
`CASEWORK_SERVICES` name the folder (or the file) for every program of casework, and look at it:

```
casework service check
casework service show leeds-imhs
casework pathway list
```

A host calls `workflows.registry.load(Path(folder))` once, before it asks for anything else.

A fault is told with its file, its key, what is wrong and what to do, all faults at once, and nothing is started with
half of the services. What a document does not say is off, unstated or blank: nothing is assumed. `casework service
check` says what does not fit together; it refuses nothing.

A document that is released is not changed: another version of it (`version = 2`) is laid beside it, with the day from
which it holds (`in_force_from`). A referral keeps the version under which it was opened; a new one takes the version in
force on its first day. `casework pathway compare OLD NEW.toml` tells beforehand what would change. An amount or a
switch needs no new version: `casework figures set` enters it with its day and its source.
"""

ENTERED = """`casework figures list` shows all of them, `casework figures set NAME AMOUNT --service KEY --source TEXT` enters
one from a day on. A switch is 1 (on) or 0 (off); `none` takes an entry back, and the document counts again. What neither
the document nor the service has said is off. Interventions: where no switch is on, the whole catalogue is offered but
what is switched off; where one is on, those that are."""
