"""GET /feeds/{home}/{slug}.ics: the open slots of an event type; with `?invite=` of one that not everybody may book.

With `?host=` those of one host of a team, where it is the guest's to choose.
"""

from aiohttp import web

from server.domain.errors import NotFound
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.hosts import Strategy
from server.ports import Ports
from server.usecases.booking import offer
from server.usecases.booking.lineup import chosen
from server.usecases.feed.open_slots import open_slots
from server.usecases.invite.open import enter
from server.web.feeds.answer import FEEDS, PRIVATE, PUBLIC, round_of, send
from server.web.keys import ports_of


async def get(request: web.Request) -> web.Response:
    """Answer with the open slots."""
    ports, token = ports_of(request), request.query.get("invite", "")
    host, event_type = await _found(ports, request.match_info["home"], request.match_info["slug"], token)
    named = request.query.get("host", "") if event_type.strategy is Strategy.MANAGED else ""
    if event_type.strategy is Strategy.MANAGED:
        event_type = chosen(ports, event_type, named)
    now = round_of(request)
    answer = request.app[FEEDS].get(
        ("slots", event_type.id, event_type.co_hosts, token, named),
        (offer.version(ports, host, event_type.co_hosts), now),
        lambda: open_slots(ports, host, event_type, now, token, named).encode(),
    )
    cache = PRIVATE if token else PUBLIC
    return send(request, answer, filename=f"{host.home}-{event_type.slug}.ics", cache=cache)


async def _found(ports: Ports, home: str, slug: str, token: str) -> tuple[Host, EventType]:
    if not token:
        return offer.find(ports, home, slug)
    invited = await enter(ports, token, ports.clock.now())
    if (invited.host.home, invited.event_type.slug) != (home, slug):
        raise NotFound(offer.NOTHING)
    return invited.host, invited.event_type
