"""The time that a booking holds."""

from collections.abc import Sequence

from server.domain.booking import Booking
from server.ports import GUEST_HELD_MAX_S, Claim


def claims_of(booking: Booking, *, by_guest: bool = True) -> Sequence[Claim]:
    """Return the time that a booking holds for each of its hosts; none when it holds none.

    What is longer than a guest can choose, or has no length, is so by the host's hand in the calendar, also when the guest
    moves it.
    """
    if not booking.holds_time:
        return ()
    span, held = booking.span, booking.held
    chosen = by_guest and span[0] < span[1] and held[1] - held[0] <= GUEST_HELD_MAX_S
    return [Claim(booking.id, booking.revision, home, span, held, chosen) for home in booking.homes]
