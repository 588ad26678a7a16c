"""Who has a seat, who waits for one, and whose turn it is."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.domain.booking import Action, Actor, Attendee, Booking, BookingChange, Status
from server.domain.changes import cancelled, seated
from server.domain.companions import as_seen_by
from server.domain.event_type import Location, LocationType, faults
from server.domain.happenings import Happening, happenings
from server.domain.seats import (
    Spots,
    found,
    is_deserted,
    person_of,
    place_in_line,
    seat,
    spots,
    take,
    turned,
    wait,
    waiter_of,
    without,
)
from tests.builders import NOW, booking, event_type

CLASS = replace(booking("10:00-11:00"), seats=3, attendees=())
HOLD_MIN = 60


def somebody(number: int) -> Attendee:
    return Attendee(number=number, name=f"G{number}", email=f"g{number}@example.net", zone="UTC")


def crowd(seats: int, waits: int = 0) -> Booking:
    made = CLASS
    for _ in range(seats):
        made = seat(made, somebody(made.next_person))
    for _ in range(waits):
        made = wait(made, somebody(made.next_person), NOW)
    return made


@given(total=st.integers(2, 9), taken=st.integers(0, 12), waits=st.integers(0, 9), most=st.integers(0, 9))
def test_a_seat_or_a_place_in_line_is_offered_but_never_both(
    total: int, taken: int, waits: int, most: int
) -> None:
    here = found(total, taken, waits, most)
    assert here.free <= max(0, total - taken)
    assert not (here.free and here.places)
    assert not (here.free and waits)
    assert here.places <= max(0, most - waits)


def test_a_held_seat_is_nobody_elses_until_it_lapses() -> None:
    made = turned(without(crowd(3, 1), 1), HOLD_MIN, NOW)
    until = made.waiting[0].held_until
    assert until is not None
    assert spots(made, 5, NOW) == Spots(0, 3, 5)
    assert spots(made, 5, until) == Spots(1, 3)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("come"), st.booleans(), st.integers(1, 90)),
        st.tuples(st.sampled_from(["leave", "take"]), st.integers(0, 9), st.integers(1, 90)),
        st.tuples(st.just("turn"), st.just(0), st.integers(1, 90)),
    ),
    max_size=40,
)


@given(steps=steps, most=st.integers(0, 4))
def test_whatever_happens_there_are_never_more_people_than_seats_and_the_line_keeps_its_order(
    steps: list[tuple[str, int, int]], most: int
) -> None:
    made, now = replace(CLASS, start=NOW + timedelta(days=2), end=NOW + timedelta(days=2, hours=1)), NOW
    numbers: list[int] = []
    for what, which, minutes in steps:
        now += timedelta(minutes=minutes)
        before = turned(made, HOLD_MIN, now)
        made = _step(before, what, which, most, now, numbers)
        made = turned(made, HOLD_MIN, now)
        held = [one for one in made.waiting if one.held_until is not None]
        assert len(made.attendees) + len(held) <= made.seats
        line = [one.person.number for one in made.waiting]
        assert line == sorted(line)
        assert [one.held_until is None for one in made.waiting] == sorted(
            one.held_until is None for one in made.waiting
        )
        stays = {one.number for one in before.everybody} - {one.number for one in made.everybody}
        assert len(stays) <= (what == "leave")
        everybody = [one.number for one in made.everybody]
        assert len(set(everybody)) == len(everybody)
    assert len(set(numbers)) == len(numbers)


def _step(made: Booking, what: str, which: int, most: int, now: datetime, numbers: list[int]) -> Booking:
    people = made.everybody
    if what == "come":
        here, number = spots(made, most, now), made.next_person
        if not here.are_offered:
            return made
        numbers.append(number)
        return seat(made, somebody(number)) if here.free else wait(made, somebody(number), now)
    if not people:
        return made
    person = people[which % len(people)]
    if what == "leave":
        return without(made, person.number)
    waiter = waiter_of(made, person.number)
    if what == "take" and waiter is not None and waiter.held_until is not None:
        return take(made, person.number)
    return made


def test_the_place_in_line_counts_those_who_wait_before() -> None:
    made = turned(without(crowd(3, 3), 1), HOLD_MIN, NOW)
    assert [place_in_line(made, number) for number in (3, 4, 5, 6, 9)] == [0, 0, 1, 2, 0]


def test_whoever_had_to_prove_their_address_gets_a_number_of_their_own() -> None:
    made = wait(crowd(1), somebody(2), NOW, unproven_until=NOW + timedelta(minutes=15))
    after = take(made, 2)
    assert [one.number for one in after.attendees] == [1, 3]
    assert person_of(after, 2) is None
    assert without(after, 3).next_person == 4


def test_a_guest_sees_their_own_seat_and_others_by_name_alone_or_not_at_all() -> None:
    made = replace(crowd(2, 1), notes="")
    made = replace(made, attendees=tuple(replace(one, notes=f"n{one.number}") for one in made.attendees))
    seen = as_seen_by(made, 2)
    assert (seen.guest.number, seen.notes, seen.companions, seen.waiting) == (2, "n2", (), ())
    shown = as_seen_by(replace(made, seats_shown=True), 2)
    assert [(one.name, one.email, one.notes) for one in shown.companions] == [("G1", "", "")]
    assert as_seen_by(shown, 2) == shown
    assert as_seen_by(made, 0) == made
    assert as_seen_by(made, 9).attendees == ()
    waits = as_seen_by(replace(made, seats_shown=True), 3)
    assert ([one.number for one in waits.attendees], len(waits.waiting)) == ([3], 1)


def test_nobody_is_the_guest_of_seats_that_nobody_has() -> None:
    assert is_deserted(CLASS)
    assert (CLASS.guest.number, CLASS.guest.name, CLASS.guest.email) == (0, "", "")
    assert CLASS.next_person == 1


def test_each_turn_of_the_line_is_told_once() -> None:
    full = crowd(3, 2)
    joined = told(crowd(3, 1), full, Action.WAIT)
    promoted = turned(without(full, 1), HOLD_MIN, NOW)
    until = promoted.waiting[0].held_until
    assert until is not None
    passed = turned(promoted, HOLD_MIN, until)
    assert joined == (Happening.WAITLIST_JOINED,)
    assert told(full, promoted, Action.LEAVE) == (Happening.WAITLIST_PROMOTED,)
    assert told(promoted, passed, Action.TURN, until) == (
        Happening.WAITLIST_EXPIRED,
        Happening.WAITLIST_PROMOTED,
    )
    assert told(promoted, take(promoted, 4), Action.JOIN) == ()
    assert told(full, without(full, 5), Action.WITHDRAW) == ()
    ended = cancelled(full, "", actor=Actor.HOST, at=NOW, sent=0)
    assert happenings(ended) == (Happening.CANCELLED,)


def told(before: Booking, after: Booking, action: Action, now: datetime = NOW) -> tuple[Happening, ...]:
    made = seated(before, after, action, actor=Actor.SYSTEM, at=now, sent=0)
    assert isinstance(made, BookingChange)
    assert made.after.status is Status.CONFIRMED
    return happenings(made)


def test_a_place_that_each_guest_says_is_no_place_to_share() -> None:
    kind = replace(event_type(), seats=2, location=Location(type=LocationType.GUEST_PHONE))
    assert "seats" in faults(kind)
