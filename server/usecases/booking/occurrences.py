"""The meetings of a series that is not booked yet: when they are, and why some of them cannot be had.

The first is offered like any meeting: on the grid, and no later than the horizon. The others follow its time on the wall,
which need not be on the grid of their day (a team's has to) and may lie behind the horizon; hours, absences, caps and what is
busy hold for each. Of a team one host has all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.domain import series as all_series
from server.domain import slots
from server.domain.booking import Actor, Booking
from server.domain.errors import Invalid, MeetingsUnavailable
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.identity import Home
from server.domain.plain import sentence
from server.domain.series import COUNT_MIN, YEARS_MAX, Recurrence, Series, originals
from server.domain.slots import Refusal
from server.domain.zones import zone_of
from server.ports import Ports
from server.usecases.booking import caps, joint, lineup, offer
from server.usecases.booking.refuse import taken
from server.usecases.booking.situation import Situation

NEAREST_MAX = 6
"""For how many meetings that cannot be had free times near them are looked for: each look gathers two weeks of everybody who
takes part, and who lacks more than a few had better choose another time for all of them."""
FAR_DAYS = (YEARS_MAX + 3) * 366
"""How far ahead meetings after the first are looked for."""

NOT_REPEATED = sentence("Meetings of this kind cannot be repeated.")
NOT_ALL = sentence(
    "Not every meeting of this series can be had. Please leave these out, or choose another time."
)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A meeting that would be, by its start in epoch seconds: why it cannot be had, and up to three starts near it that can.

    Of many that cannot be had only the first few have such starts. `is_away`: the host is away on that day.
    """

    start: int
    reason: Refusal | None
    is_away: bool = False
    nearest: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """A series as it would be booked: `start` is that of the first meeting, `recurrence` None where but one is left."""

    start: datetime
    recurrence: Recurrence | None
    skipped: tuple[datetime, ...] = ()

    @property
    def series(self) -> Series | None:
        """Return the series of a booking that begins at `start`."""
        return None if self.recurrence is None else Series(recurrence=self.recurrence, skipped=self.skipped)


def wished(
    event_type: EventType,
    host: Host,
    start: datetime,
    recurrence: Recurrence,
    skip: frozenset[datetime],
    actor: Actor,
) -> Wished:
    """Return the series that begins at `start` without the meetings to `skip`; raises Invalid for one that nobody can have.

    It begins with the first meeting that is not skipped, and where but one is left it is none.
    """
    zone = event_type.zone_name(host)
    _refuse_faults(event_type, start, recurrence, zone, actor)
    found = originals(recurrence, start, zone)
    kept = [one for one in found if one not in skip]
    if not kept:
        raise Invalid("No meeting would be left.", {"skip": "must leave one meeting at least"})
    if len(kept) < COUNT_MIN:
        return Wished(start=kept[0], recurrence=None)
    first, last = found.index(kept[0]), found.index(kept[-1])
    if recurrence.count is not None:
        recurrence = replace(recurrence, count=last - first + 1)
    skipped = tuple(one for one in found[first : last + 1] if one in skip)
    return Wished(start=kept[0], recurrence=recurrence, skipped=skipped)


def foresee(
    ports: Ports,
    host: Host,
    event_type: EventType,
    start: datetime,
    recurrence: Recurrence,
    now: datetime,
    actor: Actor,
) -> list[Foreseen]:
    """Return each meeting that the series would have, with why it cannot be had; raises Invalid, as `wished` does.

    For who is to decide which ones to skip: what is asked of the first is asked of whichever comes first.
    """
    zone = event_type.zone_name(host)
    _refuse_faults(event_type, start, recurrence, zone, actor)
    starts = [int(one.timestamp()) for one in originals(recurrence, start, zone)]
    reasons = refusals(ports, host, event_type, starts, now, actor)
    lacking = [one for one in starts if reasons[one] is not None]
    near = {one: _near(ports, host, event_type, one, now) for one in lacking[:NEAREST_MAX]}
    return [_foreseen(host, event_type, one, reasons[one], near.get(one, ())) for one in starts]


def refuse_conflicts(
    ports: Ports,
    host: Host,
    event_type: EventType,
    planned: Booking,
    now: datetime,
    actor: Actor,
    *,
    without: Booking | None = None,
) -> None:
    """Raise MeetingsUnavailable, with each of them, where meetings to come of a planned series cannot be had.

    `without` is the series as it is, which does not stand in its own way.
    """
    starts = sorted(one.span[0] for one in planned.coming(now))
    found = refusals(ports, host, event_type, starts, now, actor, without=without)
    reasons = [(start, reason) for start, reason in found.items() if reason is not None]
    if reasons:
        first, reason = reasons[0]
        far = replace(event_type, horizon_days=FAR_DAYS)
        free = offer.nearest(ports, host, far, first, int(now.timestamp()), without=without)
        raise MeetingsUnavailable(NOT_ALL, reason, free, tuple(reasons))


