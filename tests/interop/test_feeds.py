"""A program that subscribes: vdirsyncer fetches a feed over HTTP, khal shows it."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.interop.test_caldav import SUMMARY, a_day, book, run
from tests.system.running import Running

pytestmark = [pytest.mark.interop, pytest.mark.slow]


def test_khal_shows_the_open_slots_and_a_booked_one_is_gone_after_the_next_sync(
    running: Running, tmp_path: Path
) -> None:
    subscribe(tmp_path, f"{running.url}/feeds/demo/intro.ics")
    day = a_day()
    free = running.slots("intro", str(day), str(day))
    assert shown(tmp_path, day) == [clock(start) for start in free]
    book(running, 4)
    assert shown(tmp_path, day) == [clock(start) for start in free if start != free[4]]


def test_khal_shows_the_bookings_until_the_secret_address_is_replaced(
    running: Running, tmp_path: Path
) -> None:
    links = json.loads(running.daybook("host", "feed-link", "demo", "--json"))
    subscribe(tmp_path, links["bookings"])
    _, start = book(running)
    run(tmp_path, "vdirsyncer", "-c", "vdirsyncer.conf", "sync")
    listed = run(
        tmp_path,
        "khal",
        "-c",
        "khal.conf",
        "list",
        f"{start:%Y-%m-%d}",
        "1d",
        "--format",
        "{start-time} {title}",
    )
    assert any(line.startswith(f"{start:%H:%M}") and SUMMARY in line for line in listed.splitlines()), listed
    running.daybook("host", "feed-link", "demo", "--reset")
    with pytest.raises(AssertionError, match="Not Found"):
        run(tmp_path, "vdirsyncer", "-c", "vdirsyncer.conf", "sync")


def shown(folder: Path, day: date) -> list[str]:
    """Return the starts (UTC) that khal shows on a day after a sync."""
    run(folder, "vdirsyncer", "-c", "vdirsyncer.conf", "sync")
    listed = run(
        folder,
        "khal",
        "-c",
        "khal.conf",
        "list",
        str(day),
        "1d",
        "--format",
        "{start-time}",
        "--day-format",
        "",
    )
    return [line for line in listed.splitlines() if line]


def clock(start: str) -> str:
    return f"{datetime.fromisoformat(start):%H:%M}"


def subscribe(folder: Path, url: str) -> None:
    """Write the settings of a program that reads `url` and nothing else."""
    calendar = folder / "feed"
    calendar.mkdir()
    (folder / "vdirsyncer.conf").write_text(
        f"""\
[general]
status_path = "{folder / "status"}"
[pair feeds]
a = "local"
b = "feed"
collections = null
conflict_resolution = "b wins"
[storage local]
type = "filesystem"
path = "{calendar}"
fileext = ".ics"
[storage feed]
type = "http"
url = "{url}"
"""
    )
    (folder / "khal.conf").write_text(
        f"""\
[calendars]
[[feed]]
path = {calendar}
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
local_timezone = UTC
default_timezone = UTC
"""
    )
    run(folder, "vdirsyncer", "-c", "vdirsyncer.conf", "discover", "feeds", input_="y\n")
