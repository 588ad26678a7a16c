"""Additional guests over /v1."""

from dataclasses import replace

import pytest

from server.domain.identity import BookingId
from server.ports import Ports
from server.usecases.booking import links, look
from tests.builders import event_type, host, settle_in
from tests.web.api_v1.conftest import Client, wish

SAM = {"name": "Sam", "email": "sam@example.net"}


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports, with an event type to which two can be brought along."""
    walk = replace(event_type("walk", number=4, home="bob"), guests_max=2)
    await settle_in(ports, host("bob", number=2), walk)
    return ports


async def test_guests_are_brought_along_and_answered(client: Client) -> None:
    """S1.8, C20."""
    body = wish() | {"event_type_id": "bob/walk", "guests": [SAM, {"email": "kim@example.net"}]}
    answer = await client.post("/v1/bookings", json=body)
    assert answer.status == 201
    assert (await answer.json())["guests"] == [SAM, {"name": "", "email": "kim@example.net"}]


async def test_where_the_type_allows_none_they_are_refused_by_code(client: Client, ports: Ports) -> None:
    """C20."""
    answer = await client.post("/v1/bookings", json=wish() | {"guests": [SAM]})
    error = (await answer.json())["error"]
    assert (answer.status, error["code"], set(error["details"])) == (422, "guests_not_allowed", {"guests"})
    assert await ports.ledger.bookings() == []


async def test_a_wrong_guest_is_named_by_place(client: Client) -> None:
    body = wish() | {"event_type_id": "bob/walk", "guests": [SAM, {"email": "kim at home"}]}
    answer = await client.post("/v1/bookings", json=body)
    assert answer.status == 422
    assert set((await answer.json())["error"]["details"]) == {"guests.1.email"}


@pytest.mark.parametrize("what", ["cancel", "reschedule"])
async def test_the_token_of_a_companion_neither_cancels_nor_moves(
    client: Client, ports: Ports, what: str
) -> None:
    """C32."""
    body = wish() | {"event_type_id": "bob/walk", "guests": [SAM]}
    made = BookingId((await (await client.post("/v1/bookings", json=body)).json())["id"])
    token = links.api_token(ports, await look.record(ports, made), 2)
    wanted = {"new_start_time": "2026-03-02T10:00:00Z"} if what == "reschedule" else {}
    answer = await client.post(f"/v1/bookings/{made}/{what}?token={token}", json=wanted)
    assert (answer.status, (await answer.json())["error"]["code"]) == (403, "not_yours")
    assert (await look.by_id(ports, made)).booking.revision == 0
