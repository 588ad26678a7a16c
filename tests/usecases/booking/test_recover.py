"""A crash at any point of a change leaves the old state or the new one, and recovery finds out which."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from server.adapters.tasks import ApplicationTasks
from server.domain.booking import Actor, Booking, Status
from server.domain.errors import Unavailable
from server.domain.identity import HISTORY, CalendarPath, Etag, Home, Href
from server.ports import Calendars, Ports
from server.usecases.booking import cancel, create, look, recover, reschedule
from tests.builders import NOW, at, calendar
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.crash import Died, mortal
from tests.usecases.booking.foreign import write

ALICE = Home("alice")
ELEVEN = at("2026-03-02 11:00")
LATER = NOW + timedelta(minutes=2)

POINTS = range(12)
"""More points than any change has; those beyond its end test that nothing dies."""


async def dies(ports: Ports, points: int, change: Callable[[Ports], Awaitable[object]]) -> bool:
    """Run `change` on ports that die after `points`; tell whether it was acknowledged before that."""
    try:
        await change(mortal(ports, points))
    except Died:
        return False
    return True


async def leftovers(ports: Ports) -> int:
    """Return how many intents and half-made claims there are."""
    intents = await ports.ledger.intents(int(LATER.timestamp()) + 10)
    alive = {record.id: record.revision for record in await ports.ledger.bookings(active_only=True)}
    day = (int(NOW.timestamp()) - 86_400, int(NOW.timestamp()) + 7 * 86_400)
    claims = ports.ledger.claims(ALICE, day)
    return len(intents) + sum(alive.get(claim.booking) != claim.revision for claim in claims)


async def texts(ports: Ports, name: str) -> list[str]:
    return [stored.href for stored in await ports.calendars.all(calendar(name=name))]


@pytest.mark.parametrize("points", POINTS)
async def test_a_booking_is_there_whole_or_not_at_all(ports: Ports, wish: Wish, points: int) -> None:
    acknowledged = await dies(ports, points, lambda p: create.create(p, wish("10:00"), Actor.GUEST, NOW))
    await recover.recover_all(ports, LATER)
    records = await ports.ledger.bookings()
    assert len(records) >= acknowledged
    assert len(await texts(ports, "calendar")) == len(records)
    assert len(await ports.ledger.mails()) == 2 * len(records)
    assert await leftovers(ports) == 0


@pytest.mark.parametrize("points", POINTS)
async def test_a_reschedule_has_happened_whole_or_not_at_all(ports: Ports, wish: Wish, points: int) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    acknowledged = await dies(
        ports, points, lambda p: reschedule.reschedule(p, looked, ELEVEN, Actor.GUEST, NOW)
    )
    await recover.recover_all(ports, LATER)
    after = await look.by_id(ports, made.id)
    moved = after.booking.start == ELEVEN
    assert moved >= acknowledged
    assert (after.record.revision, after.booking.revision) == (moved, moved)
    assert len(await texts(ports, HISTORY)) == moved
    assert len(await ports.ledger.mails(booking=made.id)) == 2 + 2 * moved
    assert await leftovers(ports) == 0
    assert [c.span for c in ports.ledger.claims(ALICE, after.booking.span)] == [after.booking.span]


@pytest.mark.parametrize("points", POINTS)
async def test_a_cancellation_that_was_begun_is_carried_to_its_end(
    ports: Ports, wish: Wish, points: int
) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    await dies(ports, points, lambda p: cancel.cancel(p, looked, "ill", Actor.GUEST, NOW))
    begun = (
        bool(await ports.ledger.intents(int(LATER.timestamp())))
        or len(await ports.ledger.trail(made.id)) == 2
    )
    await recover.recover_all(ports, LATER)
    after = await look.by_id(ports, made.id)
    gone = after.booking.status is Status.CANCELLED
    assert gone == begun
    assert (len(await texts(ports, "calendar")), len(await texts(ports, HISTORY))) == (not gone, gone)
    assert len(ports.ledger.claims(ALICE, made.span)) == (not gone)
    assert await leftovers(ports) == 0


async def test_what_a_task_still_holds_is_left_alone(ports: Ports, wish: Wish) -> None:
    tasks = ports.tasks
    assert isinstance(tasks, ApplicationTasks)
    await dies(ports, 3, lambda p: create.create(p, wish("10:00", key="nonce"), Actor.GUEST, NOW))
    intent = (await ports.ledger.intents(int(LATER.timestamp())))[0]

    async def check() -> int:
        return await recover.recover_stale(ports, LATER)

    assert await tasks.run(intent.id, check) == 0
    assert await check() == 1


async def test_a_young_intent_is_left_alone(ports: Ports, wish: Wish) -> None:
    await dies(ports, 3, lambda p: create.create(p, wish("10:00"), Actor.GUEST, NOW))
    assert await recover.recover_stale(ports, NOW + timedelta(seconds=5)) == 0


async def crash_after_swap(ports: Ports, made: Booking) -> None:
    """Die when a reschedule's texts are in place and the ledger does not know it yet."""
    looked = await look.by_id(ports, made.id)
    assert not await dies(ports, 6, lambda p: reschedule.reschedule(p, looked, ELEVEN, Actor.GUEST, NOW))


