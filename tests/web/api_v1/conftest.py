"""The whole web front end over ports in memory."""

from collections.abc import Awaitable, Callable, Collection

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from pytest_aiohttp.plugin import AiohttpClient

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.domain.permissions import Permission
from server.ports import Ports
from server.usecases.api_key import keep
from server.web.app import make_app
from tests.builders import NOW, event_type, host, settle_in

Client = TestClient[Request, Application]
Book = Callable[..., Awaitable[dict[str, str]]]
Key = Callable[..., Awaitable[dict[str, str]]]


@pytest.fixture
async def ports() -> Ports:
    """Return ports with the host alice, whose event types are `intro` and `review`."""
    made = memory_ports(NOW, calendars=MemoryCalendars())
    review = event_type("review", number=3, title="Review", minutes=60, buffers=(10, 15))
    await settle_in(made, host(), event_type(location="https://meet.example/alice"), review)
    return made


@pytest.fixture
async def client(ports: Ports, aiohttp_client: AiohttpClient) -> Client:
    """Return a client of an application over `ports`."""
    return await aiohttp_client(make_app(ports))


def wish(start: str = "2026-03-02T09:00:00Z", **changes: object) -> dict[str, object]:
    """Return the body of a booking: 10:00 in Berlin."""
    return {
        "event_type_id": "alice/intro",
        "start_time": start,
        "invitee_name": "Gus Guest",
        "invitee_email": "gus@example.net",
        "invitee_timezone": "Asia/Kolkata",
    } | changes


@pytest.fixture
def key(ports: Ports) -> Key:
    """Return what makes a key and returns the header that shows it: of alice unless said otherwise."""

    async def make(
        home: str | None = "alice",
        *,
        permissions: Collection[Permission] = tuple(Permission),
        is_test: bool = False,
    ) -> dict[str, str]:
        made = await keep.make(ports, home, permissions, NOW, is_test=is_test)
        return {"Authorization": f"Bearer {made.text}"}

    return make


@pytest.fixture
def book(client: Client) -> Book:
    """Return what books and returns the answer."""

    async def post(start: str = "2026-03-02T09:00:00Z", **changes: object) -> dict[str, str]:
        answer = await client.post("/v1/bookings", json=wish(start, **changes))
        assert answer.status == 201, await answer.text()
        found: dict[str, str] = await answer.json()
        return found

    return post
