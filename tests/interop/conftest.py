"""A demo server that real calendar clients talk to, and the clients of a terminal."""

from pathlib import Path

import pytest

from tests.interop.terminal import Terminal
from tests.system.conftest import running

__all__ = ["running"]


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """Return a terminal whose programs are not set up yet."""
    folder = tmp_path / "terminal"
    folder.mkdir()
    return Terminal(folder)
