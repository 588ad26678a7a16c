"""Who is mailed when somebody takes a seat, leaves it, or waits for one: they themselves, and the host; never the others."""

from server.domain.booking import Action, Actor, Booking, BookingChange, Waiter
from server.ports import HOST_RECIPIENT, MailKind, co_host_recipient

SEATS = frozenset({Action.JOIN, Action.LEAVE, Action.WAIT, Action.WITHDRAW, Action.TURN})
"""What is done to one seat, and nothing to the meeting."""

Mails = tuple[tuple[MailKind, int], ...]


def of_seats(change: BookingChange) -> Mails:
    """Return the mails of a change in who has a seat or waits for one."""
    before, after = change.before, change.after
    assert before is not None
    had, has = ({one.number for one in booking.attendees} for booking in (before, after))
    return (
        *((MailKind.CONFIRMED, number) for number in sorted(has - had)),
        *((MailKind.REMOVED, number) for number in sorted(had - has)),
        *_of_waiting(before, after, change),
        *_to_hosts(change, MailKind.JOINED if has - had else MailKind.LEFT if had - has else None),
    )


def of_the_line(change: BookingChange) -> Mails:
    """Return what those are told who wait, when the meeting of all is moved or cancelled: their links are others by now."""
    after = change.after
    if change.unannounced:
        return ()  # nothing stands in their calendars
    if not after.is_active:
        return tuple((MailKind.CANCELLED, one.person.number) for one in after.waiting if not one.is_unproven)
    return tuple((_kind(one), one.person.number) for one in after.waiting)


def _of_waiting(before: Booking, after: Booking, change: BookingChange) -> Mails:
    was = {one.person.number: one for one in before.waiting}
    now = {one.person.number: one for one in after.waiting}
    seated = {one.number for one in after.attendees}
    lapsed = [
        number
        for number, one in was.items()
        if number not in now
        and number not in seated
        and not one.is_unproven
        and one.held_until is not None
        and one.held_until <= change.at
    ]
    return (
        *((MailKind.SEAT_LAPSED, number) for number in lapsed),
        *((_kind(one), number) for number, one in now.items() if number not in was or one != was[number]),
    )


def _kind(waiter: Waiter) -> MailKind:
    if waiter.is_unproven:
        return MailKind.VERIFY
    return MailKind.WAITLISTED if waiter.held_until is None else MailKind.SEAT_OFFERED


def _to_hosts(change: BookingChange, kind: MailKind | None) -> Mails:
    if kind is None:
        return ()
    return (
        *(() if change.actor is Actor.HOST else ((kind, HOST_RECIPIENT),)),
        *((kind, co_host_recipient(at)) for at in range(len(change.after.co_hosts))),
    )
