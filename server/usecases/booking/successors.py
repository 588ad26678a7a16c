"""Who of a team could take a meeting over, and whose turn that is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.domain.errors import HostUnavailable, Invalid
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.hosts import Candidate, Rotation, Strategy, Wheel, after, eligible, ranked
from server.domain.identity import Home
from server.domain.intervals import Span
from server.domain.plain import sentence
from server.domain.team import Member
from server.ports import Ports, Turn
from server.usecases.booking import offer
from server.usecases.booking.look import Looked

NOBODY = sentence("Nobody else of this team is free at the time of this meeting.")
NOT_FREE = sentence("They are not free at the time of this meeting.")


@dataclass(frozen=True, slots=True)
class Successor:
    """A host who takes a meeting over, and the turn of the rotation that this is."""

    host: Host
    turn: Turn | None


def named(ports: Ports, looked: Looked, to: Home, wheel: Wheel) -> Successor | None:
    """Return who was named, None who has the meeting already; raises Invalid for no host of the team, and HostUnavailable."""
    if to == looked.record.home:
        return None
    member = next((one for one in _members(ports, looked) if one.home == to), None)
    host = None if member is None else _host(ports, looked, member)
    if member is None or host is None:
        others = ", ".join(one.home for one in _members(ports, looked) if _host(ports, looked, one))
        raise Invalid(
            "This meeting cannot be handed to them.", {"to": f"must be another host of the team: {others}"}
        )
    if not offer.is_free(ports, host, alone(looked, host), looked.booking):
        raise HostUnavailable(NOT_FREE)
    return Successor(host, _turn(looked.event_type, member, host, wheel))


def next_in_turn(ports: Ports, looked: Looked, wheel: Wheel) -> Successor:
    """Return whose turn it is of those who are free within their hours; raises HostUnavailable when nobody is (S2.45)."""
    free = {
        host.home: (member, host)
        for member in _members(ports, looked)
        if (host := _host(ports, looked, member)) is not None and _could(ports, looked, host)
    }
    rotation = Rotation.LEAST_RECENT if looked.event_type is None else looked.event_type.rotation
    order = ranked(rotation, [_candidate(member, host) for member, host in free.values()], wheel)
    if not order:
        raise HostUnavailable(NOBODY)
    member, host = free[order[0].home]
    return Successor(host, _turn(looked.event_type, member, host, wheel))


def _could(ports: Ports, looked: Looked, host: Host) -> bool:
    booking, kind = looked.booking, alone(looked, host)
    opened = host.hours if kind is None else None
    is_open = opened is not None or (
        kind is not None and _covers(kind.open_spans(host, booking.span), booking.span)
    )
    return is_open and offer.is_free(ports, host, kind, booking)


def _covers(opened: Sequence[Span], span: Span) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in opened)


def alone(looked: Looked, host: Host) -> EventType | None:
    """Return the booking's event type as it is with one host, of whom alone it is asked whether they are free."""
    if looked.event_type is None:
        return None
    return replace(looked.event_type, co_hosts=(), cast=(host.home,))


def _members(ports: Ports, looked: Looked) -> Sequence[Member]:
    team = None if looked.record.team is None else ports.homes.team(looked.record.team)
    kind = looked.event_type
    return () if team is None else eligible(team.members, None if kind is None else kind.hosts)


def _host(ports: Ports, looked: Looked, member: Member) -> Host | None:
    """Return a member as a host who could take the meeting over: not who is part of it already."""
    host = ports.homes.host(member.home)
    is_part = member.home in (looked.record.home, *looked.record.co_hosts)
    return None if host is None or host.disabled or is_part else host


def _turn(event_type: EventType | None, member: Member, host: Host, wheel: Wheel) -> Turn | None:
    if event_type is None or event_type.strategy is not Strategy.ROUND_ROBIN or member.weight == 0:
        return None
    return Turn(event_type.id, after(wheel, _candidate(member, host)))


def _candidate(member: Member, host: Host) -> Candidate:
    return Candidate(home=host.home, number=host.number, weight=member.weight, priority=member.priority)
