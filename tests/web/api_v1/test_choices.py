"""What a program chooses for a guest over /v1: how long, where, and the answers to the host's questions."""

from dataclasses import replace

import pytest

from server.domain.event_type import Location, LocationType
from server.domain.questions import TICK
from server.ports import Ports
from tests.builders import event_type
from tests.domain.test_choices import MIXED
from tests.domain.test_questions import COUNT, DAYS, TERMS, TOPIC
from tests.web.api_v1.conftest import Client, wish

DAY = "event_type_id=alice/long&start=2026-03-02&end=2026-03-02"
LONG = replace(event_type("long", number=4), duration_options=(15, 30, 60))
ASKS = replace(event_type("asks", number=5), questions=(TOPIC, DAYS, TERMS, COUNT))
PLACES = replace(
    event_type("places", number=6), location=MIXED.location, location_options=MIXED.location_options
)


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return ports with event types that leave choices."""
    for kind in (LONG, ASKS, PLACES):
        await ports.homes.save_event_type(kind)
    return ports


async def _booked(
    client: Client, start: str = "2026-03-02T09:00:00Z", **changes: object
) -> dict[str, object]:
    answer = await client.post("/v1/bookings", json=wish(start, **changes))
    assert answer.status == 201, await answer.text()
    made: dict[str, object] = await answer.json()
    return made


async def _refused(client: Client, **changes: object) -> dict[str, str]:
    answer = await client.post("/v1/bookings", json=wish(**changes))  # type: ignore[arg-type]
    assert answer.status == 422, await answer.text()
    details: dict[str, str] = (await answer.json())["error"]["details"]
    return details


async def test_slots_are_those_of_the_duration_asked_for(client: Client) -> None:
    """S5.5, S5.6."""
    counts = {}
    for query in ("", "&duration=15", "&duration=60"):
        slots = (await (await client.get(f"/v1/availability?{DAY}{query}")).json())["slots"]
        counts[query] = len(slots)
    assert counts == {"": 16, "&duration=15": 32, "&duration=60": 8}


@pytest.mark.parametrize("duration", ["45", "0", "-30", "x", "", "३०", "99999"])
async def test_slots_of_another_duration_are_refused(client: Client, duration: str) -> None:
    """S5.7."""
    answer = await client.get(f"/v1/availability?{DAY}&duration={duration}")
    assert answer.status == 422
    assert (await answer.json())["error"]["details"].keys() == {"duration"}


async def test_a_booking_lasts_as_long_as_was_asked(client: Client) -> None:
    """S5.5, S5.6."""
    made = await _booked(client, event_type_id="alice/long", duration_minutes=60)
    assert made["end_time"] == "2026-03-02T10:00:00Z"
    made = await _booked(client, "2026-03-02T10:00:00Z", event_type_id="alice/long")
    assert made["end_time"] == "2026-03-02T10:30:00Z"


async def test_a_booking_of_another_duration_is_refused(client: Client) -> None:
    """S5.7."""
    found = await _refused(client, event_type_id="alice/long", duration_minutes=45)
    assert found == {"duration_minutes": "must be one of: 15, 30, 60"}
    assert (await _refused(client, duration_minutes=60)).keys() == {"duration_minutes"}
    assert (await _refused(client, duration_minutes="long")).keys() == {"duration_minutes"}


async def test_answers_come_in_as_json_and_go_out_with_their_words(client: Client) -> None:
    answers = {"topic": "Bridges", "days": ["Tue", "Mon"], "terms": True, "count": 3.5}
    made = await _booked(client, event_type_id="alice/asks", answers=answers)
    assert made["answers"] == [
        {"id": "topic", "label": "What is it about?", "values": ["Bridges"]},
        {"id": "days", "label": "Days", "values": ["Mon", "Tue"]},
        {"id": "terms", "label": "I have read the terms", "values": [TICK]},
        {"id": "count", "label": "How many?", "values": ["3.5"]},
    ]


async def test_answers_are_refused_one_by_one(client: Client) -> None:
    answers = {"days": ["Sun"], "terms": False, "count": "many", "other": "x"}
    found = await _refused(client, event_type_id="alice/asks", answers=answers)
    assert found.keys() == {
        "answers.topic",
        "answers.days",
        "answers.terms",
        "answers.count",
        "answers.other",
    }
    assert (await _refused(client, answers=["x"])).keys() == {"answers"}
    assert (await _refused(client, answers={"topic": {"a": 1}})).keys() == {"answers"}


async def test_a_place_is_chosen_by_its_name(client: Client) -> None:
    """C31."""
    assert (await _refused(client, event_type_id="alice/places")).keys() == {"location"}
    found = await _refused(client, event_type_id="alice/places", location="guest_phone")
    assert found.keys() == {"location_value"}
    phone = {"location": "guest_phone", "location_value": "+49 30 1234567"}
    made = await _booked(client, event_type_id="alice/places", **phone)
    assert made["location"] == {"type": "guest_phone", "value": "+49 30 1234567", "url": None}
    made = await _booked(client, "2026-03-02T10:00:00Z", event_type_id="alice/places", location="in_person-2")
    assert made["location"] == {"type": "in_person", "value": "Café", "url": None}


async def test_the_only_place_needs_no_name(ports: Ports, client: Client) -> None:
    kind = replace(event_type("calls", number=7), location=Location(type=LocationType.GUEST_PHONE))
    await ports.homes.save_event_type(kind)
    made = await _booked(client, event_type_id="alice/calls", location_value="030/1234567")
    assert made["location"] == {"type": "guest_phone", "value": "030/1234567", "url": None}
