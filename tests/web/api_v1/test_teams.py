"""Meetings with a team in /v1."""

from dataclasses import replace

import pytest

from server.domain.hosts import Strategy
from server.domain.identity import Home
from server.domain.team import Member, Role
from server.ports import Ports
from tests.builders import event_type, host, settle_in, team
from tests.web.api_v1.conftest import Book, Client, Key, wish

DEMO = replace(event_type("demo", home="sales", number=50), strategy=Strategy.ROUND_ROBIN)
DAY = "start=2026-03-02&end=2026-03-02&timezone=Europe/Berlin"


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports, with the team sales: alice and bob, who works in the afternoon."""
    await settle_in(ports, host("bob", number=7, name="Bob Example", weekly="mon-fri 13:00-17:00"))
    await ports.homes.save_team(team("sales", "alice", "bob"))
    await ports.homes.save_event_type(DEMO)
    return ports


async def strategy(ports: Ports, wanted: Strategy, hosts: tuple[Home, ...] | None = None) -> None:
    present = ports.homes.event_type_by_id(DEMO.id)
    assert present is not None
    await ports.homes.save_event_type(replace(present, strategy=wanted, hosts=hosts))


async def slots(client: Client, query: str = "") -> int:
    answer = await client.get(f"/v1/availability?event_type_id=sales/demo&{DAY}{query}")
    assert answer.status == 200, await answer.text()
    return len((await answer.json())["slots"])


async def test_who_was_assigned_by_round_robin_is_in_the_answer(client: Client, book: Book) -> None:
    """S5.35: `assigned_host{member_id,name,email}`."""
    found = [await book(f"2026-03-02T{hour}:00:00Z", event_type_id="sales/demo") for hour in (13, 14)]
    assigned: list[object] = [one["assigned_host"] for one in found]
    assert assigned == [
        {"member_id": "mem_1", "name": "Alice Example", "email": "alice@example.org"},
        {"member_id": "mem_7", "name": "Bob Example", "email": "bob@example.org"},
    ]
    shown = await client.get(f"/v1/bookings/{found[1]['id']}?token={found[1]['cancel_token']}")
    assert (await shown.json())["assigned_host"]["member_id"] == "mem_7"


@pytest.mark.parametrize(
    ("wanted", "hosts"), [(Strategy.COLLECTIVE, None), (Strategy.INDIVIDUAL, (Home("bob"),))]
)
async def test_without_round_robin_nobody_was_assigned(
    ports: Ports, book: Book, wanted: Strategy, hosts: tuple[Home, ...] | None
) -> None:
    """S5.37."""
    await strategy(ports, wanted, hosts)
    found = [await book("2026-03-02T13:00:00Z", event_type_id="sales/demo"), await book()]
    assigned: list[object] = [one["assigned_host"] for one in found]
    assert assigned == [None, None]


async def test_a_program_says_whom_the_guest_meets(ports: Ports, client: Client, book: Book) -> None:
    """S3.9."""
    assert (await slots(client), await slots(client, "&host_id=mem_7")) == (16, 8)
    found = await book("2026-03-02T13:00:00Z", event_type_id="sales/demo", host_id="mem_7")
    assert found["host_id"] == "mem_7"
    await strategy(ports, Strategy.MANAGED)
    for said in ({}, {"host_id": "mem_99"}, {"host_id": "carol"}):
        answer = await client.post("/v1/bookings", json=wish(event_type_id="sales/demo", **said))
        assert answer.status == 422
        assert "host_id" in (await answer.json())["error"]["details"]
    assert (await book(host_id="mem_1"))["host_id"] == "mem_1"


async def test_a_booking_that_moves_is_offered_what_its_own_host_is(client: Client, book: Book) -> None:
    """S1.46, S3.25."""
    found = await book("2026-03-02T13:00:00Z", event_type_id="sales/demo", host_id="mem_7")
    excluded = f"&exclude_booking={found['id']}&token={found['cancel_token']}"
    assert await slots(client, excluded) == 8


async def listed(client: Client, key: dict[str, str], query: str = "") -> list[str]:
    answer = await client.get(f"/v1/bookings?{query}", headers=key)
    assert answer.status == 200, await answer.text()
    return [one["id"] for one in (await answer.json())["data"]]


async def test_a_key_reaches_as_far_as_whose_it_is(
    ports: Ports, client: Client, book: Book, key: Key
) -> None:
    """S2.52, S2.56, S5.15, S5.36, C43: members their own, who looks after a team all of the team's, the site all."""
    chief = Member(home=Home("carol"), role=Role.MANAGER, active=False)
    await settle_in(ports, host("carol", number=9, name="Carol Example"))
    present = ports.homes.team("sales")
    assert present is not None
    await ports.homes.save_team(replace(present, members=(*present.members, chief)))
    hers, his = [
        (await book(f"2026-03-02T{hour}:00:00Z", event_type_id="sales/demo"))["id"] for hour in (13, 14)
    ]
    own = (await book())["id"]
    keys = {name: await key(name) for name in ("alice", "bob", "carol", None)}
    seen = {name: set(await listed(client, shown)) for name, shown in keys.items()}
    assert seen == {"alice": {hers, own}, "bob": {his}, "carol": {hers, his}, None: {hers, his, own}}
    assert await listed(client, keys[None], "assigned_host_id=mem_7") == [his]
    path = f"/v1/bookings/{his}"
    statuses = {name: (await client.get(path, headers=shown)).status for name, shown in keys.items()}
    assert statuses == {"alice": 404, "bob": 200, "carol": 200, None: 200}
    assert (await client.get(f"/v1/bookings/{own}", headers=keys["carol"])).status == 404
    assert (await client.post(f"{path}/cancel", headers=keys["alice"])).status == 404
    assert (await client.post(f"{path}/cancel", headers=keys["carol"])).status == 200
