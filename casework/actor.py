"""Who acts. The host application authenticates; casework asks for a name, roles and the way in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from casework.errors import BadRequest
from workflows import Role

_NAME = re.compile(r"[\w][\w .'@+-]{0,99}")


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of staff. `name` is what the audit shows; `via` is the way in: `library`, `command_line`, `api`."""

    name: str
    roles: frozenset[Role]
    via: str = "library"

    def __init__(self, name: str, roles: Iterable[Role | str], via: str = "library") -> None:
        """Raises `BadRequest` for a name that is no name and for a role that no pathway knows."""
        if not _NAME.fullmatch(name):
            raise BadRequest(
                "unknown_actor", "Say who acts: a name of letters, digits and . ' @ + - (up to 100).", "actor"
            )
        try:
            known = frozenset(Role(role) for role in roles)
        except ValueError:
            raise BadRequest("unknown_role", f"There is no such role. Roles: {', '.join(Role)}.", "role") from None
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "roles", known)
        object.__setattr__(self, "via", via)

    def acting_as(self, who: Iterable[Role]) -> str | None:
        """The role in which the actor takes a step: the first of those who may, that the actor has."""
        return next((role.value for role in who if role in self.roles), None)


def with_every_role(name: str, via: str) -> Actor:
    """The local command line: who can run it can open the database, so it is trusted, and the audit says so."""
    return Actor(name, Role, via)
