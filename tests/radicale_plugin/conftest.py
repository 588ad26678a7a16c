"""A plugin over an empty folder."""

from pathlib import Path

import pytest

from tests.radicale_plugin.asking import Dav


@pytest.fixture
def dav(tmp_path: Path) -> Dav:
    return Dav(tmp_path)
