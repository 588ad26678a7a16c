"""Thunderbird as Debian packages it, without a screen, driven from inside."""

import json
import subprocess
import time
from pathlib import Path

from tests.interop.host_client import ACCOUNT, PATH
from tests.interop.marionette import Marionette
from tests.system.running import free_port

PACKAGES = ("thunderbird",)
START_S = 60
SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
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


class Thunderbird:
    """A Thunderbird with a profile of its own in `folder`, subscribed to the demo host's calendar on `url`."""

    def __init__(self, folder: Path, url: str) -> None:
        self._location = f"{url}/dav/"
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
            self.do("subscribe", PATH)
        except BaseException:
            self.close()
            raise

    def do(self, action: str, *values: object) -> object:
        """Call a function of thunderbird.js in the main window."""
        assert self._marionette is not None
        return self._marionette.run(SCRIPT, self._location, ACCOUNT, action, *values)

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
