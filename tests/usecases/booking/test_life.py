"""Whatever guests, hosts, calendar clients and crashes do to bookings, calendar and ledger tell the same story."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.domain.booking import ACTIVE, Actor, Booking, Status
from server.domain.errors import SchedulingError
from server.domain.event_type import EventType, ReschedulePolicy
from server.domain.identity import HISTORY, BookingId, CalendarPath, Home, Href
from server.domain.intervals import overlaps
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
from server.usecases.booking import (
    accept,
    cancel,
    confirm,
    create,
    decline,
    expire,
    follow,
    keep,
    look,
    recover,
    reschedule,
)
from server.usecases.booking.look import Looked
from server.usecases.delivery.deliver import deliver, due
from tests.builders import BERLIN, DAY, NOW, at, calendar, event_type, host, settle_in, span
from tests.usecases.booking.crash import Died, mortal

T = TypeVar("T")

ALICE = Home("alice")
ALL_DAY = span("00:00-24:00")
GUEST = "gus@example.net"
LATER = NOW + timedelta(minutes=2)

starts = st.sampled_from(
    [at(f"{DAY} {hour:02}:{minute}") for hour in range(9, 13) for minute in ("00", "30")]
)
slugs = st.sampled_from(("intro", "review", "asked", "hidden", "loose"))
answers = st.sampled_from(("confirm", "confirm", "keep", "decline"))
actors = st.sampled_from((Actor.GUEST, Actor.HOST))
picks = st.integers(0, 7)
rises = st.integers(0, 3)
names = st.sampled_from(("calendar", "private"))
lifetimes = st.one_of(st.just(99), st.integers(0, 9))
"""How many points of stage, claim, swap and settle a process passes before it dies; no change has 99."""
deeds = st.sampled_from(("nothing", "drag", "remove", "force back"))

Change = Callable[[Ports], Coroutine[object, object, object]]


def asked(slug: str, number: int) -> EventType:
    """Return an event type whose host approves everything."""
    policy = ReschedulePolicy.APPROVE
    return replace(
        event_type(slug, number=number), requires_confirmation=True, guest_reschedule_policy=policy
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


class Life(RuleBasedStateMachine):
    """One host with two event types, a few guests, one calendar client, and a process that now and then dies."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.calendars, self.told = MemoryCalendars(), Told()
        self.heard: list[CalendarChange] = []
        self.texts: dict[BookingId, list[str]] = defaultdict(list)
        self.removed: list[StoredObject] = []
        self.moved_by_host: set[BookingId] = set()
        self.ports = memory_ports(NOW, calendars=self.calendars)
        self.calendars.subscribe(self.heard.append)
        review = event_type("review", number=3, title="Review", minutes=60, buffers=(10, 15))
        kinds = (
            event_type(),
            replace(review, guest_reschedule_policy=ReschedulePolicy.APPROVE),
            asked("asked", 4),
            replace(asked("hidden", 5), pending_in_calendar=False, confirm_within_min=60),
            replace(asked("loose", 6), pending_holds_slot=False),
        )
        self.run(settle_in(self.ports, host(), *kinds))

    def teardown(self) -> None:
        self.loop.close()

    def run(self, work: Coroutine[object, object, T]) -> T:
        return self.loop.run_until_complete(work)

    # Guests, hosts and crashes -----------------------------------------------------------------------

    @rule(slug=slugs, start=starts, lives=lifetimes)
    def book(self, slug: str, start: datetime, lives: int) -> None:
        wish = create.NewBooking(home="alice", slug=slug, start=start, name="Gus", email=GUEST, zone=BERLIN)
        self.change(lambda ports: create.create(ports, wish, Actor.GUEST, NOW), lives)

    @rule(pick=picks, start=starts, actor=actors, lives=lifetimes, deed=deeds)
    def move(self, pick: int, start: datetime, actor: Actor, lives: int, deed: str) -> None:
        if (looked := self.pick(pick)) is None:
            return
        moved = self.change(
            lambda ports: reschedule.reschedule(ports, looked, start, actor, NOW),
            lives,
            lambda: self.do(deed, looked.record),
        )
        if moved and start != looked.booking.start:
            self.moved_by_host.discard(looked.record.id)

    @rule(pick=picks, actor=actors, lives=lifetimes, deed=deeds)
    def end(self, pick: int, actor: Actor, lives: int, deed: str) -> None:
        if (looked := self.pick(pick)) is not None:
            self.change(
                lambda ports: cancel.cancel(ports, looked, "", actor, NOW),
                lives,
                lambda: self.do(deed, looked.record),
            )

    @rule(pick=picks, answer=answers, lives=lifetimes, deed=deeds)
    def answer(self, pick: int, answer: str, lives: int, deed: str) -> None:
        if (looked := self.pick(pick, Status.PENDING)) is None:
            return
        acts: dict[str, Change] = {
            "confirm": lambda ports: confirm.confirm(ports, looked, Actor.HOST, NOW),
            "keep": lambda ports: keep.keep(ports, looked, "", Actor.HOST, NOW),
            "decline": lambda ports: decline.decline(ports, looked, "", Actor.HOST, NOW),
        }
        self.change(acts[answer], lives, lambda: self.do(deed, looked.record))

    @rule(lives=lifetimes)
    def expire(self, lives: int) -> None:
        self.change(lambda ports: expire.expire_due(ports, NOW + timedelta(hours=1)), lives)

    @rule()
    def send(self) -> None:
        for mail in self.run(self.due()):
            self.run(deliver(self.ports, self.told, mail, NOW))

    # The host's calendar client ----------------------------------------------------------------------

    @rule(pick=picks)
    def accept(self, pick: int) -> None:
        looked = self.pick(pick, Status.PENDING)
        if looked is not None and not looked.booking.is_hidden:
            text = looked.stored.text.replace("STATUS:TENTATIVE", "STATUS:CONFIRMED")
            self.moved_by_host.add(looked.record.id)
            self.calendars.client_puts(looked.stored.calendar, looked.stored.href, text)
            self.hear()

    @rule(pick=picks, start=starts, rise=rises)
    def drag(self, pick: int, start: datetime, rise: int) -> None:
        if (looked := self.pick(pick)) is not None and not looked.booking.is_hidden:
            self.drag_to(looked.record, start, rise)
            self.hear()

    @rule(pick=picks)
    def remove(self, pick: int) -> None:
        if (looked := self.pick(pick)) is not None:
            self.do("remove", looked.record)
            self.hear()

    @precondition(lambda self: self.removed)
    @rule(name=names)
    def undo(self, name: str) -> None:
        stored = self.removed.pop()
        booking = vevent.read(stored.text, stored.calendar)
        assert booking is not None
        # What was cancelled meanwhile comes back as an ordinary meeting of the host.
        is_missing = any(one.id == booking.id and one.missing_since is not None for one in self.records())
        if is_missing and booking.is_active:
            self.moved_by_host.add(booking.id)
            self.calendars.client_puts(calendar(name=name), stored.href, stored.text)
            self.hear()

    @rule(pick=picks, name=names)
    def relocate(self, pick: int, name: str) -> None:
        looked = self.pick(pick)
        if looked is None or looked.booking.is_hidden:
            return
        if looked.stored.calendar != calendar(name=name):
            self.calendars.client_puts(calendar(name=name), looked.stored.href, looked.stored.text)
            self.calendars.client_deletes(looked.stored.calendar, looked.stored.href)
            self.hear()

    @rule(pick=picks)
    def force_back(self, pick: int) -> None:
        if (looked := self.pick(pick)) is not None:
            self.do("force back", looked.record)
            self.hear()

    # What must hold ----------------------------------------------------------------------------------

    @invariant()
    def no_two_overlap_unless_the_host_moved_one(self) -> None:
        chosen = [one for one in self.live() if one.holds_time and one.id not in self.moved_by_host]
        for one, other in combinations(chosen, 2):
            assert not overlaps(one.held, other.span), (one, other)
            assert not overlaps(one.span, other.held), (one, other)

    @invariant()
    def claims_are_those_of_the_bookings_that_stand(self) -> None:
        claims = sorted((one.booking, one.span, one.held) for one in self.ports.ledger.claims(ALICE, ALL_DAY))
        assert claims == sorted((one.id, one.span, one.held) for one in self.live() if one.holds_time)

    @invariant()
    def the_ledger_knows_where_each_object_stands(self) -> None:
        for record in self.records():
            place = self.calendars.find(ALICE, record.uid)
            stands = (record.calendar, record.href, record.etag) if record.missing_since is None else None
            is_visible = record.status in ACTIVE and record.calendar != calendar(name=HISTORY)
            assert place == (stands if is_visible else None)

    @invariant()
    def the_state_is_the_one_on_record(self) -> None:
        for record in self.records():
            if record.missing_since is None:
                assert self.run(look.by_id(self.ports, record.id)).booking.status is record.status

    @invariant()
    def the_history_has_every_revision_that_was(self) -> None:
        past = [str(one.href) for one in self.run(self.all(HISTORY))]
        hidden = [one.id for one in self.live() if one.is_hidden]
        for record in self.records():
            assert sum(href.startswith(record.uid) for href in past) == record.revision + (
                record.id in hidden
            )
        assert len(past) == sum(record.revision for record in self.records()) + len(hidden)

    @invariant()
    def nothing_half_made_is_left(self) -> None:
        assert self.run(self.half_made()) == (0, 0)

    @invariant()
    def nobody_is_told_a_lower_sequence_than_before(self) -> None:
        for sequences in self.told.sequences.values():
            assert sequences == sorted(sequences)

    @invariant()
    def reconciling_changes_nothing(self) -> None:
        before = self.records()
        self.run(follow.reconcile_all(self.ports, LATER))
        assert self.records() == before

    # How it is done ----------------------------------------------------------------------------------

    def change(self, change: Change, lives: int, meanwhile: Callable[[], None] = lambda: None) -> bool:
        """Carry a change out; where the process dies, a client writes before it starts again. Tell if it was acknowledged."""
        self.remember()
        try:
            self.run(change(mortal(self.ports, lives)))
        except SchedulingError:
            return False
        except Died:
            meanwhile()
            self.heard.clear()
            self.run(recover.recover_all(self.ports, LATER))
            self.run(follow.reconcile_all(self.ports, NOW))
            return False
        finally:
            self.remember()
        return True

    def do(self, deed: str, record: BookingRecord) -> None:
        """Let the client do something to a booking's object, if it still stands."""
        place = self.calendars.find(ALICE, record.uid)
        stored = self.run(self.get(place[0], place[1])) if place else None
        known = self.texts[record.id]
        if stored is None or deed == "nothing" or (deed == "force back" and not known):
            return
        if deed == "drag":
            self.drag_to(record, at(f"{DAY} 15:00"), 1)
        elif deed == "remove":
            self.removed.append(stored)
            self.calendars.client_deletes(stored.calendar, stored.href)
        else:
            self.moved_by_host.add(record.id)
            self.calendars.client_puts(stored.calendar, stored.href, known[0])

    def drag_to(self, record: BookingRecord, start: datetime, rise: int) -> None:
        place = self.calendars.find(ALICE, record.uid)
        assert place is not None
        stored = self.run(self.get(place[0], place[1]))
        assert stored is not None
        booking = vevent.read(stored.text, stored.calendar)
        assert booking is not None
        moved = replace(booking, start=start, end=start + (booking.end - booking.start))
        text = vevent.revised(stored.text, moved, host())
        text = text.replace(f"SEQUENCE:{booking.sequence}", f"SEQUENCE:{booking.sequence + rise}")
        self.moved_by_host.add(record.id)
        self.calendars.client_puts(stored.calendar, stored.href, text)

    def hear(self) -> None:
        """Follow what the feed told."""
        self.remember()
        while self.heard:
            assert self.run(accept.heed(self.ports, self.heard.pop(0), NOW))

    def remember(self) -> None:
        for name in self.ports.calendars.names(ALICE):
            for stored in self.run(self.all(name)):
                booking = vevent.read(stored.text, stored.calendar)
                assert booking is not None
                self.texts[booking.id].append(stored.text)

    def pick(self, number: int, status: Status | None = None) -> Looked | None:
        """Return one of the bookings that stand and are active, or in one state."""
        states = ACTIVE if status is None else {status}
        records = [one for one in self.records() if one.status in states and one.missing_since is None]
        return self.run(look.by_id(self.ports, records[number % len(records)].id)) if records else None

    def records(self) -> list[BookingRecord]:
        return list(self.run(self.known()))

    def live(self) -> list[Booking]:
        standing = [one for one in self.records() if one.status in ACTIVE and one.missing_since is None]
        return [self.run(look.by_id(self.ports, one.id)).booking for one in standing]

    async def known(self) -> Sequence[BookingRecord]:
        return await self.ports.ledger.bookings()

    async def due(self) -> Sequence[QueuedMail]:
        return await due(self.ports, NOW)

    async def get(self, path: CalendarPath, href: Href) -> StoredObject | None:
        return await self.calendars.get(path, href)

    async def all(self, name: str) -> Sequence[StoredObject]:
        return await self.calendars.all(calendar(name=name))

    async def half_made(self) -> tuple[int, int]:
        """Return how many intents and staged texts there are."""
        intents = await self.ports.ledger.intents(int(LATER.timestamp()) + 60)
        return len(intents), await self.calendars.sweep(frozenset())


BRIEF = settings(
    max_examples=40, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_calendar_and_ledger_agree_through_a_bookings_life() -> None:
    run_state_machine_as_test(Life, settings=BRIEF)


@pytest.mark.slow
def test_they_agree_however_long_it_is() -> None:
    run_state_machine_as_test(Life, settings=settings(BRIEF, max_examples=250, stateful_step_count=50))
