"""A booking as a file for the guest's own calendar program."""

from aiohttp import web

from server.usecases.booking.invitation import invitation
from server.web.guest.held import hold


async def send(request: web.Request) -> web.Response:
    """Answer with the invitation that was also mailed."""
    held = await hold(request)
    return web.Response(
        body=invitation(held.ports, held.looked),
        headers={
            "Content-Type": "text/calendar; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{held.booking.slug}.ics"',
        },
    )
