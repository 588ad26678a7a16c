"""GET /feeds/{host}/{slug}.ics: the open slots of an event type."""

from aiohttp import web

from server.usecases.booking import offer
from server.usecases.feed.open_slots import open_slots
from server.web.feeds.answer import FEEDS, PUBLIC, round_of, send
from server.web.keys import ports_of


async def get(request: web.Request) -> web.Response:
    """Answer with the open slots."""
    ports = ports_of(request)
    host, event_type = offer.find(ports, request.match_info["home"], request.match_info["slug"])
    now = round_of(request)
    answer = request.app[FEEDS].get(
        ("slots", event_type.id),
        (offer.version(ports, host), now),
        lambda: open_slots(ports, host, event_type, now).encode(),
    )
    return send(request, answer, filename=f"{host.home}-{event_type.slug}.ics", cache=PUBLIC)
