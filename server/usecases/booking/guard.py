"""Who may not make a new booking: what hosts and the operator block, and who has as many open as one person may.

Nothing of this stands between people and what they have booked: looking at it, moving it and cancelling it ask nobody here.
"""

from collections.abc import Iterable
from datetime import datetime

from server.domain.booking import ACTIVE
from server.domain.errors import NotAccepted, TooMany
from server.domain.guards import is_blocked, mailbox
from server.domain.host import Host
from server.domain.identity import is_superseded
from server.domain.plain import sentence
from server.ports import CalendarRow, Ports

NOT_HERE = sentence("This cannot be booked online. Please get in touch with your host in another way.")
"""The same for whatever is blocked, and it blames nobody: who is kept out by a mistake shall not be offended."""

MANY_OPEN = sentence(
    "With this mail address there are as many meetings to come as one person may have here. You can move or cancel them by the links in your mails."
)


def refuse_unwelcome(ports: Ports, hosts: Iterable[Host], addresses: Iterable[str]) -> None:
    """Raise NotAccepted when one of the hosts or the operator has blocked one of the addresses."""
    patterns = (*ports.guards.blocked, *(one for host in hosts for one in host.blocked))
    if patterns and any(is_blocked(address, patterns) for address in addresses):
        raise NotAccepted(NOT_HERE)


def refuse_too_many_open(ports: Ports, host: Host, address: str, now: datetime) -> None:
    """Raise TooMany, until the first of them is over, when `address` has as many bookings to come with a host as it may.

    Counted in memory, before anything is written: two that are made at the same instant may both pass.
    """
    most, at, who = ports.guards.open_per_address, int(now.timestamp()), mailbox(address)
    if not most:
        return
    ends = sorted(
        row.shown.ends
        for row in _rows(ports, host)
        if row.shown.status in ACTIVE
        and row.shown.ends > at
        and not is_superseded(row.uid)
        and any(mailbox(address) == who for address in row.shown.guests)
    )
    if len(ends) >= most:
        raise TooMany(MANY_OPEN, ends[len(ends) - most] - at)


def _rows(ports: Ports, host: Host) -> Iterable[CalendarRow]:
    """Return what was booked with a host, or with a team: that stands with its members."""
    team = ports.homes.team(host.home)
    if team is None:
        return ports.calendars.rows(host.home)
    return (
        row
        for member in team.members
        for row in ports.calendars.rows(member.home)
        if row.shown.team == team.home and not row.shown.is_copy
    )
