"""What a queued mail has to say, read from the calendars at the moment it is sent."""

from dataclasses import dataclass

from server.domain.booking import Actor, Attendee, Booking
from server.domain.errors import NotFound
from server.domain.identity import HISTORY, calendar_path
from server.ical import vevent
from server.ports import HOST_RECIPIENT, BookingRecord, Letter, MailKind, MailState, Ports, QueuedMail
from server.usecases.booking import links, look
from server.usecases.booking.look import Looked


@dataclass(frozen=True, slots=True)
class Over:
    """The mail shall not leave; this is what became of it."""

    state: MailState
    error: str | None = None


@dataclass(frozen=True, slots=True)
class NotNow:
    """The mail cannot be written at present; why."""

    error: str


async def gather(ports: Ports, mail: QueuedMail, now: int) -> Letter | Over | NotNow:
    """Return what `mail` says, or why it says nothing (any more, or yet).

    A revision that a later change replaced is not told any more: the mail of that change tells what holds now. Nothing is
    sent once the meeting is over, whenever that is by now.
    """
    record = await ports.ledger.booking(mail.booking)
    if record is None:
        return Over(MailState.FAILED, "no such booking")
    if record.revision > mail.revision:
        return Over(MailState.SUPERSEDED)
    try:
        looked = await look.by_record(ports, record)
    except NotFound:
        return Over(MailState.FAILED, "no such host")
    ends = mail.expires_at if looked.is_missing else looked.booking.span[1]
    return Over(MailState.EXPIRED) if ends <= now else await _letter(ports, mail, looked)


async def _letter(ports: Ports, mail: QueuedMail, looked: Looked) -> Letter | Over | NotNow:
    if looked.is_missing:
        return NotNow("not in the calendar")
    booking = looked.told
    if booking.revision != mail.revision or booking.is_active is (mail.kind is MailKind.CANCELLED):
        return NotNow("changing")
    attendee = _attendee(booking, mail.recipient)
    if attendee is None and mail.recipient != HOST_RECIPIENT:
        return Over(MailState.FAILED, "no such recipient")
    return Letter(
        kind=mail.kind,
        booking=booking,
        host=looked.host,
        attendee=attendee,
        actor=booking.ended_by or await _actor(ports, mail),
        before=await _before(ports, booking) if mail.kind is MailKind.RESCHEDULED else None,
        link=_link(ports, mail, booking, looked.record),
    )


def _attendee(booking: Booking, number: int) -> Attendee | None:
    return next((attendee for attendee in booking.attendees if attendee.number == number), None)


async def _actor(ports: Ports, mail: QueuedMail) -> Actor:
    trail = await ports.ledger.trail(mail.booking)
    return next((entry.actor for entry in trail if entry.revision == mail.revision), Actor.SYSTEM)


async def _before(ports: Ports, booking: Booking) -> Booking | None:
    history = calendar_path(booking.home, HISTORY)
    stored = await ports.calendars.get(history, look.history_href(booking.uid, booking.revision - 1))
    return None if stored is None else vevent.read(stored.text, history)


def _link(ports: Ports, mail: QueuedMail, booking: Booking, record: BookingRecord) -> str | None:
    """Return the guest's page of the booking; the host has the calendar, and an ended booking has nothing to manage."""
    if mail.recipient == HOST_RECIPIENT or not booking.is_active:
        return None
    return links.manage_link(ports, booking, record, mail.recipient)
