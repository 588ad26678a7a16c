"""What is to come of a series, or all of it: cancelled, moved, listed and over."""

from datetime import date

import pytest

from server.domain.booking import Action, Actor, Status
from server.domain.companions import Companion
from server.domain.errors import (
    AlreadyCancelled,
    Conflict,
    MeetingsUnavailable,
)
from server.domain.series import OccurrenceStatus
from server.ports import Ports
from server.usecases.booking import (
    companions,
    complete,
    create,
    deadline,
    listing,
    reschedule,
)
from server.usecases.booking.cancel import cancel
from server.usecases.booking.cancel_occurrence import cancel_future, cancel_occurrence
from server.usecases.booking.listing import Wanted
from server.usecases.booking.move_occurrence import move_occurrence
from tests.builders import NOW, at
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.series_steps import (
    AFTER_TWO,
    ALICE,
    agrees,
    book,
    busy,
    claimed,
    days,
    nth,
    rule,
    seen,
    spans,
)

pytestmark = pytest.mark.usefixtures("repeated")


async def test_all_that_is_to_come_from_a_day_on_is_cancelled(ports: Ports, wish: Wish) -> None:
    """S3.33"""
    made = await book(ports, wish)
    after = await cancel_future(ports, await seen(ports, made), date(2026, 3, 10), "moving", Actor.GUEST, NOW)
    assert days(after) == ["03-02 10:00", "03-09 10:00"]
    assert after.status is Status.CONFIRMED
    assert (await seen(ports, made)).booking.occurrences == after.occurrences
    await agrees(ports, made)
    again = await cancel_future(ports, await seen(ports, made), date(2026, 3, 10), "", Actor.GUEST, NOW)
    assert again.revision == after.revision


async def test_a_series_of_which_nothing_is_left_is_cancelled(ports: Ports, wish: Wish) -> None:
    """S3.33"""
    made = await book(ports, wish)
    after = await cancel_future(ports, await seen(ports, made), date(2026, 3, 2), "", Actor.HOST, NOW)
    assert after.status is Status.CANCELLED
    assert {one.status for one in after.occurrences} == {OccurrenceStatus.CANCELLED}
    assert claimed(ports) == busy(ports) == []


async def test_who_cancels_a_series_that_has_begun_cancels_what_is_to_come(ports: Ports, wish: Wish) -> None:
    """S3.33"""
    made = await book(ports, wish)
    after = await cancel(ports, await seen(ports, made), "", Actor.GUEST, AFTER_TWO)
    assert after.status is Status.CONFIRMED
    assert days(after) == ["03-02 10:00", "03-09 10:00"]
    assert spans((await seen(ports, made)).booking) == busy(ports)
    assert claimed(ports) == []
    with pytest.raises(Conflict):
        await cancel(ports, await seen(ports, made), "", Actor.GUEST, AFTER_TWO)


async def test_a_series_that_has_not_begun_is_cancelled_as_a_whole(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish)
    after = await cancel(ports, await seen(ports, made), "", Actor.GUEST, NOW)
    assert after.status is Status.CANCELLED
    assert claimed(ports) == busy(ports) == []
    with pytest.raises(AlreadyCancelled):
        await move_occurrence(
            ports, await seen(ports, made), nth(made, 1), at("2026-03-12 10:00"), Actor.GUEST, NOW
        )
    again = await cancel_future(ports, await seen(ports, made), date(2026, 3, 2), "", Actor.GUEST, NOW)
    assert again.revision == after.revision


async def test_a_series_moves_as_a_whole(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish)
    after = await reschedule.reschedule(
        ports, await seen(ports, made), at("2026-03-03 10:30"), Actor.GUEST, NOW
    )
    assert days(after) == ["03-03 10:30", "03-10 10:30", "03-17 10:30", "03-24 10:30"]
    await agrees(ports, made)


async def test_a_series_may_move_over_its_own_times_but_not_over_others(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish)
    after = await reschedule.reschedule(
        ports, await seen(ports, made), at("2026-03-09 10:00"), Actor.GUEST, NOW
    )
    assert days(after)[0] == "03-09 10:00"
    await create.create(ports, wish("12:00", day="2026-03-23"), Actor.GUEST, NOW)
    with pytest.raises(MeetingsUnavailable) as refused:
        await reschedule.reschedule(ports, await seen(ports, made), at("2026-03-09 12:00"), Actor.GUEST, NOW)
    assert [start for start, _ in refused.value.conflicts] == [int(at("2026-03-23 12:00").timestamp())]


async def test_of_a_series_that_has_begun_what_is_to_come_moves(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish)
    after = await reschedule.reschedule(
        ports, await seen(ports, made), at("2026-03-17 14:00"), Actor.HOST, AFTER_TWO
    )
    assert days(after) == ["03-02 10:00", "03-09 10:00", "03-17 14:00", "03-24 14:00"]
    assert busy(ports) == spans(after)
    assert claimed(ports) == spans(after)[2:]


async def test_companions_come_to_all_meetings(ports: Ports, wish: Wish) -> None:
    await rule(ports, guests_max=1)
    made = await book(ports, wish)
    moved = await move_occurrence(
        ports, await seen(ports, made), nth(made, 3), at("2026-03-24 15:00"), Actor.GUEST, NOW
    )
    after = await companions.bring(
        ports, await seen(ports, made), Companion("sam@example.net"), Actor.GUEST, AFTER_TWO
    )
    assert after.occurrences == moved.occurrences
    fewer = await companions.take_off(ports, await seen(ports, made), 2, Actor.GUEST, AFTER_TWO)
    assert len(fewer.attendees) == 1


async def test_each_meeting_is_recorded_as_complete_once(ports: Ports, wish: Wish) -> None:
    """C5"""
    made = await book(ports, wish)
    assert await complete.complete_ended(ports, AFTER_TWO) == 2
    assert await complete.complete_ended(ports, AFTER_TWO) == 0
    await cancel_occurrence(ports, await seen(ports, made), nth(made, 2), "", Actor.GUEST, AFTER_TWO)
    assert await complete.complete_ended(ports, at("2026-05-01 00:00")) == 1
    done = [one for one in await ports.ledger.trail(made.id) if one.action is Action.COMPLETE]
    assert [one.concerns for one in done] == [int(nth(made, number).timestamp()) for number in (0, 1, 3)]


async def test_a_series_is_listed_until_its_last_meeting_is_over(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish)
    single = await create.create(ports, wish("11:00", day="2026-03-11"), Actor.GUEST, NOW)
    coming = await listing.bookings(ports, Wanted(home=ALICE), AFTER_TWO)
    assert [one.id for one in coming] == [single.id, made.id]
    assert await listing.bookings(ports, Wanted(home=ALICE, view="past"), AFTER_TWO) == []
    over = await listing.bookings(ports, Wanted(home=ALICE, view="past"), at("2026-05-01 00:00"))
    assert {one.id for one in over} == {single.id, made.id}


async def test_who_changes_the_rest_of_a_series_is_early_enough_for_its_next_meeting(
    ports: Ports, wish: Wish
) -> None:
    await rule(ports, cancel_deadline_min=1440, reschedule_deadline_min=1440)
    made = await book(ports, wish)
    booking = (await seen(ports, made)).booking
    kind = (await seen(ports, made)).event_type
    assert deadline.may_cancel(booking, kind, AFTER_TWO)
    assert not deadline.may_cancel(booking, kind, at("2026-03-15 12:00"))
    after = await cancel(ports, await seen(ports, made), "", Actor.GUEST, AFTER_TWO)
    assert len(after.meetings) == 2
