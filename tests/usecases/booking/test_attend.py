"""Who came, as the host says it afterwards; and what programs keep beside a booking."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from server.adapters.memory.ledger import MemoryLedger
from server.domain.booking import Action, Actor, Attendance, Booking
from server.domain.errors import AlreadyCancelled, Conflict, Invalid
from server.domain.happenings import Happening
from server.ports import Ports
from server.usecases.booking import annotate, attend, cancel, create, look, rebuild, reschedule
from server.usecases.booking.create import NewBooking
from server.usecases.booking.look import Looked
from tests.builders import DAY, NOW, at
from tests.usecases.booking.foreign import write

Wish = Callable[..., NewBooking]
LATER = at(f"{DAY} 12:00")
SOURCE = (("deal", 7), ("source", "web"))


@pytest.fixture
async def made(ports: Ports, wish: Wish) -> Looked:
    """Return a booking that has metadata."""
    booking = await create.create(ports, replace(wish("10:00"), metadata=SOURCE), Actor.GUEST, NOW)
    return await look.by_id(ports, booking.id)


async def say(ports: Ports, looked: Looked, attendance: Attendance) -> Booking:
    return await attend.attend(ports, looked, "", attendance, Actor.HOST, LATER)


async def test_what_was_said_last_holds_and_saying_it_again_changes_nothing(
    ports: Ports, made: Looked
) -> None:
    """S2.33, S2.34, S3.38, S3.39, C30"""
    revisions = []
    for one in (Attendance.ATTENDED, Attendance.ATTENDED, Attendance.ABSENT):
        looked = await look.by_id(ports, made.record.id)
        after = await say(ports, looked, one)
        assert after.guest.attendance is one
        revisions.append(after.revision)
    assert revisions == [1, 1, 2]


async def test_a_no_show_has_a_name_outside_and_is_told_once(ports: Ports, made: Looked) -> None:
    """C27: `booking.no_show` when who booked is said to have been absent."""
    for one in (Attendance.ABSENT, Attendance.ATTENDED, Attendance.ABSENT):
        await say(ports, await look.by_id(ports, made.record.id), one)
    told = [entry.happenings for entry in await ports.ledger.trail(made.record.id)]
    assert told == [(Happening.CREATED,), (Happening.NO_SHOW,), (), (Happening.NO_SHOW,)]


async def test_a_text_that_a_client_puts_back_does_not_undo_who_came(ports: Ports, made: Looked) -> None:
    """C30: the ledger's word counts, as calendar programs overwrite what they do not know."""
    await say(ports, made, Attendance.ABSENT)
    await write(ports, made.stored.calendar, made.stored.href, made.stored.text)
    seen = await look.by_id(ports, made.record.id)
    assert seen.booking.guest.attendance is Attendance.ABSENT


async def test_who_came_and_metadata_outlive_further_changes(ports: Ports, made: Looked) -> None:
    """S3.36"""
    moved = await reschedule.reschedule(ports, made, at(f"{DAY} 11:00"), Actor.GUEST, NOW)
    assert moved.metadata == SOURCE
    looked = await look.by_id(ports, moved.id)
    assert looked.booking.metadata == SOURCE
    ended = await cancel.cancel(ports, looked, "", Actor.HOST, NOW)
    assert (await look.by_id(ports, ended.id)).booking.metadata == SOURCE


async def test_who_came_cannot_be_said_of_what_has_not_begun_or_ended_early(
    ports: Ports, made: Looked
) -> None:
    """S2.33: afterwards only."""
    with pytest.raises(Conflict):
        await attend.attend(ports, made, "", Attendance.ATTENDED, Actor.HOST, NOW)
    with pytest.raises(Invalid):
        await attend.attend(ports, made, "fay@example.net", Attendance.ATTENDED, Actor.HOST, LATER)
    await cancel.cancel(ports, made, "", Actor.HOST, NOW)
    looked = await look.by_id(ports, made.record.id)
    with pytest.raises(AlreadyCancelled):
        await say(ports, looked, Attendance.ATTENDED)
    with pytest.raises(AlreadyCancelled):
        await annotate.annotate(ports, looked, (), Actor.API_KEY, NOW)


async def test_the_same_metadata_again_is_no_change(ports: Ports, made: Looked) -> None:
    """S3.37"""
    assert (await annotate.annotate(ports, made, SOURCE, Actor.API_KEY, NOW)).revision == 0
    assert (await annotate.annotate(ports, made, (), Actor.API_KEY, NOW)).metadata == ()


async def test_a_rebuilt_ledger_knows_who_came_and_what_was_noted(ports: Ports, made: Looked) -> None:
    await say(ports, made, Attendance.ABSENT)
    looked = await look.by_id(ports, made.record.id)
    await annotate.annotate(ports, looked, (), Actor.API_KEY, LATER)
    again = replace(ports, ledger=MemoryLedger())
    await rebuild.rebuild(again, LATER)
    record = await again.ledger.booking(made.record.id)
    assert record is not None
    assert dict(record.attendance) == {1: Attendance.ABSENT}
    trail = [entry.action for entry in await again.ledger.trail(made.record.id)]
    assert [one for one in trail if one is not Action.COMPLETE] == [
        Action.CREATE,
        Action.ATTEND,
        Action.ANNOTATE,
    ]
