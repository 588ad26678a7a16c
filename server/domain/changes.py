"""What can be done to a booking, as functions from the booking to the change; each refuses what TRANSITIONS does not list.

`at` is when it happens, `sent` the highest SEQUENCE that was ever mailed.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from server.domain.booking import (
    ENDED,
    REASON_MAX,
    Action,
    Actor,
    Attendance,
    Attendee,
    Booking,
    BookingChange,
    Organizer,
    Partstat,
    Status,
)
from server.domain.errors import AlreadyCancelled, Conflict, Forbidden, Invalid
from server.domain.event_type import Location, LocationType
from server.domain.identity import HISTORY, CalendarPath, calendar_path, home_of
from server.domain.metadata import Metadata, fault
from server.domain.series_moves import cut_at, next_start, shifted_to, to_come, with_moved, without
from server.domain.transitions import PROVES, TRANSITIONS


def created(booking: Booking, actor: Actor) -> BookingChange:
    """Return the change that brings `booking` into being."""
    return BookingChange(None, booking, Action.CREATE, actor, booking.created_at)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The terms on which a booking waits for its host: where it stands, until when, and whether it holds its time."""

    calendar: CalendarPath
    answer_by: datetime | None = None
    holds_time: bool = True


def waiting(booking: Booking, terms: Waiting) -> Booking:
    """Return a booking that is to be created as one that waits for its host; nobody is invited yet."""
    return replace(
        booking,
        status=Status.PENDING,
        calendar=terms.calendar,
        answer_by=terms.answer_by,
        holds_while_pending=terms.holds_time,
        is_invited=False,
    )


def unproven(booking: Booking, until: datetime) -> Booking:
    """Return a booking that is to be created as one which its guest's address has yet to be proven for; it holds its time."""
    hidden = Waiting(calendar_path(booking.home, HISTORY), until)
    return replace(waiting(booking, hidden), awaiting_address=True)


def verified(
    booking: Booking,
    terms: Waiting | None,
    place: Location,
    *,
    at: datetime,
    sent: int,
    calendar: CalendarPath,
) -> BookingChange:
    """Return the change by which the guest proves their address: it is booked, in `calendar`; with `terms` the host is asked.

    `place` is where they meet: a room is opened only now.
    """
    action = Action.VERIFY if terms is None else Action.SUBMIT
    after = replace(booking, status=_next(booking, action), awaiting_address=False, location=place)
    after = _agreed(after, calendar) if terms is None else waiting(after, terms)
    return _change(booking, after, action, Actor.GUEST, at, sent)


def rescheduled(
    booking: Booking,
    start: datetime,
    *,
    actor: Actor,
    at: datetime,
    sent: int,
    reason: str = "",
    calendar: CalendarPath | None = None,
) -> BookingChange:
    """Return the change that moves `booking` to `start`, keeping its length; `reason` is for those who are told.

    A guest who moves the meeting has accepted the new time; all others
    are asked again (RFC 6638 §3.2.8). `calendar` is where it stands from now on, if elsewhere.
    """
    answer = Partstat.ACCEPTED if actor is Actor.GUEST else Partstat.NEEDS_ACTION
    after = _moved(booking, Action.RESCHEDULE, start, at, reason, by_guest=actor is Actor.GUEST)
    after = _agreed(replace(after, attendees=answering(booking, answer)), calendar or booking.calendar)
    return _change(booking, after, Action.RESCHEDULE, actor, at, sent)


def requested(
    booking: Booking, start: datetime, terms: Waiting, *, at: datetime, sent: int, reason: str = ""
) -> BookingChange:
    """Return the change by which a guest asks for another time: the old one is free, the new one waits for the host.

    The time that was confirmed before is remembered, over any number of further requests.
    """
    after = replace(
        _moved(booking, Action.REQUEST, start, at, reason, by_guest=True),
        calendar=terms.calendar,
        agreed=(booking.start, booking.end) if booking.status is Status.CONFIRMED else booking.agreed,
        answer_by=terms.answer_by,
        holds_while_pending=terms.holds_time,
        attendees=answering(booking, Partstat.ACCEPTED),
    )
    return _change(booking, after, Action.REQUEST, Actor.GUEST, at, sent)


