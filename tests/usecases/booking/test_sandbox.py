"""Bookings of test keys: in the sandbox, nobody's time, nobody's mail (C38)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.booking import Actor, Booking, Status
from server.domain.companions import Companion
from server.domain.errors import SlotUnavailable
from server.domain.identity import SANDBOX, Home, calendar_path
from server.ports import Ports
from server.usecases.booking import cancel, companions, confirm, create, follow, look, reschedule
from server.usecases.booking.create import NewBooking
from tests.builders import DAY, NOW, at, epoch, span
from tests.usecases.booking.waits import set_up

ALICE = Home("alice")
Wish = Callable[..., NewBooking]


async def booked(ports: Ports, wish: NewBooking) -> Booking:
    return await create.create(ports, replace(wish, is_test=True), Actor.API_KEY, NOW)


async def test_a_test_booking_holds_no_time_and_stands_where_nobody_sees_it(ports: Ports, wish: Wish) -> None:
    """C38"""
    made = await booked(ports, wish("10:00"))
    assert made.calendar == calendar_path(ALICE, SANDBOX)
    assert ports.calendars.rows(ALICE) == []
    assert [row.shown.id for row in ports.calendars.rows(ALICE, of_tests=True)] == [made.id]
    day = span("00:00-24:00")
    assert ports.ledger.claims(ALICE, day) == []
    assert ports.calendars.find(ALICE, made.uid) is None
    real = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    assert real.status is Status.CONFIRMED
    assert ports.calendars.booked(ALICE, made.event_type_id, day) == 1


async def test_nobody_is_mailed_about_any_change_of_a_test_booking(ports: Ports, wish: Wish) -> None:
    """C38: created, moved, joined, cancelled."""
    await set_up(ports, guests_max=2)
    made = await booked(ports, wish("10:00"))
    looked = await look.by_id(ports, made.id)
    await reschedule.reschedule(ports, looked, at(f"{DAY} 11:00"), Actor.API_KEY, NOW)
    looked = await look.by_id(ports, made.id)
    await companions.bring(ports, looked, Companion("fay@example.net"), Actor.API_KEY, NOW)
    looked = await look.by_id(ports, made.id)
    ended = await cancel.cancel(ports, looked, "", Actor.API_KEY, NOW)
    assert ended.status is Status.CANCELLED
    assert await ports.ledger.mails() == []
    assert ports.calendars.rows(ALICE) == []
    assert (await look.by_id(ports, made.id)).booking.status is Status.CANCELLED


async def test_a_test_booking_is_refused_where_a_real_one_would_be(ports: Ports, wish: Wish) -> None:
    """C36: by the host's hours and what is really busy, so that programs meet what they will meet."""
    await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    with pytest.raises(SlotUnavailable):
        await booked(ports, wish("10:00"))
    with pytest.raises(SlotUnavailable):
        await booked(ports, wish("20:00"))


async def test_a_test_booking_waits_for_its_host_in_the_sandbox(ports: Ports, wish: Wish) -> None:
    await set_up(ports, requires_confirmation=True, pending_in_calendar=False)
    made = await booked(ports, wish("10:00"))
    assert (made.status, made.calendar) == (Status.PENDING, calendar_path(ALICE, SANDBOX))
    looked = await look.by_id(ports, made.id)
    confirmed = await confirm.confirm(ports, looked, Actor.API_KEY, NOW)
    assert (confirmed.status, confirmed.calendar) == (Status.CONFIRMED, calendar_path(ALICE, SANDBOX))
    assert ports.ledger.claims(ALICE, (0, epoch(f"{DAY} 23:00"))) == []


async def test_what_no_client_can_touch_is_not_missed(ports: Ports, wish: Wish) -> None:
    made = await booked(ports, wish("10:00"))
    await follow.reconcile_all(ports, NOW + timedelta(minutes=10))
    record = await ports.ledger.booking(made.id)
    assert record is not None
    assert record.missing_since is None
