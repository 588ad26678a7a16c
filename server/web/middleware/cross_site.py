"""Refuses what another site makes a browser send. Needs no cookie and no token, so it works in embeds and old tabs.

A browser says where a request comes from: by Sec-Fetch-Site, or in older ones and over plain HTTP by Origin. Programs say
neither and pass; nobody can make them send what they do not mean to.
"""

from urllib.parse import urlsplit

from aiohttp import web

from server.domain.site import Site

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Open to programs on other sites; each request brings its own key or capability, a browser adds none.
_OPEN = ("/v1/", "/v2/")


def refuse_cross_site(request: web.Request, own: Site) -> None:
    """Raise HTTPForbidden for a request that changes state and comes from another site."""
    if request.method not in _SAFE and not request.path.startswith(_OPEN) and is_cross_site(request, own):
        raise web.HTTPForbidden


def is_cross_site(request: web.Request, own: Site) -> bool:
    """Tell whether the browser says that another site is behind the request."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    if origin == "null":
        # Our own forms say so too, since our pages send no referrer. Harmless, unless the browser adds credentials.
        return "Cookie" in request.headers or "Authorization" in request.headers
    return urlsplit(origin).netloc not in {request.host, _public_host(own)}


def _public_host(own: Site) -> str | None:
    return urlsplit(own.base_url).netloc if own.base_url else None
