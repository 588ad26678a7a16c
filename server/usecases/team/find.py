"""Find a team by the name of its home, and whatever a home belongs to."""

from collections.abc import Sequence

from server.domain.errors import NotFound
from server.domain.host import Host
from server.domain.identity import Home
from server.domain.team import Team, face
from server.ports import Ports
from server.usecases.host.find import nobody


def find(ports: Ports, home: str) -> Team:
    """Return the team of `home`, disabled or not; raises NotFound."""
    team = ports.homes.team(home)
    if team is None:
        raise no_team(home)
    return team


def find_owner(ports: Ports, home: str) -> Host:
    """Return the host of `home`, or the face of its team, disabled or not; raises NotFound."""
    owner = owner_of(ports, home)
    if owner is None:
        raise nobody(home)
    return owner


def owner_of(ports: Ports, home: str) -> Host | None:
    """Return the host of `home`, or the face of its team, disabled or not."""
    host = ports.homes.host(home)
    if host is not None:
        return host
    team = ports.homes.team(home)
    return None if team is None else face(team)


def every_home(ports: Ports) -> Sequence[Home]:
    """Return the homes of all hosts and teams, disabled ones included."""
    return [*(host.home for host in ports.homes.hosts()), *(team.home for team in ports.homes.teams())]


def no_team(home: str) -> NotFound:
    """Return how a team is answered for that is not there, or not for the asker's eyes."""
    return NotFound(f"There is no team {home}.")
