"""What a guest reads after the deadline for cancelling or moving: whom to write to (C6)."""

from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

from server.web.guest.held import Held
from server.web.guest.particulars import Particulars, duration
from server.web.keys import pages_of
from server.web.reading.wording import When

STATUS = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLatePage:
    """A deadline that has passed; `notice` is how long before the meeting it was, `address` the host's."""

    offer: Particulars
    when: When
    path: str
    notice: str
    address: str
    address_quoted: str
    for_cancelling: bool


def respond(request: web.Request, held: Held, *, for_cancelling: bool) -> web.Response:
    """Answer with the page."""
    event_type, address = held.looked.event_type, held.looked.host.email
    minutes = 0
    if event_type is not None:
        minutes = event_type.cancel_deadline_min if for_cancelling else event_type.reschedule_deadline_min
    page = TooLatePage(
        offer=held.offer,
        when=held.when(),
        path=held.home,
        notice=duration(minutes, held.reader),
        address=address,
        address_quoted=quote(address, safe="@"),
        for_cancelling=for_cancelling,
    )
    return pages_of(request).respond(request, "guest/too_late.html", page, status=STATUS)
