"""`daybook serve --demo` as a stranger starts it: it answers, owns its data, and ends cleanly."""

import base64
import contextlib
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.system.running import PATIENCE_S, Running, free_port, wait_until

pytestmark = pytest.mark.slow

COMMAND = (sys.executable, "-m", "server.cli", "serve")


def coming_fortnight() -> tuple[str, str]:
    """Return the first and the last of the next fourteen days."""
    today = datetime.now(UTC).date()
    return str(today + timedelta(days=1)), str(today + timedelta(days=14))


def attempt(*words: str) -> subprocess.CompletedProcess[str]:
    """Run `daybook serve`, which is expected to end by itself."""
    return subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, timeout=2 * PATIENCE_S, check=False
    )


def dav(running: Running, method: str, path: str, password: str = "demo", body: str = "") -> tuple[int, str]:
    """Return status and body of a CalDAV request as demo."""
    basic = base64.b64encode(f"demo:{password}".encode()).decode()
    request = urllib.request.Request(
        running.url + path,
        body.encode() or None,
        {"Authorization": f"Basic {basic}", "Depth": "1", "Content-Type": "application/xml"},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_it_prints_what_to_open_and_all_of_it_answers(running: Running) -> None:
    text = running.log.read_text()
    for path in ("/u/demo/intro", "/demo/mail"):
        assert running.url + path in text
        assert b"<html" in running.get(path)
    assert f"{running.url}/dav/demo/calendar/" in text
    assert "Ctrl-C" in text


def test_the_demo_calendar_is_there_for_caldav_clients(running: Running) -> None:
    status, text = dav(running, "PROPFIND", "/dav/demo/calendar/")
    assert status == 207
    assert text.count(".ics</href>") > 8
    assert dav(running, "PROPFIND", "/dav/demo/calendar/", password="wrong")[0] == 401


def test_a_booking_is_in_the_calendar_and_its_mails_are_files(running: Running) -> None:
    starts = running.slots("intro", *coming_fortnight())
    status, made = running.book("intro", starts[0])
    assert status == 201, made
    assert starts[0] not in running.slots("intro", *coming_fortnight())
    wait_until(lambda: b"Gus Guest" in running.get("/demo/mail"))
    wait_until(lambda: len(list((running.data / "mail").glob("*.eml"))) == 2)


def test_sigterm_ends_it_with_nothing_left_but_the_data(running: Running) -> None:
    assert running.stop() == 0
    left = {path.name for path in running.data.iterdir()}
    assert left == {"collections", "ledger.db", "lock", "mail", "secret.key"}
    assert "Traceback" not in running.log.read_text()


def test_what_was_answered_before_the_end_is_there_after_it(running: Running) -> None:
    starts = running.slots("intro", *coming_fortnight())[:40:2]
    booked: list[str] = []

    def book(start: str) -> None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            if running.book("intro", start)[0] == 201:
                booked.append(start)

    with ThreadPoolExecutor(4) as guests:
        for start in starts:
            guests.submit(book, start)
        wait_until(lambda: len(booked) > 3)
        assert running.stop() == 0
    assert "Traceback" not in running.log.read_text()
    running.start()
    assert not set(booked) & set(running.slots("intro", *coming_fortnight()))


def test_it_starts_again_on_the_same_data(running: Running) -> None:
    _, made = running.book("intro", running.slots("intro", *coming_fortnight())[0])
    running.stop()
    running.start()
    assert str(made["id"]) in running.daybook("booking", "list")


def test_a_second_server_on_the_same_data_is_refused(running: Running) -> None:
    assert running.process is not None
    owner = running.process.pid
    done = attempt("--data", str(running.data), "--listen", f"127.0.0.1:{free_port()}")
    assert done.returncode == 1
    assert f"in use by another Daybook (process {owner})" in done.stderr
    assert running.get("/healthz")


def test_an_address_that_is_taken_is_refused_with_what_to_do(running: Running, tmp_path: Path) -> None:
    done = attempt("--data", str(tmp_path / "other"), "--listen", f"127.0.0.1:{running.port}")
    assert done.returncode == 1
    assert "Address already in use" in done.stderr
    assert "--listen" in done.stderr


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"])
def test_the_demonstration_is_for_this_machine_alone(listen: str, tmp_path: Path) -> None:
    done = attempt("--demo", "--data", str(tmp_path / "data"), "--listen", listen)
    assert done.returncode == 1
    assert "Everybody knows its password" in done.stderr
    assert not (tmp_path / "data").exists()


def test_without_demo_there_is_no_demo_host_and_no_mail_page(tmp_path: Path) -> None:
    port = free_port()
    with subprocess.Popen(
        [*COMMAND, "--data", str(tmp_path / "data"), "--listen", f"127.0.0.1:{port}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Daybook listens on http://127.0.0.1:{port}\n"
        for path in ("/u/demo", "/demo/mail"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE_S)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 0
