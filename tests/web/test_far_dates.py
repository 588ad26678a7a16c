"""Dates at the edges of what a calendar can say are answered, and never by a fault of the server."""

from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

import radicale_plugin
from server.adapters.calendars import RadicaleCalendars
from server.adapters.memory import memory_ports
from server.web.app import make_app
from tests.builders import BERLIN, NOW, event_type, host, settle_in

Client = TestClient[Request, Application]
DATES = ("0001-01-01", "0001-01-02", "1969-12-31", "9998-12-31", "9999-12-31")
ZONES = ("Pacific/Kiritimati", "America/Los_Angeles")


@pytest.fixture
async def client(tmp_path: Path):  # type: ignore[no-untyped-def]
    application = radicale_plugin.make(tmp_path, lambda _: BERLIN, lambda _: (), lambda _: True)
    calendars = RadicaleCalendars(application.storage)
    ports = memory_ports(NOW, calendars=calendars)
    await settle_in(ports, host(), event_type(weekly="always", step=5))
    async with TestClient(TestServer(make_app(ports))) as made:
        yield made
    calendars.close()


@pytest.mark.parametrize("day", DATES)
async def test_no_date_is_too_far_for_an_answer(client: Client, day: str) -> None:
    paths = [
        f"/feeds/alice.ifb?start={day}",
        f"/feeds/alice.ifb?end={day}",
        f"/feeds/alice.ifb?start={day}&end={day}",
    ]
    for zone in ZONES:
        paths.append(f"/v1/availability?event_type_id=alice/intro&start={day}&end={day}&timezone={zone}")
        paths += [f"/u/alice/intro?date={day}&tz={zone}&view={view}" for view in ("week", "month", "list")]
        for offset in ("Z", "%2B14:00", "-12:00"):
            instant = f"{day}T00:00:00{offset}"
            paths.append(f"/u/alice/intro/book?start={instant}&tz={zone}")
            paths.append(
                f"/v1/availability?event_type_id=alice/intro&start={instant}&end={day}T23:59:59{offset}&timezone={zone}"
            )
    answers = {
        path: (await client.get(path, headers={"Accept": "application/json"})).status for path in paths
    }
    assert {path: status for path, status in answers.items() if status >= 500} == {}


@pytest.mark.parametrize("day", DATES)
async def test_no_booking_is_too_far_for_a_refusal(client: Client, day: str) -> None:
    for offset in ("Z", "+14:00", "-12:00"):
        answer = await client.post(
            "/v1/bookings",
            json={
                "event_type_id": "alice/intro",
                "start_time": f"{day}T00:00:00{offset}",
                "invitee_name": "Gus",
                "invitee_email": "gus@example.net",
                "invitee_timezone": BERLIN,
            },
        )
        assert answer.status in {409, 422}, await answer.text()
