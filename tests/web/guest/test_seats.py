"""The pages of a meeting that several guests book, each for themselves, and of those who wait for a seat."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.adapters.memory.clock import FixedClock
from server.domain.event_type import EventType, ReschedulePolicy
from server.domain.identity import Home
from server.ports import Ports
from server.usecases.booking import links, look, seats
from server.web.options import WebOptions
from tests.builders import NOW, event_type, host, settle_in
from tests.web.guest.conftest import Guest

START = "2026-03-02T09:00:00Z"
FORM = f"/u/bob/class/book?start={START}&tz=Europe/Berlin"
WEEK = "/u/bob/class?tz=Europe/Berlin&date=2026-03-02&hour=24"
ANN = {"name": "Ann", "email": "ann@example.net"}
BEN = {"name": "Ben", "email": "ben@example.net"}
CEM = {"name": "Cem", "email": "cem@example.net"}


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports, with a class of two seats, for which one may wait."""
    kind = event_type("class", number=4, home="bob", title="Class")
    kind = replace(kind, seats=2, waitlist_max=1, guest_reschedule_policy=ReschedulePolicy.APPROVE)
    await settle_in(ports, host("bob", number=2, name="Bob Example"), kind)
    return ports


async def rule(ports: Ports, **facts: object) -> None:
    kind = ports.homes.event_type("bob", "class")
    assert isinstance(kind, EventType)
    await ports.homes.save_event_type(replace(kind, **facts))  # type: ignore[arg-type]


async def page_of(ports: Ports, person: int) -> str:
    (record,) = await ports.ledger.bookings(home=Home("bob"))
    looked = await look.by_record(ports, record)
    return links.manage_path(ports, looked.booking, record, person)


async def names(ports: Ports) -> list[str]:
    records = await ports.ledger.bookings(home=Home("bob"), active_only=True)
    return [one.name for record in records for one in (await look.by_record(ports, record)).booking.attendees]


async def test_the_picker_says_how_many_seats_are_left(guest: Guest) -> None:
    """S2.49"""
    assert "10:00, Monday, March 2, 2 seats left" in (await guest.open(WEEK)).labels
    await guest.fill_in(FORM, **ANN)
    assert "10:00, Monday, March 2, 1 seat left" in (await guest.open(WEEK)).labels
    await guest.fill_in(FORM, **BEN)
    assert "10:00, Monday, March 2, waiting list" in (await guest.open(WEEK)).labels
    await guest.fill_in(FORM, **CEM)
    assert not any(label.startswith("10:00, Monday") for label in (await guest.open(WEEK)).labels)


async def test_each_has_a_confirmation_of_their_own_and_reads_of_nobody_else(
    guest: Guest, ports: Ports
) -> None:
    """S2.50"""
    await guest.fill_in(FORM, **ANN, notes="I am early")
    page = await guest.fill_in(FORM, **BEN)
    assert "Your meeting is booked" in page.words
    assert "Ben , ben@example.net" in page.words or "Ben, ben@example.net" in page.words
    assert "Ann" not in page.text
    assert "I am early" not in page.text
    assert "Cancel my seat" in page.words
    ics = await guest.open(page.path.partition("/booked")[0] + "/booking.ics")
    assert "ann@example.net" not in ics.text


async def test_names_are_shown_where_the_host_shows_them(guest: Guest, ports: Ports) -> None:
    await rule(ports, seats_shown=True)
    await guest.fill_in(FORM, **ANN)
    page = await guest.fill_in(FORM, **BEN)
    assert "Also there Ann" in page.words
    assert "ann@example.net" not in page.text


async def test_the_same_address_is_told_so_at_its_field(guest: Guest, ports: Ports) -> None:
    await guest.fill_in(FORM, **ANN)
    page = await guest.fill_in(FORM, **ANN)
    assert (page.status, await names(ports)) == (422, ["Ann"])
    assert "Somebody with this address takes part already." in page.words


async def test_a_seat_is_cancelled_and_the_others_stay(guest: Guest, ports: Ports) -> None:
    await guest.fill_in(FORM, **ANN)
    path = (await guest.fill_in(FORM, **BEN)).path.partition("/booked")[0]
    asked = await guest.open(f"{path}/cancel")
    assert "Cancel your seat?" in asked.words
    assert "reason" not in asked.fields
    left = await guest.send(f"{path}/cancel", {})
    assert (left.status, await names(ports)) == (410, ["Ann"])


async def test_a_seat_is_moved_by_its_guest_though_the_host_approves_other_moves(
    guest: Guest, ports: Ports
) -> None:
    await guest.fill_in(FORM, **ANN)
    path = (await guest.fill_in(FORM, **BEN)).path.partition("/booked")[0]
    picker = await guest.open(f"{path}/reschedule?date=2026-03-02")
    assert any("your present time" in label for label in picker.labels)
    confirm = await guest.open(f"{path}/reschedule/confirm?start=2026-03-02T10:00:00Z")
    assert "has to agree" not in confirm.words
    moved = await guest.send(f"{path}/reschedule/confirm", confirm.fields)
    assert moved.status == 200, moved.words
    assert "Your meeting has been moved" in moved.words
    assert "11:00" in moved.words
    assert sorted(await names(ports)) == ["Ann", "Ben"]


