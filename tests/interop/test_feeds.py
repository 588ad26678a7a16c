"""A program that subscribes: vdirsyncer fetches a feed over HTTP, khal shows it."""

import json
from datetime import datetime

import pytest

from tests.interop.terminal import Terminal
from tests.interop.test_caldav import SUMMARY, a_day, book
from tests.system.running import Running

pytestmark = [pytest.mark.interop, pytest.mark.slow]


def test_khal_shows_the_open_slots_and_a_booked_one_is_gone_after_the_next_sync(
    running: Running, terminal: Terminal
) -> None:
    terminal.subscribe(f"{running.url}/feeds/demo/intro.ics")
    day = a_day()
    free = running.slots("intro", str(day), str(day))
    terminal.sync()
    assert terminal.shown(day, "{start-time}") == [clock(start) for start in free]
    book(running, 4)
    terminal.sync()
    assert terminal.shown(day, "{start-time}") == [clock(start) for start in free if start != free[4]]


def test_khal_shows_the_bookings_until_the_secret_address_is_replaced(
    running: Running, terminal: Terminal
) -> None:
    links = json.loads(running.daybook("host", "feed-link", "demo", "--json"))
    terminal.subscribe(links["bookings"])
    _, start = book(running)
    terminal.sync()
    shown = terminal.shown(start.date())
    assert any(line.startswith(f"{start:%H:%M}") and SUMMARY in line for line in shown), shown
    running.daybook("host", "feed-link", "demo", "--reset")
    with pytest.raises(AssertionError, match="Not Found"):
        terminal.sync()


def clock(start: str) -> str:
    return f"{datetime.fromisoformat(start):%H:%M}"
