"""How often an event type is booked, as every Calendars adapter counts it, and a swap that is one too many."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.booking import Booking, Status, Waiter
from server.domain.booking_row import Seating
from server.domain.identity import HISTORY, Home, Href, Uid, superseded_uid
from server.domain.intervals import Span
from server.domain.limits import EVER
from server.ical import vevent
from server.ports import Calendars, Condition, Full, MustFit, ObjectWrite
from tests.builders import booking, calendar, event_type, guest, host, span

ALICE = Home("alice")
INTRO, REVIEW = event_type(), event_type("review", number=3)
PAST = calendar("alice", HISTORY)


async def put(calendars: Calendars, made: Booking, conditions: Sequence[Condition] = ()) -> None:
    href = Href(f"{made.uid}.ics")
    etag = await calendars.etag(made.calendar, href)
    write = ObjectWrite(made.calendar, href, etag, vevent.stored(made, host()))
    await calendars.swap(ALICE, "intent", await calendars.stage(ALICE, [write]), conditions)


def fits(made: Booking, most: int, within: Span = EVER, whose: str | None = None) -> MustFit:
    return MustFit((ALICE,), made.event_type_id, within, most, whose, made.uid)


async def test_what_begins_in_a_span_is_counted_for_its_event_type(calendars: Calendars) -> None:
    await put(calendars, booking("09:00-10:00", number=1))
    await put(calendars, booking("10:00-10:30", number=2))
    await put(calendars, booking("11:00-11:30", kind=REVIEW, number=3))
    assert calendars.booked(ALICE, INTRO.id, EVER) == 2
    assert calendars.booked(ALICE, REVIEW.id, EVER) == 1
    assert calendars.booked(ALICE, INTRO.id, span("09:00-10:00")) == 1
    assert calendars.booked(ALICE, INTRO.id, span("09:30-10:01")) == 1
    assert calendars.booked(Home("nobody"), INTRO.id, EVER) == 0


async def test_what_waits_counts_also_where_it_is_hidden_and_what_has_ended_does_not(
    calendars: Calendars,
) -> None:
    waiting = replace(booking("09:00-10:00", number=1), status=Status.PENDING)
    await put(calendars, waiting)
    await put(calendars, replace(booking("10:00-11:00", number=2), status=Status.PENDING, calendar=PAST))
    await put(calendars, replace(booking("11:00-12:00", number=3), status=Status.CANCELLED, calendar=PAST))
    await put(calendars, replace(booking("12:00-13:00", number=4), status=Status.DECLINED, calendar=PAST))
    assert calendars.booked(ALICE, INTRO.id, EVER) == 2


async def test_what_a_booking_was_before_a_change_does_not_count(calendars: Calendars) -> None:
    made = booking("09:00-10:00")
    await put(calendars, replace(made, revision=1))
    text = vevent.superseded(vevent.stored(made, host()), made)
    href = Href(f"{superseded_uid(made.uid, 0)}.ics")
    staged = await calendars.stage(ALICE, [ObjectWrite(PAST, href, None, text)])
    await calendars.swap(ALICE, "intent", staged, ())
    assert calendars.booked(ALICE, INTRO.id, EVER) == 1


async def test_a_booking_that_moves_is_not_counted_against_itself(calendars: Calendars) -> None:
    made = booking("09:00-10:00")
    await put(calendars, made)
    assert calendars.booked(ALICE, INTRO.id, EVER, without=made.uid) == 0
    assert calendars.booked(ALICE, INTRO.id, EVER, without=Uid("another")) == 1
    assert calendars.booked(ALICE, INTRO.id, span("10:00-11:00"), without=made.uid) == 0


async def test_a_guest_is_known_by_their_address_in_whatever_case(calendars: Calendars) -> None:
    await put(calendars, booking("09:00-10:00", number=1, attendees=[guest(email="Gus@Example.NET")]))
    await put(calendars, booking("10:00-11:00", number=2, attendees=[guest(email="gus@example.net")]))
    await put(calendars, booking("11:00-12:00", number=3, attendees=[guest(email="eve@example.net")]))
    assert calendars.booked(ALICE, INTRO.id, EVER, guest="gus@example.net") == 2
    assert calendars.booked(ALICE, INTRO.id, span("09:30-24:00"), guest="gus@example.net") == 1
    assert calendars.booked(ALICE, INTRO.id, EVER, guest="nobody@example.net") == 0


async def test_a_booking_that_is_moved_or_removed_is_counted_where_it_is(calendars: Calendars) -> None:
    made = booking("09:00-10:00")
    await put(calendars, made)
    await put(calendars, replace(made, start=booking("14:00-15:00").start, end=booking("14:00-15:00").end))
    assert calendars.booked(ALICE, INTRO.id, span("09:00-12:00")) == 0
    assert calendars.booked(ALICE, INTRO.id, span("12:00-24:00")) == 1
    href = Href(f"{made.uid}.ics")
    write = ObjectWrite(made.calendar, href, await calendars.etag(made.calendar, href), None)
    await calendars.swap(ALICE, "intent", await calendars.stage(ALICE, [write]), ())
    assert calendars.booked(ALICE, INTRO.id, EVER) == 0
    assert calendars.booked(ALICE, INTRO.id, EVER, guest=made.guest.email) == 0


@pytest.mark.parametrize("whose", [None, "gus@example.net"])
async def test_a_swap_that_is_one_too_many_changes_nothing_and_says_whose_cap_it_was(
    calendars: Calendars, whose: str | None
) -> None:
    first, second = booking("09:00-10:00", number=1), booking("10:00-11:00", number=2)
    await put(calendars, first, [fits(first, 1, whose=whose)])
    with pytest.raises(Full) as refused:
        await put(calendars, second, [fits(second, 1, whose=whose)])
    assert refused.value.by_guest is (whose is not None)
    assert calendars.find(ALICE, second.uid) is None
    await put(calendars, second, [fits(second, 2, whose=whose)])
    assert calendars.booked(ALICE, INTRO.id, EVER) == 2


async def test_meetings_by_seats_are_found_by_their_start(calendars: Calendars) -> None:
    """S2.49"""
    first = seated("09:00-10:00", 1, "ann@example.net", "Ben@example.net")
    second = seated("11:00-12:00", 2, "ann@example.net")
    await put(calendars, first)
    await put(calendars, second)
    await put(calendars, booking("13:00-14:00", number=3))
    await put(calendars, replace(seated("14:00-15:00", 4), status=Status.CANCELLED, calendar=PAST))
    found = calendars.seated(ALICE, INTRO.id, EVER)
    assert [(row.uid, row.shown.seating) for row in found] == [
        (first.uid, Seating(3, 2, (), 0)),
        (second.uid, Seating(3, 1, (), 0)),
    ]
    assert [row.uid for row in calendars.seated(ALICE, INTRO.id, span("10:00-11:01"))] == [second.uid]
    assert calendars.seated(ALICE, REVIEW.id, EVER) == []
    assert calendars.seated(Home("nobody"), INTRO.id, EVER) == []


async def test_who_joins_and_who_waits_shows_at_once(calendars: Calendars) -> None:
    made = seated("09:00-10:00", 1, "ann@example.net")
    await put(calendars, made)
    until = made.start - timedelta(hours=1)
    waiting = (
        Waiter(person=guest(number=2, email="ben@example.net"), since=made.created_at),
        Waiter(person=guest(number=3, email="cem@example.net"), since=made.created_at, held_until=until),
    )
    await put(calendars, replace(made, waiting=waiting, revision=1))
    (row,) = calendars.seated(ALICE, INTRO.id, EVER)
    assert row.shown.seating == Seating(3, 1, (int(until.timestamp()),), 1)
    await put(calendars, replace(made, attendees=(), revision=2))
    (row,) = calendars.seated(ALICE, INTRO.id, EVER)
    assert row.shown.seating == Seating(3, 0, (), 0)
    moved = replace(
        made, start=made.start + timedelta(hours=3), end=made.end + timedelta(hours=3), revision=3
    )
    await put(calendars, moved)
    assert calendars.seated(ALICE, INTRO.id, span("09:00-10:00")) == []
    assert len(calendars.seated(ALICE, INTRO.id, EVER)) == 1


async def test_each_who_has_a_seat_is_a_guest_of_their_own(calendars: Calendars) -> None:
    """S2.50"""
    made = seated("09:00-10:00", 1, "ann@example.net", "Ben@example.net")
    await put(calendars, made)
    assert calendars.booked(ALICE, INTRO.id, EVER, guest="ben@example.net") == 1
    assert calendars.booked(ALICE, INTRO.id, EVER) == 1
    await put(calendars, replace(made, attendees=made.attendees[:1], revision=1))
    assert calendars.booked(ALICE, INTRO.id, EVER, guest="ben@example.net") == 0
    assert calendars.booked(ALICE, INTRO.id, EVER, guest="ann@example.net") == 1


def seated(when: str, number: int, *addresses: str) -> Booking:
    people = tuple(guest(number=at, email=address) for at, address in enumerate(addresses, 1))
    return replace(booking(when, number=number), seats=3, attendees=people)
