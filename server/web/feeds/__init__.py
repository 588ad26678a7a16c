"""Calendar feeds: open slots, free/busy, bookings. They are read only: every method but GET and HEAD answers 405."""

from aiohttp import web

from server.web.answers import Answers
from server.web.feeds import answer, bookings, free_busy, slots


def routes() -> list[web.RouteDef]:
    """Return the feeds' addresses; a token stands where a host's name would, since no host may be called private."""
    return [
        # by secret address
        web.get("/feeds/private/{token}/freebusy.ifb", free_busy.get_private),
        web.get("/feeds/private/{token}/bookings.ics", bookings.get_private),
        # for everybody
        web.get("/feeds/{home}.ifb", free_busy.get_public),
        web.get("/feeds/{home}/{slug}.ics", slots.get),
    ]


def furnish(app: web.Application) -> None:
    """Give the application what the handlers of feeds find on it."""
    app[answer.FEEDS] = Answers()
