"""GET /v1/bookings/{id}/ics: a booking as a file for calendar programs (S3.40)."""

from dataclasses import replace

from aiohttp import web

from server.domain.booking import Actor
from server.domain.permissions import Permission
from server.usecases.booking.invitation import invitation
from server.web.api_v1.asking import held
from server.web.keys import ports_of


async def get(request: web.Request) -> web.Response:
    """Answer with the invitation that was also mailed: to whose token it is, or to who booked.

    While the host has yet to answer there is none.
    """
    asked = await held(request, Permission.VIEW)
    looked = asked.looked
    if asked.actor is Actor.API_KEY:
        looked = replace(looked, person=looked.booking.guest.number)
    return web.Response(
        body=invitation(ports_of(request), looked),
        headers={
            "Content-Type": "text/calendar; charset=utf-8",
            "Content-Disposition": 'attachment; filename="booking.ics"',
            "Cache-Control": "no-store",
        },
    )
