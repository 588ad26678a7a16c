"""What a queued mail has to say, read from the calendars at the moment it is sent."""

from collections.abc import Mapping
from dataclasses import replace

from server.domain import seats
from server.domain.booking import Attendee, Booking, Status, Waiter
from server.domain.companions import as_seen_by
from server.domain.errors import NotFound
from server.domain.host import Host
from server.ports import (
    HOST_RECIPIENT,
    SERIES,
    BookingRecord,
    Letter,
    MailKind,
    MailState,
    Ports,
    QueuedMail,
    co_host_recipient,
)
from server.usecases.booking import links, look, revisions
from server.usecases.booking.look import Looked
from server.usecases.delivery import farewell, timed
from server.usecases.delivery.happened import actor_of, handed
from server.usecases.delivery.heard import last_heard
from server.usecases.delivery.unsent import NotNow, Over
from server.usecases.team.listed import is_listed

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

OF_THE_LINE = frozenset({MailKind.WAITLISTED, MailKind.SEAT_OFFERED})
"""The mails for those who wait for a seat."""

QUIET = frozenset({MailKind.JOINED, MailKind.LEFT})
"""The mails that tell who comes, which is true in every state."""

HANDED = frozenset({MailKind.ASSIGNED, MailKind.REASSIGNED, MailKind.REASSIGNED_BARE})
"""The mails that tell who holds the meeting, until yet another host does."""

BARE = frozenset(
    {
        MailKind.RESCHEDULED_BARE,
        MailKind.CANCELLED_BARE,
        MailKind.REASSIGNED_BARE,
        MailKind.SERIES_BARE,
    }
)
"""The mails that give no reason: they are for calendars alone."""

MOVED = SERIES | {
    MailKind.RESCHEDULED,
    MailKind.RESCHEDULE_REQUESTED,
    MailKind.APPROVED,
    MailKind.KEPT,
}
"""The mails that tell of another time."""


async def gather(ports: Ports, mail: QueuedMail, now: int) -> Letter | Over | NotNow:
    """Return what `mail` says, or why it says nothing (any more, or yet).

    A revision that a later change replaced is not told any more: the mail of that change tells what holds now, but for those
    who had left before it. Nothing is sent once the meeting is over, whenever that is by now.
    """
    record = await ports.ledger.booking(mail.booking)
    if record is None:
        return Over(MailState.FAILED, "no such booking")
    if mail.kind in farewell.KINDS:
        return await farewell.gather(ports, mail, record, now)
    if _is_superseded(mail, record):
        return Over(MailState.SUPERSEDED)
    try:
        looked = await look.by_record(ports, record)
    except NotFound:
        return Over(MailState.FAILED, "no such host")
    ends_by_itself = mail.kind in {MailKind.DECLINED, MailKind.EXPIRED, MailKind.VERIFY}
    ends = mail.expires_at if looked.is_missing or ends_by_itself else int(looked.booking.over_at.timestamp())
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
    if mail.offset_min is not None:
        booking = timed.meant(mail, booking) or booking
    waiter = seats.waiter_of(booking, mail.recipient)
    if booking.is_seated and not _is_about(mail.kind, waiter, is_at_all=not booking.awaiting_address):
        return Over(MailState.SUPERSEDED)  # they have a seat by now, or wait for one again
    is_unproven = booking.awaiting_address or (waiter is not None and waiter.is_unproven)
    is_always = mail.kind in QUIET or mail.kind is MailKind.ASSIGNED
    is_always = is_always or (waiter is not None and mail.kind is MailKind.VERIFY)
    is_true = is_always or booking.status is TOLD.get(mail.kind, Status.CONFIRMED)
    is_true = is_true or (mail.kind in SERIES and booking.status is Status.PENDING)
    is_true = is_true and is_unproven is (mail.kind is MailKind.VERIFY)
    if booking.revision != looked.record.revision or not is_true:
        return NotNow("changing")
    booking = replace(booking, reason="") if mail.kind in BARE else booking
    seen = as_seen_by(booking, mail.recipient)
    seen = _without_words(seen) if is_unproven else seen
    attendee = _attendee(seen, mail.recipient)
    if attendee is None and mail.recipient > HOST_RECIPIENT:
        return Over(MailState.SUPERSEDED)  # they have left, and are told so by another mail
    co_host = _co_host(ports, mail, booking)
    if co_host is None and mail.recipient < HOST_RECIPIENT:
        return Over(MailState.FAILED, "no such host")
    return Letter(
        kind=mail.kind,
        booking=seen,
        host=looked.host,
        co_hosts=looked.co_hosts,
        co_host=co_host,
        attendee=attendee,
        actor=booking.ended_by or await actor_of(ports, mail),
        before=await _before(ports, mail, booking, looked.record),
        link=None if is_unproven else _link(ports, mail, looked.told, looked.record),
        answer=_answer(ports, mail, booking, looked.record),
        verify=links.verify_link(ports, seen, looked.record) if is_unproven else None,
        due=timed.reckoned_from(mail, now),
        offset_min=mail.offset_min,
        may_book_again=looked.event_type is not None and is_listed(ports, looked.event_type),
        about=await _about(ports, mail, looked) if mail.kind in QUIET else None,
        revision=mail.revision,
        handed=await handed(ports, mail) if mail.kind in HANDED else None,
        known=await last_heard(ports, mail, looked.record) if mail.kind in SERIES else None,
    )


