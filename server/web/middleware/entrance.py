"""The one middleware: what every request passes through on its way in and out.

One coroutine instead of a chain of six: in aiohttp each link costs as much as most of what is done here.
"""

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from server.ports import Ports
from server.web.limits import Limits
from server.web.middleware.access_log import log_access
from server.web.middleware.api_key import open_key
from server.web.middleware.client_address import note_client
from server.web.middleware.cross_origin import preflight
from server.web.middleware.cross_site import refuse_cross_site
from server.web.middleware.errors import answer_error
from server.web.middleware.rate_limit import limit_rate
from server.web.middleware.request_id import name_request
from server.web.options import WebOptions

ABANDONED = 499
"""What the log says of a request whose asker went away, as nginx does."""


def entrance(ports: Ports, options: WebOptions, limits: Limits) -> Middleware:
    """Return the middleware. What is refused is named and logged too, and a stranger is refused before they are counted."""

    @web.middleware
    async def enter(request: web.Request, handler: Handler) -> web.StreamResponse:
        clock = asyncio.get_running_loop().time
        began, status = clock(), ABANDONED
        name_request(request)
        try:
            try:
                note_client(request, options.trusted_proxies)
                refuse_cross_site(request, ports.site)
                await open_key(request, ports, limits)
                limit_rate(request, limits, ports.clock.now())
                response = preflight(request) or await handler(request)
            except Exception as error:
                response = answer_error(request, error)
            status = response.status
            return response
        except web.HTTPException as error:
            status = error.status
            raise
        finally:
            log_access(request, status, clock() - began)

    return enter
