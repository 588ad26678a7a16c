"""The time that a booking holds."""

from collections.abc import Sequence

from server.domain.booking import Booking
from server.ports import GUEST_HELD_MAX_S, Claim


def claims_of(booking: Booking, *, by_guest: bool = True) -> Sequence[Claim]:
    """Return the time that a booking holds for each of its hosts, a claim for each meeting of a series; none when it holds none.

    What is longer than a guest can choose, or has no length, is so by the host's hand in the calendar, also when the guest
    moves it.
    """
    if not booking.holds_time:
        return ()
    return [one for meeting in meetings_of(booking) for one in _claims(meeting, by_guest=by_guest)]


def meetings_of(booking: Booking) -> Sequence[Booking]:
    """Return a booking as each of its meetings that was not over at its latest change."""
    if booking.series is None:
        return (booking,)
    return [booking.alone(one) for one in booking.meetings if one.end > booking.changed_at]


def _claims(meeting: Booking, *, by_guest: bool) -> Sequence[Claim]:
    span, held = meeting.span, meeting.held
    chosen = by_guest and span[0] < span[1] and held[1] - held[0] <= GUEST_HELD_MAX_S
    return [Claim(meeting.id, meeting.revision, home, span, held, chosen) for home in meeting.homes]
