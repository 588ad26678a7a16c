"""A note on a booking as a VJOURNAL (RFC 5545 §3.6.3), RELATED-TO the booking's VEVENT, and back."""

from datetime import UTC, datetime

from server.domain.booking import Booking
from server.domain.identity import Uid
from server.domain.notes import Note
from server.ical.scan import BadCalendar, Component, Property, escape, scan, serialise
from server.ical.values import written_utc
from server.ical.vevent import PRODUCT

STAMP = "%Y%m%dT%H%M%SZ"


def uid_of(booking: Uid, number: int) -> Uid:
    """Return the UID of a booking's note; `n` is no hexadecimal digit, so no UUID looks like that."""
    return Uid(f"{booking}-n{number}")


def written(note: Note, booking: Booking) -> str:
    """Return the calendar object of a note."""
    at = written_utc(note.created_at)
    properties = (
        Property("UID", escape(uid_of(booking.uid, note.number))),
        Property("DTSTAMP", at),
        Property("CREATED", at),
        Property("CLASS", "PRIVATE" if note.is_private else "PUBLIC"),
        Property("RELATED-TO", escape(booking.uid)),
        Property("SUMMARY", escape(booking.title)),
        Property("DESCRIPTION", escape(note.content)),
    )
    head = (Property("VERSION", "2.0"), Property("PRODID", PRODUCT))
    return serialise(Component("VCALENDAR", head, (Component("VJOURNAL", properties),)))


def read(text: str, number: int) -> Note | None:
    """Return the note that `text` is; None when it is none. What does not say that all may read it is private."""
    try:
        journal = next(scan(text).children("VJOURNAL"), None)
    except BadCalendar:
        return None
    said, made = (None, None) if journal is None else (journal.first("DESCRIPTION"), journal.first("CREATED"))
    if journal is None or said is None or made is None:
        return None
    try:
        created = datetime.strptime(made.value.strip(), STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    access = journal.first("CLASS")
    is_private = access is None or access.value.strip().upper() != "PUBLIC"
    return Note(number, said.text(), is_private, created)