async def test_what_the_host_made_of_the_new_text_stays(ports: Ports, wish: Wish) -> None:
    """A third text made from our new revision: the change had happened, and the host's words stay."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    await crash_after_swap(ports, made)
    stored = (await look.by_id(ports, made.id)).stored
    edited = stored.text.replace("SUMMARY:", "SUMMARY:Bring the plans! ")
    await write(ports, stored.calendar, stored.href, edited)
    await recover.recover_all(ports, LATER)
    after = await look.by_id(ports, made.id)
    assert (after.stored.text, after.record.revision, after.record.etag) == (edited, 1, after.stored.etag)
    assert await leftovers(ports) == 0


async def test_what_the_host_made_of_the_old_text_stays_and_the_change_is_released(
    ports: Ports, wish: Wish
) -> None:
    """A third text made from the revision before: the change had not happened."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    before = (await look.by_id(ports, made.id)).stored
    looked = await look.by_id(ports, made.id)
    assert not await dies(ports, 4, lambda p: reschedule.reschedule(p, looked, ELEVEN, Actor.GUEST, NOW))
    edited = before.text.replace("SUMMARY:", "SUMMARY:Bring the plans! ")
    await write(ports, before.calendar, before.href, edited)
    await recover.recover_all(ports, LATER)
    after = await look.by_id(ports, made.id)
    assert (after.stored.text, after.booking.start, after.record.revision) == (edited, made.start, 0)
    assert await texts(ports, HISTORY) == []
    assert await leftovers(ports) == 0


async def test_a_booking_that_the_host_removed_during_the_crash_is_missing_afterwards(
    ports: Ports, wish: Wish
) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    await crash_after_swap(ports, made)
    stored = (await look.by_id(ports, made.id)).stored
    await write(ports, stored.calendar, stored.href, None)
    await recover.recover_all(ports, LATER)
    after = await look.by_id(ports, made.id)
    assert (after.is_missing, after.record.revision) == (True, 1)
    assert ports.ledger.claims(ALICE, made.span) == []
    assert await leftovers(ports) == 0


async def test_an_intent_of_a_clock_that_ran_ahead_is_resolved_too(ports: Ports, wish: Wish) -> None:
    await dies(ports, 3, lambda p: create.create(p, wish("10:00"), Actor.GUEST, NOW))
    assert await recover.recover_all(ports, NOW - timedelta(days=2)) == 1
    assert await leftovers(ports) == 0


async def test_a_home_that_is_gone_does_not_keep_the_others_waiting(ports: Ports, wish: Wish) -> None:
    """Its intent stays for a later round, with its staged text."""
    await dies(ports, 3, lambda p: create.create(p, wish("10:00"), Actor.GUEST, NOW))
    await dies(ports, 3, lambda p: create.create(p, wish("11:00"), Actor.GUEST, NOW))
    first, _ = await ports.ledger.intents(int(LATER.timestamp()))
    broken = replace(ports, calendars=cast(Calendars, Unreadable(ports.calendars, first.writes[0].href)))
    assert await recover.recover_all(broken, LATER) == 1
    assert await ports.ledger.intents(int(LATER.timestamp())) == [first]
    assert await recover.recover_all(ports, LATER) == 1
    assert await leftovers(ports) == 0


class Unreadable:
    """Calendars of which one object cannot be read."""

    def __init__(self, calendars: Calendars, href: Href) -> None:
        self._calendars, self._href = calendars, href

    def __getattr__(self, name: str) -> object:
        return getattr(self._calendars, name)

    async def etag(self, calendar: CalendarPath, href: Href) -> Etag | None:
        """Return the etag, or fail for the one object."""
        if href == self._href:
            raise Unavailable("The disk does not answer.")
        return await self._calendars.etag(calendar, href)
