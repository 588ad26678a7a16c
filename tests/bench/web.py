"""Requests per second of a real server, pinned to one core, beside a one-line handler; `wrk` drives from the other core."""

import base64
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from server.usecases.host.furnish import DEMO, PASSWORD
from tests.bench.caldav import WEEK, text
from tests.bench.harness import Row, alternate, at_least, at_most
from tests.system.running import GENEROUS, Running, free_port

SECONDS = 3
RUNS = 5
PACED_S = 5
"""A thousand requests: the tenth slowest of them is what counts."""
CONNECTIONS = 32
PAGE_PER_S = 3_000
OBJECTS = 10_000
CLIENTS = 4


def rows() -> Iterable[Row]:
    """Measure the JSON slots endpoint, its 304, and the booking page."""
    if shutil.which("wrk") is None:
        raise SystemExit("the web rows need wrk: apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder, _reference() as reference:
        server = Running(Path(folder) / "data", env={**GENEROUS, "DAYBOOK_LOG_LEVEL": "warning"}).start()
        try:
            _pin(server.process)
            yield from _rows(server, reference)
            yield _beside_reports(server)
        finally:
            server.kill()


def _rows(server: Running, reference: str) -> Iterator[Row]:
    monday = _monday()
    week = f"start={monday}&end={monday + timedelta(days=6)}&timezone=Europe/Berlin"
    slots = f"{server.url}/v1/availability?event_type_id=demo/intro&{week}"
    page = _page(server, monday)
    etag = urllib.request.urlopen(slots).headers["ETag"]
    json_, plain = alternate(lambda: _per_s(slots), lambda: _per_s(reference), RUNS)
    yield at_least("JSON slots of a week, full middleware", json_, plain, 0.25)
    not_modified, plain = alternate(
        lambda: _per_s(slots, f"If-None-Match: {etag}"), lambda: _per_s(reference), RUNS
    )
    yield at_least("the same, 304 by ETag", not_modified, plain, 0.60)
    booking_page, plain = alternate(lambda: _per_s(page), lambda: _per_s(reference), RUNS)
    ratio = booking_page / PAGE_PER_S
    yield Row(
        "booking page, week view, cached", booking_page, plain, ratio, f"≥ {PAGE_PER_S:,}/s", ratio >= 1, "/s"
    )


def _beside_reports(server: Running) -> Row:
    """Measure the booking page while calendar programs read all of the host's week, over and over."""
    _fill(server)
    page = _page(server, _monday())
    idle = median(_p99_s(page) for _ in range(RUNS))
    with _reporting(server):
        busy = median(_p99_s(page) for _ in range(RUNS))
    name = f"booking page, p99, {CLIENTS} clients reporting over {OBJECTS:,} objects"
    return at_most(name, busy, idle, 3)


def _fill(server: Running) -> None:
    """Put objects into a calendar of the host and start the server anew, on both cores like everybody."""
    assert server.stop() == 0
    calendar = server.data / "collections" / "collection-root" / "demo" / "calendar"
    for number in range(OBJECTS):
        (calendar / f"bench-{number}.ics").write_bytes(text(number).encode())
    server.start()


@contextmanager
def _reporting(server: Running) -> Iterator[None]:
    done, answers = threading.Event(), list[int]()
    token = base64.b64encode(f"{DEMO}:{PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {token}", "Content-Type": "application/xml"}

    def ask() -> None:
        connection = HTTPConnection("127.0.0.1", server.port)
        while not done.is_set():
            connection.request("REPORT", "/dav/demo/calendar/", WEEK, headers)
            answer = connection.getresponse()
            answer.read()
            answers.append(answer.status)

    clients = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        yield
    finally:
        done.set()
        for client in clients:
            client.join()
    if set(answers) != {207}:
        raise AssertionError(f"reports were answered with {set(answers)}")


def _p99_s(url: str) -> float:
    """Return the seconds within which 99 of 100 requests are answered that come one by one, as people's do."""
    command = [sys.executable, "-m", "tests.bench.paced", url, str(PACED_S)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(said.split()[1])


def _monday() -> date:
    return date.today() + timedelta(days=7 - date.today().weekday())  # noqa: DTZ011 - any week will do


def _page(server: Running, monday: date) -> str:
    return f"{server.url}/u/demo/intro?view=week&date={monday}&tz=Europe/Berlin"


def _per_s(url: str, *headers: str) -> float:
    """Return requests per second over keep-alive connections; anything but 2xx and 3xx is a fault."""
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s"]
    command += [word for header in headers for word in ("-H", header)]
    said = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise AssertionError(said)
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found is not None, said
    return float(found[1])


@contextmanager
def _reference() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.one_line", str(port)])
    url = f"http://127.0.0.1:{port}/"
    try:
        _pin(process)
        _wait(url)
        yield url
    finally:
        process.kill()
        process.wait()


def _pin(process: "subprocess.Popen[bytes] | None") -> None:
    assert process is not None
    subprocess.run(["taskset", "-a", "-p", "-c", "0", str(process.pid)], check=True, capture_output=True)


def _wait(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=1).read()
        except OSError:
            subprocess.run(["sleep", "0.1"], check=True)
        else:
            return
    raise AssertionError(f"nothing answers at {url}")
