"""The catalogue of interventions and the table of endings as pages to read."""

from collections.abc import Iterator

from workflows.endings import ENDINGS, NEEDS, Counted, Ending, closed_states, reasons
from workflows.interventions import (
    ANNEX_4_TEAMS,
    CATALOGUE,
    FIGURE_6_TEAMS,
    Delivery,
    Duration,
    Intervention,
    Training,
    percent,
)

UNSAID = "-"


def interventions_markdown() -> str:
    """Every entry with all that the documents say of it; a dash where they say nothing."""
    return "\n".join(_interventions()) + "\n"


def endings_markdown() -> str:
    """Every closed state with its reasons: what each needs, how it is counted, who chooses it."""
    return "\n".join(_endings()) + "\n"


def _interventions() -> Iterator[str]:
    yield "# Interventions\n"
    yield "Written from `workflows/interventions.py`: this page is not edited by hand.\n"
    yield "A dash means that no document says it. Every class is a proposal until a clinician of the service confirms it;"
    yield '"unconfirmed" marks those of which even the proposal is unsure. A service names one of its own in words, says by switches'
    yield "what it offers and since when, and may keep training records: then each entry asks for one. Ages are counted from"
    yield "the day of birth.\n"
    yield f"The two counts are of teams that offer it: Figure 6 of {FIGURE_6_TEAMS} teams, Annex 4 of {ANNEX_4_TEAMS}"
    yield "(the base that fits its percentages). They disagree in places and are not merged.\n"
    yield "| code | name | also found as | class | delivery | with | age | in pregnancy | sessions | training | filmed | Figure 6 | Annex 4 | note | source |"
    yield "|---" * 15 + "|"
    yield from (_intervention_row(one) for one in CATALOGUE.values())


def _intervention_row(one: Intervention) -> str:
    figures = (_teams(one.figure_6, FIGURE_6_TEAMS), _teams(one.annex_4, ANNEX_4_TEAMS))
    cells = (
        f"`{one.code}`", one.name, ", ".join(one.aliases), one.class_words, _said(one.delivery, Delivery.UNKNOWN),
        ", ".join(one.participants), one.age.words if one.age else "", {True: "yes", False: "no", None: ""}[one.antenatal],
        _sessions(one), _said(one.training, Training.NOT_SAID), "consent first" if one.filming else "", *figures,
        one.note, one.source,
    )  # fmt: skip
    return f"| {' | '.join(cell or UNSAID for cell in cells)} |"


def _sessions(one: Intervention) -> str:
    return str(one.planned_sessions or "") or _said(one.duration, Duration.NOT_SAID)


def _said(value: str, unsaid: str) -> str:
    return "" if value == unsaid else value.replace("_", " ")


def _teams(teams: int | None, base: int) -> str:
    return "" if teams is None else f"{teams} ({percent(teams, base)}%)"


def _endings() -> Iterator[str]:
    yield "# How a case can end\n"
    yield "Written from `workflows/endings.py`: this page is not edited by hand.\n"
    yield "An open safeguarding concern blocks what the service chooses until a named person signs it off. It blocks nothing"
    yield "that the family chooses, and no loss: then the work ends and the concern stays open. No job ends"
    yield "a case. After any ending but an entry made in error, a loss or a merge, a case can be reopened within the days that"
    yield "the service has set, and a family can be referred again as a new, linked referral.\n"
    for state in closed_states():
        rows = [ENDINGS[state, code] for code in reasons(state)]
        yield f"## `{state}`\n"
        yield "It can be reopened.\n" if rows[0].reopens else "It is never reopened.\n"
        yield "| reason | reads | counted as | chosen by | blocked by an open concern | needs | source |"
        yield "|---" * 7 + "|"
        yield from (_ending_row(one) for one in rows)
        yield ""
    yield "## Lines of the count\n"
    yield from (f"- `{line}`: {', '.join(sorted(_states_on(line)))}" for line in Counted)


def _ending_row(one: Ending) -> str:
    needs = "; ".join(NEEDS[need] for need in one.needs)
    blocked = "yes" if one.blocked_by_concern else "no"
    counted = one.counted.replace("_", " ")
    return f"| `{one.code}` | {one.words} | {counted} | {one.chosen_by} | {blocked} | {needs} | {one.source} |"


def _states_on(line: Counted) -> set[str]:
    return {one.state for one in ENDINGS.values() if one.counted is line}
