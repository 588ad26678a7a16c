"""One line per request: what was asked, what came of it, how long it took. No address, no query, no capability."""

import logging
import re

from aiohttp import web

from server.web.keys import REQUEST_ID

# The tokens of `domain.tokens`, and whatever else is too long to be a name: a mistyped link is a secret too.
_SECRET = re.compile(r"(?<=/)(?:(?:m|a|v|ctk|f|i)_[^/]*|[^/]{41,})")

log = logging.getLogger(__name__)


def log_access(request: web.Request, status: int, seconds: float) -> None:
    """Log a request that was answered with `status` after so many seconds."""
    if log.isEnabledFor(logging.INFO):
        fields = {
            "id": request[REQUEST_ID],
            "method": request.method,
            "path": without_secrets(request.rel_url.raw_path),
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        log.info("request", extra=fields)


def without_secrets(path: str) -> str:
    """Return `path` with every segment that could be a capability replaced by `…`."""
    return _SECRET.sub("…", path)
