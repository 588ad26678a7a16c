"""The time that a booking holds."""

from server.domain.booking import Booking
from server.ports import GUEST_HELD_MAX_S, Claim


def claim_of(booking: Booking, *, by_guest: bool = True) -> Claim | None:
    """Return the time that a booking holds; None when it holds none.

    What is longer than a guest can choose, or has no length, is so by the host's hand in the calendar, also when the guest
    moves it.
    """
    if not booking.holds_time:
        return None
    span, held = booking.span, booking.held
    chosen = span[0] < span[1] and held[1] - held[0] <= GUEST_HELD_MAX_S
    return Claim(booking.id, booking.revision, booking.home, span, held, by_guest and chosen)
