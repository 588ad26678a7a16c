"""A booking as a file for the guest's own calendar program."""

from aiohttp import web

from server.domain.booking import Status
from server.domain.companions import as_seen_by
from server.domain.errors import NotFound
from server.ical import itip
from server.usecases.booking import links
from server.web.guest.held import hold


async def send(request: web.Request) -> web.Response:
    """Answer with the invitation that was also mailed: same UID, so a program that has both shows one meeting.

    While the host has yet to answer there is none, nor has one been mailed.
    """
    held = await hold(request)
    if held.booking.status is Status.PENDING or not held.booking.is_invited or held.booking.waiting:
        raise NotFound("There is no invitation yet.")
    link = links.manage_link(held.ports, held.booking, held.looked.record, held.looked.person)
    booking = as_seen_by(held.looked.told, held.looked.person)
    body = (
        itip.request(booking, held.looked.host, held.attendee, link, held.looked.co_hosts)
        if booking.is_active
        else itip.cancel(booking, held.looked.host, held.attendee, held.looked.co_hosts)
    )
    return web.Response(
        body=body,
        headers={
            "Content-Type": "text/calendar; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{booking.slug}.ics"',
        },
    )
