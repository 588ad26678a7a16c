"""Who is mailed about a change, and which mail."""

from collections.abc import Mapping

from server.domain.booking import Action, Actor, Booking, BookingChange, Status
from server.ports import HOST_RECIPIENT, MailKind, co_host_recipient
from server.usecases.booking.seat_mails import SEATS, of_seats, of_the_line

KINDS: Mapping[Action, MailKind] = {
    Action.CREATE: MailKind.CONFIRMED,
    Action.VERIFY: MailKind.CONFIRMED,
    Action.SUBMIT: MailKind.REQUESTED,
    Action.CONFIRM: MailKind.APPROVED,
    Action.DECLINE: MailKind.DECLINED,
    Action.EXPIRE: MailKind.EXPIRED,
    Action.REQUEST: MailKind.RESCHEDULE_REQUESTED,
    Action.KEEP: MailKind.KEPT,
    Action.RESCHEDULE: MailKind.RESCHEDULED,
    Action.CANCEL: MailKind.CANCELLED,
    Action.ROOM: MailKind.ROOM,
    Action.JOIN: MailKind.JOINED,
    Action.LEAVE: MailKind.LEFT,
    Action.REASSIGN: MailKind.REASSIGNED,
    Action.RESCHEDULE_ONE: MailKind.SERIES,
    Action.CANCEL_ONE: MailKind.SERIES,
    Action.CUT: MailKind.SERIES,
}


UNTOLD = frozenset({Action.ANNOTATE, Action.ATTEND})
"""What is noted about a booking and is no news to its people."""

BARE: Mapping[MailKind, MailKind] = {
    MailKind.RESCHEDULED: MailKind.RESCHEDULED_BARE,
    MailKind.CANCELLED: MailKind.CANCELLED_BARE,
    MailKind.REASSIGNED: MailKind.REASSIGNED_BARE,
    MailKind.SERIES: MailKind.SERIES_BARE,
}
"""What guests are sent without a notice, so that their calendars do not go stale (C9)."""


def mails_of(change: BookingChange) -> tuple[tuple[MailKind, int], ...]:
    """Return the mails of a change, by kind and recipient number.

    While a request waits, and when it ends so, only who booked and the host know of it; what everybody was invited to,
    everybody is told of. Before a guest has proven their address nobody hears of anything but they, and that once. Who joins or leaves is told so, and who booked and the host are, unless they did it themselves.
    """
    if change.action in UNTOLD or change.after.is_test:
        return ()
    if change.after.is_seated and change.action in SEATS:
        return of_seats(change)
    if change.action in {Action.JOIN, Action.LEAVE}:
        return _quietly(change)
    if change.action is Action.REASSIGN:
        return _handed_on(change)
    after = change.after
    if after.awaiting_address:
        return ((MailKind.VERIFY, after.guest.number),) if change.action is Action.CREATE else ()
    kind = MailKind.REQUESTED if _waits_from_the_start(change) else KINDS[change.action]
    told = after.attendees if after.is_invited and after.status is not Status.PENDING else (after.guest,)
    host = _to_host(change, kind)
    if change.unannounced and not after.is_invited:
        told = ()  # nothing stands in their calendars yet
    to_guests = BARE[kind] if change.unannounced else kind
    return (
        *((to_guests, attendee.number) for attendee in told),
        *(of_the_line(change) if after.waiting and change.action is not Action.ROOM else ()),
        *(() if host is None else ((host, HOST_RECIPIENT),)),
        *(_to_co_hosts(after, kind) if after.status is not Status.PENDING else ()),
    )


def _to_co_hosts(booking: Booking, kind: MailKind) -> tuple[tuple[MailKind, int], ...]:
    """Return what the other hosts are mailed: whatever everybody is, once it is agreed; only the organizer answers requests."""
    if not booking.is_invited:
        return ()
    return tuple((kind, co_host_recipient(at)) for at in range(len(booking.co_hosts)))


def _quietly(change: BookingChange) -> tuple[tuple[MailKind, int], ...]:
    """Return the mails of who joined or left; before an invitation was sent there is nothing to tell."""
    assert change.before is not None
    before = {one.number for one in change.before.attendees}
    after = {one.number for one in change.after.attendees}
    if not change.after.is_invited:
        return ()
    by_booker = change.actor is Actor.GUEST and after >= before
    others = (
        *(() if by_booker else ((KINDS[change.action], change.after.guest.number),)),
        *(() if change.actor is Actor.HOST else ((KINDS[change.action], HOST_RECIPIENT),)),
    )
    return (
        *((MailKind.CONFIRMED, number) for number in sorted(after - before)),
        *((MailKind.REMOVED, number) for number in sorted(before - after)),
        *others,
        *_to_co_hosts(change.after, KINDS[change.action]),
    )


def _handed_on(change: BookingChange) -> tuple[tuple[MailKind, int], ...]:
    """Return the mails of a booking that another host takes over: each host has one of their own.

    Guests hear of it where the meeting is agreed; a request goes on waiting, and who answers it is told with the answer.
    """
    after, kind = change.after, KINDS[change.action]
    is_agreed = after.is_invited and after.status is Status.CONFIRMED
    to_guests = BARE[kind] if change.unannounced else kind
    return (
        *((to_guests, attendee.number) for attendee in (after.attendees if is_agreed else ())),
        (MailKind.ASSIGNED, HOST_RECIPIENT),
        (MailKind.UNASSIGNED, HOST_RECIPIENT),
        *(_to_co_hosts(after, kind) if is_agreed else ()),
    )


def _waits_from_the_start(change: BookingChange) -> bool:
    return change.action is Action.CREATE and change.after.status is Status.PENDING


def _to_host(change: BookingChange, kind: MailKind) -> MailKind | None:
    """Return what the host is mailed: nothing about moving or turning down what he did so himself (C10, S1.57, S1.59)."""
    match change.action:
        case Action.DECLINE | Action.KEEP:
            return None
        case Action.RESCHEDULE_ONE if change.actor is Actor.HOST:
            return None
        case Action.RESCHEDULE if change.actor is Actor.HOST:
            is_first = change.before is not None and not change.before.is_invited
            return MailKind.APPROVED if is_first else None
        case _:
            return kind
