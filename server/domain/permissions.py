"""Who may see and change what: roles give permissions, each on one's own things, the team's or all (C28, S2.52 to S2.56)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.domain.errors import Forbidden, NotFound, NotPermitted
from server.domain.identity import Home


class Permission(StrEnum):
    """What one may do: look; make, answer and change; take away."""

    VIEW = "scheduler.view"
    EDIT = "scheduler.edit"
    DELETE = "scheduler.delete"


class Scope(StrEnum):
    """Whose things a permission is good for."""

    OWN = "own"
    TEAM = "team"
    ALL = "all"


class Role(StrEnum):
    """What somebody is here."""

    HOST = "host"
    MANAGER = "manager"
    ADMIN = "admin"


ROLES: Mapping[Role, Mapping[Permission, Scope]] = {
    Role.HOST: dict.fromkeys(Permission, Scope.OWN),
    Role.MANAGER: dict.fromkeys(Permission, Scope.TEAM),
    Role.ADMIN: dict.fromkeys(Permission, Scope.ALL),
}


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody who asks for something: in a role, with the `home` that is theirs and those of their `team`.

    `allowed` are the permissions that a key was made with, of those that the role gives.
    """

    role: Role
    home: Home | None = None
    team: frozenset[Home] = frozenset()
    allowed: frozenset[Permission] = frozenset(Permission)


OPERATOR = Acting(Role.ADMIN)
"""Who runs the installation, and says for nobody else what is done."""


def authorise(
    acting: Acting,
    permission: Permission,
    owner: Home,
    sharers: Collection[Home] = (),
    *,
    unknown: NotFound,
) -> None:
    """Let somebody pass who may do this to a thing of `owner`; the `sharers` may see it and no more.

    Raises Forbidden for those who may see it, and for all others `unknown`, which is what a thing that is not there is
    answered with: whether it is there is not for them to learn. Raises NotPermitted for a key without the permission.
    """
    demand(acting, permission)
    if may(acting, permission, owner):
        return
    if not any(may(acting, Permission.VIEW, home) for home in (owner, *sharers)):
        raise unknown
    if permission is not Permission.VIEW:
        raise Forbidden("You may see this, and changing it is for others to do.")


def demand(acting: Acting, permission: Permission) -> None:
    """Raise NotPermitted for a key that was made without the permission, whatever it is for."""
    if permission not in acting.allowed:
        raise NotPermitted(f"This API key was made without {permission}.")


def may(acting: Acting, permission: Permission, owner: Home) -> bool:
    """Tell whether somebody has a permission on the things of `owner`."""
    if permission not in acting.allowed:
        return False
    match ROLES[acting.role].get(permission):
        case Scope.ALL:
            return True
        case Scope.TEAM:
            return owner == acting.home or owner in acting.team
        case Scope.OWN:
            return owner == acting.home
        case _:
            return False
