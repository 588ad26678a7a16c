"""Bodies of strangers' requests."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpClient

from server.web.bodies import read_body

Client = TestClient[web.Request, web.Application]

BYTES_MAX = 10
WITHIN_S = 0.2


@pytest.fixture
async def client(aiohttp_client: AiohttpClient) -> Client:
    """Return a client of a server that says what it was sent."""

    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await read_body(request, BYTES_MAX, within_s=WITHIN_S))

    app = web.Application()
    app.router.add_post("/", echo)
    return await aiohttp_client(app)


async def dripping(pieces: int, pause_s: float) -> AsyncIterator[bytes]:
    for _ in range(pieces):
        yield b"x"
        await asyncio.sleep(pause_s)


async def test_a_body_that_comes_in_pieces_is_read_to_its_end(client: Client) -> None:
    assert await (await client.post("/", data=dripping(BYTES_MAX, 0.001))).read() == b"x" * BYTES_MAX


async def test_a_body_that_is_too_long_is_refused_before_its_end(client: Client) -> None:
    assert (await client.post("/", data=dripping(BYTES_MAX + 1, 0.001))).status == 413


async def test_a_body_that_drips_is_not_waited_for(client: Client) -> None:
    assert (await client.post("/", data=dripping(BYTES_MAX, 10))).status == 408
