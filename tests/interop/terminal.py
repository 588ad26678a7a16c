"""vdirsyncer and khal, the calendar programs of a terminal: one fetches, the other shows and enters."""

import subprocess
import sys
from datetime import date
from pathlib import Path

ZONE = "UTC"
KHAL = """\
[calendars]
[[calendar]]
path = {calendar}
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
local_timezone = {zone}
default_timezone = {zone}
[default]
default_calendar = calendar
"""
VDIRSYNCER = """\
[general]
status_path = "{status}"
[pair pair]
a = "local"
b = "remote"
{pair}
[storage local]
type = "filesystem"
path = "{local}"
fileext = ".ics"
[storage remote]
{remote}
"""


class Terminal:
    """Both programs with their settings and one calendar, all in `folder`; the zone is UTC."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._calendar = folder / "calendars" / "calendar"
        self._calendar.mkdir(parents=True)

    def own(self, url: str, login: str, password: str) -> None:
        """Connect a host to the default calendar that is found at `url`."""
        remote = f'type = "caldav"\nurl = "{url}"\nusername = "{login}"\npassword = "{password}"'
        self._configure('collections = ["from b"]', self._calendar.parent, remote)

    def subscribe(self, url: str) -> None:
        """Read a feed and nothing else."""
        pair = 'collections = null\nconflict_resolution = "b wins"'
        self._configure(pair, self._calendar, f'type = "http"\nurl = "{url}"')

    def sync(self) -> None:
        """Fetch what is new, and send what was entered."""
        self._run("vdirsyncer", "-c", "vdirsyncer.conf", "sync")

    def shown(self, day: date, form: str = "{start-time} {title}") -> list[str]:
        """Return the lines that khal shows for a day."""
        words = ("list", str(day), "1d", "--format", form, "--day-format", "")
        return [line for line in self.khal(*words).splitlines() if line]

    def khal(self, *words: str) -> str:
        """Run khal and return what it prints."""
        return self._run("khal", "-c", "khal.conf", *words)

    def _configure(self, pair: str, local: Path, remote: str) -> None:
        written = VDIRSYNCER.format(status=self._folder / "status", pair=pair, local=local, remote=remote)
        (self._folder / "vdirsyncer.conf").write_text(written)
        (self._folder / "khal.conf").write_text(KHAL.format(calendar=self._calendar, zone=ZONE))
        # It asks before it makes a collection.
        self._run("vdirsyncer", "-c", "vdirsyncer.conf", "discover", "pair", input_="y\n" * 4)

    def _run(self, program: str, *words: str, input_: str = "") -> str:
        """Run an installed program in the folder and return what it prints; raises if it fails."""
        done = subprocess.run(
            [str(Path(sys.executable).with_name(program)), *words],
            cwd=self._folder,
            input=input_,
            capture_output=True,
            text=True,
            check=False,
            env={"HOME": str(self._folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": ZONE},
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
