"""Our own CSS, scripts and pictures, under an address that changes with their content, so that browsers keep them for good."""

from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path

from aiohttp import web

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def routes() -> list[web.AbstractRouteDef]:
    """Return the site map of the static files."""
    return [web.get("/static/{version}/{name}", static), web.get("/favicon.ico", favicon)]


async def static(request: web.Request) -> web.Response:
    """Answer with one file; a page that a proxy kept too long gets today's file, but may not keep it."""
    name, version = request.match_info["name"], request.match_info["version"]
    body = _files().get(name)
    if body is None:
        raise web.HTTPNotFound
    is_current = version == _version()
    return web.Response(
        body=body,
        headers={
            "Content-Type": _TYPES[Path(name).suffix],
            "Cache-Control": "public, max-age=31536000, immutable" if is_current else "no-cache",
        },
    )


async def favicon(_request: web.Request) -> web.Response:
    """Answer browsers that ask for the old name of the icon."""
    return web.Response(
        body=_files()["icon.svg"], headers={"Content-Type": "image/svg+xml", "Cache-Control": "max-age=86400"}
    )


def static_url(name: str) -> str:
    """Return the address of a static file; scripts that import one another share its folder."""
    if name not in _files():
        raise ValueError(f"there is no static file {name}")
    return f"/static/{_version()}/{name}"


@cache
def _files() -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES}


@cache
def _version() -> str:
    digest = blake2b(digest_size=6)
    for name, body in _files().items():
        digest.update(f"{name}\0{len(body)}\0".encode() + body)
    return digest.hexdigest()
