"""The time that a booking holds."""

from server.domain.booking import Booking
from server.ports import Claim


def claim_of(booking: Booking, *, by_guest: bool = True) -> Claim | None:
    """Return the time that a booking holds; None when it holds none."""
    if not booking.is_active:
        return None
    return Claim(booking.id, booking.revision, booking.home, booking.span, booking.held, by_guest)
