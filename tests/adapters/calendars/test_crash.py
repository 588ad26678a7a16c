"""A process that dies between two renames leaves nothing that the next start cannot resolve."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

import radicale_plugin
from radicale_plugin import storage
from radicale_plugin.files import sync_folder
from server.adapters.calendars import RadicaleCalendars, swap
from server.adapters.memory import memory_ports
from server.adapters.memory.ledger import MemoryLedger
from server.domain.booking import Actor, Booking, Status
from server.domain.identity import HISTORY
from server.ical import vevent
from server.ports import Ports
from server.usecases.booking import cancel, create, look, recover, reschedule
from tests.builders import BERLIN, NOW, at, calendar, event_type, host, settle_in
from tests.usecases.booking.crash import Died, Fuse

ELEVEN = at("2026-03-02 11:00")
WISH = create.NewBooking(
    home="alice",
    slug="intro",
    start=at("2026-03-02 10:00"),
    name="Gus Guest",
    email="gus@example.net",
    zone=BERLIN,
)

TOGETHER = replace(WISH, home="alice+bob")

POINTS = range(10)
"""More points than a swap of two objects has."""


def started(folder: Path, ledger: MemoryLedger) -> tuple[Ports, RadicaleCalendars]:
    """Return a process over `folder`; what it knew before is forgotten, but for the ledger."""
    application = radicale_plugin.make(folder, lambda _: BERLIN, lambda _: (), lambda _: True)
    calendars = RadicaleCalendars(application.storage)
    return memory_ports(NOW, calendars=calendars, ledger=ledger), calendars


def mortal_disk(monkeypatch: pytest.MonkeyPatch, points: int) -> None:
    """Let the process die before the given step of a swap on the disk, without a chance to undo anything."""
    fuse = Fuse(points)

    def before(step: Callable[..., object]) -> Callable[..., object]:
        def burning(*args: object, **kwargs: object) -> object:
            fuse.burn()
            return step(*args, **kwargs)

        return burning

    monkeypatch.setattr(swap, "_put_back", lambda _: None)
    monkeypatch.setattr(storage, "sync_folder", before(sync_folder))
    monkeypatch.setattr(os, "link", before(os.link))
    monkeypatch.setattr(Path, "replace", before(Path.replace))
    monkeypatch.setattr(Path, "unlink", before(Path.unlink))


async def die(monkeypatch: pytest.MonkeyPatch, points: int, change: Callable[[], Awaitable[object]]) -> None:
    mortal_disk(monkeypatch, points)
    try:
        await change()
    except Died:
        pass
    finally:
        monkeypatch.undo()


async def settled(folder: Path, ledger: MemoryLedger, made: Booking) -> look.Looked:
    """Start again, resolve what is left, and return the booking; nothing half-made may be left on the disk."""
    ports, calendars = started(folder, ledger)
    alice = await ports.homes.save_host(host())
    await recover.recover_all(ports, NOW)
    assert await ledger.intents(int(NOW.timestamp()) + 60) == []
    assert list((folder / "collection-root" / alice.home / ".Daybook" / "staged").iterdir()) == []
    looked = await look.by_id(ports, made.id)
    calendars.close()
    return looked


@pytest.mark.parametrize("points", POINTS)
async def test_a_reschedule_stands_in_both_calendars_or_in_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, points: int
) -> None:
    ledger = MemoryLedger()
    ports, calendars = started(tmp_path, ledger)
    await settle_in(ports, host(), event_type())
    made = await create.create(ports, WISH, Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    await die(monkeypatch, points, lambda: reschedule.reschedule(ports, looked, ELEVEN, Actor.GUEST, NOW))
    calendars.close()
    after = await settled(tmp_path, ledger, made)
    moved = after.booking.start == ELEVEN
    history = tmp_path / "collection-root" / calendar(name=HISTORY)
    assert len(list(history.glob("*.ics"))) == moved
    assert (after.record.revision, after.record.etag) == (moved, after.stored.etag)


@pytest.mark.parametrize("points", POINTS)
async def test_a_cancellation_is_carried_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, points: int
) -> None:
    ledger = MemoryLedger()
    ports, calendars = started(tmp_path, ledger)
    await settle_in(ports, host(), event_type())
    made = await create.create(ports, WISH, Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    await die(monkeypatch, points, lambda: cancel.cancel(ports, looked, "ill", Actor.GUEST, NOW))
    calendars.close()
    after = await settled(tmp_path, ledger, made)
    assert (after.booking.status, after.record.status) == (Status.CANCELLED, Status.CANCELLED)


def staged_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("staged/*") if path.is_file()]


@pytest.mark.parametrize("points", range(14))
async def test_a_booking_with_two_hosts_moves_with_both_or_with_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, points: int
) -> None:
    """S1.3, C22: the process dies between the calendars."""
    ledger = MemoryLedger()
    ports, calendars = started(tmp_path, ledger)
    await settle_in(ports, host("bob", number=9))
    await settle_in(ports, host(), event_type())
    made = await create.create(ports, TOGETHER, Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    await die(monkeypatch, points, lambda: reschedule.reschedule(ports, looked, ELEVEN, Actor.GUEST, NOW))
    calendars.close()
    ports, calendars = started(tmp_path, ledger)
    for one in (host("bob", number=9), host()):
        await ports.homes.save_host(one)
    await recover.recover_all(ports, NOW)
    after = (await look.by_id(ports, made.id)).booking
    spans = []
    for home in made.homes:
        place = calendars.find(home, made.uid)
        stored = None if place is None else await calendars.get(place[0], place[1])
        shown = None if stored is None else vevent.read(stored.text, stored.calendar)
        spans += [None if shown is None else shown.span]
        assert [claim.span for claim in ledger.claims(home, (0, 2**40))] == [after.span]
    assert spans == [after.span] * 2
    assert await ledger.intents(2**40) == []
    assert staged_in(tmp_path) == []
    calendars.close()
