"""Rooms over HTTP, from a server on this machine that behaves as a test says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from ipaddress import ip_network

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from server.adapters.outbound import Guard
from server.adapters.rooms import ANSWER_BYTES_MAX, HttpRooms
from server.ports import RoomError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], Awaitable[str]]
HERE = Guard([ip_network("127.0.0.0/8")])
HEADERS = {"webhook-id": "room_1"}


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Return what serves a handler and returns its address."""
    servers: list[TestServer] = []

    async def start(handler: Handler) -> str:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", handler)
        server = TestServer(app, host="127.0.0.1")
        await server.start_server()
        servers.append(server)
        return f"http://127.0.0.1:{server.port}/new"

    yield start
    for server in servers:
        await server.close()


def _answering(text: str, status: int = 200, **headers: str) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(text=text, status=status, headers=headers)

    return handle


async def _refusal(address: str, rooms: HttpRooms | None = None) -> str:
    with pytest.raises(RoomError) as refused:
        await (rooms or HttpRooms(HERE)).ask(address, HEADERS, b"{}")
    return refused.value.code


async def test_the_answer_is_the_address_of_the_room(serve: Serve) -> None:
    seen = []

    async def handle(request: web.Request) -> web.Response:
        seen.append(
            (request.method, request.headers["webhook-id"], request.content_type, await request.read())
        )
        return web.json_response({"url": " https://rooms.example/abc ", "more": 1}, status=201)

    assert await HttpRooms(HERE).ask(await serve(handle), HEADERS, b'{"a":1}') == "https://rooms.example/abc"
    assert seen == [("POST", "room_1", "application/json", b'{"a":1}')]


@pytest.mark.parametrize(
    ("handler", "code"),
    [
        (_answering("busy", 503), "503"),
        (_answering("", 302, Location="http://169.254.169.254/"), "302"),
        (_answering("not json"), "no url"),
        (_answering("{}"), "no url"),
        (_answering('{"url": "javascript:alert(1)"}'), "no url"),
        (_answering('{"url": "https://a:b@rooms.example"}'), "no url"),
        (_answering('{"url": "https://rooms.example/\\ud800"}'), "no url"),
        (_answering("x" * (ANSWER_BYTES_MAX + 1)), "too long"),
    ],
)
async def test_what_is_no_room_is_refused_with_a_short_code(
    serve: Serve, handler: Handler, code: str
) -> None:
    assert await _refusal(await serve(handler)) == code


async def test_who_does_not_answer_is_not_waited_for(serve: Serve) -> None:
    released = asyncio.Event()

    async def handle(request: web.Request) -> web.Response:
        await released.wait()
        return web.Response()

    assert await _refusal(await serve(handle), HttpRooms(HERE, timeout_s=0.05)) == "timeout"
    released.set()


async def test_servers_beside_this_one_are_not_asked(serve: Serve) -> None:
    asked = []

    async def handle(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({"url": "https://rooms.example/abc"})

    address = await serve(handle)
    assert await _refusal(address, HttpRooms(Guard())) == "private network"
    localhost = address.replace("127.0.0.1", "localhost")
    assert await _refusal(localhost, HttpRooms(Guard())) == "private network"
    assert asked == []


async def test_the_guests_particulars_do_not_cross_the_internet_in_clear() -> None:
    assert await _refusal("http://1.1.1.1/new") == "not https"


async def test_nobody_there_is_told_as_such() -> None:
    assert await _refusal("http://127.0.0.1:1/") == "connect"
