"""Who meets: which members of a team a meeting needs, and whose turn it is among those who are free.

Knows strategies and orders, not who is free: that is `cells` and `slots`. Ties are broken by the number of the host, which
never changes and belongs to one host alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.domain.identity import Home
from server.domain.team import Member


class Strategy(StrEnum):
    """How many of those who take part meet a guest: one and the same, whose turn it is, all, or whom the guest chooses."""

    INDIVIDUAL = "individual"
    ROUND_ROBIN = "round_robin"
    COLLECTIVE = "collective"
    MANAGED = "managed"


class Rotation(StrEnum):
    """Whose turn it is among several who are free.

    LEAST_RECENT: whose last turn is longest ago, then the greatest weight, then the lowest number; the others end so, too.
    WEIGHTED: shares follow the weights. LEAST_BUSY: who has the fewest bookings in the week of the meeting. PRIORITY: who has
    the highest. AVAILABILITY_FIRST: who has the most free time left in that week.
    """

    LEAST_RECENT = "least_recent"
    WEIGHTED = "weighted"
    LEAST_BUSY = "least_busy"
    PRIORITY = "priority"
    AVAILABILITY_FIRST = "availability_first"


MEASURED = frozenset({Rotation.LEAST_BUSY, Rotation.AVAILABILITY_FIRST})
"""The rotations that look at what candidates have to do in the week of the meeting."""

STRIDE = 10**9
"""How far a turn carries a host of weight 1; one of weight 100 a hundredth of it."""

LAG_TURNS = 10
"""How many turns at most are made up for, by weight, to who was long away: nobody comes back to a flood."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """When a host's turn came last, counted in turns of the event type, and how far all their turns carried them.

    `cost` is how far the last one did.
    """

    home: Home
    turn: int
    mileage: int = 0
    cost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A host whose turn it may be. `bookings` and `free_s` are those of the week of the meeting."""

    home: Home
    number: int
    weight: int = 100
    priority: int = 0
    bookings: int = 0
    free_s: int = 0


@dataclass(frozen=True, slots=True)
class Wheel:
    """A rotation as it stands: a cursor for each host who had a turn."""

    cursors: tuple[Cursor, ...] = ()

    @property
    def last(self) -> int:
        """Return the number of the last turn, 0 before the first."""
        return max((one.turn for one in self.cursors), default=0)

    @property
    def position(self) -> int:
        """Return how far the furthest had come when it was their turn."""
        return max((one.mileage - one.cost for one in self.cursors), default=0)

    def mileage_of(self, candidate: Candidate) -> int:
        """Return how far a host has come by weight; who is new, or was away for long, is not far behind."""
        known = next((one.mileage for one in self.cursors if one.home == candidate.home), self.position)
        return max(known, self.position - LAG_TURNS * cost_of(candidate.weight))


def eligible(
    members: Iterable[Member], named: Sequence[Home] | None, *, rotates: bool = False
) -> tuple[Member, ...]:
    """Return the active members who take part: those `named`, None meaning all; a weight of 0 keeps out of a rotation."""
    return tuple(
        one
        for one in members
        if one.active and (named is None or one.home in named) and (one.weight > 0 or not rotates)
    )


def ranked(rotation: Rotation, candidates: Iterable[Candidate], wheel: Wheel) -> list[Candidate]:
    """Return the candidates in the order in which it is their turn, without those who have no weight (S2.45, S2.46)."""
    turns = {cursor.home: cursor.turn for cursor in wheel.cursors}
    return sorted(
        (one for one in candidates if one.weight > 0),
        key=lambda one: (_first(rotation, one, wheel), turns.get(one.home, 0), -one.weight, one.number),
    )


def after(wheel: Wheel, candidate: Candidate) -> Cursor:
    """Return where a candidate stands once they have taken the next turn."""
    cost = cost_of(candidate.weight)
    return Cursor(candidate.home, wheel.last + 1, wheel.mileage_of(candidate) + cost, cost)


def cost_of(weight: int) -> int:
    """Return how far one turn carries a host of this weight."""
    return STRIDE // max(weight, 1)


def _first(rotation: Rotation, one: Candidate, wheel: Wheel) -> int:
    """Return what counts before the rest: the least comes first."""
    match rotation:
        case Rotation.LEAST_RECENT:
            return 0
        case Rotation.WEIGHTED:
            return wheel.mileage_of(one)
        case Rotation.LEAST_BUSY:
            return one.bookings
        case Rotation.PRIORITY:
            return -one.priority
        case Rotation.AVAILABILITY_FIRST:
            return -one.free_s
