"""Naming those who come along, and their own pages."""

from dataclasses import replace

import pytest

from server.domain.identity import Home
from server.ports import Ports
from server.usecases.booking import links, look
from server.web.options import WebOptions
from tests.builders import event_type, host, settle_in
from tests.web.guest.conftest import Guest

FORM = "/u/bob/walk/book?start=2026-03-02T09:00Z&tz=Europe/Berlin"
TWO = {"guest_name_1": "Sam", "guest_email_1": "sam@example.net", "guest_email_3": "kim@example.net"}


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports, with an event type to which three can be brought along."""
    walk = replace(event_type("walk", number=4, home="bob", title="Walk"), guests_max=3)
    await settle_in(ports, host("bob", number=2, name="Bob Example"), walk)
    return ports


@pytest.fixture
async def path(guest: Guest, ports: Ports) -> str:
    """Return the manage page of a booking to which two are brought along."""
    page = await guest.fill_in(FORM, **TWO)
    assert page.status == 200, page.words
    return page.path.partition("/booked")[0]


async def page_of(ports: Ports, person: int) -> str:
    (record,) = await ports.ledger.bookings(home=Home("bob"))
    looked = await look.by_record(ports, record)
    return links.manage_path(ports, looked.booking, record, person)


async def people(ports: Ports) -> list[str]:
    (record,) = await ports.ledger.bookings(home=Home("bob"))
    return [one.email for one in (await look.by_record(ports, record)).booking.attendees]


async def test_the_form_has_a_row_for_everybody_who_may_come(guest: Guest) -> None:
    """S1.8."""
    names = (await guest.open(FORM)).fields
    assert {f"guest_{part}_{row}" for part in ("name", "email") for row in (1, 2, 3)} <= names.keys()
    plain = await guest.open("/u/alice/intro/book?start=2026-03-02T09:00Z")
    assert not [name for name in plain.fields if name.startswith("guest_")]


async def test_the_confirmation_lists_who_comes_along(guest: Guest, ports: Ports) -> None:
    """S1.9, S1.10."""
    page = await guest.fill_in(FORM, **TWO)
    assert "Also there Sam , sam@example.net Also there kim@example.net" in page.words
    assert await people(ports) == ["gus@example.net", "sam@example.net", "kim@example.net"]


async def test_a_fault_stands_at_its_row_and_everything_typed_is_kept(guest: Guest, ports: Ports) -> None:
    """S1.8."""
    page = await guest.fill_in(
        FORM, **{**TWO, "guest_email_3": "kim at home", "guest_email_2": "GUS@example.net"}
    )
    assert page.status == 422
    assert {"#guest_email_2", "#guest_email_3"} <= set(page.links)
    assert (page.fields["guest_email_3"], page.fields["guest_name_1"]) == ("kim at home", "Sam")
    assert "Somebody with this address takes part already." in page.words
    assert await ports.ledger.bookings() == []


async def test_a_companion_sees_the_meeting_and_can_only_leave(guest: Guest, ports: Ports, path: str) -> None:
    """C32."""
    hers = await page_of(ports, 2)
    page = await guest.open(hers)
    assert page.status == 200
    assert "Booked by Gus Guest" in page.words
    assert "gus@example.net" not in page.text
    assert "kim@example.net" not in page.text
    assert [link for link in page.links if link.startswith(hers)] == [f"{hers}/booking.ics", f"{hers}/leave"]


@pytest.mark.parametrize(
    "below", ["/cancel", "/reschedule", "/reschedule/confirm?start=2026-03-02T10:00Z", "/guests"]
)
async def test_the_pages_of_the_whole_booking_refuse_a_companion(
    guest: Guest, ports: Ports, path: str, below: str
) -> None:
    """C32."""
    page = await guest.open(await page_of(ports, 2) + below)
    assert page.status == 403
    assert "Only the person who booked this meeting can change it." in page.words


@pytest.mark.parametrize("below", ["/cancel", "/reschedule/confirm", "/guests", "/guests/3/remove"])
async def test_nor_can_a_companion_send_their_forms(
    guest: Guest, ports: Ports, path: str, below: str
) -> None:
    """C32."""
    sent = {"start": "2026-03-02T10:00Z", "email": "lee@example.net"}
    assert (await guest.send(await page_of(ports, 2) + below, sent)).status == 403
    assert await people(ports) == ["gus@example.net", "sam@example.net", "kim@example.net"]


async def test_leaving_asks_first_and_takes_off_that_person_alone(
    guest: Guest, ports: Ports, path: str
) -> None:
    """C32."""
    hers = await page_of(ports, 2)
    asked = await guest.open(f"{hers}/leave")
    assert "Gus Guest and Bob Example are told at once." in asked.words
    assert len(await people(ports)) == 3
    page = await guest.send(f"{hers}/leave", {})
    assert (page.status, page.path) == (410, hers)
    assert "You no longer take part in this meeting." in page.words
    assert await people(ports) == ["gus@example.net", "kim@example.net"]
    assert (await guest.open(path)).status == 200
    assert (await guest.open(f"{hers}/booking.ics")).status == 404


async def test_the_booker_adds_and_removes_and_keeps_the_link(guest: Guest, ports: Ports, path: str) -> None:
    """C2, S1.8."""
    page = await guest.send(f"{path}/guests/2/remove", {})
    assert (page.status, page.path) == (200, f"{path}/guests")
    assert "sam@example.net" not in page.text
    await guest.send(f"{path}/guests", {"name": "Lee", "email": "lee@example.net"})
    full = await guest.send(f"{path}/guests", {"email": "ann@example.net"})
    assert await people(ports) == [
        *("gus@example.net", "kim@example.net", "lee@example.net", "ann@example.net")
    ]
    assert "email" not in full.fields
    more = await guest.send(f"{path}/guests", {"email": "zoe@example.net"})
    assert (more.status, len(await people(ports))) == (422, 4)


async def test_a_wrong_address_is_kept_and_named(guest: Guest, path: str) -> None:
    page = await guest.send(f"{path}/guests", {"name": "Lee", "email": "lee at home"})
    assert (page.status, page.fields["email"], "#email" in page.links) == (422, "lee at home", True)


async def test_looking_removes_nobody(guest: Guest, ports: Ports, path: str) -> None:
    """C8 of the mail scanners: GET changes nothing."""
    for below in ("/guests", "/guests/2/remove", "/leave"):
        await guest.open(path + below)
        await guest.open(await page_of(ports, 2) + below)
    assert len(await people(ports)) == 3


async def test_the_booker_has_nothing_to_leave(guest: Guest, path: str) -> None:
    assert (await guest.open(f"{path}/leave")).path == path


async def test_a_cancelled_meeting_says_to_companions_who_cancelled(
    guest: Guest, ports: Ports, path: str
) -> None:
    """S1.31."""
    hers = await page_of(ports, 2)
    await guest.send(f"{path}/cancel", {"reason": ""})
    page = await guest.open(hers)
    assert "Gus Guest cancelled it." in page.words


class TestOftenEnough:
    """Who brings people along makes Daybook write to them."""

    @pytest.fixture
    def options(self) -> WebOptions:
        """Return a limit that leaves room for the booking and two guests."""
        return WebOptions(form_seconds_min=0, pages_per_minute=0, changes_per_hour=3)

    async def test_one_network_cannot_write_to_any_number_of_strangers_by_one_booking(
        self, guest: Guest, ports: Ports
    ) -> None:
        page = await guest.fill_in(FORM)
        path = page.path.partition("/booked")[0]
        found = []
        for at in range(3):
            sent = await guest.send(f"{path}/guests", {"name": "", "email": f"stranger{at}@example.org"})
            found.append(sent.status)
            await guest.send(f"{path}/guests/{at + 2}/remove", {})
        assert found == [200, 200, 429]
        cancelled = await guest.send(f"{path}/cancel", {"reason": ""})
        assert "This meeting is cancelled" in cancelled.words
