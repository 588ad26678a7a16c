"""What a change of a booking is called outside, where programs listen: the words are an interface and stay (C27, S3.41)."""

from enum import StrEnum

from server.domain.booking import BookingChange, Status


class Happening(StrEnum):
    """One thing that happened to a booking.

    CREATED is told once, with the status that the booking has then; CONFIRMED of every later way into being confirmed;
    RESCHEDULED when the start changes, also while the host has yet to agree. COMPLETED is told by the ledger when the meeting
    has taken its time: it changes nothing about the booking.
    """

    CREATED = "booking.created"
    CONFIRMED = "booking.confirmed"
    RESCHEDULED = "booking.rescheduled"
    CANCELLED = "booking.cancelled"
    DECLINED = "booking.declined"
    COMPLETED = "booking.completed"


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
    return (
        *((Happening.RESCHEDULED,) if after.start != before.start else ()),
        *((Happening.CONFIRMED,) if is_confirmed else ()),
    )
