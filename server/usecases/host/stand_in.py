"""Who can be booked while a host is away."""

from dataclasses import dataclass

from server.domain.away import Away
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.identity import Home
from server.ports import Ports


@dataclass(frozen=True, slots=True)
class StandIn:
    """A deputy: to be booked for the same event type where they have it, else by their profile."""

    host: Host
    event_type: EventType | None


def stand_in(ports: Ports, away: Away, slug: str | None = None) -> StandIn | None:
    """Return who stands in, for the event type named `slug` or any; None when nobody does or they cannot be booked."""
    host = None if away.deputy is None else ports.homes.host(away.deputy)
    if host is None or host.disabled:
        return None
    same = None if slug is None else ports.homes.event_type(host.home, slug)
    return StandIn(host, same if same is not None and same.is_listed else None)


def deputies(ports: Ports, host: Host) -> frozenset[Home]:
    """Return everybody whose profile decides what a page of this host says about deputies."""
    ranges = [*host.away, *(one for kind in ports.homes.event_types(host.home) for one in kind.away)]
    return frozenset(one.deputy for one in ranges if one.deputy is not None)
