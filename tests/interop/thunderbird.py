"""Thunderbird as Debian packages it, without a screen, driven from inside."""

import json
import subprocess
import time
from pathlib import Path
from typing import cast

from tests.interop.host_client import ACCOUNT, PATH
from tests.interop.marionette import Asked, Marionette
from tests.system.running import free_port

PACKAGES = ("thunderbird",)
START_S = 60
SCRIPTS = Path(__file__).parent
PREFERENCES: dict[str, object] = {
    # No account wizard, no start page, no questions: a window that opens ends what the test is doing.
    "app.donation.eoy.version.viewed": 999,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": False,
    "mailnews.start_page.enabled": False,
    "calendar.timezone.useSystemTimezone": False,
    "calendar.timezone.local": "Europe/Berlin",
}


class Started:
    """A Thunderbird with a profile of its own in `folder`."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        profile = folder / "profile"
        profile.mkdir()
        preferences = PREFERENCES | {"marionette.port": port}
        (profile / "user.js").write_text(
            "".join(
                f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
                for name, value in preferences.items()
            )
        )
        options = ["--headless", "--marionette", "--remote-allow-system-access", "--no-remote"]
        with (folder / "thunderbird.log").open("wb") as log:
            self._process = subprocess.Popen(
                ["thunderbird", *options, "--profile", str(profile)],
                stdout=log,
                stderr=log,
                env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            )
        self._marionette: Marionette | None = None
        try:
            self._marionette = self._connect(port)
        except BaseException:
            self.close()
            raise

    def run(self, script: str, *values: object) -> object:
        """Run the body of an asynchronous function in the main window and return what it returns."""
        assert self._marionette is not None
        return self._marionette.run(script, *values)

    def run_and_say_no(self, script: str, *values: object) -> object:
        """Run a script; where Thunderbird asks the user something on the way, say no and return the question."""
        assert self._marionette is not None
        try:
            return self._marionette.run(script, *values)
        except Asked as question:
            self._marionette.dismiss()
            return str(question)

    def close(self) -> None:
        """End it without asking."""
        if self._marionette is not None:
            self._marionette.close()
        self._process.kill()
        self._process.wait()

    def _connect(self, port: int) -> Marionette:
        deadline = time.monotonic() + START_S
        while True:
            try:
                return Marionette(port)
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)


class Thunderbird:
    """The host's: subscribed to the demo host's calendar on `url`."""

    _SCRIPT = (SCRIPTS / "thunderbird.js").read_text(encoding="utf-8")

    def __init__(self, folder: Path, url: str) -> None:
        self._location = f"{url}/dav/"
        self._started = Started(folder)
        try:
            self.do("subscribe", PATH)
        except BaseException:
            self.close()
            raise

    def do(self, action: str, *values: object) -> object:
        """Call a function of thunderbird.js in the main window."""
        return self._started.run(self._SCRIPT, self._location, ACCOUNT, action, *values)

    def close(self) -> None:
        """End it without asking."""
        self._started.close()


class GuestsThunderbird:
    """A guest's: mails in a local folder, a calendar of the guest's own, and a reader who presses what is offered."""

    _SCRIPT = (SCRIPTS / "thunderbird_guest.js").read_text(encoding="utf-8")

    def __init__(self, folder: Path, address: str) -> None:
        self._started = Started(folder)
        try:
            self._do("settle", address)
        except BaseException:
            self.close()
            raise

    def receive(self, message: bytes) -> int:
        """Put a mail into the folder as it came by SMTP and return its key there."""
        return cast(int, self._do("receive", message.decode("latin-1")))

    def press(self, key: int) -> str:
        """Open a mail and press the button that its bar offers; return that button's id, "" where none is offered.

        Where Thunderbird hesitates and asks whether it shall, the guest says no, and its question is returned.
        """
        return cast(str, self._started.run_and_say_no(self._SCRIPT, "press", key))

    def meetings(self) -> dict[str, dict[str, object]]:
        """Return what stands in the guest's calendar, by UID."""
        return cast(dict[str, dict[str, object]], self._do("meetings"))

    def occurrences(self, first: float, last: float) -> list[tuple[float, float]]:
        """Return start and end of whatever takes place in the guest's calendar between two instants (epoch seconds)."""
        found = cast(list[tuple[float, float]], self._do("occurrences", first, last))
        return sorted((start, end) for start, end in found)

    def clear(self) -> None:
        """Empty folder and calendar."""
        self._do("clear")

    def close(self) -> None:
        """End it without asking."""
        self._started.close()

    def _do(self, action: str, *values: object) -> object:
        return self._started.run(self._SCRIPT, action, *values)
