"""Whatever guests, the host, the clock and sudden death do: never more people than seats, and never a person lost."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.strategies import booleans, integers, sampled_from

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.adapters.memory.homes import MemoryHomes
from server.domain.booking import Action, Actor, Attendee, Booking, Status
from server.domain.errors import SchedulingError
from server.domain.identity import HISTORY, Home, calendar_path
from server.domain.seats import waiter_of
from server.ports import Ports
from server.usecases.booking import cancel, create, look, recover, reschedule, seats
from server.usecases.booking.create import NewBooking
from server.usecases.booking.rebuild import rebuild
from tests.builders import BERLIN, DAY, NOW, at, event_type, host, settle_in
from tests.usecases.booking.crash import Died, mortal

KIND = replace(event_type("class", number=4, minutes=60), seats=3, waitlist_max=3, waitlist_hold_min=30)
CLOCKS = ("10:00", "14:00")
NAMES = ("Ann", "Ben", "Cem", "Dan", "Eve", "Fay", "Gil", "Hal")
LIVES = integers(min_value=0, max_value=9) | integers(min_value=99, max_value=99)
ALICE = Home("alice")


def wish(name: str, clock: str, *, waits: bool = False, key: str | None = None) -> NewBooking:
    return NewBooking(
        home="alice",
        slug="class",
        start=at(f"{DAY} {clock}"),
        name=name,
        email=f"{name.lower()}@example.net",
        zone=BERLIN,
        waits=waits,
        key=key,
    )


async def meetings(ports: Ports) -> list[Booking]:
    """Return the meetings that take place."""
    records = await ports.ledger.bookings(active_only=True)
    return [(await look.by_record(ports, record)).booking for record in records]


async def people(ports: Ports) -> set[tuple[str, str, bool]]:
    """Return who is where, and whether they wait."""
    return {
        (one.name, f"{booking.start:%H}", waiter_of(booking, one.number) is not None)
        for booking in await meetings(ports)
        for one in booking.everybody
    }


class Seats(RuleBasedStateMachine):
    """A class of three seats at two hours, for which three may wait."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.ports = memory_ports(NOW, calendars=MemoryCalendars(), homes=MemoryHomes())
        self.loop.run_until_complete(settle_in(self.ports, host(), KIND))
        self.now = NOW
        self.capacity = KIND.seats

    def teardown(self) -> None:
        self.loop.close()

    def run(self, lives: int, *works: Callable[[Ports], Awaitable[object]]) -> list[object]:
        """Do things at once on ports that may die; start again, and return what came of each."""

        async def all_of() -> list[object]:
            ports = mortal(self.ports, lives)
            done = await asyncio.gather(*(work(ports) for work in works), return_exceptions=True)
            if any(isinstance(one, Died) for one in done):
                await recover.recover_all(self.ports, self.now + timedelta(minutes=2))
            return list(done)

        found = self.loop.run_until_complete(all_of())
        for one in found:
            if isinstance(one, BaseException) and not isinstance(one, SchedulingError | Died):
                raise one
        return found

    def known(self) -> list[Booking]:
        return self.loop.run_until_complete(meetings(self.ports))

    def there(self) -> set[tuple[str, str, bool]]:
        return self.loop.run_until_complete(people(self.ports))

    @rule(
        first=sampled_from(NAMES),
        second=sampled_from(NAMES),
        clock=sampled_from(CLOCKS),
        waits=booleans(),
        lives=LIVES,
    )
    def come(self, first: str, second: str, clock: str, waits: bool, lives: int) -> None:
        names = list(dict.fromkeys((first, second)))
        done = self.run(
            lives,
            *(
                lambda ports, name=name: create.create(
                    ports, wish(name, clock, waits=waits), Actor.GUEST, self.now
                )
                for name in names
            ),
        )
        seen = {(name, hour) for name, hour, _ in self.there()}
        hour = f"{at(f'{DAY} {clock}'):%H}"
        for name, one in zip(names, done, strict=True):
            assert not isinstance(one, Booking) or (name, hour) in seen

    @rule(at_=integers(0, 9), who=integers(0, 9), lives=LIVES)
    def leave(self, at_: int, who: int, lives: int) -> None:
        found = self.pick(at_, who)
        if found is None:
            return
        booking, person = found
        before = self.there()

        async def go(ports: Ports) -> object:
            looked = replace(await look.by_id(ports, booking.id), person=person.number)
            return await cancel.cancel(ports, looked, "", Actor.GUEST, self.now)

        (done,) = self.run(lives, go)
        gone = {one[:2] for one in before} - {one[:2] for one in self.there()}
        own = (person.name, f"{booking.start:%H}")
        assert own in gone if isinstance(done, Booking) else gone <= {own}
        lapsed = {
            (one.person.name, f"{booking.start:%H}")
            for one in booking.waiting
            if one.held_until and one.held_until <= self.now
        }
        assert gone <= {own, *lapsed}

    @rule(at_=integers(0, 9), who=integers(0, 9), clock=sampled_from(CLOCKS), lives=LIVES)
    def move(self, at_: int, who: int, clock: str, lives: int) -> None:
        found = self.pick(at_, who)
        if found is None:
            return
        booking, person = found

        async def go(ports: Ports) -> object:
            looked = replace(await look.by_id(ports, booking.id), person=person.number)
            return await reschedule.reschedule(ports, looked, at(f"{DAY} {clock}"), Actor.GUEST, self.now)

        self.run(lives, go)
        assert person.name in {name for name, _, _ in self.there()}

    @rule(at_=integers(0, 9), who=integers(0, 9), lives=LIVES)
    def take(self, at_: int, who: int, lives: int) -> None:
        found = self.pick(at_, who)
        if found is None:
            return
        booking, person = found

        async def go(ports: Ports) -> object:
            looked = replace(await look.by_id(ports, booking.id), person=person.number)
            return await seats.take(ports, looked, self.now)

        (done,) = self.run(lives, go)
        if isinstance(done, Booking):
            assert (person.name, f"{booking.start:%H}", False) in self.there()

    @rule(minutes=sampled_from((1, 20)), lives=LIVES)
    def pass_time(self, minutes: int, lives: int) -> None:
        if self.now + timedelta(minutes=minutes) < at(f"{DAY} 09:30"):
            self.now += timedelta(minutes=minutes)
        self.run(lives, lambda ports: seats.turn_all(ports, self.now))
        self.run(99, lambda ports: seats.turn_all(ports, self.now))
        for booking in self.known():
            held = [one for one in booking.waiting if one.held_until is not None]
            assert all(one.held_until > self.now for one in held if one.held_until is not None)
            spare = self.capacity - len(booking.attendees) - len(held)
            assert len(held) == len(booking.waiting) or spare <= 0

    @rule(count=integers(2, 5))
    def resize(self, count: int) -> None:
        kind = self.ports.homes.event_type("alice", "class")
        assert kind is not None
        self.capacity = max(count, self.capacity)
        self.loop.run_until_complete(self.ports.homes.save_event_type(replace(kind, seats=self.capacity)))

    @invariant()
    def never_more_people_than_seats(self) -> None:
        known = self.known()
        for booking in known:
            held = [
                one for one in booking.waiting if one.held_until is not None and one.held_until > self.now
            ]
            assert len(booking.attendees) + len(held) <= self.capacity
            numbers = [one.number for one in booking.everybody]
            assert len(set(numbers)) == len(numbers)
            assert len({one.email for one in booking.everybody}) == len(numbers)
            assert booking.attendees or booking.waiting
        assert len({booking.start for booking in known}) == len(known)

    @invariant()
    def a_rebuilt_ledger_knows_the_same(self) -> None:
        fresh = memory_ports(self.now, calendars=self.ports.calendars, homes=self.ports.homes)

        async def same() -> bool:
            await rebuild(fresh, self.now)
            return await people(fresh) == await people(self.ports)

        assert self.loop.run_until_complete(same())

    def pick(self, at_: int, who: int) -> tuple[Booking, Attendee] | None:
        known = [booking for booking in self.known() if booking.everybody]
        if not known:
            return None
        booking = known[at_ % len(known)]
        return booking, booking.everybody[who % len(booking.everybody)]