def confirmed(
    booking: Booking, *, actor: Actor, at: datetime, sent: int, calendar: CalendarPath
) -> BookingChange:
    """Return the change that agrees to what the guest asked for; the booking stands in `calendar` from now on."""
    after = _agreed(replace(booking, status=_next(booking, Action.CONFIRM), reason=""), calendar)
    return _change(booking, after, Action.CONFIRM, actor, at, sent)


def kept(
    booking: Booking, reason: str, *, actor: Actor, at: datetime, sent: int, calendar: CalendarPath
) -> BookingChange:
    """Return the change that declines another time and goes back to the one agreed before; everybody is asked again."""
    status = _next(booking, Action.KEEP)
    if booking.agreed is None:
        raise Conflict("No other time was agreed on before.")
    _refuse_long(reason)
    _refuse_past(booking.agreed[0], at)
    start, end = booking.agreed
    attendees = answering(booking, Partstat.NEEDS_ACTION)
    after = replace(booking, start=start, end=end, status=status, attendees=attendees, reason=reason.strip())
    return _change(booking, _agreed(after, calendar), Action.KEEP, actor, at, sent)


def cancelled(booking: Booking, reason: str, *, actor: Actor, at: datetime, sent: int) -> BookingChange:
    """Return the change that cancels `booking` and takes it to the history; a reason has at most 500 characters."""
    return _ended(booking, Action.CANCEL, reason, actor, at, sent)


def declined(booking: Booking, reason: str, *, actor: Actor, at: datetime, sent: int) -> BookingChange:
    """Return the change by which the host turns a waiting booking down, with a reason of at most 500 characters."""
    return _ended(booking, Action.DECLINE, reason, actor, at, sent)


def expired(booking: Booking, *, at: datetime, sent: int) -> BookingChange:
    """Return the change that ends a request which its host has not answered in time (C19)."""
    return _ended(booking, Action.EXPIRE, "", Actor.SYSTEM, at, sent)


def unannounced(change: BookingChange) -> BookingChange:
    """Return the change as one of which guests get no notice, only what their calendars need; Forbidden for guests (C9)."""
    if change.actor not in {Actor.HOST, Actor.API_KEY}:
        raise Forbidden("Only the host can change a booking without a notice.")
    return replace(change, unannounced=True)


def placed(booking: Booking, address: str, *, at: datetime, sent: int) -> BookingChange:
    """Return the change by which `booking` gets the room that it waited for."""
    place = Location(type=LocationType.LINK, value=address)
    after = replace(booking, status=_next(booking, Action.ROOM), location=place, reason="")
    return _change(booking, after, Action.ROOM, Actor.SYSTEM, at, sent)


def joined(booking: Booking, attendee: Attendee, *, actor: Actor, at: datetime, sent: int) -> BookingChange:
    """Return the change by which `attendee` comes too; for the others nothing changes, so the SEQUENCE stays."""
    status = _next(booking, Action.JOIN)
    after = replace(booking, status=status, attendees=(*booking.attendees, attendee), reason="")
    return _change(booking, after, Action.JOIN, actor, at, sent - 1)


def left(booking: Booking, person: int, *, actor: Actor, at: datetime, sent: int) -> BookingChange:
    """Return the change by which the attendee with the number `person` comes no more; it is not the one who booked."""
    staying = tuple(one for one in booking.attendees if one.number != person)
    after = replace(
        booking,
        status=_next(booking, Action.LEAVE),
        attendees=staying,
        last_person=booking.next_person - 1,
        reason="",
    )
    return _change(booking, after, Action.LEAVE, actor, at, sent)


