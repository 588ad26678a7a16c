"""Each port once in memory and once as it is in service."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.adapters.homes import FileHomes
from server.adapters.ledger import SqliteLedger
from server.adapters.memory.homes import MemoryHomes
from server.adapters.memory.ledger import MemoryLedger
from server.ports import Homes, Ledger


@pytest.fixture(params=["memory", "sqlite"])
async def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ledger]:
    if request.param == "memory":
        yield MemoryLedger()
        return
    opened = await SqliteLedger.open(tmp_path / "ledger.db")
    yield opened
    await opened.close()


@pytest.fixture(params=["memory", "files"])
async def homes(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Homes]:
    if request.param == "memory":
        yield MemoryHomes()
        return
    opened = await FileHomes.open(tmp_path)
    yield opened
    opened.close()
