"""What one durable booking costs over HTTP, beside the cheapest durable write there is, at any size of the calendar."""

import http.client
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tests.bench.harness import Row, alike, at_most
from tests.system.running import Running

BOOKINGS = 160
STOCK = 10_000


def rows() -> Iterable[Row]:
    """Measure `POST /v1/bookings` on one connection, with an empty calendar and with 10,000 events in it."""
    with tempfile.TemporaryDirectory() as folder:
        empty, reference = _measure(Path(folder) / "empty", 0)
        full, _ = _measure(Path(folder) / "full", STOCK)
    yield at_most("POST /v1/bookings, durable, one connection", empty, reference, 12)
    yield alike(f"the same with {STOCK:,} events in the calendar", full, empty)


def _measure(data: Path, stock: int) -> tuple[float, float]:
    """Return the median seconds of a booking, and of write + fsync + rename + fsync of the directory, taken in turn."""
    server = Running(data).start()
    if stock:
        server.stop()
        _fill(data / "collections" / "collection-root" / "demo" / "calendar", stock)
        server.start()
    book, durable = _bookings(server), _durable(data / "reference")
    try:
        pairs = [(_seconds(book), _seconds(durable)) for _ in range(BOOKINGS)]
    finally:
        server.kill()
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def _bookings(server: Running) -> Callable[[], None]:
    """Return what books the next free slot, over a connection that is kept open."""
    monday = date.today() + timedelta(days=7 - date.today().weekday())  # noqa: DTZ011 - any week will do
    starts = iter(server.slots("intro", str(monday), str(monday + timedelta(days=40))))
    connection = http.client.HTTPConnection("127.0.0.1", server.port)

    def book() -> None:
        wish = {
            "event_type_id": "demo/intro",
            "start_time": next(starts),
            "invitee_name": "Gus Guest",
            "invitee_email": "gus@example.net",
            "invitee_timezone": "Europe/Berlin",
        }
        connection.request("POST", "/v1/bookings", json.dumps(wish), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 201, body

    return book


def _durable(folder: Path) -> Callable[[], None]:
    folder.mkdir()
    text = b"x" * 2_000
    names: Iterator[int] = iter(range(10**9))

    def write() -> None:
        path = folder / f"{next(names)}.ics"
        with path.with_suffix(".tmp").open("wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        path.with_suffix(".tmp").replace(path)
        directory = os.open(folder, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)

    return write


def _seconds(call: Callable[[], None]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _fill(calendar: Path, count: int) -> None:
    """Lay `count` past events into a calendar, five a day."""
    first = datetime.now(UTC).replace(hour=0, minute=0, second=0) - timedelta(days=count // 5 + 10)
    for number in range(count):
        start = first + timedelta(days=number // 5, hours=8 + number % 5)
        (calendar / f"past-{number}.ics").write_text(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Bench//EN\r\nBEGIN:VEVENT\r\n"
            f"UID:past-{number}\r\nDTSTAMP:20250101T000000Z\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\n"
            f"DURATION:PT45M\r\nSUMMARY:Past {number}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            encoding="utf-8",
            newline="",
        )
