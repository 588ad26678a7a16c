"""Say when a host cannot be booked at all, or for one event type of theirs, and who can be booked instead."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from server.domain.away import Away, upcoming
from server.domain.errors import Invalid, NotFound
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.zones import is_zone
from server.ports import Ports
from server.usecases.event_type.edit import edit
from server.usecases.host.change import change
from server.usecases.host.find import find
from server.usecases.team.find import find_owner

Ranges = tuple[Away, ...]


async def leave(ports: Ports, home: str, slug: str | None, away: Away, now: datetime) -> None:
    """Keep a host from being booked on the dates of `away`, or the event type `slug` of a host or a team alone.

    A range that begins on the same day gives way. Raises NotFound, or Invalid when it is over or its deputy is unknown.
    """
    today = today_of(_whose(ports, home, slug), now)
    wrong = {}
    if away.last < today:
        wrong["last"] = f"must not be over: it is {today} there"
    if away.deputy is not None and ports.homes.host(away.deputy) is None:
        wrong["deputy"] = f"must be a host here, which {away.deputy} is not"
    if wrong:
        raise Invalid("This cannot be saved.", wrong)

    def with_it(present: Ranges) -> Ranges:
        return upcoming((*(one for one in present if one.first != away.first), away), today)

    await _save(ports, home, slug, with_it)


async def come_back(ports: Ports, home: str, slug: str | None, first: date, now: datetime) -> None:
    """Take back the range that begins on `first`; raises NotFound."""
    today = today_of(_whose(ports, home, slug), now)

    def without_it(present: Ranges) -> Ranges:
        if all(one.first != first for one in present):
            raise NotFound(f"Nothing begins on {first}.")
        return upcoming((one for one in present if one.first != first), today)

    await _save(ports, home, slug, without_it)


def host_of_today(host: Host, now: datetime) -> Host:
    """Return a profile that is about to be saved without the ranges that are over."""
    return replace(host, away=upcoming(host.away, today_of(host, now))) if host.away else host


def event_type_of_today(event_type: EventType, host: Host, now: datetime) -> EventType:
    """Return an event type that is about to be saved without the ranges that are over."""
    if not event_type.away:
        return event_type
    return replace(event_type, away=upcoming(event_type.away, today_of(host, now)))


def today_of(host: Host, now: datetime) -> date:
    """Return the host's date."""
    return now.astimezone(ZoneInfo(host.zone if is_zone(host.zone) else "UTC")).date()


def _whose(ports: Ports, home: str, slug: str | None) -> Host:
    """Return the host, or for an event type also the team: a team itself is away only if its members are."""
    return find(ports, home) if slug is None else find_owner(ports, home)


async def _save(ports: Ports, home: str, slug: str | None, ranges: Callable[[Ranges], Ranges]) -> None:
    if slug is None:
        await change(ports, home, lambda host: replace(host, away=ranges(host.away)))
    else:
        await edit(ports, home, slug, lambda one: replace(one, away=ranges(one.away)))
