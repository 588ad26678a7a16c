"""Evolution Data Server as Debian packages it, in a session of its own."""

import json
import subprocess
from pathlib import Path
from typing import IO

from tests.interop.host_client import ACCOUNT, PATH
from tests.system.running import PATIENCE_S

PACKAGES = ("evolution-data-server", "gir1.2-ecal-2.0", "gir1.2-edataserver-1.2", "python3-gi", "dbus")
SERVICE = Path(__file__).with_name("evolution_service.py")


class Evolution:
    """The services behind Evolution and GNOME Calendar, with their files in `folder`, subscribed to the demo host's calendar."""

    def __init__(self, folder: Path, url: str) -> None:
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        kept = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "CACHE", "DATA")}
        self._log = folder / "evolution.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                ["dbus-run-session", "--", "/usr/bin/python3", str(SERVICE), f"{url}/dav/", *ACCOUNT, PATH],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **kept}
                | {"XDG_RUNTIME_DIR": str(runtime)},
            )
        try:
            self._receive()
        except BaseException:
            self.close()
            raise

    def do(self, action: str, *values: object) -> object:
        """Call a method of evolution_service.py."""
        stdin = _open(self._process.stdin)
        stdin.write(json.dumps([action, *values]) + "\n")
        stdin.flush()
        return self._receive()

    def close(self) -> None:
        """End the program, and with it the session and its services."""
        _open(self._process.stdin).close()
        self._process.wait(PATIENCE_S)
        _open(self._process.stdout).close()

    def _receive(self) -> object:
        line = _open(self._process.stdout).readline()
        assert line, f"the services ended:\n{self._log.read_text()[-4000:]}"
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer["answer"]


def _open(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe
