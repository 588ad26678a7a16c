"""Ports in memory, with a host who has one event type and a dentist's appointment."""

import pytest

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.domain.host import Host
from server.ports import Ports
from tests.builders import NOW, calendar, event_type, host, settle_in, span
from tests.usecases.booking.foreign import client_puts


@pytest.fixture
async def ports() -> Ports:
    """Return ports with alice, booked by `intro` (30 min, Mon-Fri 09:00-17:00), who is away 11:00-12:30 on the day."""
    made = memory_ports(NOW, calendars=MemoryCalendars())
    await settle_in(made, host(), event_type())
    await client_puts(made, calendar(), "dentist", span("11:00-12:30"))
    return made


@pytest.fixture
def alice(ports: Ports) -> Host:
    found = ports.homes.host("alice")
    assert found is not None
    return found
