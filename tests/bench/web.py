"""Requests per second of a real server, pinned to one core, beside a one-line handler; `wrk` drives from the other core."""

import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from tests.bench.harness import Row, alternate, at_least
from tests.system.running import GENEROUS, Running, free_port

SECONDS = 3
RUNS = 5
CONNECTIONS = 32
PAGE_PER_S = 3_000


def rows() -> Iterable[Row]:
    """Measure the JSON slots endpoint, its 304, and the booking page."""
    if shutil.which("wrk") is None:
        raise SystemExit("the web rows need wrk: apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder, _reference() as reference:
        server = Running(Path(folder) / "data", env={**GENEROUS, "DAYBOOK_LOG_LEVEL": "warning"}).start()
        try:
            _pin(server.process)
            yield from _rows(server, reference)
        finally:
            server.kill()


def _rows(server: Running, reference: str) -> Iterator[Row]:
    monday = date.today() + timedelta(days=7 - date.today().weekday())  # noqa: DTZ011 - any week will do
    week = f"start={monday}&end={monday + timedelta(days=6)}&timezone=Europe/Berlin"
    slots = f"{server.url}/v1/availability?event_type_id=demo/intro&{week}"
    page = f"{server.url}/u/demo/intro?view=week&date={monday}&tz=Europe/Berlin"
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
