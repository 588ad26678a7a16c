"""CalDAV and CardDAV under /dav/: Radicale as a guest in this process."""

from collections.abc import Iterable

from aiohttp import web

from server.web.dav.bridge import WAITING_PER_THREAD, Bridge, Wsgi
from server.web.dav.sign_in import SignIn, sign_in
from server.web.dav.turns import Turns

PREFIX = "/dav"

__all__ = ["PREFIX", "Mount", "Wsgi"]


class Mount:
    """The WSGI application `wsgi` below /dav/, for those who sign in with Basic.

    `per_account` is how many requests of one account may be under way at once.
    """

    def __init__(
        self,
        wsgi: Wsgi,
        *,
        threads: int = 8,
        per_account: int = 4,
        body_bytes_max: int,
        sign_ins_per_minute: int,
    ) -> None:
        self._bridge = Bridge(wsgi, PREFIX, threads=threads, body_bytes_max=body_bytes_max)
        self._sign_in = SignIn(sign_ins_per_minute)
        self._turns = Turns(per_account, per_account * WAITING_PER_THREAD)

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return the site map of the mount, with the addresses at which clients look for it (RFC 6764 §5)."""
        return [
            web.route("*", PREFIX + "{tail:(?:/.*)?}", self._serve),
            web.route("*", "/.well-known/caldav", _well_known),
            web.route("*", "/.well-known/carddav", _well_known),
        ]

    def close(self) -> None:
        """Wait for the requests under way; later ones are refused."""
        self._bridge.close()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        user = await sign_in(request, self._sign_in)
        async with self._turns.of(user):
            return await self._bridge.answer(request, user)


async def _well_known(_: web.Request) -> web.StreamResponse:
    raise web.HTTPMovedPermanently(PREFIX + "/")
