"""Who is kept out of booking, and what that never touches: what they have booked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.domain.booking import Actor, Status
from server.domain.companions import Companion
from server.domain.errors import NotAccepted, TooMany
from server.domain.guards import Guards
from server.domain.identity import Home
from server.ports import Ports
from server.usecases.booking import cancel, create, look, reschedule
from tests.builders import NOW, at, event_type, host, settle_in
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.waits import set_up


async def guarded(guards: Guards = Guards(), *blocked: str) -> Ports:
    ports = memory_ports(NOW, calendars=MemoryCalendars(), guards=guards)
    await settle_in(ports, replace(host(), blocked=blocked), event_type())
    return ports


async def block(ports: Ports, *blocked: str) -> None:
    present = ports.homes.host(Home("alice"))
    assert present is not None
    await ports.homes.save_host(replace(present, blocked=blocked))


@pytest.mark.parametrize("by_host", [True, False])
async def test_whom_host_or_operator_blocks_cannot_book_and_is_not_told_why(
    wish: Wish, *, by_host: bool
) -> None:
    pattern = "@example.net"
    ports = await (guarded(Guards(), pattern) if by_host else guarded(Guards(blocked=(pattern,))))
    with pytest.raises(NotAccepted) as refused:
        await create.create(ports, wish(), Actor.GUEST, NOW)
    assert "block" not in refused.value.message
    assert await ports.ledger.bookings() == []
    assert (await create.create(ports, wish(email="gus@example.com"), Actor.GUEST, NOW)).is_active


async def test_who_is_blocked_is_not_brought_along_either(wish: Wish) -> None:
    ports = await guarded(Guards(), "troll@example.com")
    await set_up(ports, guests_max=1)
    with pytest.raises(NotAccepted):
        await create.create(ports, replace(wish(), guests=[Companion("troll@example.com")]), Actor.GUEST, NOW)


async def test_a_host_may_book_for_whom_they_block(wish: Wish) -> None:
    ports = await guarded(Guards(open_per_address=1), "@example.net")
    for clock in ("10:00", "11:00"):
        assert (await create.create(ports, wish(clock), Actor.HOST, NOW)).is_active


async def test_who_is_blocked_later_still_sees_moves_and_cancels_what_they_booked(wish: Wish) -> None:
    ports = await guarded()
    made = await create.create(ports, wish(), Actor.GUEST, NOW)
    await block(ports, "@example.net")
    looked = await look.by_id(ports, made.id)
    moved = await reschedule.reschedule(ports, looked, at("2026-03-02 11:00"), Actor.GUEST, NOW)
    assert moved.start == at("2026-03-02 11:00")
    ended = await cancel.cancel(ports, await look.by_id(ports, made.id), "", Actor.GUEST, NOW)
    assert ended.status is Status.CANCELLED


async def test_one_address_has_so_many_bookings_to_come_with_a_host_and_no_more(wish: Wish) -> None:
    ports = await guarded(Guards(open_per_address=2))
    for clock, email in (("10:00", "gus@example.net"), ("11:00", "Gus+work@example.NET")):
        await create.create(ports, wish(clock, email=email), Actor.GUEST, NOW)
    with pytest.raises(TooMany) as refused:
        await create.create(ports, wish("12:00"), Actor.GUEST, NOW)
    assert refused.value.retry_after_s == 2.5 * 3600  # 10:30 is when the first is over
    assert (await create.create(ports, wish("12:00", email="ann@example.net"), Actor.GUEST, NOW)).is_active


async def test_what_is_over_or_cancelled_leaves_room_and_a_move_takes_none(wish: Wish) -> None:
    ports = await guarded(Guards(open_per_address=1))
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    moved = await reschedule.reschedule(
        ports, await look.by_id(ports, made.id), at("2026-03-02 10:30"), Actor.GUEST, NOW
    )
    with pytest.raises(TooMany):
        await create.create(ports, wish("12:00"), Actor.GUEST, NOW)
    await cancel.cancel(ports, await look.by_id(ports, moved.id), "", Actor.GUEST, NOW)
    await create.create(ports, wish("12:00"), Actor.GUEST, NOW)
    later = at("2026-03-02 12:30") + timedelta(seconds=1)
    assert (await create.create(ports, wish("13:00"), Actor.GUEST, later)).is_active
