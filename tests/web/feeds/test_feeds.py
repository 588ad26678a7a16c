"""Feeds as programs fetch them: addresses, conditional requests, compression, and what is refused."""

import gzip
from collections.abc import Awaitable, Callable
from dataclasses import replace

import icalendar
import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.adapters.memory.clock import FixedClock
from server.domain.booking import Actor
from server.ports import Ports
from server.usecases.booking.create import NewBooking, create
from server.usecases.feed.links import feed_links, reset_feed_links
from server.web.app import make_app
from tests.builders import BERLIN, DAY, NOW, at, calendar, event_type, host, settle_in, span
from tests.usecases.booking.foreign import client_puts

Client = TestClient[Request, Application]
SLOTS = "/feeds/alice/intro.ics"
FREE_BUSY = "/feeds/alice.ifb"
PLAIN = {"Accept-Encoding": "identity"}
JSON = {"Accept": "application/json"}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
async def ports(clock: FixedClock) -> Ports:
    made = memory_ports(NOW, calendars=MemoryCalendars(), clock=clock)
    await settle_in(made, host(), event_type())
    return made


@pytest.fixture
async def client(ports: Ports, aiohttp_client: Callable[[Application], Awaitable[Client]]) -> Client:
    return await aiohttp_client(make_app(ports))


async def private(ports: Ports) -> tuple[str, str]:
    links = await feed_links(ports, "alice")
    return links.bookings.removeprefix("https://book.example"), links.freebusy.removeprefix(
        "https://book.example"
    )


async def book(ports: Ports, clock: str = "10:00") -> None:
    wish = NewBooking(
        home="alice",
        slug="intro",
        start=at(f"{DAY} {clock}"),
        name="Gus",
        email="gus@example.net",
        zone=BERLIN,
    )
    await create(ports, wish, Actor.GUEST, NOW)


async def every_feed(ports: Ports) -> tuple[str, ...]:
    return (SLOTS, FREE_BUSY, *await private(ports))


async def test_every_feed_is_a_calendar(client: Client, ports: Ports) -> None:
    for path in await every_feed(ports):
        answer = await client.get(path)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        assert icalendar.Calendar.from_ical(await answer.read()).name == "VCALENDAR"


@pytest.mark.parametrize("number", range(4))
async def test_a_feed_that_has_not_changed_is_not_sent_again(
    client: Client, ports: Ports, clock: FixedClock, number: int
) -> None:
    path = (await every_feed(ports))[number]
    etag = (await client.get(path, headers=PLAIN)).headers["ETag"]
    assert etag.startswith('"')
    clock.advance(minutes=20)
    again = await client.get(path, headers={**PLAIN, "If-None-Match": etag})
    assert (again.status, await again.read(), again.headers["ETag"]) == (304, b"", etag)


async def test_a_feed_that_has_changed_is_sent_with_another_etag(client: Client, ports: Ports) -> None:
    paths = await every_feed(ports)
    before = [(await client.get(path)).headers["ETag"] for path in paths]
    await book(ports)
    for path, etag in zip(paths, before, strict=True):
        answer = await client.get(path, headers={"If-None-Match": etag})
        assert answer.status == 200
        assert answer.headers["ETag"] != etag


async def test_a_slot_leaves_the_feed_when_somebody_puts_a_meeting_there(
    client: Client, ports: Ports
) -> None:
    await client_puts(ports, calendar(), "dentist", span("09:00-17:00"))
    text = await (await client.get(SLOTS)).text()
    assert "20260302T" not in "".join(line for line in text.split("\r\n") if line.startswith("DTSTART"))
    assert "DTSTART:20260303T080000Z" in text


