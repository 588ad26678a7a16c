"""A ledger that was lost comes back from the homes: the same bookings, claims and links."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from server import bootstrap
from server.adapters.data_dir import Held
from server.bootstrap import RebuiltLedger
from server.domain.booking import Action, Actor, Booking
from server.domain.errors import Conflict, InviteOver, LinkReplaced
from server.domain.event_type import ReschedulePolicy
from server.domain.identity import HISTORY, Home, Href, calendar_path
from server.ical import vevent
from server.ports import AuditEntry, ObjectWrite, Ports
from server.settings.model import Settings
from server.usecases.booking import (
    cancel,
    confirm,
    decline,
    follow,
    keep,
    links,
    listing,
    look,
    reschedule,
)
from server.usecases.host.add import add
from server.usecases.host.app_passwords import listed, make
from server.usecases.invite.create import Terms, Wanted
from server.usecases.invite.create import create as invite
from server.usecases.invite.open import token_of
from tests.builders import host
from tests.installations import ALICE, book, disagreements, installation, settle_alice
from tests.usecases.booking.crash import Died

State = dict[str, object]
LATE = (0, 2**40)


async def state(ports: Ports) -> State:
    """Return what must be the same after a rebuild."""
    records = await ports.ledger.bookings()
    wanted = [listing.Wanted(view=view, limit=1000) for view in listing.VIEWS]
    return {
        "records": records,
        "claims": sorted(ports.ledger.claims(ALICE, LATE), key=lambda claim: claim.booking),
        "listings": [await listing.bookings(ports, one, ports.clock.now()) for one in wanted],
        "links": [await link(ports, record.id) for record in records],
    }


async def link(ports: Ports, id_: str) -> str:
    looked = await look.by_id(ports, next(r.id for r in await ports.ledger.bookings() if r.id == id_))
    return links.manage_token(ports, looked.booking, looked.record, look.OWNER)


async def live(ports: Ports) -> Sequence[str]:
    """Book, move, cancel and drag a lot; return every link that was ever mailed."""
    chance, mailed = random.Random(7), []
    for number in range(30):
        booking = await book(ports, hours_ahead=6 * number)
        mailed.append(await link(ports, booking.id))
        for _ in range(chance.randrange(3)):
            actor = chance.choice([Actor.HOST, Actor.GUEST])
            start = (await look.by_id(ports, booking.id)).booking.start + timedelta(minutes=30)
            await reschedule.reschedule(
                ports, await look.by_id(ports, booking.id), start, actor, ports.clock.now()
            )
            mailed.append(await link(ports, booking.id))
        if chance.random() < 0.3:
            looked = await look.by_id(ports, booking.id)
            await cancel.cancel(ports, looked, "Ill", Actor.GUEST, ports.clock.now())
            mailed.append(await link(ports, booking.id))
        elif chance.random() < 0.3:
            await drag(ports, booking.id)
    return mailed


async def drag(ports: Ports, id_: str) -> None:
    """Move a booking's object as a calendar program does: its times, and nothing else."""
    record = next(record for record in await ports.ledger.bookings() if record.id == id_)
    stored = await ports.calendars.get(record.calendar, record.href)
    assert stored is not None
    booking = vevent.read(stored.text, stored.calendar)
    assert booking is not None
    later = replace(booking, start=booking.start + timedelta(hours=1), end=booking.end + timedelta(hours=1))
    known = ("DTSTART", "DTEND")
    moved = vevent.stored(later, host("alice")).splitlines(keepends=True)
    times = {line.partition(";")[0]: line for line in moved if line.startswith(known)}
    lines = stored.text.splitlines(keepends=True)
    text = "".join(times.get(line.partition(";")[0], line) for line in lines)
    await put(ports, Home("alice"), ObjectWrite(record.calendar, record.href, record.etag, text))
    await follow.reconcile(ports, record, ports.clock.now())


async def put(ports: Ports, home: Home, wish: ObjectWrite) -> None:
    await ports.calendars.swap(home, "client", await ports.calendars.stage(home, [wish]), ())


