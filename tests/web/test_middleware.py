"""What every request passes through, seen from outside."""

import json
import logging
from collections.abc import Sequence
from ipaddress import ip_network

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from pytest_aiohttp.plugin import AiohttpClient

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.adapters.memory.clock import FixedClock
from server.adapters.memory.ledger import MemoryLedger
from server.domain.errors import Unavailable
from server.domain.identity import CalendarPath, Home, Href
from server.ports import ObjectWrite, StagedWrite, StoredObject
from server.web.app import make_app
from server.web.keys import CLIENT
from server.web.options import WebOptions
from tests.builders import NOW, event_type, host, settle_in

Client = TestClient[Request, Application]
OPTIONS = WebOptions(trusted_proxies=(ip_network("127.0.0.0/8"),), pages_per_minute=5, changes_per_hour=3)


async def _break(_request: web.Request) -> web.Response:
    raise RuntimeError("m_secret in a message")


async def _refuse(_request: web.Request) -> web.Response:
    raise Unavailable("The disk is full.")


async def _who(request: web.Request) -> web.Response:
    return web.Response(text=request[CLIENT])


@pytest.fixture
def clock() -> FixedClock:
    """Return a clock."""
    return FixedClock(NOW)


@pytest.fixture
async def client(aiohttp_client: AiohttpClient, clock: FixedClock) -> Client:
    """Return a client of an application with a few handlers that go wrong."""
    ports = memory_ports(NOW, calendars=MemoryCalendars(), clock=clock)
    await settle_in(ports, host(), event_type())
    faces = [
        web.get("/break", _break),
        web.get("/v1/break", _break),
        web.get("/refuse", _refuse),
        web.route("*", "/dav/who", _who),
    ]
    return await aiohttp_client(make_app(ports, OPTIONS, faces))


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Return what is logged."""
    caplog.set_level(logging.INFO, "server.web")
    return caplog


def entries(log: pytest.LogCaptureFixture, message: str) -> list[dict[str, object]]:
    return [vars(record) for record in log.records if record.getMessage() == message]


async def test_every_answer_says_what_a_browser_may_do_with_it(client: Client) -> None:
    for path in ("/u/alice/intro", "/nowhere", "/break", "/healthz", "/static/x/icon.svg", "/b/x/manage/y"):
        headers = (await client.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Server"] == "Daybook"


async def test_pages_hold_no_script_and_no_style_of_their_own(client: Client) -> None:
    for path in (
        "/",
        "/u/alice",
        "/u/alice/intro",
        "/u/alice/intro/book?start=2026-03-02T09:00Z",
        "/nowhere",
    ):
        text = await (await client.get(path)).text()
        assert "style=" not in text
        assert "<style" not in text
        assert " onclick" not in text
        assert text.count("<script") == text.count('<script type="module" src="/static/') == 1
        assert "//" not in text.replace("<!doctype html>", "").replace("http://book", "").replace(
            "https://book.example/dav/", ""
        )


async def test_a_fault_of_ours_shows_its_number_and_nothing_else(
    client: Client, log: pytest.LogCaptureFixture
) -> None:
    answer = await client.get("/break")
    text = await answer.text()
    assert answer.status == 500
    assert answer.headers["X-Request-Id"] in text
    assert "secret" not in text
    assert "Traceback" not in text
    (entry,) = entries(log, "request failed")
    assert entry["id"] == answer.headers["X-Request-Id"]


async def test_programs_get_refusals_as_json(client: Client) -> None:
    answer = await client.get("/v1/break")
    body = await answer.json()
    assert body["error"]["code"] == "internal_error"
    assert body["error"]["request_id"] == answer.headers["X-Request-Id"]
    answer = await client.get("/refuse", headers={"Accept": "application/json"})
    assert (answer.status, (await answer.json())["error"]["code"]) == (503, "unavailable")


async def test_a_method_that_is_not_known_is_answered_with_those_that_are(client: Client) -> None:
    answer = await client.delete("/u/alice/intro")
    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]


async def test_capabilities_and_addresses_are_never_logged(
    client: Client, log: pytest.LogCaptureFixture
) -> None:
    await client.get("/b/intro/manage/m_c2VjcmV0LjE/cancel?token=ctk_c2VjcmV0")
    await client.get("/b/intro/address/v_c2VjcmV0LjE")
    await client.get("/feeds/private/f_c2VjcmV0/bookings.ics", headers={"X-Forwarded-For": "203.0.113.9"})
    await client.get("/b/intro/mange/" + "c2VjcmV0" * 6)
    requests = entries(log, "request")
    text = json.dumps(requests, default=str)
    assert [entry["status"] for entry in requests] == [404] * 4
    assert "c2VjcmV0" not in text
    assert "203.0.113" not in text
    assert "127.0.0.1" not in text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null", "Cookie": "session=1"},
        {"Origin": "null", "Authorization": "Basic YQ=="},
    ],
)
async def test_what_another_site_sends_is_refused(client: Client, headers: dict[str, str]) -> None:
    assert (await client.post("/u/alice/intro/book", headers=headers)).status == 403
    assert (await client.request("PROPPATCH", "/dav/who", headers=headers)).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://book.example"},
        {"Origin": "null"},
    ],
)
async def test_what_our_own_pages_and_programs_send_passes(client: Client, headers: dict[str, str]) -> None:
    assert (await client.post("/dav/who", headers=headers)).status == 200


async def test_another_site_may_link_to_us(client: Client) -> None:
    assert (await client.get("/u/alice/intro", headers={"Sec-Fetch-Site": "cross-site"})).status == 200


async def test_who_asks_too_often_is_told_when_to_come_back(client: Client, clock: FixedClock) -> None:
    for _ in range(5):
        assert (await client.get("/u/alice/intro")).status == 200
    refused = await client.get("/u/alice/intro")
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) == 12
    assert (await client.get("/u/alice/intro", headers={"X-Forwarded-For": "203.0.113.9"})).status == 200
    clock.advance(seconds=12)
    assert (await client.get("/u/alice/intro")).status == 200


async def test_turning_a_header_that_the_client_writes_is_no_way_around_a_limit(client: Client) -> None:
    answers = [
        await client.get("/", headers={"X-Forwarded-For": f"10.9.8.{at}, 203.0.113.9"}) for at in range(6)
    ]
    assert [answer.status for answer in answers] == [200] * 5 + [429]


async def test_whoever_holds_a_link_is_never_kept_waiting(client: Client) -> None:
    for _ in range(12):
        assert (await client.post("/b/intro/manage/m_x/cancel")).status == 404


async def test_health_tells_what_works(client: Client) -> None:
    answer = await client.get("/healthz")
    assert (answer.status, await answer.json()) == (
        200,
        {"status": "ok", "parts": {"ledger": "ok", "calendars": "ok"}},
    )


class NoDisk(MemoryCalendars):
    """Calendars that take no write, and that a thread cannot reach when they are `gone`."""

    gone = False

    async def stage(self, home: Home, writes: Sequence[ObjectWrite]) -> tuple[StagedWrite, ...]:
        raise AssertionError("a question about health writes nothing")

    async def get(self, calendar: CalendarPath, href: Href) -> StoredObject | None:
        if self.gone:
            raise Unavailable("The disk has gone.")
        return await super().get(calendar, href)


class NoWrites(MemoryLedger):
    """A ledger that takes no write."""

    async def probe(self) -> None:
        raise AssertionError("a question about health writes nothing")


async def test_health_is_told_without_a_write(aiohttp_client: AiohttpClient) -> None:
    calendars = NoDisk()
    ports = memory_ports(NOW, calendars=calendars, ledger=NoWrites())
    await settle_in(ports, host(), event_type())
    client: Client = await aiohttp_client(make_app(ports, OPTIONS))
    assert (await client.get("/healthz")).status == 200
    calendars.gone = True
    answer = await client.get("/healthz")
    assert (answer.status, await answer.json()) == (
        503,
        {"status": "unavailable", "parts": {"ledger": "ok", "calendars": "The disk has gone."}},
    )


async def test_static_files_are_kept_for_good_under_their_own_address(client: Client) -> None:
    page = await (await client.get("/u/alice/intro")).text()
    address = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    answer = await client.get(address)
    assert answer.content_type == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    outdated = await client.get("/static/0123456789ab/daybook.css")
    assert outdated.headers["Cache-Control"] == "no-cache"
    assert (await client.get("/static/0123456789ab/app.py")).status == 404
    assert (await client.get("/static/0123456789ab/..%2fapp.py")).status == 404


async def test_a_body_that_is_not_what_its_headers_say_is_its_senders_fault(client: Client) -> None:
    answer = await client.post("/v1/bookings", data=b"no gzip", headers={"Content-Encoding": "gzip"})
    assert answer.status == 400