def reassigned(
    booking: Booking,
    calendar: CalendarPath,
    organizer: Organizer,
    *,
    actor: Actor,
    at: datetime,
    sent: int,
    reason: str = "",
) -> BookingChange:
    """Return the change by which another host takes `booking` over, in whose `calendar` it stands from now on.

    Its time stays, so nobody is asked again. `organizer` is in whose name people were invited so far, and still are (C37).
    """
    status = _next(booking, Action.REASSIGN)
    _refuse_long(reason)
    after = replace(
        booking,
        home=home_of(calendar),
        calendar=calendar,
        status=status,
        organizer=booking.organizer or organizer,
        reason=reason.strip(),
    )
    return _change(booking, after, Action.REASSIGN, actor, at, sent)


def annotated(
    booking: Booking, metadata: Metadata, *, actor: Actor, at: datetime, sent: int
) -> BookingChange:
    """Return the change by which a program keeps other facts beside `booking`, in the place of those it has (S3.37)."""
    wrong = fault(metadata)
    if wrong is not None:
        raise Invalid("This metadata cannot be kept.", {"metadata": wrong})
    after = replace(booking, status=_next(booking, Action.ANNOTATE), metadata=metadata)
    return _change(booking, after, Action.ANNOTATE, actor, at, sent - 1)


def noted(booking: Booking, *, actor: Actor, at: datetime, sent: int) -> BookingChange:
    """Return the change by which `booking` gets one more note (S3.34)."""
    after = replace(booking, status=_next(booking, Action.ANNOTATE), last_note=booking.last_note + 1)
    return _change(booking, after, Action.ANNOTATE, actor, at, sent - 1)


def attended(
    booking: Booking, person: int, attendance: Attendance, *, actor: Actor, at: datetime, sent: int
) -> BookingChange:
    """Return the change by which it is said whether the attendee with the number `person` came (C30)."""
    status = _next(booking, Action.ATTEND)
    if booking.begins_at > at:
        raise Conflict("This meeting has not begun. Who came can be said afterwards.")
    attendees = tuple(
        replace(one, attendance=attendance) if one.number == person else one for one in booking.attendees
    )
    after = replace(booking, status=status, attendees=attendees)
    return _change(booking, after, Action.ATTEND, actor, at, sent - 1)


def seated(
    booking: Booking, after: Booking, action: Action, *, actor: Actor, at: datetime, sent: int
) -> BookingChange:
    """Return the change to `after`, where somebody else has a seat or waits for one; `server.domain.seats` makes those."""
    after = replace(after, status=_next(booking, action), reason="")
    return _change(booking, after, action, actor, at, sent if action is Action.LEAVE else sent - 1)


def rescheduled_one(
    booking: Booking,
    original: datetime,
    start: datetime,
    *,
    actor: Actor,
    at: datetime,
    sent: int,
    reason: str = "",
) -> BookingChange:
    """Return the change that moves one occurrence of a series to `start`; raises NotFound, AlreadyCancelled or Conflict."""
    status, found = _next(booking, Action.RESCHEDULE_ONE), to_come(booking, original, at)
    if start == found.start:
        raise Invalid("This meeting is at this time already.", {"start": "is the present start"})
    _refuse_past(start, at)
    _refuse_long(reason)
    after = with_moved(booking, found, start, by_guest=actor is Actor.GUEST, reason=reason.strip())
    after = replace(after, status=status, reason=reason.strip())
    return _change(booking, after, Action.RESCHEDULE_ONE, actor, at, sent)


def cancelled_one(
    booking: Booking, original: datetime, reason: str, *, actor: Actor, at: datetime, sent: int
) -> BookingChange:
    """Return the change that takes one occurrence out of a series, of which another one must be left."""
    status, found = _next(booking, Action.CANCEL_ONE), to_come(booking, original, at)
    _refuse_long(reason)
    after = without(booking, found, by_guest=actor is Actor.GUEST, reason=reason.strip())
    after = replace(after, status=status, reason=reason.strip())
    return _change(booking, after, Action.CANCEL_ONE, actor, at, sent)


