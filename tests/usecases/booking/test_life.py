"""Whatever guests, hosts, calendar clients and crashes do to bookings, calendar and ledger tell the same story."""

from datetime import datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from server.domain.booking import ACTIVE, Actor, Status
from server.domain.companions import Companion
from server.domain.identity import HISTORY
from server.domain.intervals import overlaps
from server.ical import vevent
from server.ports import Ports
from server.usecases.booking import (
    annotate,
    cancel,
    companions,
    confirm,
    create,
    decline,
    expire,
    follow,
    keep,
    notes,
    reschedule,
)
from server.usecases.booking.look import Looked
from server.usecases.delivery.deliver import deliver
from tests.builders import BERLIN, DAY, NOW, at, calendar, span
from tests.usecases.booking.world import ALICE, LATER, PRIVATE, Change, World, on_disk

ALL_DAY = span("00:00-24:00")
GUEST = "gus@example.net"
MEANWHILE = at(f"{DAY} 15:00")

starts = st.sampled_from(
    [at(f"{DAY} {hour:02}:{minute}") for hour in range(9, 13) for minute in ("00", "30")]
)
slugs = st.sampled_from(("intro", "review", "asked", "hidden", "loose"))
answers = st.sampled_from(("confirm", "confirm", "keep", "decline"))
actors = st.sampled_from((Actor.GUEST, Actor.HOST))
bookers = st.sampled_from((Actor.GUEST, Actor.GUEST, Actor.HOST))
picks = st.integers(0, 7)
rises = st.integers(0, 3)
names = st.sampled_from(("calendar", PRIVATE))
friends = st.sampled_from([Companion(f"{name}@example.net", name) for name in ("fay", "cy", "kim")])
lifetimes = st.one_of(st.just(99), st.integers(0, 9))
"""How many points of stage, claim, swap and settle a process passes before it dies; no change has 99."""
deeds = st.sampled_from(("nothing", "drag", "remove", "force back"))
verbs = st.sampled_from(
    ("cancel", "move", "confirm", "decline", "keep", "bring", "take off", "annotate", "note")
)


