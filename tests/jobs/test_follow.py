"""The follower hears what clients write, and lets nobody wait for somebody else's booking."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.domain.booking import Actor, Booking
from server.domain.changes import cancelled
from server.domain.identity import Home, Href
from server.jobs.follow import Follower
from server.ports import Intent, Ports
from server.usecases.booking import create
from server.usecases.booking.create import NewBooking
from tests.builders import BERLIN, NOW, at, calendar, event_type, host, intent, settle_in

ALICE = Home("alice")
WEEK = (int(NOW.timestamp()), int((NOW + timedelta(days=7)).timestamp()))


@pytest.fixture
def calendars() -> MemoryCalendars:
    return MemoryCalendars()


@pytest.fixture
async def ports(calendars: MemoryCalendars) -> AsyncIterator[Ports]:
    """Return ports with a host and a follower at work."""
    made = memory_ports(NOW, calendars=calendars)
    await settle_in(made, host(), event_type())
    working = asyncio.create_task(Follower(made).run())
    yield made
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working


async def book(ports: Ports, clock: str) -> Booking:
    wish = NewBooking(
        home="alice",
        slug="intro",
        start=at(f"2026-03-02 {clock}"),
        name="Gus",
        email="gus@example.net",
        zone=BERLIN,
    )
    return await create.create(ports, wish, Actor.GUEST, NOW)


async def until_held(ports: Ports, count: int) -> int:
    """Return how many claims there are, as soon as there are `count`, or after two seconds."""
    for _ in range(200):
        if len(ports.ledger.claims(ALICE, WEEK)) == count:
            break
        await asyncio.sleep(0.01)
    return len(ports.ledger.claims(ALICE, WEEK))


async def under_way(ports: Ports, booking: Booking) -> Intent:
    """Begin a cancellation of a booking and leave it there."""
    after = cancelled(booking, "", actor=Actor.GUEST, at=NOW, sent=0).after
    begun = replace(intent(after), expected_revision=0, key=None)
    await ports.ledger.begin(begun, [])
    return begun


async def test_what_a_client_removes_frees_its_time(ports: Ports, calendars: MemoryCalendars) -> None:
    made = await book(ports, "10:00")
    calendars.client_deletes(calendar(), Href(f"{made.uid}.ics"))
    assert await until_held(ports, 0) == 0


async def test_a_booking_that_is_being_changed_keeps_no_other_waiting(
    ports: Ports, calendars: MemoryCalendars
) -> None:
    busy, other = await book(ports, "10:00"), await book(ports, "11:00")
    begun = await under_way(ports, busy)
    for booking in (busy, other):
        calendars.client_deletes(calendar(), Href(f"{booking.uid}.ics"))
    assert await until_held(ports, 1) == 1
    assert [claim.booking for claim in ports.ledger.claims(ALICE, WEEK)] == [busy.id]
    await ports.ledger.release(begun)
    assert await until_held(ports, 0) == 0
