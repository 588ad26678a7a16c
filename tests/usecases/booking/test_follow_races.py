"""A calendar client writes in the very moment in which Daybook changes the same booking."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import cast

import pytest

from server.domain.booking import Actor, Booking, Status
from server.domain.identity import Home
from server.domain.intervals import Span
from server.ical import vevent
from server.ports import BookingRecord, CalendarChange, Ledger, Ports
from server.usecases.booking import cancel, create, follow, look, reschedule
from tests.builders import NOW, at, calendar, host, span
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.foreign import write

ALICE = Home("alice")
ELEVEN, TWELVE = at("2026-03-02 11:00"), at("2026-03-02 12:00")

Deed = Callable[[], Awaitable[object]]


class Interrupted:
    """Another port, before one method of which something else happens, once."""

    def __init__(self, port: object, method: str, deed: Deed) -> None:
        self._port, self._method, self._deed = port, method, deed
        self._is_done = False

    def __getattr__(self, name: str) -> object:
        found = getattr(self._port, name)
        if name != self._method or self._is_done:
            return found
        self._is_done = True
        call = cast(Callable[..., Awaitable[object]], found)

        async def late(*args: object, **kwargs: object) -> object:
            await self._deed()
            return await call(*args, **kwargs)

        return late


def before_settling(ports: Ports, deed: Deed) -> Ports:
    """Return ports on which `deed` is done between swap and settle."""
    return replace(ports, ledger=cast(Ledger, Interrupted(ports.ledger, "settle", deed)))


def before_following(ports: Ports, deed: Deed) -> Ports:
    """Return ports on which `deed` is done when a client's text was read and the ledger does not know it yet."""
    return replace(ports, ledger=cast(Ledger, Interrupted(ports.ledger, "follow", deed)))


async def client(ports: Ports, clock: str | None) -> None:
    """Drag the only booking in the calendar, or remove it, and let the feed tell so at once."""
    (stored,) = await ports.calendars.all(calendar())
    booking = vevent.read(stored.text, stored.calendar)
    assert booking is not None
    text = None
    if clock is not None:
        start = at(f"2026-03-02 {clock}")
        text = vevent.revised(
            stored.text, replace(booking, start=start, end=start + (booking.end - booking.start)), host()
        )
    await write(ports, stored.calendar, stored.href, text)
    change = CalendarChange(
        stored.calendar, stored.href, booking.uid, stored.etag, None, None, None, "alice", None
    )
    await follow.follow(ports, change, NOW)


async def agreed(ports: Ports, made: Booking) -> BookingRecord:
    """Return the booking's record, which knows the object as it stands."""
    record = await ports.ledger.booking(made.id)
    assert record is not None
    assert ports.calendars.find(ALICE, made.uid) == (record.calendar, record.href, record.etag)
    return record


def claimed(ports: Ports) -> list[Span]:
    return [claim.span for claim in ports.ledger.claims(ALICE, span("00:00-24:00"))]


async def test_a_new_booking_that_a_client_drags_before_it_is_settled(ports: Ports, wish: Wish) -> None:
    late = before_settling(ports, lambda: client(ports, "15:00"))
    made = await create.create(late, wish("10:00"), Actor.GUEST, NOW)
    await agreed(ports, made)
    assert claimed(ports) == [span("15:00-15:30")]


async def test_a_new_booking_that_a_client_removes_before_it_is_settled(ports: Ports, wish: Wish) -> None:
    late = before_settling(ports, lambda: client(ports, None))
    made = await create.create(late, wish("10:00"), Actor.GUEST, NOW)
    assert (await look.by_id(ports, made.id)).record.missing_since is not None
    assert claimed(ports) == []


@pytest.mark.parametrize("clock", ["15:00", None])
async def test_a_moved_booking_that_a_client_changes_before_it_is_settled(
    ports: Ports, wish: Wish, clock: str | None
) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    late = before_settling(ports, lambda: client(ports, clock))
    await reschedule.reschedule(late, await look.by_id(ports, made.id), ELEVEN, Actor.GUEST, NOW)
    record = await ports.ledger.booking(made.id)
    assert record is not None
    assert (record.missing_since is None) == (clock is not None)
    assert claimed(ports) == ([span("15:00-15:30")] if clock else [])


async def test_what_was_read_before_a_reschedule_does_not_undo_its_claim(ports: Ports, wish: Wish) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)

    async def move() -> None:
        await reschedule.reschedule(ports, await look.by_id(ports, made.id), TWELVE, Actor.GUEST, NOW)

    await client(before_following(ports, move), "11:00")
    assert (await agreed(ports, made)).revision == 1
    assert claimed(ports) == [span("12:00-12:30")]


async def test_what_was_read_before_a_cancellation_claims_nothing_afterwards(
    ports: Ports, wish: Wish
) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)

    async def end() -> None:
        await cancel.cancel(ports, await look.by_id(ports, made.id), "", Actor.GUEST, NOW)

    await client(before_following(ports, end), "11:00")
    record = await ports.ledger.booking(made.id)
    assert record is not None
    assert (record.status, claimed(ports)) == (Status.CANCELLED, [])


async def test_of_two_who_follow_the_later_text_stays(ports: Ports, wish: Wish) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    await client(before_following(ports, lambda: client(ports, "15:00")), "11:00")
    await agreed(ports, made)
    assert claimed(ports) == [span("15:00-15:30")]


async def test_a_text_of_an_earlier_revision_that_a_client_forces_back_locks_nobody_out(
    ports: Ports, wish: Wish
) -> None:
    """Clients that worked offline overwrite what is new: the host's text stays, and the guest can still act."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    stale = (await look.by_id(ports, made.id)).stored
    await reschedule.reschedule(ports, await look.by_id(ports, made.id), ELEVEN, Actor.GUEST, NOW)
    await write(ports, stale.calendar, stale.href, stale.text)
    await follow.reconcile_all(ports, NOW)
    assert claimed(ports) == [made.span]
    after = await reschedule.reschedule(ports, await look.by_id(ports, made.id), TWELVE, Actor.GUEST, NOW)
    assert (after.start, after.revision, after.sequence) == (TWELVE, 2, 2)
    await cancel.cancel(ports, await look.by_id(ports, made.id), "", Actor.GUEST, NOW)
    assert claimed(ports) == []


async def test_a_second_click_while_the_first_is_under_way_shows_its_booking(
    ports: Ports, wish: Wish
) -> None:
    second: list[asyncio.Task[Booking]] = []

    async def click() -> None:
        tried = create.create(ports, wish("10:00", key="nonce"), Actor.GUEST, NOW)
        second.append(asyncio.create_task(tried))
        await asyncio.sleep(0)

    late = before_settling(ports, click)
    first = await create.create(late, wish("10:00", key="nonce"), Actor.GUEST, NOW)
    assert await second[0] == first
