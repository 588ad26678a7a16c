"""The one way to event types for who acts in a role by their ids: hosts, managers, and the keys of their programs."""

from collections.abc import Collection, Sequence

from server.domain.errors import NotFound
from server.domain.event_type import EventType
from server.domain.identity import Home
from server.domain.permissions import Acting, Permission, Role, authorise
from server.domain.plain import sentence
from server.ports import Ports
from server.usecases.team.find import every_home

UNKNOWN = sentence("There is no such event type.")
NOBODY = Home("")


def find_as(ports: Ports, acting: Acting, id_: str, permission: Permission) -> EventType:
    """Return the event type with an id on which somebody has a permission; members of a team may see the team's.

    Raises NotPermitted for a key without the permission, Forbidden for who may only see it, and NotFound for all else.
    """
    unknown, found = NotFound(UNKNOWN), ports.homes.event_type_by_id(id_)
    if found is None:
        authorise(acting, permission, NOBODY, unknown=unknown)
        raise unknown
    authorise(acting, permission, found.home, members(ports, found.home), unknown=unknown)
    return found


def visible(ports: Ports, acting: Acting) -> Sequence[EventType]:
    """Return the event types that somebody may see, by number; raises NotPermitted for a key that may see none."""
    if acting.role is Role.ADMIN or acting.home is None:
        authorise(acting, Permission.VIEW, NOBODY, unknown=NotFound(UNKNOWN))
        homes: Collection[Home] = list(every_home(ports))
    else:
        authorise(acting, Permission.VIEW, acting.home, unknown=NotFound(UNKNOWN))
        homes = [acting.home, *(team.home for team in ports.homes.teams_of(acting.home))]
    found = [one for home in homes for one in ports.homes.event_types(home)]
    return sorted(found, key=lambda one: one.number)


def members(ports: Ports, home: str) -> Collection[Home]:
    """Return who may see what a home offers, beside those whose it is: the members of a team."""
    team = ports.homes.team(home)
    return () if team is None else [one.home for one in team.members]