async def rebuilt(data: Path) -> RebuiltLedger:
    return await bootstrap.rebuild(Settings(data=data, base_url="https://book.example"))


@asynccontextmanager
async def lost_and_rebuilt(data: Path) -> AsyncIterator[tuple[Ports, RebuiltLedger]]:
    """Delete the ledger, rebuild it, and open the installation again."""
    (data / "ledger.db").unlink()
    done = await rebuilt(data)
    async with installation(data) as parts:
        yield parts.ports, done


async def test_listings_claims_statuses_and_links_are_what_they_were(tmp_path: Path) -> None:
    async with installation(tmp_path) as parts:
        await settle_alice(parts.ports)
        mailed = await live(parts.ports)
        assert await disagreements(parts.ports) == []
        before = await state(parts.ports)
        trails = await paths(parts.ports)
    async with lost_and_rebuilt(tmp_path) as (ports, done):
        after = await state(ports)
        assert [(name, before[name], after[name]) for name in before if after[name] != before[name]] == []
        assert await disagreements(ports) == []
        assert (done.found.bookings, done.aside, done.has_new_key) == (30, None, False)
        told = await paths(ports)
        assert [entry for entry in told if entry not in trails] == []
        assert [entry.action for entry in trails if entry not in told] == [Action.RESCHEDULE] * lost_moves(
            trails
        )
        opened = [await opens(ports, token) for token in mailed]
        assert opened.count(True) >= 30
        assert opened.count(False) > 0


async def paths(ports: Ports) -> list[AuditEntry]:
    """Return the trails of all bookings, but for how they were told outside: no home knows that."""
    trails = [await ports.ledger.trail(record.id) for record in await ports.ledger.bookings()]
    return [replace(entry, unannounced=False, happenings=()) for trail in trails for entry in trail]


def lost_moves(trails: Sequence[AuditEntry]) -> int:
    """Count the moves that were followed by a cancellation: the history keeps what was cancelled, not how it came there."""
    ended = {entry.booking: entry.revision for entry in trails if entry.action is Action.CANCEL}
    return sum(entry.revision > 0 and ended.get(entry.booking) == entry.revision + 1 for entry in trails)


async def opens(ports: Ports, token: str) -> bool:
    """Tell whether a mailed link leads to its booking; one that was replaced must say so."""
    try:
        await look.by_token(ports, token)
    except LinkReplaced:
        return False
    return True


async def test_life_goes_on_after_a_rebuild(tmp_path: Path) -> None:
    async with installation(tmp_path) as parts:
        await settle_alice(parts.ports)
        first = await book(parts.ports, 1)
    async with lost_and_rebuilt(tmp_path) as (ports, _):
        with pytest.raises(Conflict):
            await book(ports, 1)
        second = await book(ports, 2)
        assert second.number > first.number
        looked = await look.by_id(ports, first.id)
        later = looked.booking.start + timedelta(minutes=30)
        moved = await reschedule.reschedule(ports, looked, later, Actor.GUEST, ports.clock.now())
        assert (moved.revision, moved.sequence) == (1, 1)
        assert [one.action for one in await ports.ledger.trail(first.id)] == [
            Action.CREATE,
            Action.RESCHEDULE,
        ]


async def test_requests_wait_on_and_their_ways_are_told_again(tmp_path: Path) -> None:
    """C1, C19: new ones, other times, in the calendar and hidden, and every answer there is."""
    async with installation(tmp_path) as parts:
        ports = parts.ports
        await settle_alice(ports)
        await live_with_requests(ports)
        before = await state(ports)
        trails = await paths(ports)
    async with lost_and_rebuilt(tmp_path) as (ports, _):
        after = await state(ports)
        assert [(name, before[name], after[name]) for name in before if after[name] != before[name]] == []
        told = await paths(ports)
        # The history keeps what was declined, not that another time had been asked for just before.
        assert [entry.action for entry in trails if entry not in told] == [Action.REQUEST] * 4
        assert [entry for entry in told if entry not in trails] == []


