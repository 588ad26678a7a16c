"""The control socket of a running server: a Unix socket that only the server's own user can open."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from server.control.answers import LINE_MAX, answer_line
from server.ports import Ports

BACKLOG = 16


@asynccontextmanager
async def listen(ports: Ports, path: Path) -> AsyncIterator[None]:
    """Answer requests on the socket `path` until the context ends; who calls owns the data directory it lies in."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _serve(ports, reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_unix_server(serve, sock=_bound(path), limit=LINE_MAX)
    try:
        yield
    finally:
        server.close()
        await asyncio.to_thread(path.unlink, missing_ok=True)


async def _serve(ports: Ports, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await _line(reader):
        writer.write(await answer_line(ports, line))
        await writer.drain()


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except (ValueError, ConnectionError):
        # Longer than LINE_MAX, or gone: in both cases there is nobody to answer.
        return b""


def _bound(path: Path) -> socket.socket:
    """Return a socket that listens at `path` in place of a dead server's, with mode 0600 from its first moment."""
    path.unlink(missing_ok=True)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    mask = os.umask(0o177)
    try:
        # By its folder's descriptor, since the address of a Unix socket holds 107 bytes and a path may be longer.
        bound.bind(f"/proc/self/fd/{folder}/{path.name}")
        bound.listen(BACKLOG)
    except OSError:
        bound.close()
        raise
    finally:
        os.umask(mask)
        os.close(folder)
    return bound
