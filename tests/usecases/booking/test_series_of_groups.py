"""Series with several hosts: what one host's client does to a copy, the organizer's object takes back; and crashes on the way."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from server.domain.booking import Actor, Booking
from server.domain.errors import MeetingsUnavailable
from server.domain.identity import Home
from server.domain.series import Frequency, OccurrenceStatus, Recurrence, SeriesRules
from server.domain.series_moves import with_moved, without
from server.ical import vevent
from server.ports import Ports, StoredObject
from server.usecases.booking import accept, copies, create, follow, look, recover
from server.usecases.booking.cancel_occurrence import cancel_future, cancel_occurrence
from server.usecases.booking.create import NewBooking
from server.usecases.booking.move_occurrence import move_occurrence
from server.usecases.event_type import edit
from tests.builders import BERLIN, NOW, at, calendar, host, settle_in, span
from tests.usecases.booking.crash import Died, mortal
from tests.usecases.booking.foreign import client_puts, write
from tests.usecases.booking.world import Change

ALICE, BOB = Home("alice"), Home("bob")
LATER = NOW + timedelta(minutes=2)
YEAR = (int(NOW.timestamp()), int(at("2027-03-01 00:00").timestamp()))
FOUR = Recurrence(frequency=Frequency.WEEKLY, count=4)


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports with another host, bob, and meetings that may be repeated."""
    await settle_in(ports, host("bob", number=7, name="Bob Example"))
    await edit.edit(ports, "alice", "intro", lambda one: replace(one, series=SeriesRules()))
    return ports


async def book(ports: Ports) -> Booking:
    wish = NewBooking(
        home="alice+bob",
        slug="intro",
        start=at("2026-03-02 10:00"),
        name="Gus Guest",
        email="gus@example.net",
        zone=BERLIN,
        recurring=FOUR,
    )
    return await create.create(ports, wish, Actor.GUEST, NOW)


async def standing(ports: Ports, made: Booking, home: Home) -> StoredObject:
    place = ports.calendars.find(home, made.uid)
    stored = None if place is None else await ports.calendars.get(place[0], place[1])
    assert stored is not None
    return stored


async def agree(ports: Ports, made: Booking) -> None:
    """Demand that both calendars and the claims of both homes say what the booking is."""
    booking = (await look.by_id(ports, made.id)).booking
    spans = sorted(one.span for one in booking.meetings) if booking.is_active else []
    for home in (ALICE, BOB):
        assert sorted(one.span for one in ports.ledger.claims(home, YEAR)) == spans
        assert ports.calendars.busy([calendar(home)], YEAR) == spans
    assert await ports.ledger.intents(2**40) == []


async def test_a_series_stands_with_each_host_and_changes_with_each(ports: Ports) -> None:
    """S3.30, S3.32, S3.33"""
    made = await book(ports)
    await agree(ports, made)
    second, third = made.occurrences[1].original, made.occurrences[2].original
    looked = await look.by_id(ports, made.id)
    await move_occurrence(ports, looked, second, at("2026-03-10 15:00"), Actor.GUEST, NOW)
    await agree(ports, made)
    await cancel_occurrence(ports, await look.by_id(ports, made.id), third, "", Actor.HOST, NOW)
    await agree(ports, made)
    await cancel_future(ports, await look.by_id(ports, made.id), date(2026, 3, 23), "", Actor.GUEST, NOW)
    await agree(ports, made)


async def test_a_meeting_that_one_host_cannot_have_none_has(ports: Ports) -> None:
    await client_puts(ports, calendar("bob"), "dentist", span("10:00-11:00", "2026-03-16"))
    with pytest.raises(MeetingsUnavailable):
        await book(ports)
    assert [*ports.ledger.claims(ALICE, YEAR), *ports.ledger.claims(BOB, YEAR)] == []


async def test_what_the_organizer_moves_and_removes_in_a_client_the_others_follow(ports: Ports) -> None:
    made = await book(ports)
    stored = await standing(ports, made, ALICE)
    first, second = made.occurrences[:2]
    moved = with_moved(made, second, at("2026-03-10 15:00"), by_guest=False, reason="")
    shown = without(moved, first, by_guest=False, reason="")
    await write(ports, stored.calendar, stored.href, vevent.revised(stored.text, shown, host()))
    record = await ports.ledger.booking(made.id)
    assert record is not None
    assert await follow.reconcile(ports, record, NOW)
    assert await copies.mend_all(ports) == 1
    await agree(ports, made)
    found = (await look.by_id(ports, made.id)).booking.occurrences
    assert [one.status for one in found[:2]] == [OccurrenceStatus.CANCELLED, OccurrenceStatus.MOVED]


async def test_what_another_host_does_to_a_copy_is_taken_back(ports: Ports) -> None:
    made = await book(ports)
    stored = await standing(ports, made, BOB)
    shown = without(made, made.occurrences[1], by_guest=False, reason="")
    bob = host("bob", number=7)
    await write(ports, stored.calendar, stored.href, vevent.revised(stored.text, shown, bob))
    assert await accept.heed_all(ports, NOW) == 1
    await agree(ports, made)


@pytest.mark.parametrize("lives", range(10))
@pytest.mark.parametrize("what", ["move", "cancel", "cut", "cut all"])
async def test_after_a_crash_between_two_calendars_both_say_the_same(
    ports: Ports, what: str, lives: int
) -> None:
    """S3.32, S3.33"""
    made = await book(ports)
    looked, original = await look.by_id(ports, made.id), made.occurrences[1].original
    changes: dict[str, Change] = {
        "move": lambda some: move_occurrence(
            some, looked, original, at("2026-03-10 15:00"), Actor.GUEST, NOW
        ),
        "cancel": lambda some: cancel_occurrence(some, looked, original, "", Actor.GUEST, NOW),
        "cut": lambda some: cancel_future(some, looked, date(2026, 3, 9), "", Actor.GUEST, NOW),
        "cut all": lambda some: cancel_future(some, looked, date(2026, 3, 1), "", Actor.GUEST, NOW),
    }
    try:
        await changes[what](mortal(ports, lives))
    except Died:
        await recover.recover_all(ports, LATER)
    await agree(ports, made)
