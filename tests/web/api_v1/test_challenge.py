"""Programs of strangers solve a puzzle first, where the operator wants that."""

import pytest
from pytest_aiohttp.plugin import AiohttpClient

from server.adapters.memory.clock import FixedClock
from server.ports import Ports
from server.web.app import make_app
from server.web.options import WebOptions
from tests.web.api_v1.conftest import Client, wish
from tests.web.test_proofs import solve

BITS = 8


@pytest.fixture
async def client(ports: Ports, aiohttp_client: AiohttpClient) -> Client:
    """Return a client of an application that sets puzzles."""
    return await aiohttp_client(make_app(ports, WebOptions(proof_of_work_bits=BITS)))


async def solved(client: Client) -> dict[str, str]:
    answer = await client.get("/v1/challenge")
    found = await answer.json()
    assert (answer.headers["Cache-Control"], found["bits"], found["algorithm"]) == (
        "no-store",
        BITS,
        "SHA-256",
    )
    return {"challenge": found["challenge"], "solution": solve(found["challenge"], BITS)}


async def test_with_the_puzzle_solved_a_program_books(client: Client) -> None:
    answer = await client.post("/v1/bookings", json=wish(**await solved(client)))
    assert (answer.status, (await answer.json())["status"]) == (201, "confirmed")


async def test_a_solved_puzzle_is_good_for_one_booking_whatever_the_idempotency_key(
    client: Client, ports: Ports
) -> None:
    proof = await solved(client)
    answers = [
        await client.post(
            "/v1/bookings", json=wish(f"2026-03-02T{hour}:00:00Z", **proof), headers={"Idempotency-Key": hour}
        )
        for hour in ("09", "10")
    ]
    first, second = [(await answer.json())["id"] for answer in answers]
    assert first == second
    assert len(await ports.ledger.bookings()) == 1


async def test_without_it_the_program_is_told_where_to_get_one(client: Client, ports: Ports) -> None:
    answer = await client.post("/v1/bookings", json=wish())
    assert answer.status == 422
    assert "GET /v1/challenge" in (await answer.json())["error"]["details"]["challenge"]
    assert await ports.ledger.bookings() == []


async def test_what_is_made_up_wrong_or_old_is_refused(client: Client, ports: Ports) -> None:
    proof = await solved(client)
    made_up = {"challenge": "nonce.1767225600.mac", "solution": solve("nonce.1767225600.mac", BITS)}
    wrong = proof | {"solution": f"{proof['solution']}0000x"}
    fields = []
    for sent in (made_up, wrong):
        answer = await client.post("/v1/bookings", json=wish(**sent))
        assert answer.status == 422
        fields += list((await answer.json())["error"]["details"])
    assert fields == ["challenge", "solution"]
    clock = ports.clock
    assert isinstance(clock, FixedClock)
    clock.advance(hours=12)
    answer = await client.post("/v1/bookings", json=wish("2026-03-03T09:00:00Z", **proof))
    assert list((await answer.json())["error"]["details"]) == ["challenge"]


async def test_cancelling_and_moving_need_none(client: Client) -> None:
    made = await (await client.post("/v1/bookings", json=wish(**await solved(client)))).json()
    path, token = f"/v1/bookings/{made['id']}", {"token": made["cancel_token"]}
    moved = await client.post(
        f"{path}/reschedule", params=token, json={"new_start_time": "2026-03-02T10:00:00Z"}
    )
    assert moved.status == 200
    assert (await client.post(f"{path}/cancel", params=token, json={})).status == 200


async def test_where_none_is_set_the_puzzle_says_so_and_nothing_is_asked(
    ports: Ports, aiohttp_client: AiohttpClient
) -> None:
    client = await aiohttp_client(make_app(ports))
    assert (await (await client.get("/v1/challenge")).json())["bits"] == 0
    assert (await client.post("/v1/bookings", json=wish())).status == 201
