"""What pages of other sites may read: what anybody may ask for, or who bears a booking's token. Never with credentials.

A key of a program has no place in a page that strangers open, so that header is not allowed from there.
"""

import re

from aiohttp import web

_PUBLIC = re.compile(
    r"/v1/(?:availability|challenge|bookings|bookings/[^/]+"
    r"|bookings/[^/]+/(?:cancel|cancel-future|reschedule|notes|ics|occurrences(?:/[^/]+/(?:cancel|reschedule))?)"
    r")|/openapi\.json"
)
EXPOSED = "ETag, Retry-After, X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, Idempotency-Key, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def is_public(path: str) -> bool:
    """Tell whether pages of other sites may ask for this."""
    return _PUBLIC.fullmatch(path) is not None


def open_to_others(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Let pages of other sites read the answer to what is public."""
    if is_public(request.path):
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"


def preflight(request: web.Request) -> web.Response | None:
    """Return the answer to a browser that asks beforehand (Fetch §3.2.2); None for every other request."""
    is_asked = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    return web.Response(status=204, headers=PREFLIGHT) if is_asked and is_public(request.path) else None
