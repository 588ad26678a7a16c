"""GET /v1/bookings/{id}/ics: a booking as a file for calendar programs (S3.40)."""

from aiohttp import web

from server.domain.booking import Status
from server.domain.companions import as_seen_by
from server.domain.errors import NotFound
from server.domain.permissions import Permission
from server.ical import itip
from server.usecases.booking import links
from server.web.api_v1.asking import held
from server.web.keys import ports_of


async def get(request: web.Request) -> web.Response:
    """Answer with the invitation that was also mailed: to who booked, or whose token it is.

    While the host has yet to answer there is none.
    """
    looked = (await held(request, Permission.VIEW)).looked
    booking = as_seen_by(looked.told, looked.person)
    if booking.status is Status.PENDING or not booking.is_invited:
        raise NotFound("There is no invitation yet.")
    attendee = next(one for one in booking.attendees if one.number == looked.person)
    link = links.manage_link(ports_of(request), booking, looked.record, looked.person)
    body = (
        itip.request(booking, looked.host, attendee, link, looked.co_hosts)
        if booking.is_active
        else itip.cancel(booking, looked.host, attendee, looked.co_hosts)
    )
    return web.Response(
        body=body,
        headers={
            "Content-Type": "text/calendar; charset=utf-8",
            "Content-Disposition": 'attachment; filename="booking.ics"',
            "Cache-Control": "no-store",
        },
    )