async def live_with_requests(ports: Ports) -> None:
    """Ask, ask for another time, and give each answer; some of it hidden."""
    present, now = ports.homes.event_type(ALICE, "intro"), ports.clock.now()
    assert present is not None
    for number, hidden in enumerate((False, True)):
        terms = replace(
            ports.homes.event_type(ALICE, "intro") or present,
            requires_confirmation=True,
            confirm_within_min=60,
            pending_in_calendar=not hidden,
            guest_reschedule_policy=ReschedulePolicy.APPROVE,
        )
        await ports.homes.save_event_type(terms)
        made = [await book(ports, hours_ahead=20 * number + hour) for hour in range(8)]
        for one in made[2:]:
            await confirm.confirm(ports, await look.by_id(ports, one.id), Actor.HOST, now)
        for one in made[3:]:
            later = one.start + timedelta(minutes=30)
            await reschedule.reschedule(ports, await look.by_id(ports, one.id), later, Actor.GUEST, now)
        seen = [await look.by_id(ports, one.id) for one in made]
        await decline.decline(ports, seen[1], "No time.", Actor.HOST, now)
        await confirm.confirm(ports, seen[4], Actor.HOST, now)
        await keep.keep(ports, seen[5], "", Actor.HOST, now)
        await decline.decline(ports, seen[6], "", Actor.HOST, now)
        await cancel.cancel(ports, seen[7], "Ill", Actor.GUEST, now)


async def test_passwords_are_gone_and_their_names_are_told(tmp_path: Path) -> None:
    async with installation(tmp_path) as parts:
        await settle_alice(parts.ports)
        await make(parts.ports, "alice", "phone", parts.ports.clock.now())
    async with lost_and_rebuilt(tmp_path) as (ports, done):
        assert not await ports.accounts.verify("alice", "alice's password")
        assert [(one.name, one.kept) for one in await listed(ports, "alice")] == [("phone", None)]
        assert [one.name for one in done.hosts[0].app_passwords] == ["phone"]


async def test_a_damaged_ledger_is_set_aside_with_all_its_files(tmp_path: Path) -> None:
    async with installation(tmp_path) as parts:
        await settle_alice(parts.ports)
        await book(parts.ports, 1)
    for name in ("ledger.db", "ledger.db-wal"):
        (tmp_path / name).write_bytes(b"damaged " * 1000)
    done = await rebuilt(tmp_path)
    assert done.aside is not None
    assert [done.aside.with_name(done.aside.name + suffix).exists() for suffix in ("", "-wal")] == [
        True,
        True,
    ]
    async with installation(tmp_path) as parts:
        assert await disagreements(parts.ports) == []


async def test_what_a_crash_left_is_resolved_with_the_ledger_that_knew_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with installation(tmp_path) as parts:
        await settle_alice(parts.ports)
        booking = await book(parts.ports, 1)
        looked = await look.by_id(parts.ports, booking.id)

        async def die(*_: object) -> None:
            raise Died

        monkeypatch.setattr(parts.ports.calendars, "swap", die)
        with pytest.raises(Died):
            await cancel.cancel(parts.ports, looked, "", Actor.GUEST, parts.ports.clock.now())
    await rebuilt(tmp_path)
    async with installation(tmp_path) as parts:
        assert await disagreements(parts.ports) == []
        assert [record.status for record in await parts.ports.ledger.bookings()] == ["cancelled"]


async def copied(ports: Ports, booking: Booking, home: Home, calendar: str, href: str = "copy.ics") -> None:
    stored = (await look.by_id(ports, booking.id)).stored
    await put(ports, home, ObjectWrite(calendar_path(home, calendar), Href(href), None, stored.text))


async def test_a_copy_in_another_home_is_not_the_booking(tmp_path: Path) -> None:
    async with installation(tmp_path) as parts:
        await settle_alice(parts.ports)
        await add(parts.ports, host("aaron"))
        booking = await book(parts.ports, 1)
        await copied(parts.ports, booking, Home("aaron"), "calendar")
        before = await parts.ports.ledger.bookings()
    async with lost_and_rebuilt(tmp_path) as (ports, done):
        assert await ports.ledger.bookings() == before
        assert done.found.copies == 1