async def test_a_feed_is_sent_compressed_to_those_who_take_it_and_each_form_has_its_own_etag(
    client: Client,
) -> None:
    """RFC 9110 §8.8.3: a strong ETag names bytes, so the compressed form has another."""
    plain = await client.get(SLOTS, headers=PLAIN)
    packed = await client.get(SLOTS, headers={"Accept-Encoding": "gzip"}, auto_decompress=False)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(await packed.read()) == await plain.read()
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    again = await client.get(
        SLOTS, headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    )
    assert again.status == 304


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH", "PROPFIND", "MKCALENDAR"])
async def test_feeds_can_only_be_read(client: Client, ports: Ports, method: str) -> None:
    """Thunderbird takes a subscribed calendar for writable and PUTs what its user drags."""
    for path in await every_feed(ports):
        answer = await client.request(method, path, data=b"BEGIN:VCALENDAR")
        assert answer.status == 405
        assert {item.strip() for item in answer.headers["Allow"].split(",")} == {"GET", "HEAD"}


async def test_head_answers_like_get_without_a_body(client: Client) -> None:
    head, get = await client.head(SLOTS, headers=PLAIN), await client.get(SLOTS, headers=PLAIN)
    assert head.headers["ETag"] == get.headers["ETag"]
    assert await head.read() == b""


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/nobody/intro.ics",
        "/feeds/alice/nothing.ics",
        "/feeds/nobody.ifb",
        "/feeds/private/f_AAAA/bookings.ics",
        "/feeds/private/nonsense/freebusy.ifb",
        "/feeds/alice",
        "/feeds/",
    ],
)
async def test_what_is_no_feed_is_not_found(client: Client, path: str) -> None:
    assert (await client.get(path, headers=JSON)).status == 404


async def test_switched_off_free_busy_looks_like_no_host_at_all(client: Client, ports: Ports) -> None:
    alice = ports.homes.host("alice")
    assert alice is not None
    await ports.homes.save_host(replace(alice, freebusy_public=False))
    off = await (await client.get(FREE_BUSY, headers=JSON)).json()
    nobody = await (await client.get("/feeds/nobody.ifb", headers=JSON)).json()
    assert off["error"]["message"] == nobody["error"]["message"]
    assert (await client.get((await private(ports))[1])).status == 200


async def test_a_reset_kills_the_secret_addresses(client: Client, ports: Ports) -> None:
    old = await private(ports)
    await reset_feed_links(ports, "alice")
    assert [(await client.get(path, headers=JSON)).status for path in old] == [404, 404]
    assert [(await client.get(path)).status for path in await private(ports)] == [200, 200]


async def test_secret_feeds_are_kept_out_of_shared_caches_and_search_engines(
    client: Client, ports: Ports
) -> None:
    for path in await private(ports):
        headers = (await client.get(path)).headers
        assert headers["Cache-Control"].startswith("private")
        assert headers["X-Robots-Tag"] == "noindex"
        assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("query", "start", "end"),
    [
        ("start=2026-03-03&end=2026-03-04", "20260302T230000Z", "20260303T230000Z"),
        ("start=2026-03-03T09:00:00Z&end=2026-03-03T10:00:00Z", "20260303T090000Z", "20260303T100000Z"),
        ("start=2026-03-03T09:00:00%2B01:00&end=20260303T100000Z", "20260303T080000Z", "20260303T100000Z"),
        ("start=2026-03-03T09:00:00+01:00&end=2026-03-03T10:00", "20260303T080000Z", "20260303T090000Z"),
        ("", "20260302T000000Z", "20260413T000000Z"),
    ],
)
async def test_free_busy_is_read_for_a_window_of_dates_or_instants(
    client: Client, query: str, start: str, end: str
) -> None:
    text = await (await client.get(f"{FREE_BUSY}?{query}")).text()
    assert f"DTSTART:{start}\r\nDTEND:{end}\r\n" in text


@pytest.mark.parametrize(
    "query", ["start=soon", "end=2026-13-01", "start=2026-03-03&end=2026-03-02", "start=0001-01-01"]
)
async def test_a_window_that_makes_no_sense_is_refused_by_the_name_of_the_parameter(
    client: Client, query: str
) -> None:
    answer = await client.get(f"{FREE_BUSY}?{query}", headers=JSON)
    assert answer.status == 422
    assert {"start", "end"} & set((await answer.json())["error"]["details"])
