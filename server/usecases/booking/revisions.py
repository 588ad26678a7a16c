"""What a booking was before: its earlier revisions stand in the history of whose it was then."""

from server.domain.booking import Booking
from server.domain.identity import HISTORY, BookingId, Home, calendar_path
from server.ical import vevent
from server.ports import BookingRecord, Ports
from server.usecases.booking import look


async def at(ports: Ports, record: BookingRecord, revision: int) -> Booking | None:
    """Return one revision of a booking, the present one included; None where it is in no calendar."""
    if revision == record.revision:
        stored = await ports.calendars.get(record.calendar, record.href)
        return None if stored is None else look.booking_in(stored, record)
    history = calendar_path(await home_at(ports, record.id, revision) or record.home, HISTORY)
    stored = await ports.calendars.get(history, look.history_href(record.uid, revision))
    return None if stored is None else vevent.read(stored.text, history)


async def home_at(ports: Ports, id_: BookingId, revision: int) -> Home | None:
    """Return whose a booking was at a revision, as its trail has it; None for one that it does not know."""
    homes = [entry.home for entry in await ports.ledger.trail(id_) if entry.revision <= revision]
    return (homes[-1] or None) if homes else None
