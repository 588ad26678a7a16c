"""What not everybody may book answers as if it did not exist: pages, feeds and programs, in status, bytes and time."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from json import loads
from statistics import median
from time import perf_counter

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from pytest_aiohttp.plugin import AiohttpClient

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.domain.event_type import Visibility
from server.web.app import make_app
from server.web.options import WebOptions
from tests.builders import NOW, event_type, event_type_id, host, settle_in
from tests.web.api_v1.conftest import wish

Client = TestClient[Request, Application]
Seen = tuple[int, dict[str, str], object]

NUMBERS = {"private": 3, "internal": 4, "disabled": 5, "unknown": 6}
HIDDEN = ("private", "internal", "disabled")
START = "2026-03-02T09:00:00Z"
VARIES = {"date", "x-request-id"}


@pytest.fixture
async def client(aiohttp_client: AiohttpClient) -> Client:
    """Return a client of a Daybook with one event type of each kind."""
    ports = memory_ports(NOW, calendars=MemoryCalendars())
    kinds = [
        event_type(),
        replace(event_type("private", number=3, title="Wombat"), visibility=Visibility.PRIVATE),
        replace(event_type("internal", number=4, title="Wombat"), visibility=Visibility.INTERNAL),
        event_type("disabled", number=5, title="Wombat", enabled=False),
    ]
    await settle_in(ports, host(), *kinds)
    options = WebOptions(pages_per_minute=0, changes_per_hour=0, form_seconds_min=0)
    return await aiohttp_client(make_app(ports, options))


async def seen(
    client: Client,
    method: str,
    path: str,
    *,
    data: dict[str, str] | None = None,
    json: dict[str, object] | None = None,
) -> Seen:
    """Return all of an answer that an asker could tell from another one."""
    answer = await client.request(method, path, data=data, json=json, allow_redirects=False)
    headers = {name.lower(): value for name, value in answer.headers.items() if name.lower() not in VARIES}
    text = await answer.text()
    if answer.content_type == "application/json":
        problem = loads(text)
        problem["error"].pop("request_id")
        return answer.status, headers, problem
    return answer.status, headers, text


Ask = Callable[[Client, str], Awaitable[Seen]]

ASKED: dict[str, Ask] = {
    "page": lambda client, kind: seen(client, "GET", f"/u/alice/{kind}"),
    "head": lambda client, kind: seen(client, "HEAD", f"/u/alice/{kind}"),
    "form": lambda client, kind: seen(client, "GET", f"/u/alice/{kind}/book?start={START}"),
    "form without a start": lambda client, kind: seen(client, "GET", f"/u/alice/{kind}/book"),
    "sent form": lambda client, kind: seen(
        client, "POST", f"/u/alice/{kind}/book", data={"start": START, "name": "Gus", "ticket": "x"}
    ),
    "feed": lambda client, kind: seen(client, "GET", f"/feeds/alice/{kind}.ics"),
    "feed with an invite": lambda client, kind: seen(client, "GET", f"/feeds/alice/{kind}.ics?invite=i_x"),
    "availability": lambda client, kind: seen(
        client, "GET", f"/v1/availability?event_type_id=alice/{kind}&start=2026-03-02&end=2026-03-03"
    ),
    "availability by id": lambda client, kind: seen(
        client, "GET", f"/v1/availability?event_type_id={event_type_id(NUMBERS[kind])}&start=2026-03-02"
    ),
    "availability with an invite": lambda client, kind: seen(
        client, "GET", f"/v1/availability?event_type_id=alice/{kind}&invite=i_{'A' * 35}"
    ),
    "booking": lambda client, kind: seen(
        client, "POST", "/v1/bookings", json=wish(START, event_type_id=f"alice/{kind}")
    ),
    "booking by id": lambda client, kind: seen(
        client, "POST", "/v1/bookings", json=wish(START, event_type_id=event_type_id(NUMBERS[kind]))
    ),
    "booking with an invite": lambda client, kind: seen(
        client, "POST", "/v1/bookings", json=wish(START, event_type_id=f"alice/{kind}", invite="i_x")
    ),
}


@pytest.mark.parametrize("asked", ASKED)
async def test_hidden_event_types_answer_byte_for_byte_as_unknown_ones(client: Client, asked: str) -> None:
    """S1.2, C18."""
    unknown = await ASKED[asked](client, "unknown")
    assert unknown[0] == 404
    for kind in HIDDEN:
        assert await ASKED[asked](client, kind) == unknown


async def test_programs_are_told_not_found(client: Client) -> None:
    """C18."""
    answer = await client.post("/v1/bookings", json=wish(START, event_type_id="alice/private"))
    assert (answer.status, (await answer.json())["error"]["code"]) == (404, "not_found")


async def test_they_take_no_longer_and_no_shorter_than_unknown_ones(client: Client) -> None:
    """S1.2: taken in turns, so that a machine that slows down slows all of them; the loosest bound that tells a look-up
    from a picker with its free times, which takes ten times as long."""
    took: dict[str, list[float]] = {kind: [] for kind in ("unknown", *HIDDEN)}
    for _ in range(40):
        for kind, times in took.items():
            began = perf_counter()
            await ASKED["page"](client, kind)
            times.append(perf_counter() - began)
    usual = median(took["unknown"])
    assert all(usual / 3 < median(times) < usual * 3 for times in took.values())


async def test_a_profile_and_the_public_free_busy_know_nothing_of_them(client: Client) -> None:
    """S1.2."""
    for path in ("/u/alice", "/", "/feeds/alice.ifb"):
        answer = await client.get(path)
        assert answer.status == 200
        assert "Wombat" not in await answer.text()
    assert "Introduction" in await (await client.get("/u/alice")).text()


async def test_a_host_who_has_nothing_but_hidden_ones_shows_as_one_who_has_nothing(
    aiohttp_client: AiohttpClient,
) -> None:
    """S1.2."""
    found = []
    hidden = replace(event_type(number=9), visibility=Visibility.PRIVATE)
    for kinds in ((), (hidden,)):
        ports = memory_ports(NOW, calendars=MemoryCalendars())
        await settle_in(ports, host(), *kinds)
        client: Client = await aiohttp_client(make_app(ports))
        found.append([await seen(client, "GET", path) for path in ("/u/alice", "/feeds/alice.ifb")])
    assert found[0] == found[1], "the free/busy of both ends where nothing can be booked"
