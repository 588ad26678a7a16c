"""A process that dies while a meeting of several hosts is written, on a real disk and over a real ledger: all calendars agree."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import radicale_plugin
from server.adapters.calendars import RadicaleCalendars
from server.adapters.ledger import SqliteLedger
from server.adapters.memory import memory_ports
from server.domain.booking import Actor, Booking, Status
from server.domain.identity import HISTORY, Home
from server.ports import Ports
from server.usecases.booking import cancel, look, reassign, recover, reschedule
from tests.adapters.calendars.test_crash import ELEVEN, die
from tests.builders import BERLIN, NOW, calendar
from tests.usecases.booking import teams
from tests.usecases.booking.crash import Died, mortal
from tests.usecases.booking.teams import ALICE, BOB, CARL, DORA, agree, book, meeting

Deed = Callable[[Ports, look.Looked], Awaitable[object]]

COLLECTIVE = meeting(co_hosts=(BOB, CARL))
TURN = meeting(co_hosts=(CARL,))

DEEDS: dict[str, tuple[Booking, Deed]] = {
    "reschedule": (
        COLLECTIVE,
        lambda ports, looked: reschedule.reschedule(ports, looked, ELEVEN, Actor.GUEST, NOW),
    ),
    "cancel": (COLLECTIVE, lambda ports, looked: cancel.cancel(ports, looked, "ill", Actor.GUEST, NOW)),
    "reassign": (TURN, lambda ports, looked: reassign.reassign(ports, looked, Actor.HOST, NOW, to=BOB)),
}
"""What may be under way when the process dies, and of which meeting."""

STEPS = range(20)
"""More steps on the disk than a swap of five objects takes."""

POINTS = range(8)
"""Before and after each of stage, claim, swap and settle."""


@pytest.fixture
def disk() -> Iterator[Path]:
    """Return a folder in memory where there is one: who dies here leaves what was done, so nothing has to reach a disk."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(prefix="crash-", dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@asynccontextmanager
async def process(folder: Path) -> AsyncIterator[Ports]:
    """Give a process over `folder`, which knows nothing but what is on the disk; the team has moved in."""
    application = radicale_plugin.make(folder, lambda _: BERLIN, lambda _: (), lambda _: True)
    calendars = RadicaleCalendars(application.storage)
    ledger = await SqliteLedger.open(folder / "ledger.db")
    ports = memory_ports(NOW, calendars=calendars, ledger=ledger)
    try:
        await teams.move_in(ports)
        yield ports
    finally:
        await ledger.close()
        calendars.close()


async def recovered(folder: Path, made: Booking) -> Booking | None:
    """Start again; return the meeting that every calendar and the ledger agree on, None when there is none."""
    async with process(folder) as ports:
        await recover.recover_all(ports, NOW)
        if await ports.ledger.booking(made.id) is not None:
            return await agree(ports, made)
        for home in teams.HOSTS:
            assert await ports.calendars.all(calendar(home)) == []
            assert await ports.calendars.all(calendar(home, HISTORY)) == []
            assert list(ports.ledger.claims(home, teams.ALL_DAY)) == []
        assert await ports.ledger.intents(2**40) == []
        return None


def is_whole(deed: str, made: Booking, after: Booking) -> bool:
    """Tell whether the meeting is as it was, or as it was to become."""
    if after.revision == 0:
        return (after.home, after.span, after.status) == (made.home, made.span, made.status)
    match deed:
        case "reschedule":
            return after.start == ELEVEN
        case "cancel":
            return after.status is Status.CANCELLED
        case _:
            return (after.home, after.span, after.status) == (BOB, made.span, made.status)


async def histories(folder: Path) -> dict[Home, int]:
    """Return how many revisions the history of each host holds."""
    async with process(folder) as ports:
        return {home: len(await ports.calendars.all(calendar(home, HISTORY))) for home in teams.HOSTS}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("steps", STEPS)
async def test_who_dies_between_the_calendars_has_written_all_of_them_or_none(
    disk: Path, monkeypatch: pytest.MonkeyPatch, deed: str, steps: int
) -> None:
    """C22, S2.47, S2.48, S4.38: at every step of the renames."""
    made, change = DEEDS[deed]
    async with process(disk) as ports:
        looked = await book(ports, made)
        await die(monkeypatch, steps, lambda: change(ports, looked))
    after = await recovered(disk, made)
    assert after is not None
    assert is_whole(deed, made, after)
    changed = after.revision
    assert await histories(disk) == {ALICE: changed, BOB: 0, CARL: 0, DORA: 0}


@pytest.mark.parametrize("steps", STEPS)
async def test_a_new_meeting_stands_with_all_its_hosts_or_with_none(
    disk: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """S2.47, S2.48: all or nothing."""
    async with process(disk) as ports:
        await die(monkeypatch, steps, lambda: book(ports, COLLECTIVE))
    await recovered(disk, COLLECTIVE)


@pytest.mark.parametrize("deed", ["create", *DEEDS])
@pytest.mark.parametrize("points", POINTS)
async def test_who_dies_at_any_point_of_a_commit_leaves_calendars_that_agree(
    disk: Path, deed: str, points: int
) -> None:
    """The same between stage, claim, swap and settle."""
    made, change = DEEDS.get(deed, (COLLECTIVE, None))
    async with process(disk) as ports:
        looked = None if change is None else await book(ports, made)
        dying = mortal(ports, points)
        try:
            if change is None or looked is None:
                await book(dying, made)
            else:
                await change(dying, looked)
        except Died:
            pass
    after = await recovered(disk, made)
    assert (after is None) == (deed == "create" and points < 5)
    assert after is None or is_whole(deed, made, after)
