"""A host at several calendar clients drags bookings and series while guests read, book, move and cancel: all agrees in the end."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import radicale_plugin
from server.bootstrap import Opened
from server.domain.booking import Actor
from server.domain.errors import Conflict
from server.domain.identity import BookingId, Href, Uid
from server.domain.intervals import Span, merge, overlaps
from server.ical import freebusy
from server.ical.scan import scan
from server.jobs.follow import Follower
from server.ports import CalendarChange, Ports
from server.usecases.booking import cancel, create, look, offer, reschedule
from server.usecases.booking.create import NewBooking
from tests.builders import BERLIN, calendar
from tests.installations import ALICE, disagreements, installation, settle_alice
from tests.radicale_plugin.asking import ask, meeting
from tests.system.running import PATIENCE_S

CALENDAR = calendar()
DRAGGERS = 3
SERIES = 2
ROUNDS = 40
"""Writes of each client."""
GUESTS = 3
DAYS = 8
HALF_HOUR = 1_800
TIMES = re.compile(r"^DT(START|END)[^\r]*\r\n", re.MULTILINE)


def taken(text: str, window: Span) -> list[Span]:
    """Return the busy time of an object, worked out from its text."""
    return [(one.start, one.end) for one in freebusy.busy_spans(scan(text), *window, UTC)]


def dragged(text: str, start: int) -> str:
    """Return a booking's text at another time, of half an hour; zones that are defined before it keep theirs."""
    head, vevent, rest = text.partition("BEGIN:VEVENT")
    at = {"START": start, "END": start + HALF_HOUR}
    return head + vevent + TIMES.sub(lambda found: f"DT{found[1]}:{stamp(at[found[1]])}\r\n", rest)


