"""The front door: says what this place is, and names nobody."""

from dataclasses import dataclass

from aiohttp import web

from server.web.keys import pages_of, ports_of


@dataclass(frozen=True, slots=True)
class LandingPage:
    """Where a host's calendar program finds the calendars."""

    dav_address: str


async def show(request: web.Request) -> web.Response:
    """Answer with the landing page."""
    site = ports_of(request).site
    page = LandingPage(site.link("dav", "") or f"{request.scheme}://{request.host}/dav/")
    return pages_of(request).respond(request, "guest/landing.html", page)
