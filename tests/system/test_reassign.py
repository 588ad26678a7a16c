"""Meetings that went from host to host, on a real disk: what is known of them after the ledger is lost, and in a backup."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from server import bootstrap
from server.bootstrap import restore
from server.domain.booking import Action, Actor, Booking
from server.domain.hosts import Strategy
from server.domain.identity import HISTORY, Home, calendar_path
from server.domain.team import Member
from server.ports import AuditEntry, BookingRecord, Claim, Ports
from server.settings.model import Settings
from server.usecases.booking import cancel, create, listing, look, reassign, reschedule, revisions
from server.usecases.booking.create import NewBooking
from server.usecases.event_type.create import create as create_event_type
from server.usecases.host.add import add
from server.usecases.team.create import create as create_team
from tests.builders import BERLIN, NOW, event_type, host, team
from tests.installations import installation

HOMES = tuple(map(Home, ("alice", "bob", "carl")))
ALICE, BOB, CARL = HOMES
ALWAYS = (0, 2**40)


async def move_in(ports: Ports) -> None:
    """Let three hosts move in, and the team that they are."""
    for number, home in enumerate(HOMES):
        await add(ports, host(home, number=number, name=home.title(), weekly="always"), "a password of mine")
    await create_team(ports, team("sales", *(Member(home=home) for home in HOMES)))
    kind = replace(event_type("demo", home="sales", weekly="always", horizon_days=365))
    await create_event_type(ports, replace(kind, strategy=Strategy.ROUND_ROBIN))


async def book(ports: Ports, hours: int) -> Booking:
    now = ports.clock.now()
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=1, hours=hours)
    wish = NewBooking(
        home="sales", slug="demo", start=start, name="Gus Guest", email="gus@example.net", zone=BERLIN
    )
    return await create.create(ports, wish, Actor.GUEST, now)


async def hand(ports: Ports, made: Booking, to: Home | None = None) -> Booking:
    looked = await look.by_id(ports, made.id)
    return await reassign.reassign(ports, looked, Actor.HOST, ports.clock.now(), to=to, reason="Ill.")


async def live(ports: Ports) -> Sequence[Booking]:
    """Let one meeting go around, one move and then change hands, and one be cancelled by who took it over."""
    now, made = ports.clock.now(), [await book(ports, 2 * number) for number in range(3)]
    for _ in range(3):
        await hand(ports, made[0])
    later = made[1].start + timedelta(hours=20)
    await reschedule.reschedule(ports, await look.by_id(ports, made[1].id), later, Actor.GUEST, now)
    await hand(ports, made[1])
    await hand(ports, made[2])
    await cancel.cancel(ports, await look.by_id(ports, made[2].id), "", Actor.HOST, now)
    return made


async def state(
    ports: Ports,
) -> tuple[Sequence[BookingRecord], list[Claim], list[list[Booking]], list[list[Booking | None]]]:
    """Return what must be the same again: records, claims, lists of each host, and every revision."""
    records = await ports.ledger.bookings()
    claims = [claim for home in HOMES for claim in ports.ledger.claims(home, ALWAYS)]
    lists = [
        await listing.bookings(ports, listing.Wanted(home=home, view="all"), ports.clock.now())
        for home in (None, *HOMES)
    ]
    each = [
        [await revisions.at(ports, record, number) for number in range(record.revision + 1)]
        for record in records
    ]
    return records, claims, lists, each


async def trails(ports: Ports) -> list[AuditEntry]:
    known = [await ports.ledger.trail(record.id) for record in await ports.ledger.bookings()]
    return [replace(entry, happenings=()) for trail in known for entry in trail]


async def test_whose_a_meeting_was_is_known_again_when_the_ledger_is_lost(tmp_path: Path) -> None:
    """S4.38: the history of one meeting stands in several homes."""
    async with installation(tmp_path) as parts:
        await move_in(parts.ports)
        made = await live(parts.ports)
        before, told = await state(parts.ports), await trails(parts.ports)
        first = [entry.home for entry in told if entry.booking == made[0].id]
        assert len(set(first)) == 3
        assert [len(one) - one.count(None) for one in before[3]] == [4, 3, 2]
    (tmp_path / "ledger.db").unlink()
    done = await bootstrap.rebuild(Settings(data=tmp_path, base_url="https://book.example"))
    assert (done.found.bookings, done.found.copies, done.found.removed) == (3, 0, 0)
    async with installation(tmp_path) as parts:
        after = await state(parts.ports)
        for was, now in zip(before, after, strict=True):
            assert now == was
        again = await trails(parts.ports)
        assert [replace(entry, at=0) for entry in again] == [replace(entry, at=0) for entry in told]
        # What was cancelled keeps when it ended, and not when another host had taken it over just before.
        assert [entry.action for entry in again if entry not in told] in ([], [Action.REASSIGN])


async def test_a_backup_holds_both_homes(tmp_path: Path) -> None:
    async with installation(tmp_path / "data") as parts:
        await move_in(parts.ports)
        made = await live(parts.ports)
        before = await state(parts.ports)
        await parts.ports.backups.make(tmp_path / "backup", NOW)
    restore(tmp_path / "backup", Settings(data=tmp_path / "restored"))
    async with installation(tmp_path / "restored") as parts:
        assert await state(parts.ports) == before
        record = (await look.by_id(parts.ports, made[0].id)).record
        assert record.calendar == calendar_path(record.home, "calendar")
        kept = await parts.ports.calendars.all(calendar_path(made[0].home, HISTORY))
        assert kept != []
