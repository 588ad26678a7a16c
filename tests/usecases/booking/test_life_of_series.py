"""Whatever is done to series, by people, by calendar clients and by crashes: claims, meetings to come and busy time agree."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.adapters.memory.clock import FixedClock
from server.domain.booking import ACTIVE, Actor, Booking, Status
from server.domain.companions import Companion
from server.domain.identity import HISTORY
from server.domain.intervals import merge, overlaps
from server.domain.reminders import parse
from server.domain.series import Frequency, Recurrence, SeriesRules
from server.domain.series_moves import cut_at, shifted_to, with_moved, without
from server.ical import vevent
from server.ical.booking_series import RULE
from server.ical.scan import Component, Property, scan, serialise
from server.ports import MailState, Ports, StoredObject
from server.usecases.booking import cancel, companions, create, follow, reschedule
from server.usecases.booking.cancel_occurrence import cancel_future, cancel_occurrence
from server.usecases.booking.look import Looked
from server.usecases.booking.move_occurrence import move_occurrence
from server.usecases.booking.rebuild import rebuild
from tests.builders import BERLIN, NOW, at, calendar, event_type, host, settle_in
from tests.installations import installation
from tests.usecases.booking.test_life import actors, lifetimes, picks
from tests.usecases.booking.world import ALICE, LATER, Change, World

YEAR = (int(NOW.timestamp()), int(at("2027-03-01 00:00").timestamp()))

KIND = replace(
    event_type(buffers=(0, 15)),
    guests_max=1,
    reminders=(parse("1h guest"),),
    series=SeriesRules(frequencies=tuple(Frequency), count_max=6),
)
HIDDEN = replace(
    KIND,
    id=event_type("hidden", number=5).id,
    number=5,
    slug=event_type("hidden").slug,
    requires_confirmation=True,
    pending_in_calendar=False,
)

firsts = st.sampled_from(
    [at(f"2026-03-{day:02} {clock}") for day in (2, 3, 9, 16) for clock in ("09:00", "10:00", "11:00")]
)
rules = st.builds(
    Recurrence, frequency=st.just(Frequency.WEEKLY), interval=st.integers(1, 2), count=st.integers(2, 4)
)
numbers = st.integers(0, 3)
days = st.sampled_from([date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 23)])
edits = st.sampled_from(("move one", "remove one", "shorten", "move all", "remove", "daily", "single"))


class SeriesLife(World):
    """A host whose guests book series and single meetings, with a client that edits them and a process that dies."""

    async def furnished(self) -> Ports:
        ports = memory_ports(NOW, calendars=MemoryCalendars())
        await settle_in(ports, host(), KIND, HIDDEN)
        return ports

    # Guests, hosts and crashes -----------------------------------------------------------------------

    @rule(
        slug=st.sampled_from(("intro", "intro", "hidden")),
        start=firsts,
        recurring=st.none() | rules,
        skips=st.sets(numbers, max_size=2),
        actor=actors,
        lives=lifetimes,
    )
    def book(
        self,
        slug: str,
        start: datetime,
        recurring: Recurrence | None,
        skips: set[int],
        actor: Actor,
        lives: int,
    ) -> None:
        weeks = 1 if recurring is None else recurring.interval
        wish = create.NewBooking(
            home=ALICE,
            slug=slug,
            start=start,
            name="Gus",
            email="gus@example.net",
            zone=BERLIN,
            recurring=recurring,
            skip=frozenset(start + timedelta(weeks=weeks * one) for one in skips),
        )
        self.change(lambda ports: create.create(ports, wish, actor, NOW), lives)

    @rule(pick=picks, number=numbers, start=firsts, actor=actors, lives=lifetimes, edit=edits)
    def move_one(self, pick: int, number: int, start: datetime, actor: Actor, lives: int, edit: str) -> None:
        if (looked := self.pick(pick)) is not None:
            original = self.nth(looked.booking, number)
            self.with_edit(
                lambda ports: move_occurrence(ports, looked, original, start, actor, NOW), lives, looked, edit
            )

    @rule(pick=picks, number=numbers, actor=actors, lives=lifetimes, edit=edits)
    def cancel_one(self, pick: int, number: int, actor: Actor, lives: int, edit: str) -> None:
        if (looked := self.pick(pick)) is not None:
            original = self.nth(looked.booking, number)
            self.with_edit(
                lambda ports: cancel_occurrence(ports, looked, original, "", actor, NOW), lives, looked, edit
            )

    @rule(pick=picks, day=days, actor=actors, lives=lifetimes, edit=edits)
    def cut(self, pick: int, day: date, actor: Actor, lives: int, edit: str) -> None:
        if (looked := self.pick(pick)) is not None:
            self.with_edit(
                lambda ports: cancel_future(ports, looked, day, "", actor, NOW), lives, looked, edit
            )

    @rule(pick=picks, start=firsts, actor=actors, lives=lifetimes, edit=edits)
    def move_all(self, pick: int, start: datetime, actor: Actor, lives: int, edit: str) -> None:
        if (looked := self.pick(pick)) is not None:
            self.with_edit(
                lambda ports: reschedule.reschedule(ports, looked, start, actor, NOW), lives, looked, edit
            )

    @rule(pick=picks, actor=actors, lives=lifetimes, edit=edits)
    def end(self, pick: int, actor: Actor, lives: int, edit: str) -> None:
        if (looked := self.pick(pick)) is not None:
            self.with_edit(lambda ports: cancel.cancel(ports, looked, "", actor, NOW), lives, looked, edit)

    @rule(pick=picks, lives=lifetimes, edit=edits)
    def bring(self, pick: int, lives: int, edit: str) -> None:
        if (looked := self.pick(pick)) is not None:
            friend = Companion("fay@example.net")
            self.with_edit(
                lambda ports: companions.bring(ports, looked, friend, Actor.GUEST, NOW), lives, looked, edit
            )

    @rule(pick=picks, number=numbers, start=firsts, day=days)
    def at_once(self, pick: int, number: int, start: datetime, day: date) -> None:
        if (looked := self.pick(pick)) is None:
            return
        original, other = self.nth(looked.booking, number), self.nth(looked.booking, number + 1)
        changes: list[Change] = [
            lambda ports: move_occurrence(ports, looked, original, start, Actor.GUEST, NOW),
            lambda ports: cancel_occurrence(ports, looked, other, "", Actor.HOST, NOW),
            lambda ports: cancel_future(ports, looked, day, "", Actor.HOST, NOW),
        ]
        self.race(changes, 99)

    # The host's calendar client ----------------------------------------------------------------------

    @rule(pick=picks, edit=edits)
    def edit(self, pick: int, edit: str) -> None:
        if (looked := self.pick(pick)) is not None and not looked.booking.is_hidden:
            self.do_edit(looked.record.uid, edit)
            self.hear()

    # What must hold ----------------------------------------------------------------------------------

    @invariant()
    def claims_are_the_meetings_of_what_holds_time(self) -> None:
        claims = sorted((one.booking, one.span) for one in self.ports.ledger.claims(ALICE, YEAR))
        holds = [one for one in self.live() if one.holds_time]
        assert claims == sorted((one.id, each.span) for one in holds for each in one.meetings)

    @invariant()
    def the_calendar_is_busy_with_the_meetings_and_nothing_else(self) -> None:
        shown = [one for one in self.live() if not one.is_hidden]
        expected = merge(each.span for one in shown for each in one.meetings)
        assert self.ports.calendars.busy([calendar()], YEAR) == expected

    @invariant()
    def no_two_overlap_unless_the_host_moved_one(self) -> None:
        chosen = [one for one in self.live() if one.id not in self.moved_by_host]
        for one, other in combinations(chosen, 2):
            for mine in one.meetings:
                for theirs in other.meetings:
                    held = one.alone(mine).held, other.alone(theirs).held
                    assert not overlaps(held[0], theirs.span), (one, other)
                    assert not overlaps(mine.span, held[1]), (one, other)

    @invariant()
    def reminders_wait_for_what_is_to_come(self) -> None:
        standing = {one.id for one in self.live()}
        queued = {one for one in self.run(self.waiting()) if one[0] in standing}
        confirmed = [one for one in self.live() if one.status is Status.CONFIRMED]
        expected = {
            (one.id, each.span[0], guest.number)
            for one in confirmed
            for each in one.meetings
            if each.span[0] - 3600 > NOW.timestamp()
            for guest in one.attendees
        }
        assert queued == expected

    @invariant()
    def nothing_half_made_is_left(self) -> None:
        assert self.half_made() == (0, 0)

    @invariant()
    def reconciling_changes_nothing(self) -> None:
        before = self.records()
        self.run(follow.reconcile_all(self.ports, LATER))
        assert self.records() == before

    @invariant()
    def each_revision_is_kept(self) -> None:
        hidden = sum(one.is_hidden for one in self.live())
        assert len(self.all(HISTORY)) == sum(record.revision for record in self.records()) + hidden

    def teardown(self) -> None:
        """Fill another ledger from the homes, and find the same in it."""
        try:
            if all(one.missing_since is None for one in self.records()):
                self.run(self.rebuilt())
        finally:
            super().teardown()

    async def rebuilt(self) -> None:
        fresh = memory_ports(NOW, calendars=self.ports.calendars, homes=self.ports.homes)
        await rebuild(fresh, NOW)
        before = [(one.booking, one.span, one.held) for one in self.ports.ledger.claims(ALICE, YEAR)]
        after = [(one.booking, one.span, one.held) for one in fresh.ledger.claims(ALICE, YEAR)]
        assert sorted(before) == sorted(after)
        for record in await self.ports.ledger.bookings():
            trails = [await one.ledger.trail(record.id) for one in (self.ports, fresh)]
            told = [[(one.revision, one.action, one.concerns) for one in trail] for trail in trails]
            # What a booking was last before it ended stands nowhere.
            known = told[0] if record.status in ACTIVE else [one for one in told[0] if one in told[1]]
            assert known == told[1] or record.id in self.moved_by_host

    # How it is done ----------------------------------------------------------------------------------

    def nth(self, booking: Booking, number: int) -> datetime:
        return booking.occurrences[number % len(booking.occurrences)].original

    def with_edit(self, change: Change, lives: int, looked: Looked, edit: str) -> None:
        """Carry a change out; where the process dies, a client edits the series before it starts again."""
        self.change(change, lives, lambda: self.do_edit(looked.record.uid, edit))

    def do_edit(self, uid: str, edit: str) -> None:
        record = next(one for one in self.records() if one.uid == uid)
        stored = self.standing(record)
        if record.status not in ACTIVE or stored is None:
            return
        self.moved_by_host.add(record.id)
        self.put(stored.calendar, stored.href, None if edit == "remove" else _edited(stored, edit))

    async def waiting(self) -> set[tuple[str, int, int]]:
        mails = await self.ports.ledger.mails()
        return {
            (one.booking, one.expires_at, one.recipient)
            for one in mails
            if one.offset_min is not None and one.state is MailState.QUEUED
        }


def _edited(stored: StoredObject, edit: str) -> str:
    """Return an object as a client leaves it that does something to its series."""
    booking = vevent.read(stored.text, stored.calendar)
    assert booking is not None
    coming = booking.meetings
    if booking.series is None or len(coming) < 2:
        return stored.text
    last = coming[-1]
    after = {
        "move one": lambda: with_moved(
            booking, last, last.start + timedelta(hours=3), by_guest=False, reason=""
        ),
        "remove one": lambda: without(booking, last, by_guest=False, reason=""),
        "shorten": lambda: cut_at(booking, last.day(BERLIN), NOW, by_guest=False, reason=""),
        "move all": lambda: shifted_to(booking, coming[0].start + timedelta(hours=2), NOW, by_guest=False),
    }
    if edit in after:
        text = vevent.revised(stored.text, after[edit](), host())
        # What Daybook wrote of the series stays as it was: a client does not know of it.
        return _with_data_of(stored.text, text)
    return _with_master(stored.text, None, "FREQ=DAILY;COUNT=3" if edit == "daily" else None)


def _with_data_of(before: str, after: str) -> str:
    master = next(one for one in scan(before).children("VEVENT") if one.first("RECURRENCE-ID") is None)
    return _with_master(after, {one.name: one for one in master.properties if _is_ours(one)}, None)


def _with_master(text: str, data: Mapping[str, Property] | None, rule: str | None) -> str:
    """Return an object with other data of Daybook's in its master, or with another rule and, without one, no overrides."""
    tree, components = scan(text), []
    for one in tree.components:
        if one.name != "VEVENT" or one.first("RECURRENCE-ID") is not None:
            if one.name != "VEVENT" or data is not None or rule is not None:
                components.append(one)
            continue
        kept = [item for item in one.properties if data is None or not _is_ours(item)]
        kept += [] if data is None else data.values()
        if data is None:
            kept = [item for item in kept if item.name not in RULE]
            kept += [] if rule is None else [Property("RRULE", rule)]
        components.append(Component(one.name, tuple(kept), one.components))
    return serialise(Component(tree.name, tree.properties, tuple(components)))


def _is_ours(item: Property) -> bool:
    return item.name.startswith("X-DAYBOOK")


class SeriesLifeOnDisk(SeriesLife):
    """The same in a real data directory."""

    async def furnished(self) -> Ports:
        data = Path(self.stack.enter_context(TemporaryDirectory(prefix="series-"))) / "data"
        async with installation(data) as parts:
            await settle_in(parts.ports, host(), KIND, HIDDEN)
        parts = await self.stack.enter_async_context(installation(data))
        return replace(parts.ports, clock=FixedClock(NOW))


BRIEF = settings(
    max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_claims_meetings_and_busy_time_agree_through_a_series_life() -> None:
    """S3.30, S3.32, S3.33: also through edits by clients, and through crashes between the steps of a change."""
    run_state_machine_as_test(SeriesLife, settings=BRIEF)


@pytest.mark.slow
def test_they_agree_however_long_it_is() -> None:
    run_state_machine_as_test(SeriesLife, settings=settings(BRIEF, max_examples=100, stateful_step_count=40))


@pytest.mark.slow
def test_they_agree_on_a_disk() -> None:
    run_state_machine_as_test(
        SeriesLifeOnDisk, settings=settings(BRIEF, max_examples=4, stateful_step_count=25)
    )
