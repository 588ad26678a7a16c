"""Where a guest goes once they have booked."""

from datetime import UTC
from urllib.parse import urlencode, urlsplit, urlunsplit

from server.domain.booking import Booking
from server.domain.event_type import EventType


def leads_to(event_type: EventType, booking: Booking) -> str:
    """Return the host's own address with what it is told of the booking added, "" without one.

    It is told the booking's id, event type, times and status; name and mail address only if the host asked for them, and
    never a token: addresses end up in logs.
    """
    if not event_type.redirect_url:
        return ""
    told = {
        "booking": booking.id,
        "event_type": booking.slug,
        "start": booking.start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "end": booking.end.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "status": booking.status.value,
    }
    if event_type.redirect_particulars:
        told |= {"name": booking.guest.name, "email": booking.guest.email}
    parts = urlsplit(event_type.redirect_url)
    query = "&".join(filter(None, (parts.query, urlencode(told))))
    return urlunsplit(parts._replace(query=query))
