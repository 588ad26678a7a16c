"""Alice with a private, an internal and a public event type, and her colleague bob."""

from dataclasses import replace

import pytest

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.domain.event_type import Visibility
from server.ports import Ports
from tests.builders import NOW, event_type, host, settle_in


@pytest.fixture
async def ports() -> Ports:
    """Return ports with alice and bob."""
    made = memory_ports(NOW, calendars=MemoryCalendars())
    kinds = [
        replace(event_type(visibility.value, number=number), visibility=visibility)
        for number, visibility in enumerate(Visibility, start=2)
    ]
    await settle_in(made, host(), *kinds)
    await settle_in(made, replace(host("bob", number=9, name="Bob Example"), language="de"))
    return made
