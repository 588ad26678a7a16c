"""When a reminder is still worth its reader's while."""

from collections.abc import Iterable
from datetime import UTC, datetime

from server.domain.booking import Booking, Status
from server.ports import MailState, QueuedMail

LATE_S = 60
"""How late a reminder may leave and still say how soon the meeting is as of when it was due."""


def verdict(mail: QueuedMail, booking: Booking, others: Iterable[QueuedMail], now: int) -> MailState | None:
    """Return what becomes of a timed mail that shall not leave now; QUEUED: it is too early to tell; None: it leaves.

    It is not sent once the meeting has begun, nor before the booking is confirmed, nor when a nearer one for the same
    reader is due too: after hours without a server, or a leap of the clock, one of several says all. Where the
    calendar tells another start than the ledger has heard of, it waits.
    """
    meeting = meant(mail, booking)
    if meeting is None:
        return MailState.EXPIRED if mail.expires_at <= now else MailState.QUEUED
    starts = meeting.span[0]
    if starts <= now:
        return MailState.EXPIRED
    if booking.status is not Status.CONFIRMED:
        return MailState.SUPERSEDED
    if starts != mail.expires_at:
        return MailState.QUEUED
    return MailState.SUPERSEDED if any(_says_all(one, mail, now) for one in others) else None


def meant(mail: QueuedMail, booking: Booking) -> Booking | None:
    """Return the booking as the meeting of a series that a timed mail is about; None where none is at that time by now."""
    if booking.series is None:
        return booking
    return next((booking.alone(one) for one in booking.meetings if one.span[0] == mail.expires_at), None)


def path_of(mail: QueuedMail, booking: Booking) -> str:
    """Return where below a series' page the meeting has its own that a timed mail is about, by its day (C41); else ""."""
    if mail.offset_min is None or booking.series is None:
        return ""
    found = (one for one in booking.meetings if one.span[0] == mail.expires_at)
    return next((f"/on/{one.day(booking.zone).isoformat()}" for one in found), "")


def reckoned_from(mail: QueuedMail, now: int) -> datetime | None:
    """Return the instant that a timed mail counts from: when it was due, or now if that is long ago; None for others."""
    if mail.offset_min is None:
        return None
    due = nominal(mail)
    late = now - due
    return datetime.fromtimestamp(due if 0 <= late <= max(LATE_S, mail.offset_min * 6) else now, UTC)


def nominal(mail: QueuedMail) -> int:
    """Return when a timed mail was to leave, before any attempt failed (epoch seconds)."""
    return mail.expires_at - (mail.offset_min or 0) * 60


def _says_all(other: QueuedMail, mail: QueuedMail, now: int) -> bool:
    return (
        (other.kind, other.recipient, other.channel, other.expires_at)
        == (mail.kind, mail.recipient, mail.channel, mail.expires_at)
        and other.offset_min is not None
        and mail.offset_min is not None
        and other.offset_min < mail.offset_min
        and nominal(other) <= now
        and other.state in {MailState.QUEUED, MailState.SENT}
    )
