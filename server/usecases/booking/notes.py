"""Notes on a booking: made with it in one change, kept with what it was, read again wherever it has gone (S3.34, S3.35)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from server.domain.booking import Actor, Booking
from server.domain.changes import noted
from server.domain.errors import Conflict, Invalid
from server.domain.identity import HISTORY, SANDBOX, Href, calendar_path
from server.domain.notes import PER_BOOKING_MAX, Note, fault
from server.ical import notes as journals
from server.ports import ObjectWrite, Ports
from server.usecases.booking.change import change, plan_of
from server.usecases.booking.commit import Plan
from server.usecases.booking.look import Looked


async def add(
    ports: Ports, looked: Looked, content: str, actor: Actor, now: datetime, *, is_private: bool
) -> Note:
    """Note something about the booking and return the note; nobody is mailed, and links stay as they are.

    Raises Invalid, AlreadyCancelled, Conflict when there are too many, NotFound or ChangedMeanwhile.
    """
    wrong = fault(content)
    if wrong is not None:
        raise Invalid("This note cannot be kept.", {"content": wrong})
    at = now.replace(microsecond=0)
    text = content.replace("\r\n", "\n").strip()

    def decide(seen: Looked) -> Plan | None:
        booking = seen.booking
        if booking.last_note >= PER_BOOKING_MAX:
            raise Conflict(f"This booking has {PER_BOOKING_MAX} notes, which is all there can be.")
        made = noted(booking, actor=actor, at=at, sent=seen.record.sent_sequence)
        note = Note(made.after.last_note, text, is_private, at)
        write = ObjectWrite(
            booking.archive, _href(booking, note.number), None, journals.written(note, made.after)
        )
        plan = plan_of(seen, made, forced=True)
        return replace(plan, writes=(write, *plan.writes))

    after = await change(ports, looked, decide)
    return Note(after.last_note, text, is_private, at)


async def listed(ports: Ports, looked: Looked, *, with_private: bool) -> Sequence[Note]:
    """Return the notes on the booking, oldest first; those that are not private, or all."""
    booking = looked.booking
    if not booking.last_note:
        return []
    homes = {looked.record.home: None}
    # Another host may have taken the booking over: what was noted before stands with the former one.
    homes |= {entry.home: None for entry in await ports.ledger.trail(booking.id) if entry.home}
    name = SANDBOX if booking.is_test else HISTORY
    found = []
    for number in range(1, booking.last_note + 1):
        for home in homes:
            stored = await ports.calendars.get(calendar_path(home, name), _href(booking, number))
            note = None if stored is None else journals.read(stored.text, number)
            if note is not None:
                found.append(note)
                break
    return [note for note in found if with_private or not note.is_private]


def _href(booking: Booking, number: int) -> Href:
    return Href(f"{journals.uid_of(booking.uid, number)}.ics")