def _is_about(kind: MailKind, waiter: Waiter | None, *, is_at_all: bool) -> bool:
    """Tell whether a mail tells somebody of a meeting by seats what is so for them: that they have one, or wait for one."""
    if waiter is None:
        return kind not in OF_THE_LINE and not (kind is MailKind.VERIFY and is_at_all)
    if waiter.is_unproven:
        return kind is MailKind.VERIFY
    offered = MailKind.WAITLISTED if waiter.held_until is None else MailKind.SEAT_OFFERED
    return kind in {offered, MailKind.CANCELLED}


def _is_superseded(mail: QueuedMail, record: BookingRecord) -> bool:
    """Tell whether a later change tells what holds now: to a host also that another one took over."""
    if mail.recipient <= HOST_RECIPIENT:
        return record.answer_revision > mail.revision
    is_handed_on = mail.kind in HANDED and any(one > mail.revision for one in record.handed_on)
    return is_handed_on or record.link_revision > mail.revision


def _without_words(booking: Booking) -> Booking:
    """Return the booking without any word that was typed: it may have been a stranger, in the name of who reads the mail."""
    guest = replace(booking.guest, name="")
    return replace(booking, attendees=(guest,), notes="", answers=())


async def _about(ports: Ports, mail: QueuedMail, looked: Looked) -> Attendee | None:
    """Return who joined or left by the change that the mail tells of."""
    record, present = looked.record, looked.booking
    before = await revisions.at(ports, record, mail.revision - 1)
    after = present if present.revision == mail.revision else await revisions.at(ports, record, mail.revision)
    if before is None or after is None:
        return None
    more, fewer = (before, after) if mail.kind is MailKind.LEFT else (after, before)
    there = {one.number for one in fewer.attendees}
    return next((one for one in more.attendees if one.number not in there), None)


def _co_host(ports: Ports, mail: QueuedMail, booking: Booking) -> Host | None:
    """Return which of the other hosts reads the mail, if one does."""
    homes = {co_host_recipient(at): home for at, home in enumerate(booking.co_hosts)}
    return ports.homes.host(homes[mail.recipient]) if mail.recipient in homes else None


def _attendee(booking: Booking, number: int) -> Attendee | None:
    return next((attendee for attendee in booking.attendees if attendee.number == number), None)


async def _before(ports: Ports, mail: QueuedMail, booking: Booking, record: BookingRecord) -> Booking | None:
    """Return the booking at the time that the reader knows: the one agreed before, else that of the revision before."""
    kind = mail.kind
    if kind not in MOVED:
        return None
    before = await revisions.at(ports, record, mail.revision - 1)
    if kind is MailKind.APPROVED and (before is None or before.agreed is None):
        return None
    known = booking if kind is MailKind.RESCHEDULE_REQUESTED else before
    agreed = None if known is None or kind is MailKind.KEPT else known.agreed
    return before if agreed is None else replace(booking, start=agreed[0], end=agreed[1])


def _link(ports: Ports, mail: QueuedMail, booking: Booking, record: BookingRecord) -> str | None:
    """Return the guest's page of the booking; the host has the calendar, and an ended booking has nothing to manage."""
    if mail.recipient <= HOST_RECIPIENT or not booking.is_active or booking.awaiting_address:
        return None
    link = links.manage_link(ports, booking, record, mail.recipient)
    is_theirs = mail.recipient == booking.guest.number
    return f"{link}{timed.path_of(mail, booking)}" if link and is_theirs else link


def _answer(
    ports: Ports, mail: QueuedMail, booking: Booking, record: BookingRecord
) -> tuple[str, str] | None:
    if mail.recipient != HOST_RECIPIENT or booking.status is not Status.PENDING:
        return None
    return links.answer_links(ports, booking, record)
