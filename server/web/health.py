"""Whether Daybook can do its work: asked by supervisors and proxies, by anybody and often, so it writes nothing.

It proves that the event loop turns, that the ledger can be read, and that a thread of the calendars reaches their disk. That
the disk takes writes is what `daybook check` proves.
"""

from aiohttp import web

from server.domain.errors import Unavailable
from server.domain.identity import Href, calendar_path
from server.ports import Ports
from server.web.keys import ports_of

NOTHING = Href("healthz.ics")
"""A name that no calendar program chooses; looking for it is enough to ask the disk."""


def routes() -> list[web.AbstractRouteDef]:
    """Return the site map of the health check."""
    return [web.get("/healthz", health)]


async def health(request: web.Request) -> web.Response:
    """Answer 200 when ledger and calendars can be read, else 503 with the part that cannot."""
    ports = ports_of(request)
    parts = {}
    for name, read in (("ledger", _read_ledger), ("calendars", _read_calendars)):
        try:
            await read(ports)
        except Unavailable as error:
            parts[name] = error.message
        else:
            parts[name] = "ok"
    is_well = all(state == "ok" for state in parts.values())
    return web.json_response(
        {"status": "ok" if is_well else "unavailable", "parts": parts},
        status=200 if is_well else 503,
        headers={"Cache-Control": "no-store"},
    )


async def _read_ledger(ports: Ports) -> None:
    await ports.ledger.due_mails(int(ports.clock.now().timestamp()), 1)


async def _read_calendars(ports: Ports) -> None:
    """Look into a calendar; a server without a host has none."""
    for host in ports.homes.hosts()[:1]:
        await ports.calendars.get(calendar_path(host.home, host.receiving), NOTHING)
