"""python-caldav and khal with vdirsyncer, against a running Daybook."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from caldav.calendarobjectresource import Event
from caldav.collection import Calendar
from caldav.davclient import DAVClient

from tests.interop.host_client import ACCOUNT
from tests.interop.terminal import Terminal
from tests.system.running import PATIENCE_S, Running

pytestmark = [pytest.mark.interop, pytest.mark.slow]

SUMMARY = "Gus Guest"


@contextmanager
def calendar_of(running: Running) -> Iterator[Calendar]:
    """Find the demo host's default calendar as a client does: principal, home set, calendars."""
    with DAVClient(f"{running.url}/dav/", username="demo", password="demo") as client:
        calendars = {calendar.url.path: calendar for calendar in client.principal().calendars()}  # type: ignore[no-untyped-call]
        yield calendars["/dav/demo/calendar/"]


def a_day() -> date:
    """Return a Monday that is at least a week away."""
    today = date.today()  # noqa: DTZ011 - any Monday will do
    return today + timedelta(days=14 - today.weekday())


def book(running: Running, nth: int = 4) -> tuple[dict[str, object], datetime]:
    """Book the demo host's nth free intro slot of that day."""
    start = running.slots("intro", str(a_day()), str(a_day()))[nth]
    status, made = running.book("intro", start)
    assert status == 201
    return made, datetime.fromisoformat(start)


def event_at(calendar: Calendar, start: datetime) -> Event:
    """Return the booking that a client finds at a time."""
    (found,) = events_at(calendar, start)
    return found


def events_at(calendar: Calendar, start: datetime) -> list[Event]:
    """Return the bookings of the guest that a client finds at a time; none, one or too many."""
    end = start + timedelta(minutes=30)
    found: object = calendar.search(event=True, expand=False, start=start, end=end)
    return [one for one in cast(list[Event], found) if SUMMARY in str(one.data)]


def test_python_caldav_sees_the_booking(running: Running) -> None:
    """S1.53."""
    _, start = book(running)
    with calendar_of(running) as calendar:
        component = event_at(calendar, start).icalendar_component
    assert component.start.astimezone(UTC) == start
    assert component.start.tzinfo is not None
    assert str(component["STATUS"]) == "CONFIRMED"
    assert str(component["ORGANIZER"].params["SCHEDULE-AGENT"]) == "CLIENT"


def test_free_slots_shrink_when_a_client_adds_an_event(running: Running) -> None:
    """S1.48."""
    day = str(a_day())
    before = running.slots("intro", day, day)
    start = datetime.fromisoformat(before[3])
    with calendar_of(running) as calendar:
        saved = calendar.save_event(dtstart=start, dtend=start + timedelta(hours=1), summary="Dentist")
        assert running.slots("intro", day, day) == before[:3] + before[5:]
        cast(Event, saved).delete()
    assert running.slots("intro", day, day) == before


def test_a_booking_dragged_in_a_client_takes_its_new_time_and_frees_the_old(running: Running) -> None:
    day = str(a_day())
    _, start = book(running)
    later = start + timedelta(hours=2)
    with calendar_of(running) as calendar:
        event = event_at(calendar, start)
        component = event.icalendar_component
        for name, at in (("DTSTART", later), ("DTEND", later + timedelta(minutes=30))):
            del component[name]
            component.add(name, at)
        event.save()
    wanted = [stamp(start), stamp(later)]
    assert [at in eventually(running, day, wanted[0]) for at in wanted] == [True, False]


def test_a_booking_deleted_in_a_client_frees_its_time_and_check_tells(running: Running) -> None:
    day = str(a_day())
    made, start = book(running)
    with calendar_of(running) as calendar:
        event_at(calendar, start).delete()
    assert stamp(start) in eventually(running, day, stamp(start))
    assert str(made["id"]) in check_output(running)


def test_a_cancelled_booking_leaves_the_clients_calendar(running: Running) -> None:
    """S1.26, S5.17."""
    made, start = book(running)
    path = f"/v1/bookings/{made['id']}/cancel?token={made['cancel_token']}"
    assert running.post(path, {})[0] == 200
    with calendar_of(running) as calendar:
        assert events_at(calendar, start) == []


def test_khal_shows_what_vdirsyncer_fetched(running: Running, terminal: Terminal) -> None:
    """S1.53: the booking, in a terminal calendar."""
    _, start = book(running)
    terminal.own(f"{running.url}/dav/", *ACCOUNT)
    terminal.sync()
    shown = terminal.shown(start.date())
    assert any(line.startswith(f"{start:%H:%M}") and SUMMARY in line for line in shown), shown


def test_an_event_made_in_khal_blocks_its_time(running: Running, terminal: Terminal) -> None:
    """S1.48."""
    day = str(a_day())
    free = running.slots("intro", day, day)
    start = datetime.fromisoformat(free[5])
    terminal.own(f"{running.url}/dav/", *ACCOUNT)
    terminal.sync()
    end = start + timedelta(minutes=30)
    terminal.khal("new", "-a", "calendar", f"{start:%Y-%m-%d %H:%M}", f"{end:%H:%M}", "Errand")
    terminal.sync()
    assert running.slots("intro", day, day) == [at for at in free if at != free[5]]


def eventually(running: Running, day: str, wanted: str) -> list[str]:
    """Return the free slots as soon as `wanted` is among them; claims follow a client's write within moments."""
    deadline = time.monotonic() + PATIENCE_S
    while wanted not in (found := running.slots("intro", day, day)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def check_output(running: Running) -> str:
    """Return what `daybook check --json` says; faults make it exit with 1, which is not the question here."""
    command = [str(Path(sys.executable).with_name("daybook")), "check", "--json"]
    env = {"DAYBOOK_DATA": str(running.data), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env).stdout


def stamp(at: datetime) -> str:
    """Return an instant as /v1 writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