async def test_a_full_meeting_offers_to_wait(guest: Guest, ports: Ports) -> None:
    await guest.fill_in(FORM, **ANN)
    await guest.fill_in(FORM, **BEN)
    form = await guest.open(FORM)
    assert "Join the waiting list" in form.words
    assert form.fields["waits"] == "1"
    page = await guest.fill_in(FORM, **CEM)
    assert "You are on the waiting list" in page.words
    assert "You are number 1 in line." in page.words
    assert await names(ports) == ["Ann", "Ben"]
    assert (await guest.open(page.path.partition("/booked")[0] + "/booking.ics")).status == 404
    assert (await guest.open(FORM)).status == 409


async def test_who_sent_the_form_for_the_last_seat_too_late_is_asked_whether_to_wait(
    guest: Guest, ports: Ports
) -> None:
    await guest.fill_in(FORM, **ANN)
    form = await guest.open(FORM)
    await guest.fill_in(FORM, **BEN)
    page = await guest.send(FORM.partition("?")[0], {**form.fields, **CEM})
    assert (page.status, await names(ports)) == (409, ["Ann", "Ben"])
    assert "The last seat has just been taken." in page.words
    assert (page.fields["waits"], page.fields["name"]) == ("1", "Cem")
    waits = await guest.send(FORM.partition("?")[0], page.fields)
    assert "You are on the waiting list" in waits.words


async def test_a_held_seat_is_taken_by_a_button_and_by_no_look(guest: Guest, ports: Ports) -> None:
    path = (await guest.fill_in(FORM, **ANN)).path.partition("/booked")[0]
    await guest.fill_in(FORM, **BEN)
    await guest.fill_in(FORM, **CEM)
    await guest.send(f"{path}/cancel", {})
    own = await page_of(ports, 3)
    held = await guest.open(f"{own}/seat")
    assert "A seat is free for you" in held.words
    assert await names(ports) == ["Ben"]
    taken = await guest.send(f"{own}/seat", {})
    assert "Your meeting is booked" in taken.words
    assert await names(ports) == ["Ben", "Cem"]
    again = await guest.send(f"{own}/seat", {})
    assert again.status == 200


async def test_a_seat_that_was_held_too_long_says_so(guest: Guest, ports: Ports, clock: FixedClock) -> None:
    path = (await guest.fill_in(FORM, **ANN)).path.partition("/booked")[0]
    await guest.fill_in(FORM, **BEN)
    await guest.fill_in(FORM, **CEM)
    await guest.send(f"{path}/cancel", {})
    own = await page_of(ports, 3)
    clock.move_to(NOW + timedelta(minutes=61))
    assert "The seat is no longer held for you" in (await guest.open(own)).words
    assert (await guest.send(f"{own}/seat", {})).status == 409
    await seats.turn_all(ports, clock.now())
    assert "You are off the list" in (await guest.open(f"{own}/seat")).words


async def test_who_waits_stops_waiting(guest: Guest, ports: Ports) -> None:
    await guest.fill_in(FORM, **ANN)
    await guest.fill_in(FORM, **BEN)
    path = (await guest.fill_in(FORM, **CEM)).path.partition("/booked")[0]
    for wrong in ("cancel", "reschedule", "leave", "guests"):
        assert (await guest.open(f"{path}/{wrong}")).status in {200, 403}
    left = await guest.send(f"{path}/leave", {})
    assert left.status == 410
    assert "10:00, Monday, March 2, waiting list" in (await guest.open(WEEK)).labels


async def test_the_meeting_of_all_is_nobodys_to_change_by_a_link(guest: Guest, ports: Ports) -> None:
    await guest.fill_in(FORM, **ANN)
    path = (await guest.fill_in(FORM, **BEN)).path.partition("/booked")[0]
    page = await guest.open(path)
    assert "Additional guests" not in page.words
    assert (await guest.open(f"{path}/guests")).status == 403
    assert (await guest.send(f"{path}/guests/1/remove", {})).status == 403
    assert await names(ports) == ["Ann", "Ben"]


class WithPuzzle:
    """A site that sets strangers a puzzle."""

    @pytest.fixture
    def options(self) -> WebOptions:
        """Return options by which who runs no scripts has to prove their address."""
        return WebOptions(form_seconds_min=0, proof_of_work_bits=8)


class TestWithoutScripts(WithPuzzle):
    """A puzzle that nobody solves: a seat is held until the address is proven."""

    async def test_a_seat_is_held_until_the_address_is_proven(self, guest: Guest, ports: Ports) -> None:
        await guest.fill_in(FORM, **ANN)
        (record,) = await ports.ledger.bookings(home=Home("bob"))
        looked = await look.by_record(ports, record)
        first = links.verify_link(ports, looked.booking, looked.record)
        assert first is not None
        await guest.send(first.removeprefix("https://book.example"), {})
        page = await guest.fill_in(FORM, **BEN)
        assert "Please confirm your mail address" in page.words
        assert await names(ports) == ["Ann"]
        (record,) = await ports.ledger.bookings(home=Home("bob"))
        looked = await look.by_record(ports, record)
        seen = replace(looked.booking, attendees=(looked.booking.waiting[0].person,))
        link = links.verify_link(ports, seen, looked.record)
        assert link is not None
        own = link.removeprefix("https://book.example")
        assert "Confirm your mail address" in (await guest.open(own)).words
        assert await names(ports) == ["Ann"]
        booked = await guest.send(own, {})
        assert "Your meeting is booked" in booked.words
        assert await names(ports) == ["Ann", "Ben"]
        assert (await guest.open(page.path.partition("/booked")[0])).status == 410
        assert "This link has done its work" in (await guest.open(own)).words
