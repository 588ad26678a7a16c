"""Move one meeting of a series: the others stay where they are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from server.domain.booking import Actor, Booking, Status
from server.domain.changes import refuse_ended, rescheduled_one, unannounced
from server.domain.errors import Conflict, SlotUnavailable
from server.domain.event_type import EventType
from server.domain.intervals import meets, merge
from server.domain.plain import sentence
from server.domain.series import Occurrence
from server.domain.series_moves import occurrence, to_come
from server.domain.slots import Refusal
from server.ports import Busy, Full, Ports, Taken
from server.usecases.booking import caps, offer
from server.usecases.booking.change import change, plan_of
from server.usecases.booking.commit import Plan
from server.usecases.booking.companions import refuse_companion
from server.usecases.booking.deadline import refuse_late_moving
from server.usecases.booking.look import Looked
from server.usecases.booking.refuse import overtaken, refuse

AROUND_DAYS = 28
"""How far from where it is a meeting behind the horizon may be moved."""

OWN = sentence("Another meeting of this series is at this time.")
ASK = sentence(
    "A single meeting of this series cannot be moved here. You can cancel it, or ask your host for another time."
)


async def move_occurrence(
    ports: Ports,
    looked: Looked,
    original: datetime,
    start: datetime,
    actor: Actor,
    now: datetime,
    *,
    reason: str = "",
    notify: bool = True,
) -> Booking:
    """Move the meeting whose original start is `original` to `start` (aware) and return the booking.

    It stands not in its own way, its fellows do. Asking for the time it has changes nothing. Guests choose from what
    `choices` offers; where the host has to approve other times, they cannot move single meetings. Raises NotFound,
    AlreadyCancelled, Forbidden, Conflict, Invalid, RescheduleDeadlinePassed, SlotUnavailable (with the nearest free
    starts), BookingCapReached or ChangedMeanwhile.
    """
    refuse_companion(looked, actor)

    def decide(seen: Looked) -> Plan | None:
        return _decide(ports, seen, original, start.astimezone(UTC), actor, now, reason, notify=notify)

    try:
        return await change(ports, looked, decide)
    except Full as error:
        free = _nearest(ports, looked, original, start, now)
        raise caps.reached(free, by_guest=error.by_guest) from error
    except (Taken, Busy) as error:
        free = _nearest(ports, looked, original, start, now)
        raise overtaken(free) from error


def choices(event_type: EventType, found: Occurrence, now: datetime) -> EventType:
    """Return the event type as one meeting may be moved by it: also some weeks around where that is, behind the horizon."""
    lasts = int((found.end - found.start).total_seconds()) // 60
    days = (found.start - now).days + AROUND_DAYS
    kind = event_type if lasts == event_type.duration_min else event_type.lasting(lasts)
    return kind if days <= kind.horizon_days else replace(kind, horizon_days=days)


def may_move_one(event_type: EventType | None, booking: Booking) -> bool:
    """Tell whether a guest may move single meetings: not where the host has to approve each other time (C1)."""
    approves = event_type is not None and event_type.approves_moves
    return not (approves and booking.status is Status.CONFIRMED)


def _decide(
    ports: Ports,
    seen: Looked,
    original: datetime,
    start: datetime,
    actor: Actor,
    now: datetime,
    reason: str,
    *,
    notify: bool,
) -> Plan | None:
    booking = seen.booking
    refuse_ended(booking)
    found = to_come(booking, original, now)
    if start == found.start:
        return None
    if actor is Actor.GUEST and not may_move_one(seen.event_type, booking):
        raise Conflict(ASK)
    refuse_late_moving(booking.alone(found), seen.event_type, actor, now)
    _refuse_time(ports, seen, found, start, actor, now)
    at, sent = now.replace(microsecond=0), seen.record.sent_sequence
    made = rescheduled_one(booking, original, start, actor=actor, at=at, sent=sent, reason=reason)
    made = made if notify else unannounced(made)
    alone = made.after.alone(occurrence(made.after, original))
    free = offer.must_be_free(ports, seen.host, seen.event_type, alone)
    is_bound = actor is not Actor.HOST
    fits = caps.must_fit(ports, seen.host, seen.event_type, made.after, [start]) if is_bound else ()
    return plan_of(seen, made, free=(free, *fits))


def _refuse_time(
    ports: Ports, seen: Looked, found: Occurrence, start: datetime, actor: Actor, now: datetime
) -> None:
    if seen.event_type is not None:
        kind = choices(seen.event_type, found, now)
        wanted, at = int(start.timestamp()), int(now.timestamp())
        refuse(ports, seen.host, kind, wanted, at, actor, without=seen.booking.alone(found))
    if not clear_of_fellows(seen.booking, found)(int(start.timestamp())):
        raise SlotUnavailable(OWN, Refusal.BUSY)


def clear_of_fellows(booking: Booking, found: Occurrence) -> Callable[[int], bool]:
    """Return what tells of a start (epoch seconds) whether no other meeting of the same series is where it would be."""
    # A picker asks this of hundreds of starts: the others are gathered once for all.
    before, after = booking.buffer_before_min * 60, booking.buffer_after_min * 60
    lasts = found.span[1] - found.span[0]
    others = merge(one.span for one in booking.meetings if one.original != found.original)
    held = merge((first - before, last + after) for first, last in others)
    return lambda at: not (meets(others, (at - before, at + lasts + after)) or meets(held, (at, at + lasts)))


def _nearest(ports: Ports, looked: Looked, original: datetime, start: datetime, now: datetime) -> list[int]:
    if looked.event_type is None:
        return []
    found = occurrence(looked.booking, original)
    kind = choices(looked.event_type, found, now)
    wanted, at = int(start.timestamp()), int(now.timestamp())
    free = offer.nearest(ports, looked.host, kind, wanted, at, without=looked.booking.alone(found))
    return list(filter(clear_of_fellows(looked.booking, found), free))
