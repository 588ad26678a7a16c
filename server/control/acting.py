"""Commands that a host can give as well as an operator: what they may then concern."""

from server.control.command import Command
from server.domain.identity import Home
from server.domain.permissions import OPERATOR, Acting, Permission, authorise, may
from server.ports import Ports
from server.usecases.booking.allowed import look_as, owner
from server.usecases.booking.look import Looked
from server.usecases.event_type.allowed import members
from server.usecases.event_type.find import nothing
from server.usecases.host.acting import as_host
from server.usecases.host.find import find, nobody
from server.usecases.team.find import no_team


class ActingCommand(Command, kw_only=True):
    """A request in the name of a host, `acting`, whose own things alone it may concern; without one, of the operator."""

    acting: str | None = None


def who(ports: Ports, asked: ActingCommand) -> Acting:
    """Return who gives a command, a host with the teams that they manage; raises NotFound for an unknown host."""
    if asked.acting is None:
        return OPERATOR
    return as_host(ports, find(ports, asked.acting).home)


async def booking(ports: Ports, asked: ActingCommand, id_: str, permission: Permission) -> Looked:
    """Return a booking that the command may concern; raises NotFound, or Forbidden for one that another host organizes.

    Of one whose guest has yet to prove their address, hosts do not know.
    """
    return await look_as(ports, who(ports, asked), id_, permission)


def may_edit(ports: Ports, asked: ActingCommand, looked: Looked) -> bool:
    """Tell whether who gives the command could change the booking as well."""
    acting = who(ports, asked)
    return may(acting, Permission.EDIT, owner(looked.record, acting))


def refuse_home(ports: Ports, asked: ActingCommand, home: str, permission: Permission) -> None:
    """Raise NotFound for a home that the command may not concern, as for an unknown one."""
    authorise(who(ports, asked), permission, Home(home), members(ports, home), unknown=nobody(home))


def refuse_team(ports: Ports, asked: ActingCommand, home: str, permission: Permission) -> None:
    """Raise NotFound for a team that the command may not concern, as for an unknown one."""
    authorise(who(ports, asked), permission, Home(home), members(ports, home), unknown=no_team(home))


def refuse_event_type(
    ports: Ports, asked: ActingCommand, home: str, slug: str, permission: Permission
) -> None:
    """Raise NotFound for an event type that the command may not concern, as for an unknown one."""
    authorise(who(ports, asked), permission, Home(home), members(ports, home), unknown=nothing(home, slug))
