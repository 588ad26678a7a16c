"""A series of twelve over two changes of the clocks: every program shows what `daybook booking show` says of it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from caldav.calendarobjectresource import Event

from tests.interop import debian, thunderbird
from tests.interop.host_client import ACCOUNT
from tests.interop.terminal import Terminal
from tests.interop.test_caldav import calendar_of
from tests.interop.thunderbird import Thunderbird
from tests.system.running import Running, wait_until

pytestmark = [pytest.mark.interop, pytest.mark.slow]

MONDAY = date.today() + timedelta(days=7 - date.today().weekday())  # noqa: DTZ011 - the next one
DAYS = [(MONDAY + timedelta(weeks=6 * number)).isoformat() for number in range(12)]
"""Each sixth Monday: two changes of the clocks are within the first ten, whenever this runs."""

LAST = MONDAY + timedelta(weeks=72)
Spans = list[tuple[int, int]]


@dataclass
class Series:
    """A series of the demo host on a running server."""

    server: Running
    id: str

    def spans(self) -> Spans:
        """Return when its meetings are, as `daybook booking show --json` has them."""
        return [
            (_epoch(one["start"]), _epoch(one["end"])) for one in self._occurrences() if _takes_place(one)
        ]

    def statuses(self) -> list[str]:
        """Return what became of each."""
        return [one["status"] for one in self._occurrences()]

    def uid(self) -> str:
        """Return its UID, as the host's calendar has it."""
        with calendar_of(self.server) as calendar:
            return next(str(one.id) for one in _events(calendar.events()) if self.id in str(one.data))

    def _occurrences(self) -> list[dict[str, str]]:
        shown = json.loads(self.server.daybook("booking", "show", self.id, "--json"))
        return cast(list[dict[str, str]], shown["booking"]["occurrences"])


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Series]:
    """Return a series of which one meeting is skipped, one moved, one cancelled, and the last ones, too."""
    server = Running(tmp_path_factory.mktemp("daybook") / "data").start()
    try:
        made = json.loads(
            server.daybook(
                *(
                    "booking",
                    "create",
                    "demo/intro",
                    "--date",
                    DAYS[0],
                    "--time",
                    "07:00",
                    "--anyway",
                    "--json",
                ),
                *("--name", "Gus Guest", "--email", "gus@example.net", "--skip", DAYS[1]),
                *("--repeat", "weekly", "--every", "6", "--count", "12"),
            )
        )
        id_ = made["id"]
        moved_to = str(MONDAY + timedelta(weeks=12, days=2))
        server.daybook(
            *("booking", "reschedule", id_, "--occurrence", DAYS[2], "--date", moved_to, "--time", "06:00"),
            "--anyway",
        )
        server.daybook("booking", "cancel", id_, "--occurrence", DAYS[4])
        server.daybook("booking", "cancel", id_, "--from", DAYS[10])
        made_of = Series(server, id_)
        _prove(made_of)
        yield made_of
    finally:
        server.kill()


@pytest.mark.parametrize("server_expand", [False, True], ids=["expanded by it", "expanded by the server"])
def test_python_caldav_shows_the_meetings_of_a_series(series: Series, server_expand: bool) -> None:
    """S3.30 to S3.33"""
    first = datetime.combine(MONDAY, datetime.min.time(), UTC)
    with calendar_of(series.server) as calendar:
        found: object = calendar.search(
            event=True,
            expand=not server_expand,
            server_expand=server_expand,
            start=first,
            end=first + timedelta(weeks=72),
        )
        shown = [
            (int(one.start.timestamp()), int(one.end.timestamp()))
            for event in _events(found)
            if "Gus Guest" in str(event.data)
            for one in event.icalendar_instance.walk("VEVENT")
        ]
    assert sorted(shown) == series.spans()


def test_khal_shows_the_meetings_of_a_series(series: Series, terminal: Terminal) -> None:
    """S3.30 to S3.33"""
    terminal.own(f"{series.server.url}/dav/", *ACCOUNT)
    terminal.sync()
    form = "{start-date-long} {start-time} {end-date-long} {end-time} {title}"
    words = ("list", str(MONDAY), str(LAST), "--format", form, "--day-format", "")
    lines = [line for line in terminal.khal(*words).splitlines() if "Gus Guest" in line]
    stamps = [re.findall(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}", line) for line in lines]
    shown = [(_epoch(f"{start}Z"), _epoch(f"{end}Z")) for start, end in stamps]
    assert sorted(shown) == series.spans()


def test_thunderbird_shows_the_meetings_of_a_series_and_the_booking_follows_what_is_done_there(
    series: Series, tmp_path: Path
) -> None:
    """S3.30 to S3.33: one meeting dragged, one deleted, in the host's calendar."""
    if debian.version(*thunderbird.PACKAGES) is None:
        pytest.skip("lacks Debian's thunderbird, which .ci/install-test-needs installs where it may")
    client = Thunderbird(tmp_path, series.server.url)
    try:
        uid = series.uid()
        bounds = (_epoch(f"{MONDAY}T00:00Z"), _epoch(f"{LAST}T00:00Z"))

        def shown() -> Spans:
            found = cast(list[tuple[float, float]], client.do("occurrences", uid, *bounds))
            return sorted((int(start), int(end)) for start, end in found)

        before = series.spans()
        assert shown() == before
        start, end = before[2]
        client.do("moveOccurrence", uid, start, start + 7200, end + 7200)
        wait_until(lambda: (start + 7200, end + 7200) in series.spans())
        client.do("deleteOccurrence", uid, before[4][0])
        wait_until(lambda: len(series.spans()) == len(before) - 1)
        assert series.spans() == sorted({*before, (start + 7200, end + 7200)} - {(start, end), before[4]})
        assert shown() == series.spans()
    finally:
        client.close()


def _events(found: object) -> list[Event]:
    return cast(list[Event], found)


def _takes_place(one: dict[str, str]) -> bool:
    return one["status"] in {"scheduled", "moved"}


def _epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _prove(series: Series) -> None:
    """See that the series is what was asked for, and over two changes of the clocks at least."""
    expected = ["scheduled", "skipped", "moved", "scheduled", "cancelled", *["scheduled"] * 5]
    assert series.statuses() == expected
    spans = series.spans()
    assert len(spans) == 8
    kept = [datetime.fromtimestamp(start, ZoneInfo("Europe/Berlin")) for start, _ in (*spans[:1], *spans[2:])]
    assert {one.hour for one in kept} == {7}
    offsets = [one.utcoffset() for one in kept]
    assert sum(one != other for one, other in pairwise(offsets)) >= 2
