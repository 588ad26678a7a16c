"""Thunderbird and Evolution at a running Daybook: what the host does in them, the booking pages know at once."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from caldav.calendarobjectresource import Event
from icalendar.cal import Component

from tests.interop import debian, evolution, thunderbird
from tests.interop.host_client import PATH, Driver, HostClient, Shown
from tests.interop.test_caldav import SUMMARY, a_day, book, calendar_of, check_output, eventually, stamp
from tests.system.running import PATIENCE_S, Running, wait_until

pytestmark = [pytest.mark.interop, pytest.mark.slow]

HALF_HOUR = timedelta(minutes=30)
CLIENTS: dict[str, tuple[tuple[str, ...], Callable[[Path, str], Driver]]] = {
    "thunderbird": (thunderbird.PACKAGES, thunderbird.Thunderbird),
    "evolution": (evolution.PACKAGES, evolution.Evolution),
}
"""Each with the packages of Debian that it needs."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return one server for all of this module; each test gives back the times that it takes."""
    running = Running(tmp_path_factory.mktemp("daybook") / "data").start()
    yield running
    running.kill()


@pytest.fixture(scope="module", params=CLIENTS)
def client(
    request: pytest.FixtureRequest, server: Running, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HostClient]:
    """Return a client that is started once."""
    packages, start = CLIENTS[request.param]
    if debian.version(*packages) is None:
        pytest.skip(
            f"lacks Debian's {' '.join(packages)}, which .ci/install-test-needs installs where it may"
        )
    host = HostClient(start(tmp_path_factory.mktemp(request.param), server.url))
    yield host
    host.close()


def test_the_client_finds_the_calendar_by_itself_and_no_history(client: HostClient) -> None:
    assert client.calendars() == [PATH]


def test_the_client_shows_a_booking_and_no_longer_when_the_guest_cancels(
    server: Running, client: HostClient
) -> None:
    made, start = book(server)
    booking = seen(client, start)
    assert SUMMARY in booking.title
    assert booking.end == start + HALF_HOUR
    path = f"/v1/bookings/{made['id']}/cancel?token={made['cancel_token']}"
    assert server.post(path, {})[0] == 200
    gone(client, booking)


def test_a_meeting_entered_in_the_client_takes_its_time_until_it_is_deleted_there(
    server: Running, client: HostClient
) -> None:
    day = str(a_day())
    free = server.slots("intro", day, day)
    start = datetime.fromisoformat(free[3])
    client.add("Dentist", start, start + HALF_HOUR)
    wait_until(lambda: server.slots("intro", day, day) == free[:3] + free[4:])
    client.delete(seen(client, start).uid)
    wait_until(lambda: server.slots("intro", day, day) == free)


def test_a_meeting_renamed_in_the_client_is_stored_with_its_new_title(
    server: Running, client: HostClient
) -> None:
    start = datetime.fromisoformat(server.slots("intro", str(a_day()), str(a_day()))[0])
    client.add("Errand", start, start + HALF_HOUR)
    uid = seen(client, start).uid
    client.rename(uid, "Errand, and back")
    wait_until(lambda: str(stored(server, uid)["SUMMARY"]) == "Errand, and back")
    client.delete(uid)


def test_a_booking_dragged_in_the_client_is_booked_for_its_new_time(
    server: Running, client: HostClient
) -> None:
    day = str(a_day())
    made, start = book(server)
    later = start + timedelta(hours=2)
    uid = seen(client, start).uid
    client.move(uid, later, later + HALF_HOUR)
    free = eventually(server, day, stamp(start))
    assert [stamp(at) in free for at in (start, later)] == [True, False]
    moved = stored(server, uid)
    assert str(moved["X-DAYBOOK-BOOKING"]) == made["id"]
    assert str(moved["ATTENDEE"].params["SCHEDULE-AGENT"]) == "CLIENT"
    assert f"was moved in demo/calendar from {start:%Y-%m-%d %H:%M} to {later:%Y-%m-%d %H:%M}" in told(
        server, made
    )
    client.delete(uid)


def test_a_booking_deleted_in_the_client_frees_its_time_and_check_tells(
    server: Running, client: HostClient
) -> None:
    day = str(a_day())
    made, start = book(server)
    booking = seen(client, start)
    client.delete(booking.uid)
    assert stamp(start) in eventually(server, day, stamp(start))
    assert "was removed" in told(server, made)
    gone(client, booking)


def stored(server: Running, uid: str) -> Component:
    """Return what the server has."""
    with calendar_of(server) as calendar:
        return cast(Component, cast(Event, calendar.event_by_uid(uid)).icalendar_component)


def told(server: Running, made: dict[str, object]) -> str:
    """Return what `daybook check` tells of a booking."""
    lines = json.loads(check_output(server))
    return " ".join(line["text"] for line in lines if line["about"] == f"booking {made['id']}")


def seen(client: HostClient, start: datetime) -> Shown:
    """Return the meeting that the client shows at a time, as soon as it does."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := [one for one in client.shown() if one.start == start]):
        assert time.monotonic() < deadline, f"nothing is shown at {start}"
        time.sleep(0.2)
    (only,) = found
    return only


def gone(client: HostClient, meeting: Shown) -> None:
    """Return when the client no longer shows a meeting."""
    deadline = time.monotonic() + PATIENCE_S
    while meeting.uid in [one.uid for one in client.shown()]:
        assert time.monotonic() < deadline, f"{meeting.title} is still shown"
        time.sleep(0.2)
