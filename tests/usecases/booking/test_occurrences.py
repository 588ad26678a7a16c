"""One meeting of a series, moved or cancelled: the others stay."""

from dataclasses import replace
from datetime import date

import pytest

from server.domain.booking import Action, Actor, Status
from server.domain.companions import Companion
from server.domain.errors import (
    CancellationDeadlinePassed,
    Conflict,
    Forbidden,
    NotFound,
    RescheduleDeadlinePassed,
    SlotUnavailable,
)
from server.domain.event_type import ReschedulePolicy
from server.domain.happenings import Happening
from server.domain.series import OccurrenceStatus
from server.domain.series_moves import on_day
from server.ports import Ports
from server.usecases.booking import (
    create,
    reschedule,
)
from server.usecases.booking.cancel_occurrence import cancel_future, cancel_occurrence
from server.usecases.booking.move_occurrence import move_occurrence
from tests.builders import NOW, at
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.series_steps import (
    AFTER_TWO,
    FOUR,
    HOUR,
    agrees,
    book,
    busy,
    claimed,
    days,
    nth,
    rule,
    seen,
)

pytestmark = pytest.mark.usefixtures("repeated")


async def test_one_meeting_moves_and_the_others_stay(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish)
    after = await move_occurrence(
        ports, await seen(ports, made), nth(made, 1), at("2026-03-10 15:00"), Actor.GUEST, NOW
    )
    assert days(after) == ["03-02 10:00", "03-10 15:00", "03-16 10:00", "03-23 10:00"]
    assert (after.uid, after.sequence, after.status) == (made.uid, made.sequence + 1, Status.CONFIRMED)
    assert (await seen(ports, made)).booking.occurrences == after.occurrences
    await agrees(ports, made)
    *_, entry = await ports.ledger.trail(made.id)
    assert (entry.action, entry.concerns) == (Action.RESCHEDULE_ONE, int(nth(made, 1).timestamp()))
    assert entry.happenings == (Happening.RESCHEDULED,)


async def test_a_meeting_behind_the_horizon_can_be_moved_where_it_is(ports: Ports, wish: Wish) -> None:
    await rule(ports, horizon_days=10)
    made = await book(ports, wish)
    start = at("2026-03-24 10:00")
    after = await move_occurrence(ports, await seen(ports, made), nth(made, 3), start, Actor.GUEST, NOW)
    assert days(after)[3] == "03-24 10:00"


async def test_a_meeting_does_not_move_to_where_another_of_its_series_or_anybody_is(
    ports: Ports, wish: Wish
) -> None:
    made = await book(ports, wish)
    await create.create(ports, wish("15:00", day="2026-03-10"), Actor.GUEST, NOW)
    for start in (nth(made, 2), at("2026-03-10 15:00")):
        with pytest.raises(SlotUnavailable):
            await move_occurrence(ports, await seen(ports, made), nth(made, 1), start, Actor.GUEST, NOW)
    assert days((await seen(ports, made)).booking) == days(made)


async def test_a_meeting_that_is_asked_for_where_it_is_changes_nothing(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish)
    again = await move_occurrence(
        ports, await seen(ports, made), nth(made, 1), nth(made, 1), Actor.GUEST, NOW
    )
    assert again.revision == made.revision


async def test_where_the_host_approves_other_times_guests_move_no_single_meeting(
    ports: Ports, wish: Wish
) -> None:
    await rule(ports, guest_reschedule_policy=ReschedulePolicy.APPROVE)
    made = await book(ports, wish)
    to = at("2026-03-10 15:00")
    for actor in (Actor.GUEST, Actor.HOST):
        moving = move_occurrence(ports, await seen(ports, made), nth(made, 1), to, actor, NOW)
        if actor is Actor.HOST:
            await moving
        else:
            with pytest.raises(Conflict, match="ask your host"):
                await moving
    with pytest.raises(Conflict, match="ask your host"):
        await reschedule.reschedule(ports, await seen(ports, made), to, Actor.GUEST, NOW)


