"""One line per request: what was asked, what came of it, how long it took. No address, no query, no capability."""

import asyncio
import logging
import re

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from server.web.keys import REQUEST_ID

# The tokens of `domain.tokens`, and whatever else is too long to be a name: a mistyped link is a secret too.
_SECRET = re.compile(r"(?<=/)(?:(?:m|ctk|f|i)_[^/]*|[^/]{41,})")

_log = structlog.get_logger(__name__)


@web.middleware
async def log_access(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Log the request after it was answered."""
    clock = asyncio.get_running_loop().time
    began = clock()
    status = 499
    try:
        response = await handler(request)
        status = response.status
        return response
    except web.HTTPException as error:
        status = error.status
        raise
    finally:
        if _log.is_enabled_for(logging.INFO):
            _log.info(
                "request",
                id=request[REQUEST_ID],
                method=request.method,
                path=without_secrets(request.rel_url.raw_path),
                status=status,
                ms=round((clock() - began) * 1000, 1),
            )


def without_secrets(path: str) -> str:
    """Return `path` with every segment that could be a capability replaced by `…`."""
    return _SECRET.sub("…", path)
