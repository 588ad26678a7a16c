"""Several hosts by one address, `/u/alice+bob/intro`: the first one's event type, at times when all of them are free (S1.3)."""

from collections.abc import Sequence
from dataclasses import replace

from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.identity import GROUP_MAX, Home
from server.ports import Ports

JOINT = "+"


def members(ports: Ports, name: str) -> Sequence[Host]:
    """Return the hosts that a name of an address stands for: one, or those of a group; none when it stands for nobody.

    A group is there if each of its hosts is, lets themselves be booked so, and stands in it once.
    """
    homes = name.split(JOINT)
    hosts = [host for home in homes if (host := ports.homes.host(home)) is not None and not host.disabled]
    if len(hosts) < len(homes):
        return []
    if len(homes) == 1:
        return hosts
    is_right = len(homes) <= GROUP_MAX and len(set(homes)) == len(homes)
    return hosts if is_right and all(host.groups_allowed for host in hosts) else []


def together(event_type: EventType, hosts: Sequence[Host]) -> EventType:
    """Return the event type of the first host as it is booked with all of them."""
    if len(hosts) == 1:  # as nearly always, and a copy costs as much as to offer a week
        return event_type
    return replace(event_type, co_hosts=tuple(host.home for host in hosts[1:]))


def co_hosts(ports: Ports, homes: Sequence[Home]) -> tuple[Host, ...]:
    """Return the hosts beside the first; one whose home is gone is left out."""
    return tuple(host for home in homes if (host := ports.homes.host(home)) is not None)


def names(host: Host, others: Sequence[Host]) -> str:
    """Return the names of all hosts, as people read them."""
    return ", ".join(one.name for one in (host, *others))
