"""What a browser may do with our answers: run our own files, show our own pages, tell nobody."""

from collections.abc import Mapping

from aiohttp import web

from server.web.keys import ALLOWANCE, REQUEST_ID
from server.web.middleware.cross_origin import open_to_others
from server.web.problems import instant_text

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_CAPABILITIES = ("/b/", "/i/")
"""Pages whose address is the key to them."""


async def add_headers(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Set the headers of every answer; one that a handler has set itself stays. For `on_response_prepare`."""
    headers = response.headers
    headers.merge(HEADERS)
    headers["Server"] = "Daybook"
    if request.path.startswith(_CAPABILITIES):
        headers["Cache-Control"] = "no-store"
        headers["X-Robots-Tag"] = "noindex"
    open_to_others(request, response)
    allowance = request.get(ALLOWANCE)
    if allowance is not None:
        headers["X-RateLimit-Limit"] = str(allowance.limit)
        headers["X-RateLimit-Remaining"] = str(allowance.remaining)
        headers["X-RateLimit-Reset"] = instant_text(allowance.reset_at)
    name = request.get(REQUEST_ID)
    if name is not None:
        headers["X-Request-Id"] = name