async def test_what_a_client_put_back_after_the_cancellation_is_not_the_booking(tmp_path: Path) -> None:
    async with installation(tmp_path) as parts:
        ports = parts.ports
        await settle_alice(ports)
        booking = await book(ports, 1)
        looked = await look.by_id(ports, booking.id)
        await cancel.cancel(ports, looked, "", Actor.GUEST, ports.clock.now())
        old = looked.stored
        await put(ports, ALICE, ObjectWrite(old.calendar, old.href, None, old.text))
        before = await ports.ledger.bookings()
    async with lost_and_rebuilt(tmp_path) as (ports, done):
        assert await ports.ledger.bookings() == before
        assert (done.found.copies, list(ports.ledger.claims(ALICE, LATE))) == (1, [])


async def test_a_booking_that_a_client_removed_is_counted_and_not_made_up(tmp_path: Path) -> None:
    async with installation(tmp_path) as parts:
        ports = parts.ports
        await settle_alice(ports)
        booking = await book(ports, 1)
        later = booking.start + timedelta(minutes=30)
        looked = await look.by_id(ports, booking.id)
        await reschedule.reschedule(ports, looked, later, Actor.GUEST, ports.clock.now())
        stored = (await look.by_id(ports, booking.id)).stored
        await put(ports, ALICE, ObjectWrite(stored.calendar, stored.href, stored.etag, None))
    async with lost_and_rebuilt(tmp_path) as (ports, done):
        assert (done.found.bookings, done.found.removed) == (0, 1)
        assert [row.calendar for row in ports.calendars.rows(ALICE)] == [calendar_path(ALICE, HISTORY)]


async def test_a_home_that_cannot_be_read_stops_the_rebuild_and_changes_nothing(tmp_path: Path) -> None:
    async with installation(tmp_path) as parts:
        await settle_alice(parts.ports)
        await book(parts.ports, 1)
    profile = tmp_path / "collections/collection-root/alice/.Daybook/profile.json"
    sound = profile.read_bytes()
    profile.write_bytes(b"{")
    with pytest.raises(Conflict, match=r"profile\.json"):
        await rebuilt(tmp_path)
    profile.write_bytes(sound)
    async with installation(tmp_path) as parts:
        assert await disagreements(parts.ports) == []
        assert await parts.ports.accounts.verify("alice", "alice's password")


async def test_a_running_server_is_not_rebuilt_under_its_feet(tmp_path: Path) -> None:
    async with installation(tmp_path):
        with pytest.raises(Held):
            await rebuilt(tmp_path)


async def test_invites_are_kept_and_their_uses_counted_again_from_the_bookings(tmp_path: Path) -> None:
    """S1.2: a cancelled booking keeps its use; of an invite that was forgotten nothing is counted."""
    async with installation(tmp_path) as parts:
        ports = parts.ports
        await settle_alice(ports)
        terms, people = Terms(uses_max=3), [Wanted(name="Ivy"), Wanted(name="Zoe")]
        kept, gone = await invite(ports, ("alice", "intro"), people, terms, ports.clock.now())
        made = [await book(ports, 2 * number, invite=token_of(ports, kept)) for number in range(2)]
        await book(ports, 10, invite=token_of(ports, gone))
        start = made[0].start + timedelta(days=1)
        looked = await look.by_id(ports, made[0].id)
        await reschedule.reschedule(ports, looked, start, Actor.GUEST, ports.clock.now())
        looked = await look.by_id(ports, made[1].id)
        await cancel.cancel(ports, looked, "Ill", Actor.GUEST, ports.clock.now())
        await ports.homes.delete_invites([gone])
        uses = {kept.id: sorted(one.id for one in made)}
    async with lost_and_rebuilt(tmp_path) as (ports, _):
        assert await ports.ledger.invite_uses([kept.id, gone.id]) == uses
        assert await ports.ledger.invite_uses([kept.id]) == uses
        await book(ports, 20, invite=token_of(ports, kept))
        with pytest.raises(InviteOver):
            await book(ports, 22, invite=token_of(ports, kept))
