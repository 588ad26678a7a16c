"""What every test gets: hypothesis bounded so that two shared cores do not make a property flaky; a worker to run in."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent
TOGETHER = frozenset({"browser"})
"""Folders whose tests share what is dear to start, or look at what the others of the folder left behind."""

SERVERS = frozenset({"conformance", "interop", "system"})
"""Folders whose modules start servers of their own."""

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "thorough", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep in one worker what shares a browser or a server; everything else goes to whoever is idle."""
    for item in items:
        folder = item.path.relative_to(ROOT).parts[0]
        if folder in TOGETHER | SERVERS:
            group = folder if folder in TOGETHER else str(item.path)
            item.add_marker(pytest.mark.xdist_group(group))
