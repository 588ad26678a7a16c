"""What a calendar keeps of a booking that no calendar program understands."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.booking import Attendee, Booking, Waiter
from server.ical import vevent
from tests.ical.test_vevent import answers, attendees, bookings, instants, put, texts
from tests.review import ALICE, REVIEW

waiters = st.builds(
    Waiter,
    person=attendees,
    since=instants,
    held_until=st.none() | instants,
    is_unproven=st.booleans(),
)


@settings(max_examples=40, deadline=None)
@given(
    bookings(),
    st.lists(
        st.builds(replace, attendees, notes=texts, answers=st.lists(answers, max_size=2).map(tuple)),
        max_size=4,
    ),
    st.lists(waiters, max_size=3),
)
def test_who_has_a_seat_and_who_waits_comes_back_as_it_was(
    made: Booking, people: list[Attendee], waiting: list[Waiter]
) -> None:
    """S2.50"""
    shared = replace(
        made, attendees=tuple(people), waiting=tuple(waiting), seats=9, seats_shown=True, notes="", answers=()
    )
    assert vevent.last_written(vevent.stored(shared, ALICE), shared.calendar) == shared
    ended = vevent.superseded(vevent.stored(shared, ALICE), shared)
    assert vevent.last_written(ended, shared.calendar) == shared


def test_a_crowd_is_spread_over_properties_that_every_client_keeps() -> None:
    """DAVx5 keeps no unknown property longer than 25 kB, Thunderbird one of each name."""
    person = REVIEW.guest
    people = tuple(
        replace(person, number=number, email=f"g{number}@example.net", notes="Ä" * 500)
        for number in range(1, 121)
    )
    shared = replace(REVIEW, attendees=people, seats=200)
    text = vevent.stored(shared, ALICE)
    lines = [line for line in unfolded(text) if line.startswith("X-DAYBOOK-PEOPLE")]
    names = [line.partition(":")[0] for line in lines]
    assert len(set(names)) == len(names) > 3
    assert max(len(line.encode()) for line in lines) < 25_000
    assert vevent.last_written(text, shared.calendar) == shared
    fewer = replace(shared, attendees=people[:1], revision=1)
    again = vevent.revised(text, fewer, ALICE)
    assert len([line for line in unfolded(again) if line.startswith("X-DAYBOOK-PEOPLE")]) == 1
    assert vevent.last_written(again, shared.calendar) == fewer


def test_a_booking_without_seats_is_none_without_its_guest() -> None:
    text = vevent.stored(replace(REVIEW, seats=2, attendees=()), ALICE)
    plain = text.replace("\r\n ", "").replace('"seats":2', '"seats":1')
    assert ',"seats":1' in plain.replace("\\", "")
    assert vevent.read(plain, REVIEW.calendar) is None


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


@pytest.mark.parametrize("name", ["X-DAYBOOK-BOOKING", "X-DAYBOOK-DATA", "X-DAYBOOK-PEOPLE"])
def test_an_object_without_our_marks_is_not_ours(name: str) -> None:
    assert vevent.read(put(vevent.stored(REVIEW, ALICE), without=name), REVIEW.calendar) is None


def test_what_is_no_calendar_is_not_ours() -> None:
    assert vevent.read("BEGIN:VCARD\r\nEND:VCARD\r\n", REVIEW.calendar) is None
