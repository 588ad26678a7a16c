"""What a host may do: everything that is theirs, and what is of the teams that they look after."""

from server.domain.identity import Home
from server.domain.permissions import Acting, Role
from server.ports import Ports


def as_host(ports: Ports, home: Home) -> Acting:
    """Return the host of `home` as somebody who acts."""
    managed = frozenset(team.home for team in ports.homes.teams_of(home) if home in team.managers)
    return Acting(Role.MANAGER if managed else Role.HOST, home, managed)
