"""Waiting for a seat: in order, with a hold for each, and nobody is lost."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.domain.booking import Actor, Booking, Status
from server.domain.companions import as_seen_by
from server.domain.errors import BookingCapReached, Conflict, Forbidden, NoLongerPart, SlotUnavailable
from server.domain.happenings import Happening
from server.domain.limits import Caps
from server.ports import HOST_RECIPIENT, MailKind, Ports
from server.usecases.booking import cancel, create, look, offer, reschedule, seating, seats, verify
from tests.builders import DAY, NOW, at, host, settle_in
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.test_seats import CLASS, book, mails, of, rule, starts, whole

START = at(f"{DAY} 10:00")
HOLD = timedelta(minutes=15)


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports, with bob's class of two seats, for which five may wait."""
    small = replace(CLASS, seats=2, waitlist_max=5, waitlist_hold_min=15)
    await settle_in(ports, host("bob", number=2, name="Bob Example"), small)
    return ports


async def crowd(ports: Ports, wish: Wish, *names: str) -> Booking:
    """Return a full class for which the others of `names` wait."""
    made = [await book(ports, wish, name, waits=True) for name in names]
    return await whole(ports, made[0].id)


async def leave(ports: Ports, booking: Booking, person: int, now: datetime = NOW) -> Booking:
    await cancel.cancel(ports, await of(ports, booking.id, person), "", Actor.GUEST, now)
    return await whole(ports, booking.id)


def line(booking: Booking) -> list[tuple[str, datetime | None]]:
    return [(one.person.name, one.held_until) for one in booking.waiting]


async def told(ports: Ports, booking: Booking) -> list[Happening]:
    return [one for entry in await ports.ledger.trail(booking.id) for one in entry.happenings]


async def test_who_finds_it_full_waits_only_if_they_said_so(ports: Ports, wish: Wish) -> None:
    made = await crowd(ports, wish, "Ann", "Ben")
    with pytest.raises(SlotUnavailable):
        await book(ports, wish, "Cem")
    seen = await book(ports, wish, "Cem", waits=True)
    assert (seen.guest.name, seen.guest.number, len(seen.waiting)) == ("Cem", 3, 1)
    assert await mails(ports, made.id, 2) == {(MailKind.WAITLISTED, 3)}
    assert (await told(ports, made))[-1] is Happening.WAITLIST_JOINED
    assert [one.name for one in (await whole(ports, made.id)).attendees] == ["Ann", "Ben"]


async def test_a_full_start_is_offered_while_the_line_has_room(ports: Ports, wish: Wish) -> None:
    await rule(ports, waitlist_max=1)
    await crowd(ports, wish, "Ann", "Ben")
    assert int(START.timestamp()) in starts(ports)
    await crowd(ports, wish, "Cem")
    assert int(START.timestamp()) not in starts(ports)
    with pytest.raises(SlotUnavailable):
        await book(ports, wish, "Dan", waits=True)


async def test_a_seat_that_becomes_free_is_held_for_the_next_and_for_nobody_else(
    ports: Ports, wish: Wish
) -> None:
    made = await crowd(ports, wish, "Ann", "Ben", "Cem", "Dan")
    after = await leave(ports, made, 1)
    assert line(after) == [("Cem", NOW + HOLD), ("Dan", None)]
    assert await mails(ports, made.id, after.revision) == {
        (MailKind.REMOVED, 1),
        (MailKind.LEFT, HOST_RECIPIENT),
        (MailKind.SEAT_OFFERED, 3),
    }
    assert (await told(ports, made))[-1] is Happening.WAITLIST_PROMOTED
    with pytest.raises(SlotUnavailable):
        await book(ports, wish, "Eve")
    with pytest.raises(Conflict):
        await seats.take(ports, await of(ports, made.id, 4), NOW)
    taken = await seats.take(ports, await of(ports, made.id, 3), NOW)
    assert (taken.guest.name, taken.waiting) == ("Cem", ())
    full = await whole(ports, made.id)
    assert [(one.number, one.name) for one in full.attendees] == [(2, "Ben"), (3, "Cem")]
    assert await mails(ports, made.id, full.revision) == {
        (MailKind.CONFIRMED, 3),
        (MailKind.JOINED, HOST_RECIPIENT),
    }
    assert (await seats.take(ports, await of(ports, made.id, 3), NOW)).revision == full.revision


