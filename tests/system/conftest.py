"""A demo server for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.lives import Lives
from tests.system.running import Running


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Return a demo server that has started; it is killed after the test if it still runs."""
    server = Running(tmp_path / "data").start()
    yield server
    if server.process is not None and server.process.poll() is None:
        server.kill()


@pytest.fixture
def lives(tmp_path: Path) -> Iterator[Lives]:
    """Return a demo server that has begun the first of many lives."""
    lives = Lives(tmp_path / "data")
    try:
        lives.start()
        yield lives
    finally:
        lives.end()
