"""What a queued mail has to say, read from the calendars at the moment it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from server.domain.booking import Actor, Attendee, Booking, Status
from server.domain.companions import as_seen_by
from server.domain.errors import NotFound
from server.domain.host import Host
from server.domain.identity import HISTORY, calendar_path
from server.ical import vevent
from server.ports import (
    HOST_RECIPIENT,
    BookingRecord,
    Letter,
    MailKind,
    MailState,
    Ports,
    QueuedMail,
    co_host_recipient,
)
from server.usecases.booking import links, look
from server.usecases.booking.look import Looked
from server.usecases.delivery import timed

TOLD: Mapping[MailKind, Status] = {
    MailKind.VERIFY: Status.PENDING,
    MailKind.REQUESTED: Status.PENDING,
    MailKind.RESCHEDULE_REQUESTED: Status.PENDING,
    MailKind.DECLINED: Status.DECLINED,
    MailKind.EXPIRED: Status.DECLINED,
    MailKind.CANCELLED: Status.CANCELLED,
    MailKind.CANCELLED_BARE: Status.CANCELLED,
}
"""In which state of the booking a mail tells the truth; the others tell of one that is confirmed."""

QUIET = frozenset({MailKind.JOINED, MailKind.LEFT})
"""The mails that tell who comes, which is true in every state."""

BARE = frozenset({MailKind.RESCHEDULED_BARE, MailKind.CANCELLED_BARE})
"""The mails that give no reason: they are for calendars alone."""

MOVED = frozenset({MailKind.RESCHEDULED, MailKind.RESCHEDULE_REQUESTED, MailKind.APPROVED, MailKind.KEPT})
"""The mails that tell of another time."""


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

    A revision that a later change replaced is not told any more: the mail of that change tells what holds now, but for those
    who had left before it. Nothing is sent once the meeting is over, whenever that is by now.
    """
    record = await ports.ledger.booking(mail.booking)
    if record is None:
        return Over(MailState.FAILED, "no such booking")
    if mail.kind is MailKind.REMOVED:
        return await _farewell(ports, mail, record, now)
    if record.link_revision > mail.revision:
        return Over(MailState.SUPERSEDED)
    try:
        looked = await look.by_record(ports, record)
    except NotFound:
        return Over(MailState.FAILED, "no such host")
    ends_by_itself = mail.kind in {MailKind.DECLINED, MailKind.EXPIRED, MailKind.VERIFY}
    ends = mail.expires_at if looked.is_missing or ends_by_itself else looked.booking.span[1]
    if ends <= now:
        return Over(MailState.EXPIRED)
    if mail.offset_min is not None and not looked.is_missing:
        others = await ports.ledger.mails(booking=mail.booking)
        state = timed.verdict(mail, looked.booking, others, now)
        if state is not None:
            return NotNow("moving") if state is MailState.QUEUED else Over(state)
    return await _letter(ports, mail, looked, now)


async def _letter(ports: Ports, mail: QueuedMail, looked: Looked, now: int) -> Letter | Over | NotNow:
    if looked.is_missing:
        return NotNow("not in the calendar")
    booking = looked.told
    is_true = mail.kind in QUIET or booking.status is TOLD.get(mail.kind, Status.CONFIRMED)
    is_true = is_true and booking.awaiting_address is (mail.kind is MailKind.VERIFY)
    if booking.revision != looked.record.revision or not is_true:
        return NotNow("changing")
    booking = _without_words(booking) if booking.awaiting_address else booking
    booking = replace(booking, reason="") if mail.kind in BARE else booking
    attendee = _attendee(booking, mail.recipient)
    if attendee is None and mail.recipient > HOST_RECIPIENT:
        return Over(MailState.SUPERSEDED)  # they have left, and are told so by another mail
    co_host = _co_host(ports, mail, booking)
    if co_host is None and mail.recipient < HOST_RECIPIENT:
        return Over(MailState.FAILED, "no such host")
    return Letter(
        kind=mail.kind,
        booking=as_seen_by(booking, mail.recipient),
        host=looked.host,
        co_hosts=looked.co_hosts,
        co_host=co_host,
        attendee=attendee,
        actor=booking.ended_by or await _actor(ports, mail),
        before=await _before(ports, mail, booking),
        link=_link(ports, mail, booking, looked.record),
        answer=_answer(ports, mail, booking, looked.record),
        verify=links.verify_link(ports, booking, looked.record) if booking.awaiting_address else None,
        due=timed.reckoned_from(mail, now),
        offset_min=mail.offset_min,
        may_book_again=looked.event_type is not None and looked.event_type.is_listed,
        about=await _about(ports, mail, booking) if mail.kind in QUIET else None,
        revision=mail.revision,
    )


