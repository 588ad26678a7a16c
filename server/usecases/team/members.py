"""Who belongs to a team: take hosts in, change what they are there, let them go."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from server.domain.booking import ACTIVE
from server.domain.errors import Conflict, Invalid, NotFound
from server.domain.host import Host
from server.domain.hosts import eligible
from server.domain.identity import BookingId, Home, is_superseded
from server.domain.team import Member, Team
from server.ports import CalendarRow, Ports
from server.usecases.team.change import change
from server.usecases.team.find import find

NAMED_MAX = 3


def active(
    ports: Ports, team: Team, named: Sequence[Home] | None = None, *, rotates: bool = False
) -> Sequence[tuple[Member, Host]]:
    """Return the members who take part: those who are active, of whom `named` if any are, and whose host is there and not disabled.

    A weight of 0 keeps out of what `rotates`.
    """
    known = ((one, ports.homes.host(one.home)) for one in eligible(team.members, named, rotates=rotates))
    return [(one, host) for one, host in known if host is not None and not host.disabled]


async def add(ports: Ports, home: str, member: Member) -> Team:
    """Take a host into a team; raises NotFound, Invalid for an unknown host, or Conflict for one who is in already."""

    def with_them(team: Team) -> Team:
        if team.member(member.home) is not None:
            raise Conflict(f"{member.home} is a member of {home} already.")
        return replace(team, members=(*team.members, member))

    unknown = unknown_hosts(ports, [member.home])
    if unknown:
        find(ports, home)
        raise Invalid("Nobody was taken into the team.", unknown)
    return await change(ports, home, with_them)


async def edit(ports: Ports, home: str, who: str, wanted: Callable[[Member], Member]) -> Team:
    """Save what the pure function `wanted` makes of a member; raises NotFound or Invalid."""

    def changed(team: Team) -> Team:
        present = _member(team, who)
        return replace(team, members=tuple(wanted(one) if one is present else one for one in team.members))

    return await change(ports, home, changed)


async def remove(ports: Ports, home: str, who: str, now: datetime) -> Team:
    """Let a member go; raises NotFound, or Conflict while they have meetings of the team before them."""

    def without_them(team: Team) -> Team:
        present = _member(team, who)
        return replace(team, members=tuple(one for one in team.members if one is not present))

    _refuse_named(ports, home, who)
    before = coming(ports, _member(find(ports, home), who).home, home, now)
    if before:
        named = ", ".join(before[:NAMED_MAX]) + (" and others" if len(before) > NAMED_MAX else "")
        raise Conflict(
            f"{who} has {len(before)} coming bookings of {home} ({named}): reassign or cancel them first. "
            f"For {who} to get no new ones, make them a member who is not active."
        )
    return await change(ports, home, without_them)


def _refuse_named(ports: Ports, home: str, who: str) -> None:
    """Raise Conflict for a member whom event types of the team name: without them they would mean somebody else."""
    kinds = ports.homes.event_types(Home(home))
    named = [f"{home}/{one.slug}" for one in kinds if who in (*(one.hosts or ()), *one.fixed_hosts)]
    if named:
        raise Conflict(f"{who} is named by {', '.join(named)}: name others there first.")


def coming(ports: Ports, who: Home, team: str, now: datetime) -> Sequence[BookingId]:
    """Return the bookings of a team that stand before one of its hosts, the next one first."""
    at = int(now.timestamp())
    rows = [row for row in ports.calendars.rows(who) if row.shown.team == team and _is_coming(row, at)]
    rows.sort(key=lambda row: row.shown.next_span(at))
    return [row.shown.id for row in rows]


def unknown_hosts(ports: Ports, homes: Sequence[Home]) -> Mapping[str, str]:
    """Return a fault for homes that are no host's."""
    unknown = [home for home in homes if ports.homes.host(home) is None]
    return {"members": f"must be hosts here, which {', '.join(unknown)} is not"} if unknown else {}


def _is_coming(row: CalendarRow, at: int) -> bool:
    return row.shown.status in ACTIVE and row.shown.ends > at and not is_superseded(row.uid)


def _member(team: Team, who: str) -> Member:
    found = team.member(who)
    if found is None:
        raise NotFound(f"{who} is not a member of {team.home}.")
    return found