async def test_a_seat_that_is_not_taken_in_time_is_the_next_ones(ports: Ports, wish: Wish) -> None:
    made = await leave(ports, await crowd(ports, wish, "Ann", "Ben", "Cem", "Dan"), 1)
    assert await seats.turn_all(ports, NOW + HOLD / 2) == 0
    late = NOW + HOLD
    with pytest.raises(Conflict):
        await seats.take(ports, await of(ports, made.id, 3), late)
    assert await seats.turn_all(ports, late) == 1
    after = await whole(ports, made.id)
    assert line(after) == [("Dan", late + HOLD)]
    assert await mails(ports, made.id, after.revision) == {
        (MailKind.SEAT_LAPSED, 3),
        (MailKind.SEAT_OFFERED, 4),
    }
    assert (await told(ports, made))[-2:] == [Happening.WAITLIST_EXPIRED, Happening.WAITLIST_PROMOTED]
    with pytest.raises(NoLongerPart):
        await of(ports, made.id, 3)
    assert await seats.turn_all(ports, late + HOLD) == 1
    assert (await book(ports, wish, "Eve")).guest.name == "Eve"


async def test_more_seats_are_held_for_those_who_wait(ports: Ports, wish: Wish) -> None:
    made = await crowd(ports, wish, "Ann", "Ben", "Cem", "Dan", "Eve")
    await rule(ports, seats=4)
    assert await seats.turn_all(ports, NOW) == 1
    after = await whole(ports, made.id)
    assert line(after) == [("Cem", NOW + HOLD), ("Dan", NOW + HOLD), ("Eve", None)]
    assert after.seats == 4
    assert await seats.turn_all(ports, NOW) == 0


async def test_a_hold_leaves_time_for_those_who_come_after(ports: Ports, wish: Wish) -> None:
    made = await crowd(ports, wish, "Ann", "Ben", "Cem")
    now = START - timedelta(minutes=20)
    after = await leave(ports, made, 1, now)
    assert line(after) == [("Cem", now + timedelta(minutes=10))]


async def test_who_waits_can_stop_waiting_and_nobody_is_told(ports: Ports, wish: Wish) -> None:
    made = await crowd(ports, wish, "Ann", "Ben", "Cem")
    after = await leave(ports, made, 3)
    assert (after.waiting, len(after.attendees)) == ((), 2)
    assert await mails(ports, made.id, after.revision) == set()
    assert Happening.WAITLIST_EXPIRED not in await told(ports, made)


async def test_a_held_seat_that_is_given_back_goes_to_the_next(ports: Ports, wish: Wish) -> None:
    made = await leave(ports, await crowd(ports, wish, "Ann", "Ben", "Cem", "Dan"), 1)
    after = await leave(ports, made, 3)
    assert line(after) == [("Dan", NOW + HOLD)]


async def test_the_last_one_out_does_not_end_it_for_those_who_wait(ports: Ports, wish: Wish) -> None:
    made = await crowd(ports, wish, "Ann", "Ben", "Cem")
    after = await leave(ports, await leave(ports, made, 1), 2)
    assert (after.status, after.attendees, line(after)) == (Status.CONFIRMED, (), [("Cem", NOW + HOLD)])
    assert await seats.turn_all(ports, NOW + HOLD) == 1
    ended = await whole(ports, made.id)
    assert (ended.status, ended.ended_by) == (Status.CANCELLED, Actor.SYSTEM)


async def test_who_waits_reads_of_nobody_else(ports: Ports, wish: Wish) -> None:
    await rule(ports, seats_shown=True)
    made = await crowd(ports, wish, "Ann", "Ben", "Cem", "Dan")
    seen = as_seen_by(made, 3)
    assert [one.name for one in seen.attendees] == ["Cem"]
    assert [one.person.name for one in seen.waiting] == ["Cem"]


async def test_who_waits_is_told_of_another_time_and_of_the_end(ports: Ports, wish: Wish) -> None:
    made = await crowd(ports, wish, "Ann", "Ben", "Cem")
    looked = await look.by_id(ports, made.id)
    moved = await reschedule.reschedule(ports, looked, at(f"{DAY} 14:00"), Actor.HOST, NOW)
    assert (MailKind.WAITLISTED, 3) in await mails(ports, made.id, moved.revision)
    ended = await cancel.cancel(ports, await look.by_id(ports, made.id), "", Actor.HOST, NOW)
    assert (MailKind.CANCELLED, 3) in await mails(ports, made.id, ended.revision)


