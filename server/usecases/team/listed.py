"""Whether strangers may know of what a home offers."""

from server.domain.event_type import EventType
from server.domain.identity import Home
from server.domain.team import Team
from server.ports import Ports
from server.usecases.team.address import page_of


def is_listed(ports: Ports, event_type: EventType) -> bool:
    """Tell whether everybody may book an event type now: not where it, its host or its team is switched off or private."""
    if not event_type.is_listed:
        return False
    host = ports.homes.host(event_type.home)
    return is_open(ports.homes.team(event_type.home)) if host is None else not host.disabled


def is_open(team: Team | None) -> bool:
    """Tell whether strangers may know of a team."""
    return team is not None and not (team.disabled or team.private)


def profile_of(ports: Ports, home: Home) -> str:
    """Return the path of the page that shows what can be booked at a home, "" where that is not for everybody to see."""
    if ports.homes.host(home) is None and not is_open(ports.homes.team(home)):
        return ""
    return page_of(ports, home)