def refusals(
    ports: Ports,
    host: Host,
    event_type: EventType,
    starts: Sequence[int],
    now: datetime,
    actor: Actor,
    *,
    without: Booking | None = None,
) -> Mapping[int, Refusal | None]:
    """Return why meetings at `starts`, ascending, cannot be had, None for those that can; `without` is not in their way.

    Those that can be had count for the caps of those after them. The first is offered like any meeting.
    """
    at = int(now.timestamp())
    if event_type.is_team:
        if without is not None and event_type.cast is None:  # it keeps its hosts (S1.46)
            event_type = lineup.booked(ports, event_type, without.homes)
        return _of_team(ports, host, event_type, starts, at, actor, without)
    found: dict[int, Refusal | None] = {}
    for start in starts:
        if start <= at:
            reason: Refusal | None = Refusal.TOO_SOON
        elif actor is Actor.HOST:
            reason = taken(ports, host, event_type, start, at, without)
        elif start == starts[0]:
            reason = offer.refusal(ports, host, event_type, start, at, without=without)
        else:
            others = [one for one, wrong in found.items() if wrong is None]
            reason = _refusal(ports, host, event_type, start, at, others, without)
        found[start] = reason
    return found


def _of_team(
    ports: Ports,
    host: Host,
    event_type: EventType,
    starts: Sequence[int],
    now: int,
    actor: Actor,
    without: Booking | None,
) -> dict[int, Refusal | None]:
    """Return the same of a team, of whom it is asked but once who is free at a start."""
    rules = offer.rules_of(replace(event_type, horizon_days=FAR_DAYS), now, without)
    found: dict[int, Refusal | None] = {one: Refusal.TOO_SOON for one in starts if one <= now}
    coming = [one for one in starts if one > now]
    free: dict[int, frozenset[Home]] = {}
    reach = (coming[0], coming[-1] + 1) if coming else (now, now)
    board = joint.board(ports, event_type, rules, reach, without)
    chances = joint.chances(ports, board, coming, any_hour=actor is Actor.HOST)
    for start in coming:
        chance = chances[start]
        reason = chance if isinstance(chance, Refusal) else None
        free[start] = frozenset() if isinstance(chance, Refusal) else chance
        if actor is Actor.HOST:
            found[start] = reason and Refusal.BUSY
        elif start == starts[0]:
            found[start] = offer.refusal(ports, host, event_type, start, now, without=without)
        else:
            others = [one for one, wrong in found.items() if wrong is None]
            found[start] = _unless_crowded(ports, host, event_type, start, others, reason, without)
    return found | _of_one_host({one: free[one] for one, wrong in found.items() if wrong is None})


def _of_one_host(free: Mapping[int, frozenset[Home]]) -> dict[int, Refusal | None]:
    """Return at which starts, with who of a team is `free` at each, nobody is who has the first and most others."""
    first = sorted(next(iter(free.values()), ()))
    most = max((sum(one in homes for homes in free.values()) for one in first), default=0)
    best = [one for one in first if sum(one in homes for homes in free.values()) == most]
    return {start: Refusal.BUSY for start, homes in free.items() if not best or best[0] not in homes}


def _refusal(
    ports: Ports,
    host: Host,
    event_type: EventType,
    start: int,
    now: int,
    others: Sequence[int],
    without: Booking | None,
) -> Refusal | None:
    far = replace(event_type, horizon_days=FAR_DAYS)
    rules = offer.rules_of(far, now, without)
    seen = offer.situation(ports, host, far, rules, (start, start + 1), without=without)
    assert isinstance(seen, Situation)
    # Of a grid of seconds each is a start.
    rules = replace(rules, step_s=1)
    reason = slots.refusal(rules, start, seen.open_spans, seen.busy, seen.held)
    return _unless_crowded(ports, host, event_type, start, others, reason, without)


def _unless_crowded(
    ports: Ports,
    host: Host,
    event_type: EventType,
    start: int,
    others: Sequence[int],
    reason: Refusal | None,
    without: Booking | None = None,
) -> Refusal | None:
    """Return the reason why a meeting cannot be had, the caps' where they are asked before it."""
    is_late = reason in {Refusal.BUSY, None}
    if is_late and caps.crowded(ports, host, event_type, start, others, without):
        return Refusal.CAPPED
    return reason


def _near(ports: Ports, host: Host, event_type: EventType, start: int, now: datetime) -> tuple[int, ...]:
    far = replace(event_type, horizon_days=FAR_DAYS)
    return tuple(offer.nearest(ports, host, far, start, int(now.timestamp())))


def _foreseen(
    host: Host, event_type: EventType, start: int, reason: Refusal | None, near: tuple[int, ...]
) -> Foreseen:
    if reason is None:
        return Foreseen(start, None)
    zone = zone_of(event_type.zone_name(host))
    day = datetime.fromtimestamp(start, zone).date()
    is_away = any(one.first <= day <= one.last for one in event_type.away_ranges(host))
    return Foreseen(start, reason, is_away and reason is Refusal.OUTSIDE_HOURS, near)


def _refuse_faults(
    event_type: EventType, start: datetime, recurrence: Recurrence, zone: str, actor: Actor
) -> None:
    is_bound = actor is not Actor.HOST
    if event_type.seats > 1 or (is_bound and event_type.series is None):
        raise Invalid(NOT_REPEATED, {"recurring": NOT_REPEATED})
    wrong = all_series.faults(recurrence, start, zone, event_type.series if is_bound else None)
    if wrong:
        raise Invalid("Please check the marked fields.", wrong)
