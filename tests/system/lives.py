"""One server that is killed and started again many times, in a tenth of the time that a new process takes to start."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.system.running import CHECKOUT, GENEROUS, PATIENCE_S, Running, free_port, wait_until


class Lives:
    """A demo server of many lives: each starts in a moment, as a fork of one process that has imported everything."""

    def __init__(self, data: Path) -> None:
        self.server = Running(data, port=free_port())
        words = ["serve", "--demo", "--data", str(data), "--listen", f"127.0.0.1:{self.server.port}"]
        self._log = self.server.log.open("ab")
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.system.nursery", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={**os.environ, **GENEROUS},
            cwd=CHECKOUT,
        )
        self._pid = 0

    def start(self) -> None:
        """Begin a life and return when the server answers."""
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write("start\n")
        self._nursery.stdin.flush()
        # The server itself prints to the same pipe.
        while not (line := self._nursery.stdout.readline()).strip().isdigit():
            assert line, self.server.log.read_text()[-4000:]
        self._pid = int(line)
        wait_until(self.server.answers, step_s=0.005)

    def kill(self) -> None:
        """End it as a power cut would end the process."""
        os.kill(self._pid, signal.SIGKILL)

    def end(self) -> int:
        """Ask the last server to stop, let the nursery go, and return the server's exit status."""
        if not self._log.closed:
            assert self._nursery.stdin is not None
            assert self._nursery.stdout is not None
            if self._nursery.poll() is None:
                os.kill(self._pid, signal.SIGTERM)
            with self._nursery, self._log:
                self._nursery.stdin.close()
                # To its end: who prints into a closed pipe does not end well.
                self._nursery.stdout.read()
        return self._nursery.wait(PATIENCE_S)
