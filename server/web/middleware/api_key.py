"""Which program asks: the key that a request to the API shows is opened before anything else is done with it.

A request without a key is anybody's. One with a key that opens nothing is refused, whatever it asks for: its program shall
hear of it. Wrong keys are counted by network, so that trying is slow.
"""

from aiohttp import web

from server.domain.errors import TooMany, Unauthorized
from server.ports import Ports
from server.usecases.api_key.open import UNKNOWN, open_with
from server.web.keys import CALLER, CLIENT
from server.web.limits import Limits

_API = "/v1/"


async def open_key(request: web.Request, ports: Ports, limits: Limits) -> None:
    """Note whose key the request shows, if any; raises Unauthorized, or TooMany after too many wrong ones."""
    if not request.path.startswith(_API):
        return
    shown = _shown(request)
    if shown is None:
        return
    now, network = ports.clock.now(), request[CLIENT]
    wait_s = limits.wrong_keys.would_wait_s(network, now.timestamp())
    if wait_s:
        raise TooMany("Too many wrong API keys from your network. Please wait a little.", wait_s)
    try:
        request[CALLER] = await open_with(ports, shown, now)
    except Unauthorized:
        limits.wrong_keys.wait_s(network, now.timestamp())
        raise


def _shown(request: web.Request) -> str | None:
    """Return the key that a request shows, in either header; raises Unauthorized for credentials of another kind."""
    header = request.headers.get("Authorization")
    if header is None:
        return request.headers.get("X-API-Key")
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorized(UNKNOWN)
    return text.strip()
