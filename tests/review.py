"""One booking with every fact filled in, its host and its guest: what calendar objects and mails are made of."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from server.domain.booking import Attendee, Booking
from server.domain.event_type import Location, LocationType
from server.domain.host import Host
from server.domain.identity import BookingId, CalendarPath, EventTypeId, Home, Slug, Uid

ALICE = Host(
    home=Home("alice"),
    number=1,
    name="Alice Example",
    email="alice@example.org",
    other_addresses=("alice@work.example",),
    zone="Europe/Berlin",
)

ADA = Attendee(number=1, name="Ada Lovelace", email="ada@example.com", zone="America/New_York", language="en")

REVIEW = Booking(
    id=BookingId("bk_ABCDEFGHIJKLMNOP"),
    number=7,
    uid=Uid("6f1c1f7e-0a55-4a2e-9d1c-0a3d1f6e2b11"),
    home=Home("alice"),
    calendar=CalendarPath("alice/calendar"),
    event_type_id=EventTypeId("evt_ABCDEFGHIJKLMNOP"),
    slug=Slug("review"),
    title="Design review",
    description="We look at what you have.",
    location=Location(type=LocationType.LINK, value="https://meet.example.org/review"),
    start=datetime(2026, 12, 1, 13, 0, tzinfo=UTC),
    end=datetime(2026, 12, 1, 14, 0, tzinfo=UTC),
    zone="Europe/Berlin",
    attendees=(ADA,),
    created_at=datetime(2026, 11, 21, 9, 30, 15, tzinfo=UTC),
    changed_at=datetime(2026, 11, 21, 9, 30, 15, tzinfo=UTC),
    notes="I bring the drawings.",
)


def moved(booking: Booking, hours: float) -> Booking:
    """Return the booking that many hours later, one revision and one SEQUENCE further, an hour after it was made."""
    delta = timedelta(hours=hours)
    return replace(
        booking,
        start=booking.start + delta,
        end=booking.end + delta,
        revision=booking.revision + 1,
        sequence=booking.sequence + 1,
        changed_at=booking.changed_at + timedelta(hours=1),
    )