def cut(booking: Booking, day: date, reason: str, *, actor: Actor, at: datetime, sent: int) -> BookingChange:
    """Return the change that ends a series before `day`, a day in its zone; what has begun stays."""
    status = _next(booking, Action.CUT)
    _refuse_long(reason)
    after = cut_at(booking, day, at, by_guest=actor is Actor.GUEST, reason=reason.strip())
    after = replace(after, status=status, reason=reason.strip())
    return _change(booking, after, Action.CUT, actor, at, sent)


def answering(booking: Booking, answer: Partstat) -> tuple[Attendee, ...]:
    """Return the attendees with the `answer` of the one who booked; the others have yet to give theirs."""
    if booking.is_seated:
        return tuple(replace(one, partstat=answer) for one in booking.attendees)
    guest, companions = booking.guest, booking.companions
    asked = (replace(companion, partstat=Partstat.NEEDS_ACTION) for companion in companions)
    return (replace(guest, partstat=answer), *asked)


def next_sequence(stored: int, sent: int) -> int:
    """Return the SEQUENCE of a significant change: one more than was sent, never less than is stored (RFC 5546 §2.1.4).

    Calendar clients raise the stored number as they please, so it is a floor and not a count.
    """
    return max(sent + 1, stored)


def _moved(
    booking: Booking, action: Action, start: datetime, at: datetime, reason: str, *, by_guest: bool
) -> Booking:
    status = _next(booking, action)
    if start == next_start(booking, at):
        raise Invalid("The booking is at this time already.", {"start": "is the present start"})
    _refuse_past(start, at)
    _refuse_long(reason)
    if booking.series is not None:
        moved = shifted_to(booking, start, at, by_guest=by_guest)
        return replace(moved, status=status, reason=reason.strip())
    end = start + (booking.end - booking.start)
    return replace(booking, start=start, end=end, status=status, reason=reason.strip())


def _agreed(booking: Booking, calendar: CalendarPath) -> Booking:
    return replace(booking, calendar=calendar, agreed=None, answer_by=None, is_invited=True)


def _ended(
    booking: Booking, action: Action, reason: str, actor: Actor, at: datetime, sent: int
) -> BookingChange:
    status = _next(booking, action)
    _refuse_long(reason)
    after = replace(booking, calendar=booking.archive, status=status, reason=reason.strip(), ended_by=actor)
    return _change(booking, after, action, actor, at, sent)


def _change(
    before: Booking, after: Booking, action: Action, actor: Actor, at: datetime, sent: int
) -> BookingChange:
    """Return the change to `after`, one revision further."""
    sequence = next_sequence(before.sequence, sent)
    if after.series is not None and after.series is before.series:
        after = replace(after, series=replace(after.series, concerns=None))
    after = replace(after, revision=before.revision + 1, sequence=sequence, changed_at=at)
    return BookingChange(before, after, action, actor, at)


def refuse_ended(booking: Booking) -> None:
    """Raise AlreadyCancelled for a booking that was cancelled or declined: nothing about it can be changed."""
    if not booking.is_active:
        raise AlreadyCancelled(ENDED[booking.status])


def _next(booking: Booking, action: Action) -> Status:
    after = TRANSITIONS.get((booking.status, action))
    is_meant = (action in PROVES) is booking.awaiting_address or action in {Action.EXPIRE, Action.CANCEL}
    if after is not None and is_meant:
        return after
    refuse_ended(booking)
    if booking.awaiting_address:
        raise Conflict("This booking waits for its guest to confirm their mail address.")
    raise Conflict(f"A booking that is {booking.status} does not allow this.")


def _refuse_long(reason: str) -> None:
    if len(reason) > REASON_MAX:
        raise Invalid(
            "The reason is too long.", {"reason": f"may have {REASON_MAX} characters, not {len(reason)}"}
        )


def _refuse_past(start: datetime, at: datetime) -> None:
    if start < at - timedelta(seconds=1):
        raise Invalid("This time has passed.", {"start": "must lie in the future"})
