"""A real Daybook in a process of its own, started, asked, killed and started again by tests."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
PATIENCE_S = 30
"""How long a test waits for what must come: a slow machine is given its time, and only a fault takes all of it."""

GENEROUS = {
    "DAYBOOK_LIMITS_PAGES_PER_MINUTE": "0",
    "DAYBOOK_LIMITS_CHANGES_PER_HOUR": "0",
    "DAYBOOK_LIMITS_MAILS_PER_RECIPIENT_PER_DAY": "0",
    "DAYBOOK_LIMITS_SIGN_INS_PER_MINUTE": "0",
}
"""Limits are for strangers; a test that books hundreds of times from one address is none."""


@dataclass
class Running:
    """`daybook serve --demo` on a port of its own; `log` collects everything it ever said."""

    data: Path
    env: Mapping[str, str] = field(default_factory=lambda: GENEROUS)
    command: tuple[str, ...] = (str(Path(sys.executable).with_name("daybook")),)
    folder: Path = CHECKOUT
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the address of the server, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """Return the file with everything the server printed, over all its starts."""
        return self.data.with_suffix(".log")

    def start(self) -> "Running":
        """Start the server and return when it answers; the port stays the same over restarts."""
        self.port = self.port or free_port()
        command = [*self.command, "serve", "--demo", "--data", str(self.data)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--listen", f"127.0.0.1:{self.port}"],
                stdout=log,
                stderr=log,
                env={**os.environ, **self.env},
                cwd=self.folder,
            )
        deadline = time.monotonic() + PATIENCE_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the server did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.05)
        return self

    def stop(self) -> int:
        """Ask the server to end and return its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)

    def kill(self) -> None:
        """End the server as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def daybook(self, *words: str) -> str:
        """Run another `daybook` command on the same data directory and return what it prints; raises if it fails."""
        done = subprocess.run(
            [*self.command, *words],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **self.env, "DAYBOOK_DATA": str(self.data)},
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def get(self, path: str) -> bytes:
        """Return the body at `path`; raises for every status but 200."""
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE_S) as answer:
            return bytes(answer.read())

    def post(self, path: str, body: object) -> tuple[int, dict[str, object]]:
        """Send JSON and return status and answer, whatever the status."""
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")

    def slots(self, slug: str, start: str, end: str) -> list[str]:
        """Return the free starts of the demo host's event type from one date to another, last day included."""
        path = f"/v1/availability?event_type_id=demo/{slug}&start={start}&end={end}&timezone=Europe/Berlin"
        return [slot["start_time"] for slot in json.loads(self.get(path))["slots"]]

    def book(self, slug: str, start: str, **particulars: object) -> tuple[int, dict[str, object]]:
        """Book a slot of the demo host over /v1."""
        wish = {
            "event_type_id": f"demo/{slug}",
            "start_time": start,
            "invitee_name": "Gus Guest",
            "invitee_email": "gus@example.net",
            "invitee_timezone": "Europe/Berlin",
        }
        return self.post("/v1/bookings", wish | particulars)

    def answers(self) -> bool:
        """Tell whether the server answers."""
        try:
            return bool(self.get("/healthz"))
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


def wait_until(is_so: Callable[[], bool], step_s: float = 0.02) -> None:
    """Return as soon as something is so; fail when it is not for too long."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, f"not so after {PATIENCE_S} s"
        time.sleep(step_s)


def have_left(data: Path, mails: int) -> bool:
    """Tell whether so many mails have left a server, of whose demonstration they are files."""
    return len(list((data / "mail").glob("*.eml"))) >= mails


def free_port() -> int:
    """Return a TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