TestSeats = Seats.TestCase
TestSeats.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)


@pytest.mark.parametrize("points", range(12))
@pytest.mark.parametrize("act", ["join", "leave", "take"])
async def test_a_seat_is_taken_or_left_whole_or_not_at_all(act: str, points: int) -> None:
    ports = memory_ports(NOW, calendars=MemoryCalendars())
    await settle_in(ports, host(), replace(KIND, seats=2))
    made = await create.create(ports, wish("Ann", "10:00"), Actor.GUEST, NOW)
    if act != "join":
        await create.create(ports, wish("Ben", "10:00"), Actor.GUEST, NOW)
        await create.create(ports, wish("Cem", "10:00", waits=True), Actor.GUEST, NOW)
    if act == "take":
        looked = await look.by_id(ports, made.id)
        await cancel.cancel(ports, looked, "", Actor.GUEST, NOW)

    async def go(mortals: Ports) -> object:
        if act == "join":
            return await create.create(mortals, wish("Ben", "10:00", key="k"), Actor.GUEST, NOW)
        looked = replace(await look.by_id(mortals, made.id), person=1 if act == "leave" else 3)
        if act == "leave":
            return await cancel.cancel(mortals, looked, "", Actor.GUEST, NOW)
        return await seats.take(mortals, looked, NOW)

    before = (await look.by_id(ports, made.id)).booking
    try:
        await go(mortal(ports, points))
        is_done = True
    except Died:
        is_done = False
    await recover.recover_all(ports, NOW + timedelta(minutes=2))
    after = await look.by_id(ports, made.id)
    has_happened = after.booking.revision > before.revision
    assert has_happened >= is_done
    assert after.record.revision == after.booking.revision
    assert await ports.ledger.intents(2**40) == []
    history = {stored.href for stored in await ports.calendars.all(calendar_path(ALICE, HISTORY))}
    assert len(history) == after.booking.revision
    names = {one.name for one in after.booking.everybody}
    expected = {"join": {"Ann", "Ben"}, "leave": {"Ben", "Cem"}, "take": {"Ben", "Cem"}}[act]
    assert names == (expected if has_happened else {one.name for one in before.everybody})
    if act == "join":
        assert (
            await create.create(ports, wish("Ben", "10:00", key="k"), Actor.GUEST, NOW)
        ).guest.name == "Ben"
    trail = await ports.ledger.trail(made.id)
    assert (trail[-1].action in {Action.JOIN, Action.LEAVE}) or not has_happened


async def test_of_sixty_four_at_once_exactly_as_many_get_a_seat_as_there_are() -> None:
    ports = memory_ports(NOW, calendars=MemoryCalendars())
    await settle_in(ports, host(), replace(KIND, seats=20, waitlist_max=0))
    found = await asyncio.gather(
        *(create.create(ports, wish(f"G{n}", "10:00"), Actor.GUEST, NOW) for n in range(64)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Booking) for one in found) == 20
    assert all(isinstance(one, Booking | SchedulingError) for one in found)
    (booking,) = await meetings(ports)
    assert (booking.status, len(booking.attendees), booking.revision) == (Status.CONFIRMED, 20, 19)
