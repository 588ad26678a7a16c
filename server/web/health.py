"""Whether Daybook can do its work: asked by supervisors and proxies."""

from aiohttp import web

from server.domain.errors import Unavailable
from server.domain.identity import Href, calendar_path
from server.ports import ObjectWrite, Ports
from server.web.keys import ports_of


def routes() -> list[web.AbstractRouteDef]:
    """Return the site map of the health check."""
    return [web.get("/healthz", health)]


async def health(request: web.Request) -> web.Response:
    """Answer 200 when ledger and calendars take writes, else 503 with the part that does not."""
    ports = ports_of(request)
    parts = {}
    for name, probe in (("ledger", ports.ledger.probe), ("calendars", lambda: _write_calendars(ports))):
        try:
            await probe()
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


async def _write_calendars(ports: Ports) -> None:
    """Write and remove a staged file, which no calendar client sees; a server without a host has nothing to write to."""
    for host in ports.homes.hosts()[:1]:
        wish = ObjectWrite(calendar_path(host.home, host.receiving), Href("health.ics"), None, "")
        await ports.calendars.discard(host.home, await ports.calendars.stage(host.home, [wish]))
