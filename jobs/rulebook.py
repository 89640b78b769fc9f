"""Pathways as people and programs read them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from jobs.show import Column, heading, print_table, say
from workflows import Chart, Move, ServiceRules
from workflows.chart import CHECKS
from workflows.diagram import digest
from workflows.figures import FIGURES as FLAG_FIGURES

LIST = (Column("pathway"), Column("service"), Column("states", right=True), Column("steps", right=True), Column("name"))
STATES = (Column("state"), Column("stage"), Column("label", wraps=True))
STEPS = (
    Column("from"),
    Column("step"),
    Column("to", wraps=True),
    Column("who", wraps=True),
    Column("needs", wraps=True, narrow=0),
)
FIGURES = (
    "review_label",
    "required",
    "duty_call_required",
    "self_referral",
    "call_minutes",
    "consultation_minutes",
    "reopen_within_days",
    "opening_hours",
    "sources",
)
"""What a service's rules say in figures and lists, in the order in which it is read."""


def heading_of(chart: Chart) -> dict[str, Any]:
    return {
        "pathway": chart.id,
        "service": chart.rules.service,
        "name": chart.rules.name,
        "states": len(chart.states),
        "steps": len(chart.moves),
        "digest": digest(chart),
    }


def show_list(charts: Sequence[Chart]) -> None:
    rows = []
    for chart in charts:
        rules = chart.rules
        rows.append((chart.id, rules.service, str(len(chart.states)), str(len(chart.moves)), rules.name))
    print_table(LIST, rows)


def document(chart: Chart) -> dict[str, Any]:
    return {
        **heading_of(chart),
        "rules": {name: getattr(chart.rules, name) for name in FIGURES},
        "figures": [{**asdict(figure), "unit": figure.unit} for figure in chart.rules.figures],
        "eligibility": [{"code": c.code, "sentence": c.sentence, "source": c.source} for c in chart.rules.eligibility],
        "states": [{"state": s.name, "stage": s.stage, "label": s.label} for s in chart.states.values()],
        "clocks": [{"clock": c.name, "label": c.label, "source": c.source} for c in chart.clocks.values()],
        "steps": [_step(move) for move in chart.moves],
    }


def _step(move: Move) -> dict[str, Any]:
    return {
        "from": move.source,
        "trigger": move.trigger,
        "to": move.to,
        "who": list(move.who),
        "needs": [f.name for f in move.needs],
        "takes": [f.name for f in move.takes],
        "only_if": [guard.__name__ for guard in move.only_if],
        "stops": list(move.stops),
        "starts": list(move.starts),
    }


def show_chart(chart: Chart) -> None:
    say(f"{chart.id}: {chart.rules.name}", f"Digest {digest(chart)}")
    heading("Figures")
    say(*_figures(chart.rules))
    heading("States")
    print_table(STATES, [(s.name, s.stage, s.label) for s in chart.states.values()])
    heading("Steps")
    print_table(STEPS, [_step_row(move) for move in chart.moves])


def _figures(rules: ServiceRules) -> Iterator[str]:
    for figure in rules.figures:
        yield f"{FLAG_FIGURES[figure.name].label}: {figure.words} ({figure.source})."
    for name in FIGURES:
        yield f"{name.replace('_', ' ').capitalize()}: {_figure(getattr(rules, name))}."


def _figure(value: object) -> str:
    match value:
        case None:
            return "not published"
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return ", ".join(f"{name} {number}" for name, number in value.items()) or "not published"
        case tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)


def _step_row(move: Move) -> list[str]:
    needs = ", ".join(f.name for f in move.needs)
    return [move.source, move.trigger, move.to if move.moves else "(stays)", ", ".join(move.who), needs]


def checked(chart: Chart) -> dict[str, Any]:
    """Every property that a pathway must have, with the faults found against it."""
    checks = [{"property": says, "faults": list(check(chart))} for check, says in CHECKS]
    return {"pathway": chart.id, "sound": not any(c["faults"] for c in checks), "checks": checks}


def show_checks(found: Sequence[dict[str, Any]]) -> None:
    for chart in found:
        say(f"{chart['pathway']}: {'sound' if chart['sound'] else 'not sound'}")
        for check in chart["checks"]:
            say(f"  {'ok   ' if not check['faults'] else 'FAULT'} {check['property']}")
            say(*(f"        {fault}" for fault in check["faults"]))
