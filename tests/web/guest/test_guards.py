"""What a guest meets who is kept out of booking, and that nothing they have booked is out of their reach."""

from dataclasses import replace

import pytest

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.domain.guards import Guards
from server.domain.identity import Home
from server.ports import Ports
from tests.builders import NOW, event_type, host, settle_in
from tests.web.guest.conftest import Book, Client, Guest

AT_TEN = "/u/alice/intro/book?start=2026-03-02T10:00Z"


async def block(ports: Ports, *blocked: str) -> None:
    present = ports.homes.host(Home("alice"))
    assert present is not None
    await ports.homes.save_host(replace(present, blocked=blocked))


async def test_who_is_blocked_reads_a_friendly_word_and_finds_what_they_typed(
    guest: Guest, ports: Ports
) -> None:
    await block(ports, "@example.net")
    page = await guest.fill_in(AT_TEN, notes="Please!")
    assert page.status == 409
    assert "This cannot be booked online." in page.words
    assert "Please!" in page.text
    assert await ports.ledger.bookings() == []


async def test_who_is_blocked_still_opens_moves_and_cancels_what_they_booked(
    guest: Guest, ports: Ports, book: Book
) -> None:
    path = await book()
    await block(ports, "@example.net")
    assert (await guest.open(path)).status == 200
    moved = await guest.fill_in(f"{path}/reschedule/confirm?start=2026-03-02T10:00Z")
    assert (moved.status, moved.path.endswith("/moved")) == (200, True)
    ended = await guest.send(moved.path.replace("/moved", "/cancel"), {"reason": ""})
    assert "This meeting is cancelled" in ended.words


async def test_programs_are_told_so_with_a_code_of_its_own(client: Client, ports: Ports) -> None:
    await block(ports, "@example.net")
    wish = {
        "event_type_id": "alice/intro",
        "start_time": "2026-03-02T10:00:00Z",
        "invitee_name": "Gus",
        "invitee_email": "gus@example.net",
        "invitee_timezone": "UTC",
    }
    answer = await client.post("/v1/bookings", json=wish)
    assert (answer.status, (await answer.json())["error"]["code"]) == (409, "not_accepted")


class TestOpenBookings:
    """With a bound on how many bookings one address may have open."""

    @pytest.fixture
    async def ports(self) -> Ports:
        """Return ports with the bound."""
        made = memory_ports(NOW, calendars=MemoryCalendars(), guards=Guards(open_per_address=1))
        await settle_in(made, host(), event_type())
        return made

    async def test_a_guest_with_many_is_told_and_can_cancel_one_to_book_another(
        self, guest: Guest, book: Book
    ) -> None:
        path = await book()
        page = await guest.fill_in(AT_TEN, name="Typed")
        assert page.status == 429
        assert "as many meetings to come as one person may have" in page.words
        assert 'value="Typed"' in page.text
        assert (await guest.send(f"{path}/cancel", {"reason": ""})).status == 200
        assert (await guest.fill_in(AT_TEN)).status == 200
