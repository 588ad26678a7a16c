"""From an aiohttp request to a WSGI call in a thread and back.

Threads are few and the line before them is short: when both are full the answer is 503 at once, so that a client that
scans years of calendars takes no booking page with it.
"""

import asyncio
import logging
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, Protocol

from aiohttp import web

from server.web.dav.environ import environ_of
from server.web.dav.turns import come_back

WAITING_PER_THREAD = 8
IN_MEMORY_BYTES = 1 << 20

Header = tuple[str, str]
StartResponse = Callable[[str, list[Header]], object]

_log = logging.getLogger(__name__)


class Wsgi(Protocol):
    """A WSGI application."""

    def __call__(self, environ: dict[str, Any], start_response: StartResponse, /) -> Iterable[bytes]:
        """Answer one request."""
        ...


class Bridge:
    """Calls `wsgi` below the path `prefix`, in threads of its own."""

    def __init__(self, wsgi: Wsgi, prefix: str, *, threads: int, body_bytes_max: int) -> None:
        self._wsgi = wsgi
        self._prefix = prefix
        self._body_bytes_max = body_bytes_max
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="dav")
        self._calls_max = threads * (1 + WAITING_PER_THREAD)
        self._calls = 0

    async def answer(self, request: web.Request, user: str) -> web.Response:
        """Return the application's answer to a request of the verified `user`."""
        with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as body:
            length = await self._read(request, body)
            environ = environ_of(request, self._prefix, user, body, length)
            status, headers, content = await self._call(environ)
        code, _, reason = status.partition(" ")
        if request.method != "HEAD":
            headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        return web.Response(status=int(code), reason=reason, headers=headers, body=content)

    def close(self) -> None:
        """Wait for the calls under way."""
        self._threads.shutdown()

    async def _read(self, request: web.Request, body: "IO[bytes]") -> int:
        """Copy the body to `body`, which goes to the disk when it is long; returns its length."""
        length = request.content_length or 0
        if length <= self._body_bytes_max:
            length = 0
            async for chunk in request.content.iter_any():
                length += len(chunk)
                if length > self._body_bytes_max:
                    break
                body.write(chunk)
        if length > self._body_bytes_max:
            raise web.HTTPRequestEntityTooLarge(self._body_bytes_max, length)
        body.seek(0)
        return length

    async def _call(self, environ: dict[str, Any]) -> tuple[str, list[Header], bytes]:
        if self._calls >= self._calls_max:
            _log.warning("more calendar requests than threads and places in the line")
            raise come_back()
        self._calls += 1
        call = asyncio.get_running_loop().run_in_executor(self._threads, self._run, environ)
        call.add_done_callback(self._done)
        # Shielded: the thread goes on when the client has left, and the body must stay open for it until it ends.
        return await _to_its_end(call)

    def _run(self, environ: dict[str, Any]) -> tuple[str, list[Header], bytes]:
        answer: list[tuple[str, list[Header]]] = []
        content = b"".join(self._wsgi(environ, lambda status, headers: answer.append((status, headers))))
        status, headers = answer[-1]
        return status, headers, content

    def _done(self, _: "asyncio.Future[tuple[str, list[Header], bytes]]") -> None:
        self._calls -= 1


async def _to_its_end(
    call: "asyncio.Future[tuple[str, list[Header], bytes]]",
) -> tuple[str, list[Header], bytes]:
    try:
        return await asyncio.shield(call)
    except asyncio.CancelledError:
        await asyncio.wait([call])
        raise