class Life(World):
    """A host with event types of each sort, a few guests, one calendar client, and a process that now and then dies."""

    # Guests, hosts and crashes -----------------------------------------------------------------------

    @rule(slug=slugs, start=starts, actor=bookers, friend=friends, lives=lifetimes)
    def book(self, slug: str, start: datetime, actor: Actor, friend: Companion, lives: int) -> None:
        before = {one.id for one in self.records()}
        self.change(self.booking(slug, start, actor, friend), lives)
        if actor is Actor.HOST:
            self.moved_by_host |= {one.id for one in self.records()} - before

    @rule(start=starts, others=st.lists(slugs, min_size=2, max_size=3), friend=friends, lives=lifetimes)
    def book_at_once(self, start: datetime, others: list[str], friend: Companion, lives: int) -> None:
        self.race([self.booking(slug, start, Actor.GUEST, friend) for slug in others], lives)

    @rule(pick=picks, start=starts, actor=actors, lives=lifetimes, deed=deeds)
    def move(self, pick: int, start: datetime, actor: Actor, lives: int, deed: str) -> None:
        if (looked := self.pick(pick)) is None:
            return
        moved = self.change(
            lambda ports: reschedule.reschedule(ports, looked, start, actor, NOW),
            lives,
            lambda: self.do(deed, looked.record, MEANWHILE),
        )
        if moved and start != looked.booking.start:
            self.moved_by_host.discard(looked.record.id)

    @rule(pick=picks, actor=actors, lives=lifetimes, deed=deeds)
    def end(self, pick: int, actor: Actor, lives: int, deed: str) -> None:
        if (looked := self.pick(pick)) is not None:
            self.change(
                lambda ports: cancel.cancel(ports, looked, "", actor, NOW),
                lives,
                lambda: self.do(deed, looked.record, MEANWHILE),
            )

    @rule(pick=picks, friend=friends, actor=actors, lives=lifetimes, deed=deeds)
    def bring(self, pick: int, friend: Companion, actor: Actor, lives: int, deed: str) -> None:
        if (looked := self.pick(pick)) is not None:
            self.change(
                lambda ports: companions.bring(ports, looked, friend, actor, NOW),
                lives,
                lambda: self.do(deed, looked.record, MEANWHILE),
            )

    @rule(pick=picks, actor=actors, lives=lifetimes, deed=deeds)
    def take_off(self, pick: int, actor: Actor, lives: int, deed: str) -> None:
        if (looked := self.pick(pick)) is not None and looked.booking.companions:
            person = looked.booking.companions[0].number
            self.change(
                lambda ports: companions.take_off(ports, looked, person, actor, NOW),
                lives,
                lambda: self.do(deed, looked.record, MEANWHILE),
            )

    @rule(pick=picks, answer=answers, lives=lifetimes, deed=deeds)
    def answer(self, pick: int, answer: str, lives: int, deed: str) -> None:
        if (looked := self.pick(pick, Status.PENDING)) is not None:
            self.change(
                self.doing(answer, looked, Actor.HOST, MEANWHILE),
                lives,
                lambda: self.do(deed, looked.record, MEANWHILE),
            )

    @rule(
        pick=picks,
        start=starts,
        done=st.lists(st.tuples(verbs, actors), min_size=2, max_size=3),
        lives=lifetimes,
    )
    def at_once(self, pick: int, start: datetime, done: list[tuple[str, Actor]], lives: int) -> None:
        """Let host and guest do things to one booking, each having seen it as it was before."""
        if (looked := self.pick(pick)) is not None:
            outcomes = self.race([self.doing(verb, looked, actor, start) for verb, actor in done], lives)
            # Asked for the time that it has, a booking stays where the host has put it.
            moves = start != looked.booking.start
            if moves and any(
                done_ and verb == "move" for done_, (verb, _) in zip(outcomes, done, strict=True)
            ):
                self.moved_by_host.discard(looked.record.id)

    @rule(lives=lifetimes)
    def expire(self, lives: int) -> None:
        self.change(lambda ports: expire.expire_due(ports, NOW + timedelta(hours=1)), lives)

    @rule()
    def send(self) -> None:
        for mail in self.due():
            self.run(deliver(self.ports, self.told, mail, NOW))

    # The host's calendar client ----------------------------------------------------------------------

    @rule(pick=picks)
    def accept(self, pick: int) -> None:
        looked = self.pick(pick, Status.PENDING)
        if looked is not None and not looked.booking.is_hidden:
            text = looked.stored.text.replace("STATUS:TENTATIVE", "STATUS:CONFIRMED")
            self.moved_by_host.add(looked.record.id)
            self.put(looked.stored.calendar, looked.stored.href, text)
            self.hear()

    @rule(pick=picks, start=starts, rise=rises)
    def drag(self, pick: int, start: datetime, rise: int) -> None:
        if (looked := self.pick(pick)) is not None and not looked.booking.is_hidden:
            self.drag_to(looked.record, start, rise)
            self.hear()

    @rule(pick=picks)
    def remove(self, pick: int) -> None:
        if (looked := self.pick(pick)) is not None:
            self.do("remove", looked.record, MEANWHILE)
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
            self.put(calendar(name=name), stored.href, stored.text)
            self.hear()

    @rule(pick=picks, name=names)
    def relocate(self, pick: int, name: str) -> None:
        looked = self.pick(pick)
        if looked is None or looked.booking.is_hidden:
            return
        if looked.stored.calendar != calendar(name=name):
            self.put(calendar(name=name), looked.stored.href, looked.stored.text)
            self.put(looked.stored.calendar, looked.stored.href, None)
            self.hear()

    @rule(pick=picks)
    def force_back(self, pick: int) -> None:
        if (looked := self.pick(pick)) is not None:
            self.do("force back", looked.record, MEANWHILE)
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
            place = self.ports.calendars.find(ALICE, record.uid)
            stands = (record.calendar, record.href, record.etag) if record.missing_since is None else None
            is_visible = record.status in ACTIVE and record.calendar != calendar(name=HISTORY)
            assert place == (stands if is_visible else None)

    @invariant()
    def the_state_is_the_one_on_record(self) -> None:
        for record in self.records():
            if record.missing_since is None:
                assert self.look(record).booking.status is record.status

    @invariant()
    def the_history_has_every_revision_that_was(self) -> None:
        kept = [str(one.href) for one in self.all(HISTORY)]
        past = [href for href in kept if "-n" not in href]
        hidden = [one.id for one in self.live() if one.is_hidden]
        for record in self.records():
            assert sum(href.startswith(record.uid) for href in past) == record.revision + (
                record.id in hidden
            )
        assert len(past) == sum(record.revision for record in self.records()) + len(hidden)

    @invariant()
    def the_history_has_every_note(self) -> None:
        noted = [str(one.href) for one in self.all(HISTORY) if "-n" in str(one.href)]
        for record in self.records():
            found = [href for href in noted if href.startswith(record.uid)]
            if record.missing_since is None:
                listed = self.run(notes.listed(self.ports, self.look(record), with_private=True))
                assert len(listed) == len(found)

    @invariant()
    def nothing_half_made_is_left(self) -> None:
        assert self.half_made() == (0, 0)

    @invariant()
    def nobody_is_told_a_lower_sequence_than_before(self) -> None:
        for sequences in self.told.sequences.values():
            assert sequences == sorted(sequences)

    @invariant()
    def the_sequence_never_falls(self) -> None:
        for record in self.records():
            assert record.sent_sequence >= self.sequences.get(record.id, 0)
            self.sequences[record.id] = record.sent_sequence

    @invariant()
    def reconciling_changes_nothing(self) -> None:
        before = self.records()
        self.run(follow.reconcile_all(self.ports, LATER))
        assert self.records() == before

    # How it is done ----------------------------------------------------------------------------------

    def booking(self, slug: str, start: datetime, actor: Actor, friend: Companion) -> Change:
        wish = create.NewBooking(
            home=ALICE,
            slug=slug,
            start=start,
            name="Gus",
            email=GUEST,
            zone=BERLIN,
            guests=() if slug in {"hidden", "loose"} else (friend,),
        )
        return lambda ports: create.create(ports, wish, actor, NOW)

    def doing(self, verb: str, looked: Looked, actor: Actor, start: datetime) -> Change:
        friend, person = Companion("lou@example.net"), looked.booking.next_person - 1
        acts: dict[str, Change] = {
            "cancel": lambda ports: cancel.cancel(ports, looked, "", actor, NOW),
            "move": lambda ports: reschedule.reschedule(ports, looked, start, actor, NOW),
            "confirm": lambda ports: confirm.confirm(ports, looked, Actor.HOST, NOW),
            "keep": lambda ports: keep.keep(ports, looked, "", Actor.HOST, NOW),
            "decline": lambda ports: decline.decline(ports, looked, "", Actor.HOST, NOW),
            "bring": lambda ports: companions.bring(ports, looked, friend, actor, NOW),
            "take off": lambda ports: companions.take_off(ports, looked, person, actor, NOW),
            "annotate": lambda ports: annotate.annotate(ports, looked, ((actor, 1),), actor, NOW),
            "note": lambda ports: notes.add(ports, looked, "So.", actor, NOW, is_private=True),
        }
        return acts[verb]


class LifeOnDisk(Life):
    """The same in a real data directory."""

    async def furnished(self) -> Ports:
        return await on_disk(self.stack)


BRIEF = settings(
    max_examples=30, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_calendar_and_ledger_agree_through_a_bookings_life() -> None:
    """S1.52, S1.53: also through races, and through crashes between the steps of a change."""
    run_state_machine_as_test(Life, settings=BRIEF)


@pytest.mark.slow
def test_they_agree_however_long_it_is() -> None:
    run_state_machine_as_test(Life, settings=settings(BRIEF, max_examples=80, stateful_step_count=50))


@pytest.mark.slow
def test_they_agree_on_a_disk() -> None:
    run_state_machine_as_test(LifeOnDisk, settings=settings(BRIEF, max_examples=4, stateful_step_count=30))