async def test_a_seat_is_held_until_its_guests_address_is_proven(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish, "Ann")
    held = await book(ports, wish, "Ben", confirm_address=True, key="ben")
    assert (held.guest.number, held.waiting[0].is_unproven) == (2, True)
    assert await mails(ports, made.id, 1) == {(MailKind.VERIFY, 2)}
    assert Happening.WAITLIST_JOINED not in await told(ports, made)
    with pytest.raises(SlotUnavailable):
        await book(ports, wish, "Cem")
    typed = await of(ports, made.id, 2)
    with pytest.raises(Forbidden):
        await seats.take(ports, typed, NOW)
    proven = await seats.take(ports, typed, NOW, is_proven=True)
    assert (proven.guest.number, proven.guest.name) == (3, "Ben")
    with pytest.raises(NoLongerPart):
        await of(ports, made.id, 2)
    with pytest.raises(NoLongerPart):
        await book(ports, wish, "Ben", confirm_address=True, key="ben")


async def test_a_seat_whose_address_nobody_proves_is_free_again(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish, "Ann")
    await book(ports, wish, "Ben", confirm_address=True)
    late = verify.until(ports, NOW)
    assert await seats.turn_all(ports, late) == 1
    after = await whole(ports, made.id)
    assert (after.waiting, await mails(ports, made.id, after.revision)) == ((), set())
    assert (
        await create.create(
            ports,
            replace(wish(slug="class", name="Cem", email="cem@example.net"), home="bob"),
            Actor.GUEST,
            late,
        )
    ).guest.name == "Cem"


async def test_caps_of_a_guest_are_asked_when_they_take_the_seat(ports: Ports, wish: Wish) -> None:
    made = await crowd(ports, wish, "Ann", "Ben", "Cem")
    await rule(ports, guest_caps=Caps(total=1))
    await book(ports, wish, "Cem", "14:00")
    await leave(ports, made, 1)
    with pytest.raises(BookingCapReached):
        await seats.take(ports, await of(ports, made.id, 3), NOW)


@pytest.mark.parametrize("first_only", [False, True])
async def test_what_is_offered_and_what_is_refused_agree(ports: Ports, wish: Wish, first_only: bool) -> None:
    """Meetings with seats left, full ones with and without room to wait, one off the grid, and one outside the hours."""
    await rule(ports, waitlist_max=1, notice_min=0)
    for clock, names in {"10:00": "ABC", "12:00": "AB", "14:00": "A", "16:00": "DE"}.items():
        made = [await book(ports, wish, name, clock, waits=True) for name in names]
        if clock == "16:00":
            looked = await look.by_id(ports, made[0].id)
            await reschedule.reschedule(ports, looked, at(f"{DAY} 20:10"), Actor.HOST, NOW)
    await rule(ports, first_slot_only=first_only)
    bob, kind = ports.homes.host("bob"), ports.homes.event_type("bob", "class")
    assert bob is not None
    assert kind is not None
    now, first = int(NOW.timestamp()), int(at(f"{DAY} 00:00").timestamp())
    span = (first, first + 86_400)
    found = offer.offer(ports, bob, kind, span, now)
    tried = range(first, first + 86_400, 600)
    assert [start for start in tried if offer.refusal(ports, bob, kind, start, now) is None] == found
    seats_left = offer.offer(ports, bob, kind, span, now, waits=False)
    assert set(seats_left) <= set(found) or first_only
    clocks = [f"{datetime.fromtimestamp(start, ZoneInfo('Europe/Berlin')):%H:%M}" for start in found]
    if first_only:
        assert clocks == ["09:00"]
    else:
        assert {"12:00", "14:00", "16:00", "20:10"} <= set(clocks)
        assert "10:00" not in clocks
    spots = seating.spots(ports, bob, kind, span, now)
    assert [(one.free, one.places) for _, one in sorted(spots.items())] == [(0, 0), (0, 1), (1, 0), (0, 1)]
