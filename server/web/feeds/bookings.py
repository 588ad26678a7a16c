"""GET /feeds/private/{token}/bookings.ics: a host's bookings, for whoever has the secret address."""

from aiohttp import web

from server.domain.feed_tokens import Feed
from server.usecases.booking import offer
from server.usecases.feed.bookings import bookings
from server.usecases.feed.links import host_of_token
from server.web.feeds.answer import FEEDS, PRIVATE, round_of, send
from server.web.keys import ports_of


async def get_private(request: web.Request) -> web.Response:
    """Answer with the bookings."""
    ports = ports_of(request)
    host = await host_of_token(ports, Feed.BOOKINGS, request.match_info["token"])
    now = round_of(request)
    answers, asked = request.app[FEEDS], ("bookings", host.home)
    state = (offer.version(ports, host), now)
    answer = answers.kept(asked, state)
    if answer is None:
        body = (await bookings(ports, host, now)).encode()
        answer = answers.get(asked, state, lambda: body)
    return send(request, answer, filename=f"{host.home}-bookings.ics", cache=PRIVATE)
