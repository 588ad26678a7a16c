"""On which terms a booking waits for its host, and where it stands afterwards."""

from datetime import datetime, timedelta

from server.domain.booking import Booking
from server.domain.changes import Waiting
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.identity import HISTORY, CalendarPath, calendar_path


def terms(
    host: Host, event_type: EventType, now: datetime, *, calendar: CalendarPath | None = None
) -> Waiting:
    """Return the terms of a request that is made `now`; it stands in `calendar`, else where the event type's bookings go."""
    within = event_type.confirm_within_min
    return Waiting(
        calendar=(calendar or event_type.receives(host))
        if event_type.pending_in_calendar
        else calendar_path(host.home, HISTORY),
        answer_by=None if within is None else now + timedelta(minutes=within),
        holds_time=event_type.pending_holds_slot,
    )


def home_calendar(booking: Booking, host: Host, event_type: EventType | None) -> CalendarPath:
    """Return the calendar of a booking that waits no longer: its own, or where it goes when it was hidden (S1.53)."""
    if not booking.is_hidden:
        return booking.calendar
    return calendar_path(host.home, host.receiving) if event_type is None else event_type.receives(host)
