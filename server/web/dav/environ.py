"""What of an HTTP request Radicale gets to see: only what is named here, and who asks only from us.

A list of what passes, not of what is dropped: Radicale believes X-Script-Name, X-Remote-User and X-Forwarded-… from
whoever sends them, and the next release may believe more.
"""

import codecs
import sys
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from aiohttp import web

from radicale_plugin.auth import USER
from server.web.keys import ports_of

PASSED = (
    "Accept",
    "Accept-Encoding",
    "Brief",
    "Depth",
    "If",
    "If-Match",
    "If-None-Match",
    "Overwrite",
    "Prefer",
    "Timeout",
    "User-Agent",
)

CHARSETS = frozenset({"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252", "utf-16"})
"""What clients write in. Python knows stranger ones, such as punycode, which takes minutes to decode one long word."""


def environ_of(
    request: web.Request, prefix: str, user: str, body: "IO[bytes]", length: int
) -> dict[str, Any]:
    """Return the WSGI environment of a request below `prefix`, of the verified `user`, with its body of `length`."""
    path = request.rel_url.raw_path.removeprefix(prefix)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": prefix,
        "PATH_INFO": unquote(path) or "/",
        "QUERY_STRING": request.rel_url.raw_query_string,
        "CONTENT_TYPE": _content_type(request),
        "CONTENT_LENGTH": str(length),
        "SERVER_NAME": request.url.host or "localhost",
        "SERVER_PORT": str(request.url.port or 80),
        "SERVER_PROTOCOL": f"HTTP/{request.version.major}.{request.version.minor}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        USER: user,
    }
    for name in PASSED:
        values = request.headers.getall(name, None)
        if values:
            environ["HTTP_" + name.upper().replace("-", "_")] = ", ".join(values)
    if "Destination" in request.headers:
        environ["HTTP_DESTINATION"] = _destination(request)
    return environ


def _content_type(request: web.Request) -> str:
    """Return the type of the body; without a charset that no client writes in, so that Radicale finds out itself."""
    charset = request.charset
    if charset is None or _codec(charset) in CHARSETS:
        return request.headers.get("Content-Type", "")
    return request.content_type


def _codec(charset: str) -> str:
    try:
        return codecs.lookup(charset).name
    except (LookupError, ValueError):
        return ""


def _destination(request: web.Request) -> str:
    """Return the path of the Destination header, RFC 4918 §10.3; 502 when it is on another server.

    Radicale compares its host and port with what it sees of the request, which is wrong behind a proxy.
    """
    target = urlsplit(request.headers["Destination"])
    base_url = ports_of(request).site.base_url
    own = {request.host, urlsplit(base_url).netloc if base_url else request.host}
    if target.netloc and target.netloc not in own:
        raise web.HTTPBadGateway(text="The destination is on another server.")
    return target.path
