"""Ports in memory, a host with one event type, and a guest's wishes."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.domain.series import Frequency, SeriesRules
from server.ports import Ports
from server.usecases.booking.create import NewBooking
from server.usecases.event_type import edit
from tests.builders import BERLIN, DAY, NOW, at, event_type, host, settle_in

Wish = Callable[..., NewBooking]


@pytest.fixture
async def ports() -> Ports:
    """Return ports with the host alice, whose event types are `intro` (30 min) and `review` (60 min, buffers 10/15)."""
    made = memory_ports(NOW, calendars=MemoryCalendars())
    review = event_type("review", number=3, title="Review", minutes=60, buffers=(10, 15))
    await settle_in(made, host(), event_type(), review)
    return made


@pytest.fixture
def wish() -> Wish:
    """Return a maker of wishes: `wish("10:00")`."""

    def make(
        clock: str = "10:00",
        *,
        slug: str = "intro",
        day: str = DAY,
        key: str | None = None,
        name: str = "Gus Guest",
        email: str = "gus@example.net",
        zone: str = BERLIN,
        language: str = "en",
        notes: str = "",
        invite: str = "",
    ) -> NewBooking:
        return NewBooking(
            home="alice",
            slug=slug,
            start=at(f"{day} {clock}"),
            name=name,
            email=email,
            zone=zone,
            language=language,
            notes=notes,
            key=key,
            invite=invite,
        )

    return make


@pytest.fixture
async def repeated(ports: Ports) -> None:
    """Let guests repeat meetings of the type `intro`."""
    rules = SeriesRules(frequencies=tuple(Frequency), count_max=52)
    await edit.edit(ports, "alice", "intro", lambda one: replace(one, series=rules))
