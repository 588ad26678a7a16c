"""A process that dies while a meeting goes from one host to another: it stands with the one or with the other."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from server.domain.booking import Actor, Booking
from server.ports import Ports
from server.usecases.booking import reassign, recover
from tests.builders import DAY, NOW, at
from tests.usecases.booking import teams
from tests.usecases.booking.crash import Died, mortal
from tests.usecases.booking.foreign import write
from tests.usecases.booking.teams import ALICE, BOB, CARL, KIND, agree, book, meeting, standing

LATER = NOW + timedelta(minutes=2)


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports, with the team sales of alice, bob and carl."""
    await teams.move_in(ports)
    return ports


async def dies(ports: Ports, points: int, change: Callable[[Ports], Awaitable[object]]) -> bool:
    try:
        await change(mortal(ports, points))
    except Died:
        return True
    return False


KINDS_OF_MEETING = [
    meeting(),
    meeting(co_hosts=(CARL,)),
    teams.pending(meeting()),
    teams.pending(meeting(), hidden=True),
]


@pytest.mark.parametrize("made", KINDS_OF_MEETING, ids=["one", "with another", "pending", "hidden"])
@pytest.mark.parametrize("points", range(8))
async def test_a_crash_at_any_point_leaves_it_with_one_host_or_the_other(
    ports: Ports, points: int, made: Booking
) -> None:
    """All or nothing; and the turn is taken only by who has the meeting."""
    looked = await book(ports, made)
    await dies(ports, points, lambda p: reassign.reassign(p, looked, Actor.HOST, NOW))
    await recover.recover_all(ports, LATER)
    present = await agree(ports, made)
    wheel = await ports.ledger.wheel(KIND.id)
    assert [one.home for one in wheel.cursors] == ([BOB] if present.home == BOB else [])


@pytest.mark.parametrize("made", KINDS_OF_MEETING, ids=["one", "with another", "pending", "hidden"])
@pytest.mark.parametrize("done", range(5))
async def test_a_swap_that_died_between_the_homes_is_carried_forward(
    ports: Ports, done: int, made: Booking
) -> None:
    """The lock was held, but the power was gone after `done` of the renames."""
    looked = await book(ports, made)
    await dies(ports, 4, lambda p: reassign.reassign(p, looked, Actor.HOST, NOW, to=BOB))
    (intent,) = await ports.ledger.intents(2**40)
    await ports.calendars.swap(intent.home, intent.id, intent.writes[:done], ())
    await recover.recover_all(ports, LATER)
    assert (await agree(ports, made)).home == (BOB if done else ALICE)


@pytest.mark.parametrize("done", range(4))
async def test_what_the_former_host_wrote_during_the_crash_keeps_it_with_them(
    ports: Ports, done: int
) -> None:
    made = meeting()
    looked = await book(ports, made)
    await dies(ports, 4, lambda p: reassign.reassign(p, looked, Actor.HOST, NOW, to=BOB))
    (intent,) = await ports.ledger.intents(2**40)
    await ports.calendars.swap(intent.home, intent.id, intent.writes[:done], ())
    text = looked.stored.text.replace("T100000", "T110000").replace("T103000", "T113000")
    await write(ports, looked.stored.calendar, looked.stored.href, text)
    await recover.recover_all(ports, LATER)
    present = await agree(ports, made)
    assert (present.home, present.start) == (ALICE, at(f"{DAY} 11:00"))


async def test_what_the_new_host_dragged_during_the_crash_is_theirs(ports: Ports) -> None:
    made = meeting()
    looked = await book(ports, made)
    await dies(ports, 6, lambda p: reassign.reassign(p, looked, Actor.HOST, NOW, to=BOB))
    stored = await standing(ports, made, BOB)
    assert stored is not None
    text = stored.text.replace("T100000", "T110000").replace("T103000", "T113000")
    await write(ports, stored.calendar, stored.href, text)
    await recover.recover_all(ports, LATER)
    present = await agree(ports, made)
    assert (present.home, present.start) == (BOB, at(f"{DAY} 11:00"))


async def test_what_the_new_host_removed_during_the_crash_is_missing_with_them(ports: Ports) -> None:
    """Swapped but not settled: the meeting is theirs, and so is its removal."""
    made = meeting()
    looked = await book(ports, made)
    await dies(ports, 6, lambda p: reassign.reassign(p, looked, Actor.HOST, NOW, to=BOB))
    stored = await standing(ports, made, BOB)
    assert stored is not None
    await write(ports, stored.calendar, stored.href, None)
    await recover.recover_all(ports, LATER)
    record = await ports.ledger.booking(made.id)
    assert record is not None
    assert (record.home, record.revision) == (BOB, 1)
    assert record.missing_since is not None
    assert await standing(ports, made, ALICE) is None


async def test_a_co_host_who_wrote_during_the_crash_decides_nothing(ports: Ports) -> None:
    """C22."""
    made = meeting(co_hosts=(CARL,))
    looked = await book(ports, made)
    await dies(ports, 6, lambda p: reassign.reassign(p, looked, Actor.HOST, NOW, to=BOB))
    copy = await standing(ports, made, CARL)
    assert copy is not None
    await write(ports, copy.calendar, copy.href, copy.text.replace("T100000", "T160000"))
    await recover.recover_all(ports, LATER)
    assert (await agree(ports, made)).home == BOB
