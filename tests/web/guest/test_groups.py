"""The pages of several hosts at one address."""

from dataclasses import replace

import pytest

from server.ports import Ports
from tests.builders import host, settle_in
from tests.web.guest.conftest import Client, Guest

PAGE = "/u/alice+bob/intro"


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports, with bob, who works from noon on, and carl, who takes no part in groups."""
    await settle_in(ports, host("bob", number=7, name="Bob Example", weekly="mon-fri 12:00-17:00"))
    await settle_in(ports, replace(host("carl", number=8), groups_allowed=False))
    return ports


async def test_a_group_has_one_page_for_all_its_hosts(guest: Guest) -> None:
    """S1.3."""
    page = await guest.open(f"{PAGE}?tz=Europe/Berlin")
    assert page.status == 200
    assert "Alice Example, Bob Example" in page.words
    assert page.slots
    assert all(link.startswith(f"{PAGE}/book?") for link in page.slots)
    assert "2026-03-02T11:00Z" in page.slots[0]
    alone = await guest.open("/u/alice/intro?tz=Europe/Berlin")
    assert "2026-03-02T08:00Z" in alone.slots[0]


@pytest.mark.parametrize("homes", ["alice+carl", "alice+nobody", "alice+alice", "nobody+bob"])
async def test_a_group_that_is_not_there_looks_like_a_host_who_is_not(guest: Guest, homes: str) -> None:
    """S1.3."""
    page, unknown = await guest.open(f"/u/{homes}/intro"), await guest.open("/u/nobody/intro")
    assert (page.status, page.text) == (404, unknown.text)


async def test_booked_by_the_form_and_moved_on_its_page(guest: Guest, ports: Ports) -> None:
    """S1.3, S1.46."""
    page = await guest.fill_in(f"{PAGE}/book?start=2026-03-02T11:00Z&tz=Europe/Berlin")
    assert page.status == 200, page.words
    assert "With Alice Example, Bob Example" in page.words
    path = page.path.partition("/booked")[0]
    picker = await guest.open(f"{path}/reschedule")
    assert not [link for link in picker.slots if "T08:00Z" in link]
    early = await guest.send(f"{path}/reschedule/confirm", {"start": "2026-03-02T08:00Z"})
    assert early.status == 409
    moved = await guest.send(f"{path}/reschedule/confirm", {"start": "2026-03-02T13:00Z"})
    assert moved.status == 200
    (record,) = await ports.ledger.bookings()
    assert record.co_hosts == ("bob",)
    gone = await guest.send(f"{moved.path.removesuffix('/moved')}/cancel", {"reason": ""})
    assert PAGE in gone.links


async def test_a_page_is_rendered_anew_when_a_co_host_is_booked(guest: Guest) -> None:
    """The answers that are kept know of every host."""
    first = (await guest.open(f"{PAGE}?tz=Europe/Berlin")).slots
    await guest.fill_in("/u/alice/intro/book?start=2026-03-02T11:00Z&tz=Europe/Berlin")
    assert (await guest.open(f"{PAGE}?tz=Europe/Berlin")).slots == first[1:]


async def test_a_groups_slots_and_bookings_are_there_over_v1_too(client: Client) -> None:
    """S1.3."""
    query = "event_type_id=alice%2Bbob/intro&start=2026-03-02&end=2026-03-02&timezone=Europe/Berlin"
    found = await (await client.get(f"/v1/availability?{query}")).json()
    assert found["slots"][0]["start_time"] == "2026-03-02T11:00:00Z"
    body = {
        "event_type_id": "alice+bob/intro",
        "start_time": "2026-03-02T11:00:00Z",
        "invitee_name": "Gus",
        "invitee_email": "gus@example.net",
        "invitee_timezone": "Europe/Berlin",
    }
    assert (await client.post("/v1/bookings", json=body)).status == 201
    assert (await client.get("/feeds/alice+bob/intro.ics")).status == 200
