"""The `daybook` command, run in this process on a data directory of its own."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli import main
from tests.system.running import Running


class Shell:
    """Runs commands on one data directory; with a server behind it, they go through its socket."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def run(self, *words: str, given: str | None = None) -> str:
        """Return what a command that succeeds prints."""
        code, text = self.attempt(*words, given=given)
        assert code == 0, text
        return text

    def json(self, *words: str) -> object:
        """Return what a command prints as JSON."""
        return json.loads(self.run(*words, "--json"))

    def attempt(self, *words: str, given: str | None = None) -> tuple[int, str]:
        """Return the exit status of a command, and all that it printed."""
        done = CliRunner(env={"DAYBOOK_DATA": str(self.data), "DAYBOOK_CONFIG": "/dev/null"}).invoke(
            main, words, input=given
        )
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Return a shell on an empty data directory that no server owns."""
    (data := tmp_path / "data").mkdir(mode=0o700)
    return Shell(data)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return a running demonstration, in a folder whose path is longer than the address of a Unix socket."""
    folder = tmp_path_factory.mktemp("a-long-name-" * 8)
    running = Running(folder / "data").start()
    yield running
    running.stop()


@pytest.fixture
def served(server: Running) -> Shell:
    """Return a shell on the data directory of the running server."""
    return Shell(server.data)
