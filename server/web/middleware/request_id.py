"""A name for each request, so that what a guest saw and what the log says can be brought together."""

from secrets import token_hex

from aiohttp import web
from aiohttp.typedefs import Handler

from server.web.keys import REQUEST_ID


@web.middleware
async def name_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id that nobody outside can choose."""
    request[REQUEST_ID] = token_hex(6)
    return await handler(request)
