"""Who is shown what the guidance restricts, and what everybody else sees in its place.

Restricted are the terms that say so (an unsafe relationship, drugs and alcohol: R-047; how a pregnancy began: R-087;
the carer's own account: R-113) and the texts that go with them. The guidance names no roles: here those see it who
decide about the care of a family. Whoever else may open a record sees that there is an answer, and whom to ask.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.indicators import Indicator
from workflows.terms import Term
from workflows.vocabulary import Field, Role

SEES_RESTRICTED: Mapping[Role, bool] = {
    Role.REFERRER: False,
    Role.FAMILY: False,
    Role.ADMINISTRATOR: False,
    Role.MANAGER: False,
    Role.DUTY: True,
    Role.CHAIR: True,
    Role.CLINICIAN: True,
    Role.TEAM: True,
    Role.LEAD: True,
    Role.SAFEGUARDING: True,
}
"""Of somebody with several roles, one that sees it is enough."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """In the place of an answer. It is no text, so that no screen can send it back as the answer of a family."""

    words: str = "restricted: ask the clinician"

    def __str__(self) -> str:
        return self.words


WITHHELD = Withheld()


def sees_restricted(roles: Collection[Role]) -> bool:
    return any(SEES_RESTRICTED[role] for role in roles)


def without_restricted(asked: Mapping[str, Field], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers by name as they are shown to somebody who does not see what is restricted."""
    return {name: _shown(asked.get(name), value, asked) for name, value in answers.items()}


def _shown(question: Field | None, value: Any, asked: Mapping[str, Field]) -> Any:
    if _has_entries(value) and "number" in value[0]:  # a list to which steps add; a question may bear its name
        return [without_restricted(asked, entry) for entry in value]
    if question is None:
        return value
    if question.restricted:
        return WITHHELD
    if _has_entries(value):
        sub = {one.name: one for one in question.of}
        return value if [without_restricted(sub, entry) for entry in value] == value else WITHHELD
    hidden = restricted_choices(question)
    if isinstance(value, list | tuple):
        shown = [one for one in value if one not in hidden]
        return value if len(shown) == len(value) else [*shown, WITHHELD]
    return WITHHELD if value in hidden else value


def restricted_choices(question: Field) -> frozenset[str]:
    """The choices of a question that are shown only to those who may."""
    terms = question.terms.items()
    return frozenset(code for code, one in terms if isinstance(one, Term | Indicator) and one.restricted)


def _has_entries(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)
