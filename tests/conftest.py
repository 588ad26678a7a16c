"""What every test gets: hypothesis bounded so that two shared cores do not make a property flaky; a worker to run in."""

import os

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TOGETHER = frozenset({"browser"})
"""Folders whose tests share what is dear to start, or look at what the others of the folder left behind."""

SERVERS = frozenset({"conformance", "interop", "system"})
"""Folders whose modules start servers of their own."""

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "thorough", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Hands out tests one by one, and whole what shares a browser or a server."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        folder = path.split("/")[1]
        if folder in TOGETHER:
            return folder
        return path if folder in SERVERS else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Return who hands out the tests when there are several processes."""
    return Together(config, log)