def stamp(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ")


@dataclass
class Standing:
    """What stands in the calendar at every moment, as the feed tells it, and which bookings were put over it."""

    window: Span
    spans: dict[Href, list[Span]] = field(default_factory=dict)
    made: int = 0
    put_over: list[str] = field(default_factory=list)

    def hear(self, change: CalendarChange) -> None:
        """Note one write, within it."""
        if change.calendar != CALENDAR:
            return
        new = [] if change.new_text is None else taken(change.new_text, self.window)
        if change.intent is not None and new:
            self.made += 1
            others = (one for href, spans in self.spans.items() if href != change.href for one in spans)
            self.put_over += [f"{change.href} over {other}" for other in others if overlaps(new[0], other)]
        self.spans[change.href] = new


@dataclass
class Clients:
    """The host's programs: each runs in a thread of its own."""

    dav: radicale_plugin.Application
    first: int
    known: list[Uid]
    dragged: int = 0

    def some_time(self, chance: random.Random) -> int:
        return self.first + chance.randrange(DAYS * 48) * HALF_HOUR

    def drag(self, seed: int) -> None:
        """Move one booking after the other, by what stands there at that moment."""
        chance = random.Random(seed)
        for _ in range(ROUNDS):
            path = f"/{CALENDAR}/{chance.choice(self.known)}.ics"
            found = ask(self.dav, "GET", path, user="alice")
            if found.status == 404:
                continue
            text = dragged(found.text, self.some_time(chance))
            status = ask(self.dav, "PUT", path, text, user="alice", if_match=found.headers["ETag"]).status
            assert status in {201, 204, 412}, status
            self.dragged += status != 412

    def move_series(self, seed: int) -> None:
        """Write a series of somebody else's again and again, with one meeting of it elsewhere."""
        chance, uid = random.Random(seed), f"series-{seed}"
        for _ in range(ROUNDS):
            start, moved = self.some_time(chance), self.some_time(chance)
            rule = f"RRULE:FREQ=DAILY;COUNT={chance.randrange(2, 6)}"
            ends = {at: stamp(at + HALF_HOUR) for at in (start, moved)}
            series = meeting(uid, rule, start=stamp(start), end=ends[start])
            override = (
                f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nRECURRENCE-ID:{stamp(start + 86_400)}\r\n"
                f"DTSTART:{stamp(moved)}\r\nDTEND:{ends[moved]}\r\nEND:VEVENT\r\nEND:VCALENDAR"
            )
            text = series.replace("END:VCALENDAR", override)
            status = ask(self.dav, "PUT", f"/{CALENDAR}/{uid}.ics", text, user="alice").status
            assert status in {201, 204}, status


@dataclass
class Guests:
    """People on the booking page, who want what is offered at that moment."""

    ports: Ports
    window: Span
    made: list[BookingId] = field(default_factory=list)

    def offered(self) -> list[int]:
        host, kind = offer.find(self.ports, "alice", "intro")
        return offer.offer(self.ports, host, kind, self.window, int(self.ports.clock.now().timestamp()))

    async def book(self, chance: random.Random) -> Uid:
        """Book one of the times that are offered."""
        start = datetime.fromtimestamp(chance.choice(self.offered()), UTC)
        wish = NewBooking(
            home=ALICE, slug="intro", start=start, name="Gus", email="gus@example.net", zone=BERLIN
        )
        booking = await create.create(self.ports, wish, Actor.GUEST, self.ports.clock.now())
        self.made.append(booking.id)
        return booking.uid

    async def live(self, seed: int, is_over: Callable[[], bool]) -> None:
        """Book, move and cancel until the clients are done; whoever comes too late tries something else."""
        chance = random.Random(seed)
        while not is_over():
            with suppress(Conflict):
                await self._act(chance)

    async def _act(self, chance: random.Random) -> None:
        now, dice = self.ports.clock.now(), chance.random()
        if dice < 0.3 or len(self.made) > 40:
            looked = await look.by_id(self.ports, chance.choice(self.made))
            await cancel.cancel(self.ports, looked, "", Actor.GUEST, now)
        elif dice < 0.6:
            looked = await look.by_id(self.ports, chance.choice(self.made))
            start = datetime.fromtimestamp(chance.choice(self.offered()), UTC)
            await reschedule.reschedule(self.ports, looked, start, Actor.GUEST, now)
        else:
            await self.book(chance)


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Opened]:
    """Return an installation with a host and a follower at work; nothing else would mend what it misses."""
    async with installation(tmp_path / "data") as opened:
        await settle_alice(opened.ports)
        working = asyncio.create_task(Follower(opened.ports).run())
        yield opened
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def test_claims_index_and_calendar_agree_after_clients_and_guests_wrote_at_once(parts: Opened) -> None:
    ports = parts.ports
    tomorrow = ports.clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    first = int(tomorrow.timestamp())
    window = (first, first + DAYS * 86_400)
    standing = Standing((first - 86_400, first + 30 * 86_400))
    ports.calendars.subscribe(standing.hear)
    guests = Guests(ports, window)
    chance = random.Random(7)
    clients = Clients(parts.dav, first, [await guests.book(chance) for _ in range(12)])
    writing = [asyncio.to_thread(clients.drag, seed) for seed in range(DRAGGERS)]
    writing += [asyncio.to_thread(clients.move_series, seed) for seed in range(SERIES)]
    written = asyncio.gather(*writing)
    await asyncio.gather(written, *(guests.live(seed, written.done) for seed in range(GUESTS)))
    assert await agreed(ports) == []
    assert standing.put_over == []
    assert standing.made > len(clients.known) < clients.dragged
    texts = [one.text for one in await ports.calendars.all(CALENDAR)]
    busy = merge(span for text in texts for span in taken(text, standing.window))
    assert ports.calendars.busy([CALENDAR], standing.window) == busy
    assert not [
        start for start in guests.offered() for span in busy if overlaps((start, start + HALF_HOUR), span)
    ]


async def agreed(ports: Ports) -> list[str]:
    """Return what disagrees once the follower has heard everything, or after long waiting."""
    for _ in range(PATIENCE_S * 50):
        found = list(await disagreements(ports))
        if not found:
            return []
        await asyncio.sleep(0.02)
    return list(await disagreements(ports))
