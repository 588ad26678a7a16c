"""The invitation of somebody who takes part, as a file for their own calendar program."""

from server.domain.booking import Attendee, Booking, Status
from server.domain.companions import as_seen_by
from server.domain.errors import NotFound
from server.domain.plain import sentence
from server.ical import itip
from server.ports import Ports
from server.usecases.booking import links
from server.usecases.booking.look import Looked

NONE_YET = sentence("There is no invitation yet.")


def invitation(ports: Ports, looked: Looked) -> bytes:
    """Return the invitation that the person was mailed also: same UID, so a program that has both shows one meeting.

    While the host has yet to answer there is none, nor for who waits for a seat, nor has one been mailed: raises NotFound.
    """
    booking = as_seen_by(looked.told, looked.person)
    attendee = next((one for one in booking.attendees if one.number == looked.person), None)
    if attendee is None or booking.waiting:
        raise NotFound(NONE_YET)
    link = links.manage_link(ports, booking, looked.record, looked.person)
    return _object(looked, booking, attendee, link)


def whole_invitation(looked: Looked) -> bytes:
    """Return the invitation with all who take part, as the host is mailed it; raises NotFound as `invitation` does."""
    return _object(looked, looked.told, None, None)


def _object(looked: Looked, booking: Booking, attendee: Attendee | None, link: str | None) -> bytes:
    if booking.status is Status.PENDING or not booking.is_invited:
        raise NotFound(NONE_YET)
    if not booking.is_active:
        return itip.cancel(booking, looked.host, attendee, looked.co_hosts)
    return itip.request(booking, looked.host, attendee, link, looked.co_hosts)
