"""A chart as people read it: Mermaid for the eye, Markdown for the page that a clinical safety officer signs."""

import hashlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache

from workflows.chart import Chart
from workflows.figures import FIGURES
from workflows.services.page import said
from workflows.vocabulary import NEW, Move, ServiceRules


def mermaid(chart: Chart) -> str:
    """The steps that change a referral's place. A path from every open state is drawn once."""
    lines = ["stateDiagram-v2", "    direction TB"]
    lines += [f"    {s.name} : {s.label.replace(':', ',')}" for s in chart.states.values()]  # a colon ends a label
    lines.append("    any_open_state : any open state")
    for (source, to), triggers in _edges(chart).items():
        lines.append(f"    {'[*]' if source == NEW else source} --> {to} : {', '.join(triggers)}")
    lines += [f"    {s.name} --> [*]" for s in chart.states.values() if s.closed]
    return "\n".join(lines) + "\n"


def _edges(chart: Chart) -> dict[tuple[str, str], list[str]]:
    edges: dict[tuple[str, str], list[str]] = {}
    for move in chart.moves:
        if not move.moves or move.reopens:
            continue
        source = "any_open_state" if move.side else move.source
        triggers = edges.setdefault((source, move.to), [])
        if move.trigger not in triggers:
            triggers.append(move.trigger)
    return edges


def main_line(chart: Chart) -> str:
    """The stages of the pathway and how a referral passes between them, as Mermaid."""
    edges: dict[tuple[str, str], None] = {}
    for move in chart.moves:
        if move.side or not move.moves:
            continue
        source = "[*]" if move.source == NEW else chart.states[move.source].stage.value
        to = chart.states[move.to].stage.value
        if source != to and source != "closed":
            edges[source, to] = None
    return "\n".join(["stateDiagram-v2", *(f"    {a} --> {b}" for a, b in edges)]) + "\n"


def markdown(chart: Chart) -> str:
    """The whole chart on one page: digest, diagram, rules, states, clocks and every row."""
    return "\n".join(_page(chart)) + "\n"


def _page(chart: Chart) -> Iterator[str]:
    yield f"# {chart.id}\n\n{chart.rules.name}\n\nDigest: `{digest(chart)}`\n"
    yield f"```mermaid\n{mermaid(chart)}```\n\n## Rules\n"
    yield "| rule | figure |\n|---|---|"
    yield from (f"| {name} | {figure} |" for name, figure in _figures(chart.rules))
    yield "\n## Eligibility\n\n| criterion | sentence | source |\n|---|---|---|"
    yield from (f"| {c.code} | {c.sentence} | {c.source} |" for c in chart.rules.eligibility)
    yield "\n## What its document says\n\n| key | says |\n|---|---|"
    yield from (f"| {path} | {words} |" for path, words in said(chart.rules).items())
    yield "\n## States\n\n| state | stage | label |\n|---|---|---|"
    yield from (f"| {s.name} | {s.stage.value} | {s.label} |" for s in chart.states.values())
    yield "\n## Clocks\n\n| clock | what it counts | source |\n|---|---|---|"
    yield from (f"| {c.name} | {c.label} | {c.source} |" for c in chart.clocks.values())
    yield "\n## Steps\n\n| from | trigger | to | who | needs | only if | stops | starts |\n" + "|---" * 8 + "|"
    yield from (_row(m) for m in chart.moves)


def _figures(rules: ServiceRules) -> Iterator[tuple[str, str]]:
    yield "a complete referral needs", ", ".join(rules.required)
    yield "duty call", "required" if rules.duty_call_required else "offered"
    yield "self-referral", "taken" if rules.self_referral else "not taken"
    yield "call, minutes", ", ".join(f"{k} {v}" for k, v in rules.call_minutes.items()) or _off(None)
    yield from ((meaning.label, _figure(rules, name)) for name, meaning in FIGURES.items())
    yield "consultation, minutes", _off(rules.consultation_minutes)
    yield "may be reopened within, days", _off(rules.reopen_within_days)
    yield "sources", "; ".join(rules.sources)


def _figure(rules: ServiceRules, name: str) -> str:
    """A figure of the documents, its unit and its source; a later one of the same name beside it."""
    known = [f for f in rules.figures if f.name == name]
    return "; ".join(f"{f.words} ({f.source})" for f in known) or _off(None)


def _off(figure: int | None) -> str:
    return "not published: off" if figure is None else str(figure)


def _row(m: Move) -> str:
    only_if = [*(g.__name__ for g in m.only_if), *([f"{m.given[0]} is {m.given[1]}"] if m.given else [])]
    cells = (
        m.source,
        m.trigger,
        m.to if m.moves else "stays",
        ", ".join(m.who),
        ", ".join(f.name for f in m.needs),
        ", ".join(only_if),
        ", ".join(m.stops),
        ", ".join(m.starts),
    )
    return "| " + " | ".join(cells) + " |"


def digest(chart: Chart) -> str:
    """SHA-256 over every cell of a chart, its rules and the source text of its guards.

    The published waits are left out: they are figures with a date of force, not part of what may happen.
    """
    text = hashlib.sha256()
    for part in (chart.id, *_cells(chart)):
        text.update(part.encode() + b"\0")
    return text.hexdigest()


def _cells(chart: Chart) -> Iterator[str]:
    rules = chart.rules
    yield from (repr(s) for s in chart.states.values())
    yield from (repr(c) for c in chart.clocks.values())
    yield repr([getattr(rules, name) for name in rules.__slots__ if name not in ("eligibility", "figures")])
    for criterion in rules.eligibility:
        yield repr((criterion.code, criterion.sentence, criterion.source)) + source_of(criterion.asks)
    for m in chart.moves:
        yield repr([getattr(m, cell.name) for cell in fields(m) if cell.name != "only_if"])
        yield "".join(source_of(g) for g in m.only_if)


@cache
def source_of(rule: Callable[..., object]) -> str:
    """The source text of a rule, of the rules that it calls, and what it closes over (`older_than(24)` is not 36)."""
    seen: dict[str, str] = {}
    waiting = [rule]
    while waiting:
        one = waiting.pop()
        if one.__qualname__ in seen:
            continue
        used = _used_by(one)
        closed_over = sorted(inspect.getclosurevars(one).nonlocals.items())
        figures = [(name, value) for name, value in used.items() if isinstance(value, str | int | float | tuple)]
        seen[one.__qualname__] = inspect.getsource(one) + repr(closed_over) + (repr(figures) if figures else "")
        waiting += [f for f in used.values() if inspect.isfunction(f) and f.__module__.startswith("workflows.")]
    return "".join(seen[name] for name in sorted(seen))


def _used_by(rule: Callable[..., object]) -> dict[str, object]:
    """What a rule uses of its module, also where it does so inside a comprehension only."""
    if not inspect.isfunction(rule):
        return {}
    codes, names = [rule.__code__], set[str]()
    while codes:
        code = codes.pop()
        names.update(code.co_names)
        codes += [part for part in code.co_consts if inspect.iscode(part)]
    return {name: rule.__globals__[name] for name in sorted(names) if name in rule.__globals__}
