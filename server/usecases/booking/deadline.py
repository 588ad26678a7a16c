"""Until when a guest may cancel or move a booking; hosts may always (C6)."""

from datetime import datetime, timedelta

from server.domain.booking import Actor, Booking
from server.domain.errors import CancellationDeadlinePassed, RescheduleDeadlinePassed
from server.domain.event_type import EventType


def may_cancel(booking: Booking, event_type: EventType | None, now: datetime) -> bool:
    """Tell whether it is early enough for a guest; a request that was never agreed to can be taken back at any time."""
    return _is_early(booking, 0 if event_type is None else event_type.cancel_deadline_min, now)


def may_move(booking: Booking, event_type: EventType | None, now: datetime) -> bool:
    """Tell whether it is early enough for a guest, as `may_cancel` does."""
    return _is_early(booking, 0 if event_type is None else event_type.reschedule_deadline_min, now)


def refuse_late_cancelling(
    booking: Booking, event_type: EventType | None, actor: Actor, now: datetime
) -> None:
    """Raise CancellationDeadlinePassed for a guest who is too late."""
    if actor is Actor.GUEST and not may_cancel(booking, event_type, now):
        raise CancellationDeadlinePassed(
            "It is too late to cancel this meeting here. Please write to its host."
        )


def refuse_late_moving(booking: Booking, event_type: EventType | None, actor: Actor, now: datetime) -> None:
    """Raise RescheduleDeadlinePassed for a guest who is too late."""
    if actor is Actor.GUEST and not may_move(booking, event_type, now):
        raise RescheduleDeadlinePassed("It is too late to move this meeting here. Please write to its host.")


def _is_early(booking: Booking, minutes: int, now: datetime) -> bool:
    if not minutes or not booking.is_invited:
        return True
    # What has begun of a series is not changed with the rest of it.
    coming = () if booking.series is None else booking.coming(now)
    bound = min((one.start for one in coming), default=booking.bound_start)
    return now <= bound - timedelta(minutes=minutes)
