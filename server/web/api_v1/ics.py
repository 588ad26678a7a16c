"""GET /v1/bookings/{id}/ics: a booking as a file for calendar programs (S3.40)."""

from aiohttp import web

from server.domain.booking import Actor
from server.domain.permissions import Permission
from server.usecases.booking.invitation import invitation, whole_invitation
from server.web.api_v1.asking import held
from server.web.keys import ports_of


async def get(request: web.Request) -> web.Response:
    """Answer with the invitation that was also mailed: that of whose token it is, or for a key with all who take part.

    While the host has yet to answer there is none.
    """
    asked = await held(request, Permission.VIEW)
    is_key = asked.actor is Actor.API_KEY
    return web.Response(
        body=whole_invitation(asked.looked) if is_key else invitation(ports_of(request), asked.looked),
        headers={
            "Content-Type": "text/calendar; charset=utf-8",
            "Content-Disposition": 'attachment; filename="booking.ics"',
            "Cache-Control": "no-store",
        },
    )
