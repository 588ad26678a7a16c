"""The world in which bookings live: a host, calendars and a ledger in memory or on a disk, a client, a mortal process."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from hypothesis.stateful import RuleBasedStateMachine

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.adapters.memory.clock import FixedClock
from server.domain.booking import ACTIVE, Booking, Status
from server.domain.errors import SchedulingError
from server.domain.event_type import EventType, ReschedulePolicy
from server.domain.identity import BookingId, CalendarPath, Home, Href
from server.ical import vevent
from server.ports import (
    BookingRecord,
    CalendarChange,
    InviteLetter,
    Letter,
    Ports,
    QueuedMail,
    StoredObject,
    Words,
)
from server.usecases.booking import accept, follow, look, recover
from server.usecases.booking.look import Looked
from server.usecases.delivery.deliver import due
from tests.builders import NOW, calendar, event_type, host, settle_in
from tests.installations import installation
from tests.usecases.booking.crash import Died, mortal
from tests.usecases.booking.foreign import CLIENT, write

T = TypeVar("T")

ALICE = Home("alice")
PRIVATE = "private"
LATER = NOW + timedelta(minutes=2)

Change = Callable[[Ports], Coroutine[object, object, object]]


def asked(slug: str, number: int) -> EventType:
    """Return an event type whose host approves everything."""
    policy = ReschedulePolicy.APPROVE
    return replace(
        event_type(slug, number=number), requires_confirmation=True, guest_reschedule_policy=policy
    )


KINDS = (
    replace(event_type(), guests_max=2),
    replace(
        event_type("review", number=3, title="Review", minutes=60, buffers=(10, 15)),
        guest_reschedule_policy=ReschedulePolicy.APPROVE,
        guests_max=2,
    ),
    replace(asked("asked", 4), guests_max=2),
    replace(asked("hidden", 5), pending_in_calendar=False, confirm_within_min=60),
    replace(asked("loose", 6), pending_holds_slot=False),
)


class Told:
    """Stationery that keeps which SEQUENCE each mail told its reader."""

    def __init__(self) -> None:
        self.sequences: dict[tuple[BookingId, int], list[int]] = defaultdict(list)

    def write(self, letter: Letter) -> Words:
        reader = 0 if letter.attendee is None else letter.attendee.number
        self.sequences[letter.booking.id, reader].append(letter.booking.sequence)
        return Words(letter.kind.value, letter.kind.value, letter.kind.value)

    def write_invite(self, letter: InviteLetter) -> Words:
        raise AssertionError(f"nobody was invited: {letter.invite.id}")

    def text(self, letter: Letter) -> str:
        return letter.kind.value


class World(RuleBasedStateMachine):
    """What rules need to act in it, and invariants to look at it."""

    def __init__(self) -> None:
        super().__init__()
        self.loop, self.stack = asyncio.new_event_loop(), AsyncExitStack()
        self.told = Told()
        self.heard: list[CalendarChange] = []
        self.texts: dict[BookingId, list[str]] = defaultdict(list)
        self.removed: list[StoredObject] = []
        self.moved_by_host: set[BookingId] = set()
        self.sequences: dict[BookingId, int] = {}
        self.ports = self.run(self.furnished())
        self.ports.calendars.subscribe(self.listen)

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.loop.close()

    async def furnished(self) -> Ports:
        """Return ports in memory with the host and her event types."""
        calendars = MemoryCalendars()
        ports = memory_ports(NOW, calendars=calendars)
        await settle_in(ports, host(), *KINDS)
        passing = Href("passing.ics")
        calendars.client_puts(calendar(name=PRIVATE), passing, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
        calendars.client_deletes(calendar(name=PRIVATE), passing)
        return ports

    def run(self, work: Coroutine[object, object, T]) -> T:
        return self.loop.run_until_complete(work)

    # What happens ------------------------------------------------------------------------------------

    def change(self, change: Change, lives: int, meanwhile: Callable[[], None] = lambda: None) -> bool:
        """Carry a change out; where the process dies, a client writes before it starts again. Tell if it was acknowledged."""
        return self.race([change], lives, meanwhile) == [True]

    def race(
        self, changes: Sequence[Change], lives: int, meanwhile: Callable[[], None] = lambda: None
    ) -> list[bool]:
        """Carry changes out at once, each giving way to the others at every point; tell which were acknowledged."""
        self.remember()
        ports = mortal(self.ports, lives)
        outcomes = self.run(self.all_of([change(ports) for change in changes]))
        if any(isinstance(outcome, Died) for outcome in outcomes):
            meanwhile()
            self.heard.clear()
            self.run(recover.recover_all(self.ports, LATER))
            self.run(follow.reconcile_all(self.ports, NOW))
        self.remember()
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, SchedulingError | Died):
                raise outcome
        return [not isinstance(outcome, BaseException) for outcome in outcomes]

    async def all_of(self, works: Sequence[Coroutine[object, object, object]]) -> list[object]:
        return list(await asyncio.gather(*works, return_exceptions=True))

    def do(self, deed: str, record: BookingRecord, start: datetime) -> None:
        """Let the client do something to a booking's object, if it still stands."""
        self.remember()
        stored = self.standing(record)
        if stored is None or deed == "nothing":
            return
        if deed == "drag":
            self.drag_to(record, start, 1)
        elif deed == "remove":
            self.removed.append(stored)
            self.put(stored.calendar, stored.href, None)
        else:
            self.moved_by_host.add(record.id)
            self.put(stored.calendar, stored.href, self.texts[record.id][0])

    def drag_to(self, record: BookingRecord, start: datetime, rise: int) -> None:
        stored = self.standing(record)
        assert stored is not None
        booking = vevent.read(stored.text, stored.calendar)
        assert booking is not None
        moved = replace(booking, start=start, end=start + (booking.end - booking.start))
        text = vevent.revised(stored.text, moved, host())
        text = text.replace(f"SEQUENCE:{booking.sequence}", f"SEQUENCE:{booking.sequence + rise}")
        self.moved_by_host.add(record.id)
        self.put(stored.calendar, stored.href, text)

    def put(self, path: CalendarPath, href: Href, text: str | None) -> None:
        """Write an object, or remove it, as a calendar client does."""
        self.run(write(self.ports, path, href, text))

    def listen(self, change: CalendarChange) -> None:
        self.heard.append(replace(change, intent=None) if change.intent == CLIENT else change)

    def hear(self) -> None:
        """Follow what the feed told."""
        self.remember()
        while self.heard:
            assert self.run(accept.heed(self.ports, self.heard.pop(0), NOW))

    def remember(self) -> None:
        for name in self.ports.calendars.names(ALICE):
            for stored in self.all(name):
                booking = vevent.read(stored.text, stored.calendar)
                assert booking is not None
                self.texts[booking.id].append(stored.text)

    # What there is -----------------------------------------------------------------------------------

    def pick(self, number: int, status: Status | None = None) -> Looked | None:
        """Return one of the bookings that stand and are active, or in one state."""
        states = ACTIVE if status is None else {status}
        records = [one for one in self.records() if one.status in states and one.missing_since is None]
        return self.look(records[number % len(records)]) if records else None

    def look(self, record: BookingRecord) -> Looked:
        return self.run(look.by_id(self.ports, record.id))

    def records(self) -> list[BookingRecord]:
        async def known() -> Sequence[BookingRecord]:
            return await self.ports.ledger.bookings()

        return list(self.run(known()))

    def live(self) -> list[Booking]:
        standing = [one for one in self.records() if one.status in ACTIVE and one.missing_since is None]
        return [self.look(one).booking for one in standing]

    def standing(self, record: BookingRecord) -> StoredObject | None:
        async def get() -> StoredObject | None:
            place = self.ports.calendars.find(ALICE, record.uid)
            return None if place is None else await self.ports.calendars.get(place[0], place[1])

        return self.run(get())

    def all(self, name: str) -> Sequence[StoredObject]:
        async def get() -> Sequence[StoredObject]:
            return await self.ports.calendars.all(calendar(name=name))

        return self.run(get())

    def due(self) -> Sequence[QueuedMail]:
        async def get() -> Sequence[QueuedMail]:
            return await due(self.ports, NOW)

        return self.run(get())

    def half_made(self) -> tuple[int, int]:
        """Return how many intents and staged texts there are."""

        async def count() -> tuple[int, int]:
            intents = await self.ports.ledger.intents(int(LATER.timestamp()) + 60)
            return len(intents), await self.ports.calendars.sweep(frozenset())

        return self.run(count())


async def on_disk(stack: AsyncExitStack) -> Ports:
    """Return ports over a new data directory with the host and her event types; only the clock is not the real one."""
    data = Path(stack.enter_context(TemporaryDirectory(prefix="life-"))) / "data"
    async with installation(data) as parts:
        await settle_in(parts.ports, host(), *KINDS)
    made = data / "collections/collection-root" / ALICE / PRIVATE
    made.mkdir()
    (made / ".Radicale.props").write_text('{"tag": "VCALENDAR"}')
    parts = await stack.enter_async_context(installation(data))
    return replace(parts.ports, clock=FixedClock(NOW))
