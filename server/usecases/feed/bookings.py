"""The secret feed of a host's bookings."""

from server.domain.booking import ACTIVE, Booking
from server.domain.feed_tokens import feed_uid
from server.domain.host import Host
from server.domain.identity import HISTORY, Uid, calendar_path
from server.ical import vevent
from server.ical.feeds import FeedHead, bookings_feed
from server.ports import Ports

DAY_S = 86_400
PAST_DAYS = 30
BOOKINGS_MAX = 1_000


async def bookings(ports: Ports, host: Host, now: int) -> str:
    """Return the host's bookings from 30 days ago on, at most 1,000; a cancelled one is not there any more."""
    history = calendar_path(host.home, HISTORY)
    rows = [
        row
        for row in ports.calendars.rows(host.home)
        if row.calendar != history and row.shown.status in ACTIVE and row.shown.ends > now - PAST_DAYS * DAY_S
    ]
    rows.sort(key=lambda row: (row.shown.next_span(now), row.shown.id))
    shown = []
    for row in rows[:BOOKINGS_MAX]:
        stored = await ports.calendars.get(row.calendar, row.href)
        booking = vevent.read(stored.text, stored.calendar) if stored else None
        if booking is not None:
            shown += _meetings(ports, booking)
    return bookings_feed(FeedHead(name=f"{host.name} – {ports.site.name}"), shown[:BOOKINGS_MAX])


def _meetings(ports: Ports, booking: Booking) -> list[tuple[Uid, Booking]]:
    """Return the entries of a booking: each meeting of a series stands by itself, as no reader of feeds takes it apart."""
    if booking.series is None:
        return [(feed_uid(ports.secret_key, "booking", booking.id), booking)]
    return [
        (
            feed_uid(ports.secret_key, "booking", f"{booking.id}/{int(one.original.timestamp())}"),
            booking.alone(one),
        )
        for one in booking.meetings
    ]
