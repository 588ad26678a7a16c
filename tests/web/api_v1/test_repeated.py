"""Requests that only ask whether, and requests that come again."""

import asyncio
from itertools import pairwise

from server.ports import Ports
from tests.builders import host
from tests.web.api_v1.asking import ask
from tests.web.api_v1.conftest import Book, Client, Key, wish


async def test_what_is_only_validated_is_not_done(client: Client, ports: Ports, book: Book, key: Key) -> None:
    status, answer = await ask(client, "POST", "/v1/bookings", None, **wish(validate_only=True))
    assert (status, answer) == (
        200,
        {
            "valid": True,
            "status": "confirmed",
            "start_time": "2026-03-02T09:00:00Z",
            "end_time": "2026-03-02T09:30:00Z",
        },
    )
    made = await book()
    path = f"/v1/bookings/{made['id']}/reschedule?token={made['cancel_token']}"
    body = {"new_start_time": "2026-03-02T10:00:00Z", "validate_only": True}
    assert (await ask(client, "POST", path, None, **body))[0] == 200
    assert (await ask(client, "GET", path.replace("/reschedule", "")))[1]["start_time"] == made["start_time"]
    taken = wish(validate_only=True)
    assert (await ask(client, "POST", "/v1/bookings", None, **taken))[0] == 409
    outside = {"new_start_time": "2026-03-02T22:00:00Z", "validate_only": True}
    assert (await ask(client, "POST", path, None, **outside))[0] == 409
    assert len(await ports.ledger.bookings()) == 1


async def test_fifty_creates_with_one_idempotency_key_make_one_booking(
    client: Client, ports: Ports, key: Key
) -> None:
    headers = {**await key(), "Idempotency-Key": "order-1"}
    answers = await asyncio.gather(
        *(client.post("/v1/bookings", json=wish(), headers=headers) for _ in range(50))
    )
    bodies = [await answer.json() for answer in answers]
    assert {answer.status for answer in answers} == {201}
    assert len({body["id"] for body in bodies}) == len(await ports.ledger.bookings()) == 1
    assert len({body["cancel_token"] for body in bodies}) == 1


async def test_fifty_creates_with_keys_of_their_own_never_overlap(
    client: Client, ports: Ports, key: Key
) -> None:
    """S2.59, S5.39, S5.44"""
    hers = await key()
    starts = [f"2026-03-02T{9 + at_ % 3:02}:{(at_ // 3 % 2) * 30:02}:00Z" for at_ in range(50)]
    answers = await asyncio.gather(
        *(
            client.post("/v1/bookings", json=wish(start), headers={**hers, "Idempotency-Key": str(at_)})
            for at_, start in enumerate(starts)
        )
    )
    assert sorted({answer.status for answer in answers}) == [201, 409]
    spans = sorted(row.shown.span for row in ports.calendars.rows(host().home))
    assert len(spans) == len(set(starts)) == 6
    assert all(one[1] <= two[0] for one, two in pairwise(spans))


async def test_another_request_under_an_idempotency_key_is_refused(client: Client, key: Key) -> None:
    headers = {**await key(), "Idempotency-Key": "order-1"}
    assert (await client.post("/v1/bookings", json=wish(), headers=headers)).status == 201
    answer = await client.post("/v1/bookings", json=wish("2026-03-02T10:00:00Z"), headers=headers)
    assert (answer.status, (await answer.json())["error"]["code"]) == (422, "idempotency_key_reused")


async def test_a_repeated_change_is_answered_as_the_booking_is_by_now(
    client: Client, book: Book, key: Key
) -> None:
    made, hers = await book(), await key()
    path, headers = f"/v1/bookings/{made['id']}", {**hers, "Idempotency-Key": "move"}
    body = {"new_start_time": "2026-03-02T10:00:00Z"}
    await client.post(f"{path}/reschedule", json=body, headers=headers)
    await client.post(f"{path}/reschedule", json={"new_start_time": "2026-03-02T12:00:00Z"}, headers=hers)
    again = await client.post(f"{path}/reschedule", json=body, headers=headers)
    assert (again.status, (await again.json())["start_time"]) == (200, "2026-03-02T12:00:00Z")
