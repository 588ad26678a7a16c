"""What a change of a booking is called outside, where programs listen: the words are an interface and stay (C27, S3.41)."""

from datetime import datetime
from enum import StrEnum

from server.domain.booking import Action, Attendance, Booking, BookingChange, Status


class Happening(StrEnum):
    """One thing that happened to a booking.

    CREATED is told once, with the status that the booking has then; CONFIRMED of every later way into being confirmed;
    RESCHEDULED when the start changes, also that of one meeting of a series, and while the host has yet to agree.
    OCCURRENCES_CANCELLED: of a series one meeting was cancelled, or all from a day on. COMPLETED is told by the ledger when the meeting
    has taken its time: it changes nothing about the booking. NO_SHOW: who booked did not come, as the host says.
    WAITLIST_JOINED: somebody waits for a seat; WAITLIST_PROMOTED: one is theirs to take; WAITLIST_EXPIRED: they have let it pass.
    """

    CREATED = "booking.created"
    CONFIRMED = "booking.confirmed"
    RESCHEDULED = "booking.rescheduled"
    CANCELLED = "booking.cancelled"
    DECLINED = "booking.declined"
    COMPLETED = "booking.completed"
    OCCURRENCES_CANCELLED = "booking.occurrences_cancelled"
    NO_SHOW = "booking.no_show"
    WAITLIST_JOINED = "waitlist.joined"
    WAITLIST_PROMOTED = "waitlist.promoted"
    WAITLIST_EXPIRED = "waitlist.expired"


ENDS = {Status.CANCELLED: Happening.CANCELLED, Status.DECLINED: Happening.DECLINED}


def happenings(change: BookingChange) -> tuple[Happening, ...]:
    """Return what `change` is called outside, in the order in which it is told; most that is quiet has no name there.

    Nobody hears of a booking whose guest has yet to prove their address: it is created, outside, when that is done, and one
    that lapses before never was.
    """
    before, after = change.before, change.after
    if after.awaiting_address:
        return ()
    if before is None or before.awaiting_address:
        return (Happening.CREATED,)
    if after.status is not before.status and after.status in ENDS:
        return (ENDS[after.status],)
    is_confirmed = after.status is Status.CONFIRMED and before.status is not Status.CONFIRMED
    if change.action is Action.ATTEND:
        is_news = (
            after.guest.attendance is Attendance.ABSENT and before.guest.attendance is not Attendance.ABSENT
        )
        return (Happening.NO_SHOW,) if is_news else ()
    if after.waiting != before.waiting:
        return _of_waiting(before, after, change.at)
    if change.action in {Action.CANCEL_ONE, Action.CUT}:
        return (Happening.OCCURRENCES_CANCELLED,)
    return (
        *((Happening.RESCHEDULED,) if _is_moved(before, after) else ()),
        *((Happening.CONFIRMED,) if is_confirmed else ()),
    )


def _is_moved(before: Booking, after: Booking) -> bool:
    """Tell whether the start changed, or that of some meeting of a series."""
    if after.series is None:
        return after.start != before.start
    return [one.start for one in before.meetings] != [one.start for one in after.meetings]


def _of_waiting(before: Booking, after: Booking, at: datetime) -> tuple[Happening, ...]:
    """Return what became of those who wait for a seat; of who holds one until their address is proven, nobody hears."""
    was = {one.person.number: one for one in before.waiting if not one.is_unproven}
    now = {one.person.number: one for one in after.waiting if not one.is_unproven}
    seated = {one.number for one in after.attendees}
    gone = (one for number, one in was.items() if number not in now and number not in seated)
    held = (number for number, one in now.items() if one.held_until is not None)
    return (
        *(Happening.WAITLIST_EXPIRED for one in gone if one.held_until is not None and one.held_until <= at),
        *(Happening.WAITLIST_JOINED for number in now if number not in was),
        *(
            Happening.WAITLIST_PROMOTED
            for number in held
            if number not in was or was[number].held_until is None
        ),
    )
