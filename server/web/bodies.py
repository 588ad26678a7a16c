"""The body of a stranger's request: bounded in bytes and in time, since neither costs the sender anything."""

import asyncio

from aiohttp import web

READ_S = 30.0


async def read_body(request: web.Request, bytes_max: int, *, within_s: float = READ_S) -> bytes:
    """Return the whole body; answers 413 when it is too long and 408 when it does not come in time."""
    body = bytearray()
    try:
        async with asyncio.timeout(within_s):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > bytes_max:
                    raise web.HTTPRequestEntityTooLarge(max_size=bytes_max, actual_size=len(body))
    except TimeoutError as late:
        raise web.HTTPRequestTimeout from late
    return bytes(body)