async def test_one_meeting_is_cancelled_with_a_reason_and_the_others_take_place(
    ports: Ports, wish: Wish
) -> None:
    """S3.32"""
    made = await book(ports, wish)
    original = on_day(made, date(2026, 3, 9)).original
    after = await cancel_occurrence(ports, await seen(ports, made), original, "ill", Actor.GUEST, NOW)
    assert days(after) == ["03-02 10:00", "03-16 10:00", "03-23 10:00"]
    assert (after.status, after.sequence) == (Status.CONFIRMED, 1)
    found = (await seen(ports, made)).booking.occurrences
    assert [one.status for one in found].count(OccurrenceStatus.CANCELLED) == 1
    assert found[1].reason == "ill"
    await agrees(ports, made)
    *_, entry = await ports.ledger.trail(made.id)
    assert entry.happenings == (Happening.OCCURRENCES_CANCELLED,)
    again = await cancel_occurrence(ports, await seen(ports, made), original, "ill", Actor.GUEST, NOW)
    assert again.revision == after.revision


async def test_the_time_of_a_meeting_that_was_cancelled_is_free_for_others(ports: Ports, wish: Wish) -> None:
    """S3.32"""
    made = await book(ports, wish)
    await cancel_occurrence(ports, await seen(ports, made), nth(made, 1), "", Actor.GUEST, NOW)
    await create.create(ports, wish("10:00", day="2026-03-09"), Actor.GUEST, NOW)


async def test_a_day_without_a_meeting_cannot_be_cancelled(ports: Ports, wish: Wish) -> None:
    """S3.32, C41"""
    made = await book(ports, wish)
    with pytest.raises(NotFound):
        on_day(made, date(2026, 3, 10))
    with pytest.raises(NotFound):
        await cancel_occurrence(ports, await seen(ports, made), nth(made, 1) + HOUR, "", Actor.GUEST, NOW)


async def test_what_has_begun_can_be_neither_moved_nor_cancelled(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish)
    for actor in (Actor.GUEST, Actor.HOST):
        with pytest.raises(Conflict):
            await cancel_occurrence(ports, await seen(ports, made), nth(made, 1), "", actor, AFTER_TWO)
        with pytest.raises(Conflict):
            await move_occurrence(
                ports, await seen(ports, made), nth(made, 1), at("2026-03-12 10:00"), actor, AFTER_TWO
            )


async def test_deadlines_count_from_the_meeting_that_is_changed(ports: Ports, wish: Wish) -> None:
    await rule(ports, cancel_deadline_min=1440, reschedule_deadline_min=1440)
    made = await book(ports, wish)
    late = at("2026-03-08 12:00")
    with pytest.raises(CancellationDeadlinePassed):
        await cancel_occurrence(ports, await seen(ports, made), nth(made, 1), "", Actor.GUEST, late)
    with pytest.raises(RescheduleDeadlinePassed):
        await move_occurrence(
            ports, await seen(ports, made), nth(made, 1), at("2026-03-12 10:00"), Actor.GUEST, late
        )
    with pytest.raises(CancellationDeadlinePassed):
        await cancel_future(ports, await seen(ports, made), date(2026, 3, 9), "", Actor.GUEST, late)
    after = await cancel_occurrence(ports, await seen(ports, made), nth(made, 2), "", Actor.GUEST, late)
    assert len(after.meetings) == 3


async def test_who_was_brought_along_changes_no_meeting(ports: Ports, wish: Wish) -> None:
    await rule(ports, guests_max=1)
    made = await book(ports, wish, guests=[Companion("sam@example.net", "Sam")])
    companion = replace(await seen(ports, made), person=2)
    with pytest.raises(Forbidden):
        await cancel_occurrence(ports, companion, nth(made, 1), "", Actor.GUEST, NOW)
    with pytest.raises(Forbidden):
        await cancel_future(ports, companion, date(2026, 3, 9), "", Actor.GUEST, NOW)
    with pytest.raises(Forbidden):
        await move_occurrence(ports, companion, nth(made, 1), at("2026-03-12 10:00"), Actor.GUEST, NOW)


async def test_the_last_meeting_takes_the_booking_with_it(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish, recurring=replace(FOUR, count=2))
    await cancel_occurrence(ports, await seen(ports, made), nth(made, 0), "", Actor.GUEST, NOW)
    after = await cancel_occurrence(ports, await seen(ports, made), nth(made, 1), "", Actor.GUEST, NOW)
    assert after.status is Status.CANCELLED
    assert claimed(ports) == busy(ports) == []
