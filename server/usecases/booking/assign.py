"""Which hosts of a team get a booking: those whose turn it is among the free, decided and claimed in one go."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from zoneinfo import ZoneInfo

from server.domain.booking import Booking, Organizer
from server.domain.errors import Invalid, NotAccepted
from server.domain.event_type import EventType
from server.domain.guards import is_blocked
from server.domain.host import Host
from server.domain.hosts import MEASURED, Candidate, Strategy, after, ranked
from server.domain.identity import HISTORY, SANDBOX, EventTypeId, Home, calendar_path
from server.domain.limits import Period, periods
from server.domain.slots import Refusal
from server.domain.team import Member
from server.ports import Busy, Ports, Taken, Turn, TurnMoved
from server.usecases.booking import joint, lineup
from server.usecases.booking.guard import NOT_HERE
from server.usecases.booking.lineup import CHOOSE, Party

T = TypeVar("T")

ATTEMPTS_MAX = 8
"""How many hosts are tried, or how often others may be faster, before a guest is told that a time is taken."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """Who gets a booking, and the turn of the rotation that this is; `event_type` is as they have it."""

    hosts: Party
    event_type: EventType
    turn: Turn | None = None

    @property
    def host(self) -> Host:
        """Return the one whose booking it is."""
        return self.hosts[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be booked with a team: the starts of all its meetings, within its hours unless at `any_hour`.

    `guests` are the addresses of who comes: a host who blocks one of them does not meet them.
    """

    event_type: EventType
    starts: Sequence[int]
    now: int
    guests: Sequence[str] = ()
    any_hour: bool = False


def free_parties(ports: Ports, wanted: Wanted, *, without: Booking | None = None) -> list[Party]:
    """Return the sets of hosts of whom all are free at every wanted start; `without` is not in its own way."""
    free = _free_at_all(ports, wanted, without)
    return [party for party in free if not _is_unwelcome(party, wanted.guests)]


def _free_at_all(ports: Ports, wanted: Wanted, without: Booking | None) -> list[Party]:
    if not wanted.starts:
        return []
    kind, reach = wanted.event_type, (min(wanted.starts), max(wanted.starts) + 1)
    # What comes after the first meeting may lie behind the horizon.
    rules = replace(kind.rules(wanted.now), earliest=reach[0], latest=reach[1])
    board = joint.board(ports, kind, rules, reach, without)
    if len(wanted.starts) == 1:
        return joint.free_at(ports, board, wanted.starts[0], any_hour=wanted.any_hour)
    chances = joint.chances(ports, board, wanted.starts, any_hour=wanted.any_hour).values()
    homes = [frozenset() if isinstance(one, Refusal) else one for one in chances]
    free = frozenset.intersection(*homes)
    return [party for party in board.lineup.parties if party[0].home in free]


async def next_in_turn(
    ports: Ports, wanted: Wanted, *, but: frozenset[Home] = frozenset()
) -> Assigned | None:
    """Return who gets a booking now, of those who are free, `but` for some; None when nobody is.

    Raises Invalid where the guest has to choose whom to meet.
    """
    kind = wanted.event_type
    if kind.strategy is Strategy.MANAGED and len(lineup.lineup(ports, kind).one_of) > 1:
        raise Invalid(CHOOSE, {"host": CHOOSE})
    free = [party for party in free_parties(ports, wanted) if party[0].home not in but]
    if not free:
        return None
    if kind.strategy is not Strategy.ROUND_ROBIN:
        return _assigned(ports, kind, free[0], None)
    wheel = await ports.ledger.wheel(kind.id)
    by_home = {party[0].home: party for party in free}
    order = ranked(kind.rotation, _candidates(ports, wanted, free), wheel)
    if not order:
        return None
    return _assigned(ports, kind, by_home[order[0].home], Turn(kind.id, after(wheel, order[0])))


async def in_turn(ports: Ports, wanted: Wanted, write: Callable[[Assigned], Awaitable[T]]) -> T:
    """Let `write` book with those whose turn it is; when a host turns out to be busy, with the next, and return what it did.

    Raises what `write` does; Taken when all who were free are not any more.
    """

    async def book() -> T:
        but: frozenset[Home] = frozenset()
        for _ in range(ATTEMPTS_MAX):
            assigned = await next_in_turn(ports, wanted, but=but)
            if assigned is None:
                break
            try:
                return await write(assigned)
            except TurnMoved:
                continue  # somebody was handed a meeting meanwhile, and it may be another's turn
            except (Taken, Busy):
                but |= {assigned.host.home}
        raise Taken

    return await ports.tasks.turn(turn_of(wanted.event_type.id), book)


def turn_of(event_type: EventTypeId) -> str:
    """Return the key of the line in which all stand who take a turn of an event type."""
    return f"turn:{event_type}"


def given_to(booking: Booking, assigned: Assigned, face: Host, event_type: EventType) -> Booking:
    """Return the booking as that of the hosts who got it, where the first has it; people are invited by the team (C37)."""
    host = assigned.host
    if booking.is_test:
        calendar = calendar_path(host.home, SANDBOX)
    elif booking.is_hidden:
        calendar = calendar_path(host.home, HISTORY)
    else:
        calendar = assigned.event_type.receives(host)
    return replace(
        booking,
        home=host.home,
        co_hosts=assigned.event_type.co_hosts,
        calendar=calendar,
        # A series keeps the wall that it was chosen on.
        zone=event_type.zone_name(host if booking.series is None else face),
        team=face.home,
        organizer=Organizer(face.name, face.email),
    )


def refuse_unwelcome(ports: Ports, event_type: EventType, guests: Sequence[str]) -> None:
    """Raise NotAccepted when whoever could meet these guests has blocked one of them."""
    parties = lineup.lineup(ports, event_type).parties
    if parties and all(_is_unwelcome(party, guests) for party in parties):
        raise NotAccepted(NOT_HERE)


def _is_unwelcome(party: Party, guests: Sequence[str]) -> bool:
    patterns = [one for host in party for one in host.blocked]
    return bool(patterns) and any(is_blocked(guest, patterns) for guest in guests)


def _assigned(ports: Ports, kind: EventType, party: Party, turn: Turn | None) -> Assigned:
    return Assigned(party, lineup.booked(ports, kind, [host.home for host in party]), turn)


def _candidates(ports: Ports, wanted: Wanted, free: Sequence[Party]) -> list[Candidate]:
    team = ports.homes.team(wanted.event_type.home)
    members = {} if team is None else {one.home: one for one in team.members}
    return [
        candidate(ports, wanted, party[0], members[party[0].home])
        for party in free
        if party[0].home in members
    ]


def candidate(ports: Ports, wanted: Wanted, host: Host, member: Member) -> Candidate:
    """Return a member with all that a rotation asks of them."""
    made = Candidate(home=host.home, number=host.number, weight=member.weight, priority=member.priority)
    if wanted.event_type.rotation not in MEASURED:
        return made
    start = min(wanted.starts)
    week = next(periods(Period.WEEK, ZoneInfo(host.zone), (start, start + 1)))
    return replace(
        made,
        bookings=len(ports.ledger.claims(host.home, week)),
        free_s=joint.free_s(ports, wanted.event_type, host, week),
    )
