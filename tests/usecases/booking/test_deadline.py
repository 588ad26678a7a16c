"""Until when guests may cancel and move (C6)."""

from datetime import timedelta

import pytest

from server.domain.booking import Actor, Status
from server.domain.errors import CancellationDeadlinePassed, RescheduleDeadlinePassed
from server.ports import Ports
from server.usecases.booking import cancel, create, look, reschedule
from server.usecases.booking.look import Looked
from tests.builders import NOW, at
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.waits import ELEVEN, asked_to_move, pending, set_up

LAST = at("2026-03-02 09:00")
"""An hour before the meeting."""
LATE = LAST + timedelta(seconds=1)


async def booked(ports: Ports, wish: Wish, **deadlines: int) -> Looked:
    await set_up(ports, **deadlines)
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    return await look.by_id(ports, made.id)


async def test_a_guest_may_cancel_until_the_deadline(ports: Ports, wish: Wish) -> None:
    """C6, S3.24"""
    looked = await booked(ports, wish, cancel_deadline_min=60)
    with pytest.raises(CancellationDeadlinePassed) as refused:
        await cancel.cancel(ports, looked, "", Actor.GUEST, LATE)
    assert refused.value.code == "cancellation_deadline_passed"
    assert (await cancel.cancel(ports, looked, "", Actor.GUEST, LAST)).status is Status.CANCELLED


async def test_a_guest_may_move_until_the_deadline(ports: Ports, wish: Wish) -> None:
    """C6"""
    looked = await booked(ports, wish, reschedule_deadline_min=60)
    with pytest.raises(RescheduleDeadlinePassed) as refused:
        await reschedule.reschedule(ports, looked, ELEVEN, Actor.GUEST, LATE)
    assert refused.value.code == "reschedule_deadline_passed"
    assert (await reschedule.reschedule(ports, looked, ELEVEN, Actor.GUEST, LAST)).start == ELEVEN


@pytest.mark.parametrize("actor", [Actor.HOST, Actor.API_KEY, Actor.SYSTEM])
async def test_nobody_else_has_deadlines(ports: Ports, wish: Wish, actor: Actor) -> None:
    """C6"""
    looked = await booked(ports, wish, cancel_deadline_min=60, reschedule_deadline_min=60)
    moved = await reschedule.reschedule(ports, looked, ELEVEN, actor, LATE)
    later = at("2026-03-02 10:30")
    cancelled = await cancel.cancel(ports, await look.by_id(ports, moved.id), "", actor, later)
    assert cancelled.status is Status.CANCELLED


async def test_one_deadline_is_not_the_other(ports: Ports, wish: Wish) -> None:
    looked = await booked(ports, wish, cancel_deadline_min=60)
    assert (await reschedule.reschedule(ports, looked, ELEVEN, Actor.GUEST, LATE)).start == ELEVEN


async def test_cancelling_twice_after_the_deadline_is_no_fault(ports: Ports, wish: Wish) -> None:
    """C7"""
    looked = await booked(ports, wish, cancel_deadline_min=60)
    first = await cancel.cancel(ports, looked, "", Actor.HOST, LATE)
    again = await cancel.cancel(ports, await look.by_id(ports, first.id), "", Actor.GUEST, LATE)
    assert again == first


async def test_a_request_that_nobody_agreed_to_can_be_taken_back_at_any_time(
    ports: Ports, wish: Wish
) -> None:
    looked = await pending(ports, wish("10:00"), cancel_deadline_min=60)
    assert (await cancel.cancel(ports, looked, "", Actor.GUEST, LATE)).status is Status.CANCELLED


async def test_asking_for_a_later_time_does_not_put_off_the_deadline(ports: Ports, wish: Wish) -> None:
    looked = await asked_to_move(ports, wish("10:00"), cancel_deadline_min=60)
    with pytest.raises(CancellationDeadlinePassed):
        await cancel.cancel(ports, looked, "", Actor.GUEST, LATE)
