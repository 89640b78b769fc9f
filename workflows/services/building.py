"""From a document to a pathway: its rules, its criteria, its figures, and the rows that it asks for."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from workflows.chart import Chart, UnsoundChart
from workflows.charts.pathway import rows_of
from workflows.charts.states import CLOCKS, STATES
from workflows.eligibility import RULES, Given
from workflows.fields.referral import REFERRER_ROLE
from workflows.figures import MOST, Figure, Measure, Unit, meaning_of
from workflows.interventions import CATALOGUE
from workflows.offers import can_be_given, ends, oldest, starts
from workflows.services.reading import Document, Faults, Values, read
from workflows.settings import BY_DOCUMENT, Offer, Party, Settings, Stance
from workflows.stances import criteria_of, spoken_of
from workflows.vocabulary import AgeLimit, Criterion, Field, Kind, Move, Part, Role, ServiceRules

KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
ITEM = re.compile(r"[a-z][a-z0-9_]{0,63}")
BY_AGE = ("older_than", "in_no_offer")
UNITS: dict[str, Unit | Measure] = {unit.value: unit for kind in (Unit, Measure) for unit in kind}


def chart_from(path: Path) -> Chart:
    """The pathway of a file. Raises `UnreadableService` with every fault."""
    faults = Faults(path.name)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        faults.add("", "it is not written in UTF-8.", "Save it as UTF-8.")
    except OSError as problem:
        faults.add("", f"it cannot be read ({problem.strerror}).", "Is it there, and may this account read it?")
    faults.stop()
    return chart_of(text, path.name)


def chart_of(text: str, file: str) -> Chart:
    """The same of a text, where `file` is the name by which its faults are told."""
    faults = Faults(file)
    document = read(text, faults)
    settings = _settings(document, faults)
    rows = rows_of(settings)
    rules = _rules(document, settings, rows, faults)
    faults.stop()
    try:
        name, version = document.get("service", "key"), document.get("service", "version")
        return Chart(name, version, rules, STATES, CLOCKS, rows)
    except UnsoundChart as unsound:
        for wrong in unsound.found:
            faults.add("", f"the pathway is not sound: {wrong}.", "Change what the document asks for.")
        faults.stop()
        raise


def _settings(document: Document, faults: Faults) -> Settings:
    """Codes and lists as they stand: the reader has held them against their choices."""
    get, lists = document.get, document.texts
    return replace(
        _whom(document),
        names_before=lists("service", "names_before"),
        in_force_from=get("service", "in_force_from", date.min),
        address=get("contact", "address", ""),
        phone=get("contact", "phone", ""),
        mailbox=get("contact", "mailbox", ""),
        refer_instead=get("closing", "refer_instead", ""),
        ask_instead=get("referral", "ask_instead", ""),
        incomplete_form=get("referral", "incomplete_form", "request"),
        accepted_means=get("referral", "accepted_means", "direct_work"),
        antenatal=get("referral", "antenatal"),
        offers=_offers(document, faults),
        warned=lists("referral", "warns"),
        consultation_needs=lists("consultation", "needs"),
        consulted_first=lists("consultation", "first_for"),
        meets_with=lists("meeting", "with"),
        referrer_at_meeting=get("meeting", "referrer_invited", False),
        priority=lists("work", "priority"),
        joint_visit=get("work", "joint_visit", False),
        co_working=lists("work", "co_working"),
        neonatal_route=get("work", "neonatal_route"),
        record_holder=get("work", "record_holder", "unstated"),
        screen=tuple(_screen(document, faults)),
        also_may=tuple(_also_may(document, faults)),
        commissioners=_parties(document, "commissioner", faults),
        funders=_parties(document, "funder", faults),
    )


def _whom(document: Document) -> Settings:
    """Whom the service sees, where, and at what age."""
    get = document.get

    def stance(name: str) -> Stance:
        return Stance(get("families", name, "unstated"))

    return Settings(
        age_measured_on=get("age", "measured_on", "complete_referral"),
        gp_of=document.texts("geography", "gp_of"),
        address_of=document.texts("geography", "address_of"),
        focus_carer=get("carers", "focus", "unstated"),
        child_protection=stance("child_protection"),
        looked_after=stance("looked_after"),
        own_mental_health=stance("own_mental_health"),
        plan_before_work=get("families", "plan_before_work", False),
        protection_pathway=get("families", "protection_pathway", ""),
        parenting_assessment=get("families", "parenting_assessment", "unstated"),
    )


def _parties(document: Document, table: str, faults: Faults) -> tuple[Party, ...]:
    parties = tuple(Party(**said) for said in document.entries[table])
    for number, party in enumerate(parties, 1):
        if party.until < party.since:
            faults.add(f"{table} {number}.until", "it ends before it begins.", "Correct the two days.")
    return parties


def _screen(document: Document, faults: Faults) -> Iterator[tuple[str, str]]:
    items = document.texts("screen", "items")
    for item in items:
        code, _, words = item.partition(":")
        if not ITEM.fullmatch(code) or not words.strip():
            faults.add("screen.items", f"{item!r} is no item.", 'Write "housing: The home is not safe".')
        yield code, words.strip()
    _once([item.partition(":")[0] for item in items], "screen.items", faults)


def _offers(document: Document, faults: Faults) -> tuple[Offer, ...]:
    offers = tuple(
        Offer(**{**said, "interventions": tuple(said.get("interventions", ()))}) for said in document.entries["offer"]
    )
    if oldest(offers) is None and not faults.about("offer"):
        faults.add("offer", "no offer says which ages come by this pathway.", "Write an [[offer]].")
    for number, offer in enumerate(offers, 1):
        if starts(offer) >= ends(offer):
            faults.add(f"offer {number}", "it ends before it begins.", "to_months is more than from_months.")
        for code in offer.interventions:
            _one_of(code, tuple(CATALOGUE), f"offer {number}.interventions", "intervention", faults)
    _once([offer.code for offer in offers], "offer", faults)
    return offers


def _also_may(document: Document, faults: Faults) -> Iterator[tuple[str, str]]:
    for role, others in document.opened["also_may"].items():
        for named in (role, *others):
            _one_of(named, tuple(Role), f"also_may.{role}", "role", faults)
        if role in others:
            faults.add(f"also_may.{role}", "it names itself.", "Name the roles that may do the same.")
        yield from ((role, other) for other in others if {role, other} <= set(Role))


def _rules(document: Document, settings: Settings, rows: tuple[Move, ...], faults: Faults) -> ServiceRules:
    get, last = document.get, oldest(settings.offers)
    questions = {f.name: f for row in rows for f in (*row.needs, *row.takes)}
    asked = {name for name, f in questions.items() if f.part is Part.FORM} | {row.marks for row in rows}
    for where in ("needs", "warns"):
        for name in get("referral", where, ()):
            _one_of(name, tuple(sorted(asked - {""})), f"referral.{where}", "answer that a step asks", faults)
    if not KEY.fullmatch(get("service", "key", "x")):
        faults.add("service.key", "it is no key.", "Write small letters, digits and hyphens: leeds-imhs.")
    return ServiceRules(
        service=get("service", "key"),
        name=get("service", "name"),
        review_label=get("meeting", "label"),
        required=document.texts("referral", "needs"),
        eligibility=(*_criteria(document, settings, questions, faults), *criteria_of(settings)),
        duty_call_required=get("referral", "duty_call") == "required",
        self_referral=get("referral", "self_referral"),
        call_minutes=_call_minutes(document, faults),
        age_limit=AgeLimit(last.to_months, last.last_day_is_in) if last else AgeLimit(0, limit_day_is_in=False),
        figures=tuple(_figures(document, faults)),
        consultation_minutes=get("consultation", "minutes"),
        reopen_within_days=get("closing", "reopen_within_days"),
        opening_hours=_hours(document, faults),
        sources=document.texts("service", "sources"),
        settings=settings,
    )


def _call_minutes(document: Document, faults: Faults) -> dict[str, int]:
    for group in document.opened["call_minutes"]:
        _one_of(group, ("default", *REFERRER_ROLE.choices), f"call_minutes.{group}", "group of referrers", faults)
    return dict(document.opened["call_minutes"])


def _hours(document: Document, faults: Faults) -> tuple[int, int] | None:
    opens, closes = (document.get("contact", key) for key in ("opens", "closes"))
    if (opens is None) != (closes is None) or (opens is not None and opens >= closes):
        faults.add(
            "contact.opens", "the hours do not open before they close.", "Say both opens and closes, or neither."
        )
    return None if opens is None or closes is None else (opens, closes)


def _criteria(
    document: Document, settings: Settings, questions: dict[str, Field], faults: Faults
) -> Iterator[Criterion]:
    codes = [*(said["code"] for said in document.entries["criterion"]), *(c.code for c in criteria_of(settings))]
    _once(codes, "criterion", faults)
    by_code = {offer.code: offer for offer in settings.offers}
    for number, said in enumerate(document.entries["criterion"], 1):
        path = f"criterion {number}"
        if not _one_of(said["rule"], tuple(RULES), f"{path}.rule", "rule of eligibility", faults):
            continue
        for key in RULES[said["rule"]].keys:
            if key not in said:
                faults.add(f"{path}.{key}", "it is not there.", f"The rule {said['rule']} needs it.")
        if "offer" in said and not faults.about("offer"):
            _one_of(said["offer"], tuple(by_code), f"{path}.offer", "offer", faults)
        if "answer" in said:
            _check_answer(said, questions, path, faults)
            _check_said_once(said["answer"], settings, path, faults)
        named = by_code.get(said.get("offer", ""))
        offers = (named,) if named else tuple(o for o in settings.offers if o.this_pathway)
        excluded, discuss = (tuple(said.get(key, ())) for key in ("excluded", "discuss"))
        if offers:
            asks = RULES[said["rule"]].asks(Given(said.get("answer", ""), excluded, discuss, offers))
            judged_by = tuple(offer.code for offer in offers) if said["rule"] in BY_AGE else ()
            yield Criterion(said["code"], asks, said["sentence"], said["source"], judged_by)


def _check_said_once(answer: str, settings: Settings, path: str, faults: Faults) -> None:
    if (key := spoken_of(settings).get(answer)) is not None:
        faults.add(
            f"{path}.answer", f"{key} says already what {answer} means.", "Leave the criterion out, or that key."
        )


def _check_answer(said: Values, questions: dict[str, Field], path: str, faults: Faults) -> None:
    """The answer is one to choose, and what excludes is one of the choices."""
    choosing = {name: f for name, f in questions.items() if f.kind in (Kind.CODE, Kind.YES_NO)}
    if not _one_of(said["answer"], tuple(choosing), f"{path}.answer", "answer to choose", faults):
        return
    against = [*said.get("excluded", ()), *said.get("discuss", ())]
    for word in against:
        _one_of(word, choosing[said["answer"]].choices, path, f"answer to {said['answer']}", faults)
    if not against:
        faults.add(path, "no answer speaks against a referral.", "Name those that exclude, or those to discuss.")
    _once(against, path, faults)


def _figures(document: Document, faults: Faults) -> Iterator[Figure]:
    for name, value in document.opened["figures"].items():
        path = f"figures.{name}"
        if not can_be_given(name) or name in BY_DOCUMENT:
            faults.add(path, "there is no such figure in a document.", "casework figures list names them.")
            continue
        entries = value if isinstance(value, list) else [value]
        _once([str(entry.get("in_force_from", "the first day")) for entry in entries], path, faults)
        for entry in entries:
            unit, amount = _amount(name, entry, path, faults)
            if unit:
                yield Figure(name, amount, entry.get("source", ""), entry.get("in_force_from", date.min))


def _amount(name: str, entry: dict[str, Any], path: str, faults: Faults) -> tuple[str, int]:
    """The unit and the amount of one entry; an empty unit where it is none."""
    meaning = meaning_of(name)
    units = [key for key in entry if key not in ("source", "in_force_from")]
    unit = meaning.unit.value
    if units != [unit]:
        faults.add(path, "its unit is not there, or another.", f"Write {unit} = and the number, and nothing else.")
        return "", 0
    amount = entry[unit]
    most = MOST[meaning.unit]
    if type(amount) is not int or not meaning.least <= amount <= most:
        do = f"Write a whole number from {meaning.least} to {most}."
        faults.add(f"{path}.{unit}", "the number is out of range.", do)
        return "", 0
    return unit, amount


def _one_of(word: str, known: tuple[str, ...], path: str, what: str, faults: Faults) -> bool:
    if word not in known:
        near = get_close_matches(word, known, 1)
        do = f"Did you mean {near[0]}?" if near else f"Choose from: {', '.join(known)}."
        faults.add(path, f"there is no such {what}: {word}.", do)
    return word in known


def _once(words: list[str], path: str, faults: Faults) -> None:
    for word in dict.fromkeys(word for word in words if words.count(word) > 1):
        faults.add(path, f"{word} stands there twice.", "Say each once.")
