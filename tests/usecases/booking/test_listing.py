"""Lists of bookings come from the calendar index, and so show what stands in the calendars."""

from datetime import timedelta

import pytest

from server.domain.booking import Actor
from server.domain.errors import NotFound
from server.domain.identity import Home
from server.ports import Ports
from server.usecases.booking import cancel, create, listing, look, reschedule
from server.usecases.booking.listing import Wanted
from tests.builders import NOW, at, event_type_id
from tests.usecases.booking.conftest import Wish

ALICE = Home("alice")


async def starts(ports: Ports, *, later: timedelta = timedelta(), **wanted: object) -> list[str]:
    """Return the wall times of what is listed, in the order of the list."""
    found = await listing.bookings(ports, Wanted(home=ALICE, **wanted), NOW + later)  # type: ignore[arg-type]
    return [f"{one.start.astimezone(NOW.tzinfo):%H:%M}" for one in found]


@pytest.fixture
async def booked(ports: Ports, wish: Wish) -> Ports:
    """Return ports with bookings at 9 (Ann), 10 (Bob, a review) and 12 (Cy, cancelled), in UTC an hour earlier."""
    await create.create(
        ports, wish("10:00", slug="review", name="Bob", email="bob@example.net"), Actor.GUEST, NOW
    )
    await create.create(ports, wish("09:00", name="Ann", email="ann@example.net"), Actor.GUEST, NOW)
    gone = await create.create(ports, wish("12:00", name="Cy", email="cy@example.net"), Actor.GUEST, NOW)
    await cancel.cancel(ports, await look.by_id(ports, gone.id), "", Actor.GUEST, NOW)
    return ports


async def test_upcoming_are_listed_by_start(booked: Ports) -> None:
    assert await starts(booked) == ["08:00", "09:00"]


async def test_what_is_over_is_past(booked: Ports) -> None:
    assert await starts(booked, view="past", later=timedelta(hours=2)) == ["08:00"]
    assert await starts(booked, view="upcoming", later=timedelta(hours=2)) == ["09:00"]


async def test_cancelled_ones_are_listed_apart_and_all_together(booked: Ports) -> None:
    assert await starts(booked, view="cancelled") == ["11:00"]
    assert await starts(booked, view="all") == ["08:00", "09:00", "11:00"]


async def test_a_moved_booking_is_listed_once(booked: Ports) -> None:
    (ann, _) = await listing.bookings(booked, Wanted(home=ALICE), NOW)
    await reschedule.reschedule(
        booked, await look.by_id(booked, ann.id), at("2026-03-02 15:00"), Actor.GUEST, NOW
    )
    assert await starts(booked, view="all") == ["09:00", "11:00", "14:00"]


async def test_a_list_is_narrowed_by_words_and_by_event_type(booked: Ports) -> None:
    assert await starts(booked, search="ann@example") == ["08:00"]
    assert await starts(booked, search="review bob") == ["09:00"]
    assert await starts(booked, event_type=event_type_id(3)) == ["09:00"]
    assert await starts(booked, search="nobody") == []


async def test_a_list_of_an_unknown_host_is_refused(ports: Ports) -> None:
    with pytest.raises(NotFound):
        await listing.bookings(ports, Wanted(home=Home("nobody")), NOW)
