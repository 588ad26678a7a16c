"""Each port once in memory and once as it is in service."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import radicale_plugin
from server.adapters.calendars import RadicaleCalendars
from server.adapters.homes import FileHomes
from server.adapters.ledger import SqliteLedger
from server.adapters.memory.calendars import MemoryCalendars
from server.adapters.memory.homes import MemoryHomes
from server.adapters.memory.ledger import MemoryLedger
from server.domain.identity import Home
from server.ports import Calendars, Homes, Ledger
from tests.builders import BERLIN


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


@pytest.fixture(params=["memory", "radicale"])
async def calendars(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Calendars]:
    alice = Home("alice")
    if request.param == "memory":
        memory = MemoryCalendars(zone=BERLIN)
        await memory.create_home(alice)
        yield memory
        return
    application = radicale_plugin.make(tmp_path, lambda _: BERLIN, lambda _: (), lambda _: True)
    opened = RadicaleCalendars(application.storage)
    await opened.create_home(alice)
    yield opened
    opened.close()
