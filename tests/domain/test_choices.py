"""How long and where, as far as a guest chooses it."""

from dataclasses import replace

import pytest

from server.domain.choices import PlaceWish, choose, of_duration, place_names
from server.domain.errors import Invalid
from server.domain.event_type import EventType, Location, LocationType, faults
from server.domain.questions import Question
from server.domain.rooms import Room
from tests.builders import event_type

L = LocationType
PHONE = Location(type=L.GUEST_PHONE)
PLACE = Location(type=L.GUEST_PLACE)
OFFICE = Location(type=L.IN_PERSON, value="Room 5")
CAFE = Location(type=L.IN_PERSON, value="Café")
MIXED = replace(event_type(), location=OFFICE, location_options=(CAFE, PHONE, PLACE))
LONGER = replace(event_type(minutes=30), duration_options=(60, 15, 30))


def test_the_default_duration_applies_without_a_choice() -> None:
    """S5.6."""
    assert of_duration(LONGER, None).duration_min == 30
    assert LONGER.durations == (15, 30, 60)


def test_a_chosen_duration_is_one_of_the_options() -> None:
    """S5.5, S5.7."""
    chosen = of_duration(LONGER, 60)
    assert (chosen.rules(0).duration_s, chosen.rules(0).step_s) == (3600, 3600)
    with pytest.raises(Invalid) as refused:
        of_duration(LONGER, 45)
    assert refused.value.fields == {"duration_minutes": "must be one of: 15, 30, 60"}
    with pytest.raises(Invalid):
        of_duration(event_type(minutes=30), 60)


def test_a_step_of_its_own_stays_whatever_the_duration() -> None:
    assert of_duration(replace(LONGER, step_min=10), 60).rules(0).step_s == 600


def test_a_booking_that_came_to_last_otherwise_keeps_the_grid() -> None:
    assert LONGER.lasting(75).rules(0).step_s == 1800


@pytest.mark.parametrize(
    "wrong",
    [
        replace(LONGER, duration_options=(15, 60)),
        replace(LONGER, duration_options=(30, 30)),
        replace(LONGER, duration_options=(30, 0)),
        replace(LONGER, duration_options=(30, 1441)),
        replace(LONGER, duration_options=tuple(range(30, 41))),
    ],
)
def test_durations_that_cannot_be_offered_are_refused(wrong: EventType) -> None:
    assert faults(wrong).keys() == {"duration_options"}


def test_a_single_place_is_not_asked_for() -> None:
    chosen, wrong = choose(replace(event_type(), location=OFFICE), PlaceWish(), {})
    assert (chosen.location, wrong) == (OFFICE, {})


def test_places_have_names_that_tell_them_apart() -> None:
    assert list(place_names(MIXED)) == ["in_person", "in_person-2", "guest_phone", "guest_place"]


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (PlaceWish("in_person-2"), CAFE),
        (PlaceWish("guest_phone", " +49 30  1234567"), replace(PHONE, value="+49 30 1234567")),
        (PlaceWish("guest_place", "At the station"), replace(PLACE, value="At the station")),
    ],
)
def test_a_guest_chooses_where_to_meet(wish: PlaceWish, expected: Location) -> None:
    chosen, wrong = choose(MIXED, wish, {})
    assert (chosen.location, wrong) == (expected, {})


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (PlaceWish(), "location"),
        (PlaceWish("link"), "location"),
        (PlaceWish("guest_phone"), "location_value"),
        (PlaceWish("guest_phone", "call me"), "location_value"),
        (PlaceWish("guest_place", " "), "location_value"),
        (PlaceWish("guest_place", "x" * 301), "location_value"),
    ],
)
def test_a_place_that_is_not_said_is_asked_for_again(wish: PlaceWish, field: str) -> None:
    assert choose(MIXED, wish, {})[1].keys() == {field}


def test_a_host_need_not_know_what_only_the_guest_can_answer() -> None:
    asked = replace(
        event_type(), location=PHONE, questions=(Question(id="topic", label="Why?", required=True),)
    )
    assert choose(asked, PlaceWish(), {})[1].keys() == {"location_value", "answers.topic"}
    chosen, wrong = choose(asked, PlaceWish(), {}, is_host=True)
    assert (chosen.location, chosen.answers, wrong) == (PHONE, (), {})


def test_what_a_guest_names_is_never_a_link() -> None:
    """S2.21, C31."""
    assert replace(PLACE, value="https://evil.example").url is None
    assert Location(type=L.LINK, value="https://meet.example").url == "https://meet.example"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"location": replace(PHONE, value="+49")}, "location"),
        ({"location": Location(type=L.ROOM)}, "room"),
        ({"room": Room(template="https://meet.example/{room}")}, "room"),
        ({"location": OFFICE, "location_options": (OFFICE,)}, "location_options"),
        ({"location_options": (OFFICE,)}, "location_options"),
        ({"location": OFFICE, "location_options": (Location(type=L.LINK, value="x"),)}, "location_options"),
        ({"redirect_url": "javascript:alert(1)"}, "redirect_url"),
        ({"redirect_url": "https://example.org/" + "x" * 1_000}, "redirect_url"),
        ({"thanks": "x" * 2_001}, "thanks"),
        ({"questions": (Question(id="a", label=""),)}, "questions"),
    ],
)
def test_what_cannot_be_offered_is_refused_with_its_field(changes: dict[str, object], field: str) -> None:
    assert faults(replace(event_type(), **changes)).keys() == {field}  # type: ignore[arg-type]
