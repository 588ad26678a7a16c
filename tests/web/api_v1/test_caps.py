"""Caps over /v1: availability says that a period is full, and what is one too many is refused by its own code."""

from dataclasses import replace

import pytest

from server.domain.limits import Caps
from server.ports import Ports
from server.usecases.event_type.edit import edit
from tests.web.api_v1.conftest import Book, Client, wish

QUERY = "/v1/availability?event_type_id=alice/intro&start={}&end={}"


async def cap(ports: Ports, caps: Caps, guest_caps: Caps = Caps()) -> None:
    await edit(ports, "alice", "intro", lambda one: replace(one, caps=caps, guest_caps=guest_caps))


async def test_availability_says_that_a_period_is_capped_and_which(
    ports: Ports, client: Client, book: Book
) -> None:
    """S5.10."""
    await cap(ports, Caps(per_day=1))
    path = QUERY.format("2026-03-02", "2026-03-03")
    before = await (await client.get(path)).json()
    assert (before["capped"], before["capped_periods"]) == (False, [])
    await book()
    after = await (await client.get(path)).json()
    assert after["capped"] is True
    assert after["capped_periods"] == [
        {"period": "day", "start_time": "2026-03-01T23:00:00Z", "end_time": "2026-03-02T23:00:00Z"}
    ]
    assert {slot["start_time"][:10] for slot in after["slots"]} == {"2026-03-03"}
    other = await (await client.get(QUERY.format("2026-03-03", "2026-03-04"))).json()
    assert other["capped"] is False


async def test_a_total_that_is_reached_has_no_bounds(ports: Ports, client: Client, book: Book) -> None:
    await cap(ports, Caps(total=1))
    await book()
    found = await (await client.get(QUERY.format("2026-04-06", "2026-04-07"))).json()
    assert found["capped_periods"] == [{"period": "total", "start_time": None, "end_time": None}]
    assert found["slots"] == []


@pytest.mark.parametrize("start", ["2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z"])
async def test_one_booking_too_many_is_refused_by_a_code_of_its_own(
    ports: Ports, client: Client, book: Book, start: str
) -> None:
    """S5.9, S5.45: also at the very time that filled the period."""
    await cap(ports, Caps(per_week=1))
    await book("2026-03-02T09:00:00Z")
    answer = await client.post("/v1/bookings", json=wish(start))
    assert (answer.status, (await answer.json())["error"]["code"]) == (409, "booking_cap_reached")


async def test_one_too_many_of_a_guest_is_refused_by_the_same_code(
    ports: Ports, client: Client, book: Book
) -> None:
    await cap(ports, Caps(), Caps(per_day=1))
    await book()
    again = wish("2026-03-02T10:00:00Z", invitee_email="GUS@example.net")
    answer = await client.post("/v1/bookings", json=again)
    assert (answer.status, (await answer.json())["error"]["code"]) == (409, "booking_cap_reached")
    assert (await client.get(QUERY.format("2026-03-02", "2026-03-02"))).status == 200
    await book("2026-03-02T10:00:00Z", invitee_email="eve@example.net")


async def test_to_move_into_a_full_period_is_refused_too(ports: Ports, client: Client, book: Book) -> None:
    await cap(ports, Caps(per_day=1))
    await book()
    other = await book("2026-03-03T09:00:00Z")
    answer = await client.post(
        f"/v1/bookings/{other['id']}/reschedule?token={other['cancel_token']}",
        json={"new_start_time": "2026-03-02T11:00:00Z"},
    )
    assert (answer.status, (await answer.json())["error"]["code"]) == (409, "booking_cap_reached")
