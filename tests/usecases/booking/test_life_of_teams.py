"""Whatever guests, hosts, calendar clients and crashes do to a team's meetings, the calendars of all tell the same story."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from itertools import combinations
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.domain.booking import ACTIVE, Actor, Booking
from server.domain.errors import SchedulingError
from server.domain.hosts import Strategy
from server.domain.identity import BookingId, Home
from server.domain.intervals import overlaps
from server.ical import vevent
from server.ports import BookingRecord, Ports, StoredObject
from server.usecases.booking import (
    accept,
    cancel,
    confirm,
    create,
    decline,
    look,
    reassign,
    recover,
    reschedule,
)
from server.usecases.booking.look import Looked
from tests.builders import BERLIN, DAY, NOW, at, event_type
from tests.usecases.booking import teams
from tests.usecases.booking.crash import Died, mortal
from tests.usecases.booking.foreign import write
from tests.usecases.booking.teams import ALICE, ALWAYS, BOB, CARL, HOSTS
from tests.usecases.booking.world import LATER

T = TypeVar("T")

TURN = teams.KIND
ASKED = replace(event_type("asked", home="sales", number=21), strategy=Strategy.ROUND_ROBIN)
KINDS = (
    replace(ASKED, requires_confirmation=True, fixed_hosts=(CARL,)),
    replace(ASKED, id=event_type(number=22).id, number=22, slug=event_type("hidden").slug, requires_confirmation=True, pending_in_calendar=False),
    replace(event_type("all", home="sales", number=23), strategy=Strategy.COLLECTIVE),
)  # fmt: skip

slugs = st.sampled_from(("intro", "intro", "asked", "hidden", "all"))
starts = st.sampled_from(
    [at(f"{DAY} {hour:02}:{minute}") for hour in range(10, 14) for minute in ("00", "30")]
)
actors = st.sampled_from((Actor.GUEST, Actor.HOST))
picks = st.integers(0, 7)
heirs = st.sampled_from((None, None, ALICE, BOB, CARL))
homes = st.sampled_from((ALICE, BOB, CARL))
lifetimes = st.one_of(st.just(99), st.integers(0, 9))
verbs = st.sampled_from(("hand", "hand", "move", "cancel", "confirm", "decline"))
deeds = st.sampled_from(("nothing", "drag", "force back", "remove copy"))


class LifeOfTeams(RuleBasedStateMachine):
    """A team of three, a guest, a calendar client for each host, and a process that now and then dies."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.ports = memory_ports(NOW, calendars=MemoryCalendars())
        self.texts: dict[tuple[BookingId, Home], list[StoredObject]] = defaultdict(list)
        self.dragged: set[BookingId] = set()
        self.run(self.furnish())

    async def furnish(self) -> None:
        await teams.move_in(self.ports)
        for kind in KINDS:
            await self.ports.homes.save_event_type(kind)

    def teardown(self) -> None:
        self.loop.close()

    def run(self, work: Coroutine[object, object, T]) -> T:
        return self.loop.run_until_complete(work)

    # What happens ------------------------------------------------------------------------------------

    @initialize(slug=slugs, start=starts)
    def begin(self, slug: str, start: datetime) -> None:
        self.book(slug, start, 99)

    @rule(slug=slugs, start=starts, lives=lifetimes)
    def book(self, slug: str, start: datetime, lives: int) -> None:
        wish = create.NewBooking(
            home="sales", slug=slug, start=start, name="Gus", email="gus@example.net", zone=BERLIN
        )
        self.change(lambda ports: create.create(ports, wish, Actor.GUEST, NOW), lives)

    @rule(pick=picks, to=heirs, lives=lifetimes, home=homes, deed=deeds)
    def hand(self, pick: int, to: Home | None, lives: int, home: Home, deed: str) -> None:
        if (looked := self.pick(pick)) is not None:
            self.change(self.doing("hand", looked, to, looked.booking.start), lives, (looked, home, deed))

    @rule(pick=picks, verb=verbs, to=heirs, start=starts, lives=lifetimes, home=homes, deed=deeds)
    def change_it(
        self, pick: int, verb: str, to: Home | None, start: datetime, lives: int, home: Home, deed: str
    ) -> None:
        if (looked := self.pick(pick)) is not None:
            self.change(self.doing(verb, looked, to, start), lives, (looked, home, deed))

    @rule(pick=picks, to=heirs, start=starts, both=st.lists(verbs, min_size=2, max_size=3), lives=lifetimes)
    def change_it_at_once(
        self, pick: int, to: Home | None, start: datetime, both: list[str], lives: int
    ) -> None:
        if (looked := self.pick(pick)) is not None:
            self.race([self.doing(verb, looked, to, start) for verb in both], lives)

    @rule(pick=picks, home=homes, deed=deeds)
    def let_a_client_write(self, pick: int, home: Home, deed: str) -> None:
        if (looked := self.pick(pick)) is not None:
            self.do(looked, home, deed)
            self.hear()

    @rule(pick=picks, to=heirs)
    def hand_over_to_who_was_away(self, pick: int, to: Home | None) -> None:
        """Hand a booking over, of which the former host's client knows nothing and writes what it knows."""
        if (looked := self.pick(pick)) is not None:
            former = looked.record.home
            self.change(self.doing("hand", looked, to, looked.booking.start), 99)
            self.do(looked, former, "force back")
            self.hear()

    def doing(
        self, verb: str, looked: Looked, to: Home | None, start: datetime
    ) -> Callable[[Ports], Coroutine[object, object, object]]:
        match verb:
            case "hand":
                return lambda ports: reassign.reassign(ports, looked, Actor.HOST, NOW, to=to)
            case "move":
                return lambda ports: reschedule.reschedule(ports, looked, start, Actor.HOST, NOW)
            case "cancel":
                return lambda ports: cancel.cancel(ports, looked, "", Actor.HOST, NOW)
            case "confirm":
                return lambda ports: confirm.confirm(ports, looked, Actor.HOST, NOW)
            case _:
                return lambda ports: decline.decline(ports, looked, "", Actor.HOST, NOW)

    def change(
        self,
        change: Callable[[Ports], Coroutine[object, object, object]],
        lives: int,
        meanwhile: tuple[Looked, Home, str] | None = None,
    ) -> None:
        self.race([change], lives, meanwhile)

    def race(
        self,
        changes: list[Callable[[Ports], Coroutine[object, object, object]]],
        lives: int,
        meanwhile: tuple[Looked, Home, str] | None = None,
    ) -> None:
        """Carry changes out at once; where the process dies, a client writes before it starts again."""
        self.remember()
        ports = mortal(self.ports, lives)
        outcomes = self.run(self.all_of([change(ports) for change in changes]))
        if any(isinstance(outcome, Died) for outcome in outcomes):
            if meanwhile is not None:
                self.do(*meanwhile)
            self.run(recover.recover_all(self.ports, LATER))
        self.hear()
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, SchedulingError | Died):
                raise outcome

    async def all_of(self, works: list[Coroutine[object, object, object]]) -> list[object]:
        return list(await asyncio.gather(*works, return_exceptions=True))

    def do(self, looked: Looked, home: Home, deed: str) -> None:
        """Let the client of one host do something to what stands, or stood, of a booking with them."""
        stored = self.run(teams.standing(self.ports, looked.booking, home))
        match deed:
            case "drag" if stored is not None:
                self.dragged.add(looked.record.id)
                self.run(write(self.ports, stored.calendar, stored.href, _dragged(stored)))
            case "remove copy" if stored is not None and home != self.holder(looked):
                self.run(write(self.ports, stored.calendar, stored.href, None))
            case "force back" if self.texts[looked.record.id, home] and self.is_active(looked):
                old = self.texts[looked.record.id, home][0]
                self.dragged.add(looked.record.id)
                self.run(write(self.ports, old.calendar, old.href, old.text))
            case _:
                pass

    def holder(self, looked: Looked) -> Home:
        """Return whose client may say what becomes of a booking, while it goes from one to another nobody's."""
        return self.run(look.record(self.ports, looked.record.id)).home

    def is_active(self, looked: Looked) -> bool:
        return self.run(look.record(self.ports, looked.record.id)).status in ACTIVE

    def hear(self) -> None:
        """Follow all that was written, as a start does."""
        self.run(accept.heed_all(self.ports, NOW))
        self.run(accept.heed_all(self.ports, NOW))

    def remember(self) -> None:
        for looked in self.all():
            for home in HOSTS:
                stored = self.run(teams.standing(self.ports, looked.booking, home))
                if stored is not None:
                    self.texts[looked.record.id, home].append(stored)

    # What there is -----------------------------------------------------------------------------------

    def all(self) -> list[Looked]:
        records = self.run(self.known())
        seen = [self.run(look.by_id(self.ports, record.id)) for record in records]
        return [one for one in seen if not one.is_missing]

    async def known(self) -> list[BookingRecord]:
        return list(await self.ports.ledger.bookings())

    def pick(self, number: int) -> Looked | None:
        active = [one for one in self.all() if one.booking.is_active]
        return active[number % len(active)] if active else None

    @invariant()
    def everybody_tells_the_same(self) -> None:
        for looked in self.all():
            self.run(teams.agree(self.ports, looked.booking))

    @invariant()
    def nobody_meets_two_guests_at_once(self) -> None:
        for home in HOSTS:
            claims = [
                one for one in self.ports.ledger.claims(home, ALWAYS) if one.booking not in self.dragged
            ]
            assert not any(overlaps(one.span, other.span) for one, other in combinations(claims, 2))

    @invariant()
    def the_organizer_of_a_uid_never_changes(self) -> None:
        for looked in self.all():
            organizer = looked.booking.organizer
            assert organizer is not None
            assert organizer.email == "sales@example.org"

    @invariant()
    def every_revision_is_found_where_it_was(self) -> None:
        for looked in self.all():
            trail = self.run(self.trail(looked.booking))
            assert trail[-1] == looked.booking.home

    async def trail(self, booking: Booking) -> list[Home]:
        return [entry.home for entry in await self.ports.ledger.trail(booking.id)]


def _dragged(stored: StoredObject) -> str:
    booking = vevent.read(stored.text, stored.calendar)
    assert booking is not None
    start = at(f"{DAY} 15:00")
    moved = replace(booking, start=start, end=start + (booking.end - booking.start))
    host = HOSTS[booking.home]
    others = tuple(HOSTS[home] for home in booking.co_hosts)
    return vevent.revised(stored.text, moved, host, (host, *others))


def test_the_life_of_a_teams_meetings() -> None:
    """S4.38, C22, C37, S1.46, S2.48: handed over, moved, ended, dragged and put back, with crashes in between."""
    run_state_machine_as_test(
        LifeOfTeams,
        settings=settings(
            max_examples=30,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
