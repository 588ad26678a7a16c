"""caldav-server-tester's word on Daybook and on the stock server that it is made of, asked in one go."""

import ast
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.system.running import Running, free_port

START_S = 30
BIN = Path(sys.executable).parent
LEVELS = ("unknown", "broken", "ungraceful", "unsupported", "fragile", "quirk", "full")
"""What the tester says of a feature, from worst to best."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the tester says of a feature of one server; of what is no feature, only an observation, "yes" or "no"."""

    level: str
    remark: str


@dataclass(frozen=True, slots=True)
class Feature:
    """A row of the comparison."""

    name: str
    stock: Verdict
    ours: Verdict

    @property
    def rank(self) -> int:
        """Return 1 where Daybook does better than the stock server, -1 where it does worse; observations are equal."""
        if {self.stock.level, self.ours.level} & {"yes", "no"}:
            return 0
        stock, ours = LEVELS.index(self.stock.level), LEVELS.index(self.ours.level)
        return (ours > stock) - (ours < stock)


def compare() -> list[Feature]:
    """Start both servers, each over an empty folder, and return what the tester says of every feature it knows."""
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        with stock_radicale(Path(folder) / "stock") as url:
            stock = examine(url, Path(folder))
        server = Running(Path(folder) / "data").start()
        try:
            ours = examine(f"{server.url}/dav/", Path(folder))
        finally:
            server.kill()
    missing = Verdict("unknown", "")
    return [
        Feature(name, stock.get(name, missing), ours.get(name, missing)) for name in sorted({*stock, *ours})
    ]


def examine(url: str, home: Path) -> dict[str, Verdict]:
    """Return what the tester says of the server at `url`, by feature."""
    account = ["--caldav-username", "demo", "--caldav-password", "demo"]
    done = subprocess.run(
        # The only one of its forms in which nothing is summed up.
        [str(BIN / "caldav-server-tester"), "--format", "hints", "--caldav-url", url, *account],
        capture_output=True,
        text=True,
        check=False,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
    )
    if done.returncode != 0:
        raise RuntimeError(f"the tester failed:\n{done.stderr[-4000:]}")
    return {name: _verdict(said) for name, said in ast.literal_eval(done.stdout).items()}


def _verdict(said: dict[str, object]) -> Verdict:
    if "support" not in said:
        return Verdict("yes" if said.get("value") else "no", "")
    return Verdict(str(said["support"]), str(said.get("behaviour") or said.get("description") or ""))


@contextmanager
def stock_radicale(folder: Path) -> Iterator[str]:
    """Run Radicale as it is installed, with one account, below `folder`; gives its address."""
    folder.mkdir()
    (folder / "users").write_text("demo:demo\n")
    address = f"127.0.0.1:{free_port()}"
    (folder / "config").write_text(
        f"[server]\nhosts = {address}\n"
        f"[auth]\ntype = htpasswd\nhtpasswd_filename = {folder / 'users'}\nhtpasswd_encryption = plain\ndelay = 0\n"
        f"[storage]\nfilesystem_folder = {folder / 'collections'}\n"
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "radicale", "--config", str(folder / "config")], stdout=log, stderr=log
        )
    try:
        _wait(f"http://{address}/.web/", process)
        yield f"http://{address}/"
    finally:
        process.kill()
        process.wait()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while True:
        try:
            with urlopen(url, timeout=START_S):
                return
        except URLError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
