"""The command that hands a booking to another host of its team."""

from server.control.acting import ActingCommand, booking
from server.control.views import BookingView
from server.domain.booking import Actor
from server.domain.identity import Home
from server.domain.permissions import Permission
from server.ports import Ports
from server.usecases.booking import reassign


class ReassignBooking(ActingCommand, tag="booking.reassign", kw_only=True):
    """Hand a booking to another host of its team: to the one named, or to whose turn it is of those who are free.

    Without `notify` guests get no notice beside their calendars; both hosts are always told.
    """

    booking: str
    to: str | None = None
    reason: str = ""
    notify: bool = True


async def reassign_booking(ports: Ports, asked: ReassignBooking) -> BookingView:
    """Hand a booking to another host (S4.38)."""
    looked = await booking(ports, asked, asked.booking, Permission.EDIT)
    handed = await reassign.reassign(
        ports,
        looked,
        Actor.HOST,
        ports.clock.now(),
        to=None if asked.to is None else Home(asked.to),
        reason=asked.reason,
        notify=asked.notify,
    )
    return BookingView.of(handed)
