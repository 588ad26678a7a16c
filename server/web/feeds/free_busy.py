"""GET /feeds/{host}.ifb and its secret sibling: when a host is busy (a free/busy read URL, `?start=&end=`)."""

from collections.abc import Callable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from aiohttp import web

from server.domain.errors import Invalid
from server.domain.feed_tokens import Feed
from server.domain.host import Host
from server.ports import Ports
from server.usecases.booking import offer
from server.usecases.feed.free_busy import private_free_busy, public_free_busy
from server.usecases.feed.links import find_host, host_of_token
from server.web.feeds.answer import FEEDS, PRIVATE, PUBLIC, round_of, send
from server.web.keys import ports_of

Window = tuple[int | None, int | None]


async def get_public(request: web.Request) -> web.Response:
    """Answer with what everybody may know."""
    host = find_host(ports_of(request), request.match_info["home"])
    return _answer(request, host, public_free_busy, PUBLIC)


async def get_private(request: web.Request) -> web.Response:
    """Answer with everything, for whoever has the secret address."""
    host = await host_of_token(ports_of(request), Feed.FREEBUSY, request.match_info["token"])
    return _answer(request, host, private_free_busy, PRIVATE)


def _answer(
    request: web.Request, host: Host, render: Callable[[Ports, Host, Window, int], str], cache: str
) -> web.Response:
    ports, now = ports_of(request), round_of(request)
    window = _asked(request, ZoneInfo(host.zone))
    answer = request.app[FEEDS].get(
        (cache, host.home, window),
        (offer.version(ports, host), now),
        lambda: render(ports, host, window, now).encode(),
    )
    return send(request, answer, filename=f"{host.home}.ifb", cache=cache)


def _asked(request: web.Request, zone: ZoneInfo) -> Window:
    faults = {}
    bounds: list[int | None] = []
    for name in ("start", "end"):
        try:
            bounds.append(_instant(request.query.get(name, ""), zone))
        except (ValueError, OverflowError):
            faults[name] = "must be a date (2026-03-02) or an instant (2026-03-02T09:00:00Z)"
    if faults:
        raise Invalid("Please check the named parameters.", faults)
    return bounds[0], bounds[1]


def _instant(text: str, zone: ZoneInfo) -> int | None:
    """Return the instant that `text` names; a date is its first instant, and a time without offset is the host's."""
    if not text:
        return None
    if len(text) <= len("2026-03-02"):
        return int(datetime.combine(date.fromisoformat(text), time(), zone).timestamp())
    # In a query a plus sign that nobody escaped has become a blank.
    instant = datetime.fromisoformat(text.replace(" ", "+"))
    return int((instant if instant.tzinfo else instant.replace(tzinfo=zone)).timestamp())
