"""Calendars to subscribe to: open slots for guests, bookings for their host.

Builds text only. What stands in a feed is decided by its callers; this module knows how it is said so that Apple,
Google, Outlook and Thunderbird show it, and that equal facts give equal bytes: no property says when it was fetched.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from server.domain.booking import Booking
from server.domain.identity import Uid
from server.domain.plain import line, paragraphs
from server.ical.booking_shown import summary
from server.ical.scan import Component, Property, escape, serialise
from server.ical.values import written_utc
from server.ical.vevent import PRODUCT, STATUSES

REFRESH = "PT1H"
"""How often a subscriber should ask again; Google and Thunderbird go by their own clocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHead:
    """What a feed calls itself; `source` is the address it is fetched from, `page` the page it is about."""

    name: str
    source: str | None = None
    page: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSlot:
    """A bookable slot, instants in epoch seconds; `since` is when it came into the horizon."""

    uid: Uid
    start: int
    end: int
    since: int
    url: str | None


def slots_feed(head: FeedHead, title: str, description: str, sequence: int, slots: Iterable[OpenSlot]) -> str:
    """Return the feed of open slots: free time (TRANSPARENT), each with the address at which it can be booked.

    `sequence` is the revision of the event type, whose title and description all slots bear.
    """
    shared = (
        Property("SEQUENCE", str(sequence)),
        Property("SUMMARY", escape(line(title))),
        Property("TRANSP", "TRANSPARENT"),
    )
    words = paragraphs(description).strip()
    return _calendar(head, (_slot(slot, shared, words) for slot in slots))


def bookings_feed(head: FeedHead, bookings: Iterable[tuple[Uid, Booking]]) -> str:
    """Return the feed of a host's bookings, each under a UID of the feed's own.

    People stand in the description, not as ATTENDEE: a subscriber's program would offer to answer for them.
    """
    return _calendar(head, (_meeting(uid, booking) for uid, booking in bookings))


def _calendar(head: FeedHead, vevents: Iterable[Component]) -> str:
    name = escape(line(head.name))
    properties = [
        Property("VERSION", "2.0"),
        Property("PRODID", PRODUCT),
        Property("NAME", name),
        Property("X-WR-CALNAME", name),
        Property("REFRESH-INTERVAL", REFRESH, {"VALUE": ("DURATION",)}),
        Property("X-PUBLISHED-TTL", REFRESH),
    ]
    if head.source is not None:
        properties.append(Property("SOURCE", head.source, {"VALUE": ("URI",)}))
    if head.page is not None:
        properties.append(Property("URL", head.page))
    return serialise(Component("VCALENDAR", tuple(properties), tuple(vevents)))


def _slot(slot: OpenSlot, shared: tuple[Property, ...], words: str) -> Component:
    # Google and Outlook show no URL property, so the address stands in the description too.
    description = "\n\n".join(filter(None, (words, slot.url)))
    return Component(
        "VEVENT",
        (
            Property("UID", slot.uid),
            Property("DTSTAMP", _utc(slot.since)),
            Property("DTSTART", _utc(slot.start)),
            Property("DTEND", _utc(slot.end)),
            *shared,
            *([Property("DESCRIPTION", escape(description))] if description else []),
            *([Property("URL", slot.url)] if slot.url else []),
        ),
    )


def _meeting(uid: Uid, booking: Booking) -> Component:
    changed = written_utc(booking.changed_at)
    people = "\n".join(f"{line(person.name)} <{line(person.email)}>" for person in booking.attendees)
    description = "\n\n".join(filter(None, (people, paragraphs(booking.notes).strip())))
    location = paragraphs(booking.location.value).strip()
    return Component(
        "VEVENT",
        (
            Property("UID", uid),
            Property("DTSTAMP", changed),
            Property("CREATED", written_utc(booking.created_at)),
            Property("LAST-MODIFIED", changed),
            Property("SEQUENCE", str(booking.sequence)),
            Property("DTSTART", written_utc(booking.start)),
            Property("DTEND", written_utc(booking.end)),
            Property("STATUS", STATUSES[booking.status]),
            Property("SUMMARY", escape(summary(booking))),
            Property("DESCRIPTION", escape(description)),
            *([Property("LOCATION", escape(location))] if location else []),
            *([Property("URL", line(booking.location.url))] if booking.location.url else []),
        ),
    )


def _utc(at: int) -> str:
    return written_utc(datetime.fromtimestamp(at, UTC))
