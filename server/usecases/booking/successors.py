"""Who of a team could take a meeting over, and whose turn that is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.domain.booking import Booking
from server.domain.errors import Conflict, HostUnavailable, Invalid
from server.domain.event_type import EventType
from server.domain.guards import is_blocked
from server.domain.host import Host
from server.domain.hosts import Candidate, Strategy, Wheel, after, ranked
from server.domain.identity import Home
from server.domain.plain import sentence
from server.domain.team import Member
from server.ports import MustBeFree, Ports, Turn
from server.usecases.booking import joint, lineup, offer
from server.usecases.booking.assign import Wanted, candidate
from server.usecases.booking.claim import meetings_of
from server.usecases.booking.look import Looked
from server.usecases.team.members import active

NOBODY = sentence("Nobody else of this team is free at the time of this meeting.")
NOT_FREE = sentence("They are not free at the time of this meeting.")


@dataclass(frozen=True, slots=True)
class Successor:
    """A host who takes a meeting over, and the turn of the rotation that this is."""

    host: Host
    turn: Turn | None


@dataclass(frozen=True, slots=True)
class _Choice:
    member: Member
    host: Host


def named(ports: Ports, looked: Looked, to: Home, wheel: Wheel, now: datetime) -> Successor | None:
    """Return who was named, None who has the meeting already; raises Invalid for no host of the team, and HostUnavailable."""
    if to == looked.record.home:
        return None
    choices = _choices(ports, looked)
    found = next((one for one in choices if one.host.home == to), None)
    if found is None:
        others = ", ".join(one.host.home for one in choices) or "nobody is left"
        raise Invalid(
            "This meeting cannot be handed to them.", {"to": f"must be another host of the team: {others}"}
        )
    if not _is_free(ports, looked, found.host, now):
        raise HostUnavailable(NOT_FREE)
    return Successor(found.host, _turn(ports, looked, found, wheel, now))


def next_in_turn(ports: Ports, looked: Looked, wheel: Wheel, now: datetime) -> Successor:
    """Return whose turn it is of those who are free within their hours, and want to meet who comes (S2.45).

    Raises HostUnavailable when nobody is, and Conflict where no event type says whose turn it would be.
    """
    kind = looked.event_type
    if kind is None:
        raise Conflict("What was booked is no longer offered, so it is nobody's turn. Please name a host.")
    free = {
        one.host.home: one
        for one in _choices(ports, looked)
        if _is_open(ports, kind, looked, one.host, now) and _is_free(ports, looked, one.host, now)
    }
    candidates = [_candidate(ports, kind, looked, one, now) for one in free.values()]
    order = ranked(kind.rotation, candidates, wheel)
    if not order:
        raise HostUnavailable(NOBODY)
    found = free[order[0].home]
    return Successor(found.host, _turn(ports, looked, found, wheel, now))


def must_be_free(ports: Ports, host: Host, after: Booking) -> tuple[MustBeFree, ...]:
    """Return the conditions under which `host` takes the booking over: they alone are asked, the others meet already."""
    calendars = lineup.blocking(ports, host)
    return tuple(MustBeFree(calendars, one.held, one.uid) for one in meetings_of(after))


def _choices(ports: Ports, looked: Looked) -> Sequence[_Choice]:
    """Return the members who are no part of the meeting yet and could be, by number."""
    team = None if looked.record.team is None else ports.homes.team(looked.record.team)
    kind, part = looked.event_type, (looked.record.home, *looked.record.co_hosts)
    members = () if team is None else active(ports, team, None if kind is None else kind.hosts)
    found = [_Choice(member, host) for member, host in members if member.home not in part]
    return sorted(found, key=lambda one: one.host.number)


def _is_free(ports: Ports, looked: Looked, host: Host, now: datetime) -> bool:
    kind = None if looked.event_type is None else _alone(looked.event_type, host)
    return all(offer.is_free(ports, host, kind, replace(one, co_hosts=())) for one in _coming(looked, now))


def _is_open(ports: Ports, kind: EventType, looked: Looked, host: Host, now: datetime) -> bool:
    """Tell whether it is within a host's hours, and they have nothing against who comes."""
    is_welcome = not any(is_blocked(one.email, host.blocked) for one in looked.booking.attendees)
    theirs = _alone(kind, host)
    return is_welcome and all(joint.is_open(ports, theirs, (host,), one.span) for one in _coming(looked, now))


def _coming(looked: Looked, now: datetime) -> Sequence[Booking]:
    """Return the meetings that are not over."""
    return meetings_of(replace(looked.booking, changed_at=now))


def _alone(kind: EventType, host: Host) -> EventType:
    """Return the event type as it is with one host, of whom alone it is asked whether they are free."""
    return replace(kind, co_hosts=(), cast=(host.home,))


def _turn(ports: Ports, looked: Looked, found: _Choice, wheel: Wheel, now: datetime) -> Turn | None:
    """Return the turn that a host takes, also one who was named; who has no weight has none."""
    kind = looked.event_type
    if kind is None or kind.strategy is not Strategy.ROUND_ROBIN or found.member.weight == 0:
        return None
    return Turn(kind.id, after(wheel, _candidate(ports, kind, looked, found, now)))


def _candidate(ports: Ports, kind: EventType, looked: Looked, found: _Choice, now: datetime) -> Candidate:
    starts = [one.span[0] for one in _coming(looked, now)]
    wanted = Wanted(event_type=kind, starts=starts, now=int(now.timestamp()))
    return candidate(ports, wanted, found.host, found.member)
