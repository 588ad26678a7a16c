"""The life of a booking: its states, what may follow what, and the record of each change.

Everything that decides whether a booking may change is in this file. A booking is immutable: a change makes a new
one, one revision further, and a `BookingChange` holds both. Mails, feeds, webhooks and the audit trail derive from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.errors import AlreadyCancelled, Conflict, Invalid
from server.domain.event_type import Location
from server.domain.identity import (
    HISTORY,
    BookingId,
    CalendarPath,
    EventTypeId,
    Home,
    Slug,
    Uid,
    calendar_path,
)
from server.domain.intervals import Span

NAME_MAX = 255
NOTES_MAX = 5000
REASON_MAX = 500


class Status(StrEnum):
    """The canonical states; upcoming, past, completed, no-show and rescheduled are views, never stored."""

    PENDING_PAYMENT = "pending_payment"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    DECLINED = "declined"


class Action(StrEnum):
    """What can be done to a booking."""

    CREATE = "create"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"


class Actor(StrEnum):
    """Who did it."""

    GUEST = "guest"
    HOST = "host"
    API_KEY = "api_key"
    SYSTEM = "system"


class Partstat(StrEnum):
    """An attendee's answer (RFC 5545 §3.2.12)."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"


TRANSITIONS: Mapping[tuple[Status, Action], Status] = {
    (Status.PENDING_PAYMENT, Action.CANCEL): Status.CANCELLED,
    (Status.PENDING, Action.RESCHEDULE): Status.PENDING,
    (Status.PENDING, Action.CANCEL): Status.CANCELLED,
    (Status.CONFIRMED, Action.RESCHEDULE): Status.CONFIRMED,
    (Status.CONFIRMED, Action.CANCEL): Status.CANCELLED,
}
"""Every transition there is. What is not listed is refused and changes nothing."""

ACTIVE = frozenset({Status.PENDING_PAYMENT, Status.PENDING, Status.CONFIRMED})
"""The states in which a booking holds its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """A guest of a booking; `number` is theirs for the booking's life, 1 is the one who booked."""

    number: int
    name: str
    email: str
    zone: str
    language: str = "en"
    partstat: Partstat = Partstat.ACCEPTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One scheduled meeting, stored as one VEVENT.

    `start` and `end` are aware and UTC; `zone` is the host's IANA zone. `reason` belongs to the latest change, `ended_by`
    tells who cancelled.
    """

    id: BookingId
    number: int
    uid: Uid
    home: Home
    calendar: CalendarPath
    event_type_id: EventTypeId
    slug: Slug
    title: str
    start: datetime
    end: datetime
    zone: str
    attendees: tuple[Attendee, ...]
    created_at: datetime
    changed_at: datetime
    description: str = ""
    location: Location = Location()
    buffer_before_min: int = 0
    buffer_after_min: int = 0
    notes: str = ""
    status: Status = Status.CONFIRMED
    revision: int = 0
    sequence: int = 0
    reason: str = ""
    ended_by: Actor | None = None

    @property
    def guest(self) -> Attendee:
        """Return the attendee who made the booking."""
        return self.attendees[0]

    @property
    def span(self) -> Span:
        """Return the meeting itself in epoch seconds."""
        return int(self.start.timestamp()), int(self.end.timestamp())

    @property
    def held(self) -> Span:
        """Return the meeting with its buffers in epoch seconds."""
        start, end = self.span
        return start - self.buffer_before_min * 60, end + self.buffer_after_min * 60

    @property
    def is_active(self) -> bool:
        """Tell whether the booking holds its time."""
        return self.status in ACTIVE


@dataclass(frozen=True, slots=True)
class BookingChange:
    """What happened to a booking: `before` is None at its creation."""

    before: Booking | None
    after: Booking
    action: Action
    actor: Actor
    at: datetime


def created(booking: Booking, actor: Actor) -> BookingChange:
    """Return the change that brings `booking` into being."""
    return BookingChange(None, booking, Action.CREATE, actor, booking.created_at)


def rescheduled(
    booking: Booking, start: datetime, *, actor: Actor, at: datetime, sent: int, reason: str = ""
) -> BookingChange:
    """Return the change that moves `booking` to `start`, keeping its length; `reason` is for those who are told.

    `sent` is the highest SEQUENCE that was ever mailed. A guest who moves the meeting has accepted the new time; moved
    by anybody else, every attendee is asked again (RFC 6638 §3.2.8).
    """
    status = _next(booking, Action.RESCHEDULE)
    if start == booking.start:
        raise Invalid("The booking is at this time already.", {"start": "is the present start"})
    _refuse_past(start, at)
    _refuse_long(reason)
    answer = Partstat.ACCEPTED if actor is Actor.GUEST else Partstat.NEEDS_ACTION
    after = replace(
        booking,
        start=start,
        end=start + (booking.end - booking.start),
        status=status,
        revision=booking.revision + 1,
        sequence=next_sequence(booking.sequence, sent),
        attendees=tuple(replace(attendee, partstat=answer) for attendee in booking.attendees),
        changed_at=at,
        reason=reason.strip(),
    )
    return BookingChange(booking, after, Action.RESCHEDULE, actor, at)


def cancelled(booking: Booking, reason: str, *, actor: Actor, at: datetime, sent: int) -> BookingChange:
    """Return the change that cancels `booking` and takes it to the history; a reason has at most 500 characters."""
    status = _next(booking, Action.CANCEL)
    _refuse_long(reason)
    after = replace(
        booking,
        calendar=calendar_path(booking.home, HISTORY),
        status=status,
        revision=booking.revision + 1,
        sequence=next_sequence(booking.sequence, sent),
        reason=reason.strip(),
        ended_by=actor,
        changed_at=at,
    )
    return BookingChange(booking, after, Action.CANCEL, actor, at)


def next_sequence(stored: int, sent: int) -> int:
    """Return the SEQUENCE of a significant change: one more than was sent, never less than is stored (RFC 5546 §2.1.4).

    Calendar clients raise the stored number as they please, so it is a floor and not a count.
    """
    return max(sent + 1, stored)


def _next(booking: Booking, action: Action) -> Status:
    after = TRANSITIONS.get((booking.status, action))
    if after is not None:
        return after
    if not booking.is_active:
        raise AlreadyCancelled("This booking was cancelled. It can no longer be changed.")
    raise Conflict(f"A booking that is {booking.status} does not allow this.")


def _refuse_long(reason: str) -> None:
    if len(reason) > REASON_MAX:
        raise Invalid(
            "The reason is too long.", {"reason": f"may have {REASON_MAX} characters, not {len(reason)}"}
        )


def _refuse_past(start: datetime, at: datetime) -> None:
    if start < at - timedelta(seconds=1):
        raise Invalid("This time has passed.", {"start": "must lie in the future"})
