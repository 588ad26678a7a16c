"""Meetings that several guests book, each for themselves, over /v1."""

from dataclasses import replace

import pytest

from server.domain.identity import BookingId, Href
from server.domain.permissions import Permission
from server.ical import vevent
from server.ports import Ports
from server.usecases.booking import look
from tests.builders import calendar, event_type, host, settle_in
from tests.usecases.booking.foreign import write
from tests.web.api_v1.conftest import Client, Key, wish

QUERY = "/v1/availability?event_type_id=bob/class&start=2026-03-02&end=2026-03-02&timezone=Europe/Berlin"


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports, with a class of two seats, for which one may wait."""
    kind = replace(event_type("class", number=4, home="bob"), seats=2, waitlist_max=1)
    await settle_in(ports, host("bob", number=2), kind)
    return ports


async def book(client: Client, name: str, **changes: object) -> dict[str, object]:
    person = {"invitee_name": name, "invitee_email": f"{name.lower()}@example.net"}
    answer = await client.post(
        "/v1/bookings", json=wish() | {"event_type_id": "bob/class"} | person | changes
    )
    return {"http": answer.status, **(await answer.json())}


async def at_nine(client: Client) -> dict[str, object] | None:
    slots = (await (await client.get(QUERY)).json())["slots"]
    return next((one for one in slots if one["start_time"] == "2026-03-02T09:00:00Z"), None)


def spots(free: int, *, waits: bool = False) -> dict[str, object]:
    times = {"start_time": "2026-03-02T09:00:00Z", "end_time": "2026-03-02T09:30:00Z"}
    return times | {"spots_remaining": free, "total_capacity": 2, "waitlist_available": waits}


async def test_slots_say_how_many_seats_are_left(client: Client) -> None:
    """S2.49"""
    assert await at_nine(client) == spots(2)
    await book(client, "Ann")
    assert await at_nine(client) == spots(1)
    await book(client, "Ben")
    assert await at_nine(client) == spots(0, waits=True)
    assert (await book(client, "Cem"))["http"] == 409
    waits = await book(client, "Cem", waitlist=True)
    assert (waits["http"], waits["waitlist"]) == (201, {"position": 1, "held_until": None})
    assert await at_nine(client) is None


async def test_each_sees_their_own_seat_alone(client: Client) -> None:
    """S2.50"""
    first = await book(client, "Ann", notes="early")
    second = await book(client, "Ben")
    assert second["id"] == first["id"]
    assert (second["invitee_name"], second["notes"], second["guests"]) == ("Ben", "", [])
    assert second["total_capacity"] == 2
    assert "ann" not in str(second).lower().replace("cancel", "")


async def test_a_token_cancels_one_seat_and_the_host_sees_all(client: Client, key: Key) -> None:
    """S2.50, S2.51"""
    first, second = await book(client, "Ann"), await book(client, "Ben")
    bearer = await key("bob", permissions=tuple(Permission))
    whole = await (await client.get(f"/v1/bookings/{first['id']}", headers=bearer)).json()
    assert (whole["attendee_count"], [one["name"] for one in whole["attendees"]]) == (2, ["Ann", "Ben"])
    done = await client.post(f"/v1/bookings/{first['id']}/cancel?token={second['cancel_token']}", json={})
    assert done.status == 200
    left = await (await client.get(f"/v1/bookings/{first['id']}", headers=bearer)).json()
    assert (left["status"], left["attendee_count"]) == ("confirmed", 1)


async def test_an_idempotency_key_is_one_persons(client: Client) -> None:
    headers = {"Idempotency-Key": "same"}
    body = wish() | {"event_type_id": "bob/class"}
    first = await (await client.post("/v1/bookings", json=body, headers=headers)).json()
    again = await (await client.post("/v1/bookings", json=body, headers=headers)).json()
    assert (again["id"], again["cancel_token"]) == (first["id"], first["cancel_token"])
    other = body | {"invitee_email": "ben@example.net"}
    second = await (await client.post("/v1/bookings", json=other, headers=headers)).json()
    assert (second["id"], second["invitee_email"]) == (first["id"], "ben@example.net")


async def test_what_would_be_is_said_and_nothing_written(client: Client, ports: Ports) -> None:
    await book(client, "Ann")
    assert (await book(client, "Ben", validate_only=True))["valid"] is True
    assert (await at_nine(client)) == spots(1)
    assert (await book(client, "Ann", validate_only=True))["http"] == 422


async def test_a_token_moves_one_seat_and_the_answer_is_about_where_it_is_now(client: Client) -> None:
    first, second = await book(client, "Ann"), await book(client, "Ben", notes="by bike")
    path = f"/v1/bookings/{first['id']}/reschedule?token={second['cancel_token']}"
    moved = await (await client.post(path, json={"new_start_time": "2026-03-02T10:00:00Z"})).json()
    assert moved["id"] != first["id"]
    assert (moved["invitee_name"], moved["notes"]) == ("Ben", "by bike")
    assert await at_nine(client) == spots(1)
    gone = await client.post(f"/v1/bookings/{moved['id']}/cancel?token={moved['cancel_token']}", json={})
    assert (gone.status, (await gone.json())["status"]) == (200, "cancelled")


async def test_whether_a_seat_can_be_moved_is_said_as_moving_it_would(client: Client, ports: Ports) -> None:
    first = await book(client, "Ann")
    for name in ("Ben", "Cem"):
        await book(client, name, start_time="2026-03-02T11:00:00Z")
    path = f"/v1/bookings/{first['id']}/reschedule?token={first['cancel_token']}"
    records = await ports.ledger.bookings()
    for start, would in (("10:00", 200), ("09:00", 200), ("11:00", 409), ("23:00", 409)):
        wanted = {"new_start_time": f"2026-03-02T{start}:00Z"}
        asked = await client.post(path, json=wanted | {"validate_only": True})
        answer = await asked.json()
        assert asked.status == would, answer
        if would == 200:
            assert (answer["valid"], answer["start_time"]) == (True, wanted["new_start_time"])
        else:
            real = await client.post(path, json=wanted)
            assert (real.status, (await real.json())["error"]["code"]) == (would, answer["error"]["code"])
    assert await ports.ledger.bookings() == records
    done = await client.post(path, json={"new_start_time": "2026-03-02T10:00:00Z"})
    assert done.status == 200


async def test_a_seat_is_not_said_to_be_movable_where_its_guest_has_their_share(
    client: Client, ports: Ports
) -> None:
    kind = ports.homes.event_type("bob", "class")
    assert kind is not None
    await ports.homes.save_event_type(replace(kind, guest_caps=replace(kind.guest_caps, per_day=1)))
    first = await book(client, "Ann")
    await book(client, "Ann", start_time="2026-03-03T09:00:00Z")
    path = f"/v1/bookings/{first['id']}/reschedule?token={first['cancel_token']}"
    wanted = {"new_start_time": "2026-03-03T10:00:00Z"}
    asked = await client.post(path, json=wanted | {"validate_only": True})
    real = await client.post(path, json=wanted)
    assert (asked.status, real.status) == (409, 409)
    assert (await asked.json())["error"]["details"] == (await real.json())["error"]["details"]


async def test_nobody_takes_a_seat_at_a_meeting_that_a_calendar_only_says_is_there(
    client: Client, ports: Ports
) -> None:
    mine = replace(event_type("mine", number=9, home="carol"), seats=2)
    carol = await settle_in(ports, host("carol", number=3), mine)
    there = await book(client, "Ann")
    record = await ports.ledger.booking(BookingId(str(there["id"])))
    assert record is not None
    held = (await look.by_record(ports, record)).booking
    said = replace(held, home=carol.home, calendar=calendar("carol"), event_type_id=mine.id)
    await write(ports, calendar("carol"), Href(f"{record.uid}.ics"), vevent.stored(said, carol))
    answer = await book(client, "Eve", event_type_id="carol/mine")
    assert answer.get("id") != there["id"]
    assert [one.name for one in (await look.by_record(ports, record)).booking.attendees] == ["Ann"]


async def test_a_key_registers_somebody_and_takes_them_out_of_their_seat(client: Client, key: Key) -> None:
    """S3.27, S3.28, S3.29, C20"""
    first, bearer = await book(client, "Ann"), await key("bob")
    path = f"/v1/bookings/{first['id']}/attendees"
    added = await (
        await client.post(path, json={"email": "ben@example.net", "name": "Ben"}, headers=bearer)
    ).json()
    assert [one["name"] for one in added["attendees"]] == ["Ann", "Ben"]
    gone = await (await client.delete(f"{path}?email=ann@example.net", headers=bearer)).json()
    assert [one["name"] for one in gone["attendees"]] == ["Ben"]


async def test_invitations_are_for_those_who_have_a_seat_and_the_hosts_has_all(
    client: Client, key: Key
) -> None:
    first, second = await book(client, "Ann"), await book(client, "Ben")
    waits = await book(client, "Cem", waitlist=True)
    path = f"/v1/bookings/{first['id']}/ics"
    own = await (await client.get(f"{path}?token={second['cancel_token']}")).text()
    assert ("ben@example.net" in own, "ann@example.net" in own) == (True, False)
    assert (await client.get(f"{path}?token={waits['cancel_token']}")).status == 404
    await client.post(f"/v1/bookings/{first['id']}/cancel?token={first['cancel_token']}", json={})
    bearer = await key("bob")
    all_of_them = await (await client.get(path, headers=bearer)).text()
    assert ("ben@example.net" in all_of_them, "ann@example.net" in all_of_them) == (True, False)
    whose = await client.post(
        f"/v1/bookings/{first['id']}/cancel", json={"cancelled_by": "attendee"}, headers=bearer
    )
    assert (whose.status, set((await whose.json())["error"]["details"])) == (422, {"cancelled_by"})