def _without_words(booking: Booking) -> Booking:
    """Return the booking without any word that was typed: it may have been a stranger, in the name of who reads the mail."""
    guest = replace(booking.guest, name="")
    return replace(booking, attendees=(guest,), notes="", answers=())


async def _farewell(
    ports: Ports, mail: QueuedMail, record: BookingRecord, now: int
) -> Letter | Over | NotNow:
    """Return what somebody is told who was taken off the booking: about the meeting as it was with them.

    It stands in the history, so it can be told whatever became of the booking since.
    """
    host = ports.homes.host(record.home)
    known = await _revision(ports, record, mail.revision - 1)
    attendee = None if known is None else _attendee(known, mail.recipient)
    if host is None or known is None or attendee is None:
        return Over(MailState.FAILED, "no such recipient")
    if mail.expires_at <= now:
        return Over(MailState.EXPIRED)
    trail = await ports.ledger.trail(mail.booking)
    at = next((entry.at for entry in trail if entry.revision == mail.revision), now)
    changed = datetime.fromtimestamp(at, UTC)
    booking = replace(known, sequence=record.sent_sequence, changed_at=changed, reason="")
    return Letter(
        kind=mail.kind,
        booking=as_seen_by(booking, mail.recipient),
        host=host,
        attendee=attendee,
        actor=await _actor(ports, mail),
        may_book_again=False,
        revision=mail.revision,
    )


async def _about(ports: Ports, mail: QueuedMail, booking: Booking) -> Attendee | None:
    """Return who joined or left by the change that the mail tells of."""
    before = await _revision(ports, booking, mail.revision - 1)
    after = booking if booking.revision == mail.revision else await _revision(ports, booking, mail.revision)
    if before is None or after is None:
        return None
    more, fewer = (before, after) if mail.kind is MailKind.LEFT else (after, before)
    there = {one.number for one in fewer.attendees}
    return next((one for one in more.attendees if one.number not in there), None)


async def _revision(ports: Ports, of: Booking | BookingRecord, revision: int) -> Booking | None:
    """Return an earlier revision of a booking, from the history."""
    history = calendar_path(of.home, HISTORY)
    stored = await ports.calendars.get(history, look.history_href(of.uid, revision))
    return None if stored is None else vevent.read(stored.text, history)


def _co_host(ports: Ports, mail: QueuedMail, booking: Booking) -> Host | None:
    """Return which of the other hosts reads the mail, if one does."""
    homes = {co_host_recipient(at): home for at, home in enumerate(booking.co_hosts)}
    return ports.homes.host(homes[mail.recipient]) if mail.recipient in homes else None


def _attendee(booking: Booking, number: int) -> Attendee | None:
    return next((attendee for attendee in booking.attendees if attendee.number == number), None)


async def _actor(ports: Ports, mail: QueuedMail) -> Actor:
    trail = await ports.ledger.trail(mail.booking)
    return next((entry.actor for entry in trail if entry.revision == mail.revision), Actor.SYSTEM)


async def _before(ports: Ports, mail: QueuedMail, booking: Booking) -> Booking | None:
    """Return the booking at the time that the reader knows: the one agreed before, else that of the revision before."""
    kind = mail.kind
    if kind not in MOVED:
        return None
    before = await _revision(ports, booking, mail.revision - 1)
    if kind is MailKind.APPROVED and (before is None or before.agreed is None):
        return None
    known = booking if kind is MailKind.RESCHEDULE_REQUESTED else before
    agreed = None if known is None or kind is MailKind.KEPT else known.agreed
    return before if agreed is None else replace(booking, start=agreed[0], end=agreed[1])


def _link(ports: Ports, mail: QueuedMail, booking: Booking, record: BookingRecord) -> str | None:
    """Return the guest's page of the booking; the host has the calendar, and an ended booking has nothing to manage."""
    if mail.recipient <= HOST_RECIPIENT or not booking.is_active or booking.awaiting_address:
        return None
    return links.manage_link(ports, booking, record, mail.recipient)


def _answer(
    ports: Ports, mail: QueuedMail, booking: Booking, record: BookingRecord
) -> tuple[str, str] | None:
    if mail.recipient != HOST_RECIPIENT or booking.status is not Status.PENDING:
        return None
    return links.answer_links(ports, booking, record)
