"""Backups of an installation that goes on: what is restored agrees with itself, whatever happened meanwhile."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.bootstrap import restore
from server.domain.booking import Actor
from server.domain.errors import Unavailable
from server.ports import Ports
from server.settings.model import Settings
from server.usecases.booking import cancel, look, reschedule
from tests.builders import NOW
from tests.installations import book, disagreements, installation, settle_alice
from tests.system.running import PATIENCE_S, Running


async def live(ports: Ports, stopped: asyncio.Event, another: asyncio.Event, seed: int) -> int:
    """Book, move and cancel until stopped, and tell of each booking; return how many were made."""
    chance, made = random.Random(seed), 0
    while not stopped.is_set():
        booking = await book(ports, hours_ahead=4 * made + seed)
        made += 1
        another.set()
        then = ports.clock.now()
        if chance.random() < 0.4:
            start = booking.start + (booking.end - booking.start)
            await reschedule.reschedule(ports, await look.by_id(ports, booking.id), start, Actor.HOST, then)
        if chance.random() < 0.4:
            await cancel.cancel(ports, await look.by_id(ports, booking.id), "", Actor.GUEST, then)
    return made


async def test_a_backup_that_is_made_during_bookings_agrees_with_itself(tmp_path: Path) -> None:
    async with installation(tmp_path / "data") as parts:
        ports, stopped, another = parts.ports, asyncio.Event(), asyncio.Event()
        await settle_alice(ports)
        living = [asyncio.create_task(live(ports, stopped, another, seed)) for seed in range(2)]
        for number in range(8):
            another.clear()
            await asyncio.wait_for(another.wait(), PATIENCE_S)
            await ports.backups.make(tmp_path / f"backup-{number}", NOW)
        stopped.set()
        made = sum(await asyncio.gather(*living))
    known = []
    for number in range(8):
        restored = tmp_path / f"restored-{number}"
        restore(tmp_path / f"backup-{number}", Settings(data=restored))
        async with installation(restored) as parts:
            assert await disagreements(parts.ports) == []
            known.append(len(await parts.ports.ledger.bookings()))
    assert known == sorted(known)
    assert known[0] < known[-1] <= made


async def test_a_backup_that_the_end_of_the_server_cuts_short_is_none(tmp_path: Path) -> None:
    async with installation(tmp_path / "data") as parts:
        await settle_alice(parts.ports)
        parts.ports.backups.close()  # type: ignore[attr-defined]  # what `opened` does at the end
        with pytest.raises((Unavailable, RuntimeError)):
            await parts.ports.backups.make(tmp_path / "backup", NOW)
    with pytest.raises(Unavailable, match="no backup"):
        restore(tmp_path / "backup", Settings(data=tmp_path / "restored"))


@pytest.mark.slow
def test_a_running_server_is_backed_up_and_its_links_work_elsewhere(tmp_path: Path) -> None:
    running = Running(tmp_path / "data").start()
    try:
        today = datetime.now(UTC).date()
        soon = running.slots("intro", str(today), str(today + timedelta(days=14)))[-1]
        status, made = running.book("intro", soon)
        assert status == 201
        assert "Writers waited" in running.daybook("backup", str(tmp_path / "backup"))
    finally:
        running.stop()
    other = Running(tmp_path / "other")
    other.daybook("restore", str(tmp_path / "backup"))
    other.start()
    try:
        status, _ = other.post(f"/v1/bookings/{made['id']}/cancel?token={made['cancel_token']}", {})
        assert status == 200
    finally:
        other.stop()
