"""Who acts. The host application authenticates; casework asks for a name, roles and the way in."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import cast

from casework import limits
from casework.errors import BadRequest
from workflows import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of staff. `name` is what the audit shows; `via` is the way in: `library`, `command_line`, `api`."""

    name: str
    roles: frozenset[Role]
    via: str = "library"

    def __init__(self, name: str, roles: Iterable[Role | str], via: str = "library") -> None:
        """Raises `BadRequest` for a name that is no name and for a role that no pathway knows."""
        object.__setattr__(self, "name", limits.who(name))
        object.__setattr__(self, "roles", _known(roles))
        object.__setattr__(self, "via", limits.way_in(via))

    def acting_as(self, who: Iterable[Role]) -> str | None:
        """The role in which the actor takes a step: the first of those who may, that the actor has."""
        return next((role.value for role in who if role in self.roles), None)


def _known(roles: object) -> frozenset[Role]:
    given: list[object] | None = None
    with suppress(Exception):  # of a host's own kind of list anything may come
        given = list(islice(cast(Iterable[object], roles), limits.MOST_ANSWERS + 1))
    if given is None or len(given) > limits.MOST_ANSWERS:
        raise _no_role()
    names = {limits.text(role) for role in given}
    if not names <= _ROLES.keys():
        raise _no_role()
    return frozenset(_ROLES[name] for name in names)


_ROLES: dict[str | None, Role] = {role.value: role for role in Role}


def _no_role() -> BadRequest:
    return BadRequest("unknown_role", f"There is no such role. Roles: {', '.join(Role)}.", "role")


def checked_actor(actor: object) -> Actor:
    """Whoever acts is an `Actor`: a name alone has no roles. Raises `BadRequest`."""
    if not issubclass(type(actor), Actor):
        raise BadRequest("unknown_actor", "Say who acts with an Actor: Actor(name, roles).", "actor")
    return cast(Actor, actor)


def with_every_role(name: str, via: str) -> Actor:
    """The local command line: who can run it can open the database, so it is trusted, and the audit says so."""
    return Actor(name, Role, via)
