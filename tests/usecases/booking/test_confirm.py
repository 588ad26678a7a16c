"""Bookings that wait for their host, and approving them."""

import asyncio
from dataclasses import replace

import pytest

from server.domain.booking import Action, Actor, Status
from server.domain.errors import AlreadyCancelled, ChangedMeanwhile, Conflict, SlotUnavailable
from server.ical import vevent
from server.ports import HOST_RECIPIENT, MailKind, Ports
from server.usecases.booking import cancel, confirm, create, decline, listing, look, offer, reschedule
from tests.builders import NOW, at, calendar, clock_times, epoch, event_type, span
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.foreign import client_puts
from tests.usecases.booking.waits import ALICE, ELEVEN, history, live, mailed, pending, set_up

NINE_TO_ELEVEN = "09:00-11:00"


def offered(ports: Ports) -> str:
    alice, intro = offer.find(ports, "alice", "intro")
    return clock_times(offer.offer(ports, alice, intro, span(NINE_TO_ELEVEN), epoch("2026-03-02 08:00")))


async def test_what_needs_confirmation_is_pending(ports: Ports, wish: Wish) -> None:
    """S1.13, S1.16"""
    looked = await pending(ports, wish("10:00"))
    assert (looked.booking.status, looked.record.status) == (Status.PENDING, Status.PENDING)


async def test_a_host_who_books_approves_by_that(ports: Ports, wish: Wish) -> None:
    """S1.71, C1"""
    await set_up(ports, requires_confirmation=True)
    made = await create.create(ports, wish("10:00"), Actor.HOST, NOW)
    assert made.status is Status.CONFIRMED


async def test_a_request_stands_tentative_in_the_hosts_calendar(ports: Ports, wish: Wish) -> None:
    """C4"""
    await pending(ports, wish("10:00"))
    (stored,) = await live(ports)
    assert "STATUS:TENTATIVE\r\n" in stored.text
    assert "TRANSP:OPAQUE\r\n" in stored.text


async def test_a_request_holds_its_time(ports: Ports, wish: Wish) -> None:
    """C19, S1.49"""
    await pending(ports, wish("10:00"))
    assert offered(ports) == "09:00 09:30 10:30"
    with pytest.raises(SlotUnavailable):
        await create.create(ports, wish("10:00", email="eve@example.net"), Actor.GUEST, NOW)


async def test_a_request_that_holds_no_time_lets_others_ask_for_it(ports: Ports, wish: Wish) -> None:
    """C19"""
    looked = await pending(ports, wish("10:00"), pending_holds_slot=False)
    assert (offered(ports), ports.ledger.claims(ALICE, looked.booking.span)) == (
        "09:00 09:30 10:00 10:30",
        [],
    )
    assert "TRANSP:TRANSPARENT\r\n" in looked.stored.text
    other = await create.create(ports, wish("10:00", email="eve@example.net"), Actor.GUEST, NOW)
    assert other.status is Status.PENDING


async def test_of_two_requests_for_one_time_the_first_to_be_approved_has_it(ports: Ports, wish: Wish) -> None:
    """C19: approval asks again, in the transaction and in the calendar."""
    first = await pending(ports, wish("10:00"), pending_holds_slot=False)
    made = await create.create(ports, wish("10:00", email="eve@example.net"), Actor.GUEST, NOW)
    second = await look.by_id(ports, made.id)
    results = await asyncio.gather(
        confirm.confirm(ports, first, Actor.HOST, NOW),
        confirm.confirm(ports, second, Actor.HOST, NOW),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in results) == ["Booking", "SlotUnavailable"]
    statuses = {one.status for one in await ports.ledger.bookings()}
    assert statuses == {Status.CONFIRMED, Status.PENDING}
    assert len(ports.ledger.claims(ALICE, first.booking.span)) == 1


async def test_a_request_that_is_approved_is_busy(ports: Ports, wish: Wish) -> None:
    looked = await pending(ports, wish("10:00"), pending_holds_slot=False)
    await confirm.confirm(ports, looked, Actor.HOST, NOW)
    (stored,) = await live(ports)
    assert "TRANSP:OPAQUE\r\n" in stored.text
    assert "STATUS:CONFIRMED\r\n" in stored.text
    assert offered(ports) == "09:00 09:30 10:30"


async def test_approval_confirms_in_place(ports: Ports, wish: Wish) -> None:
    """S1.21, S1.53, S1.12"""
    before = await pending(ports, wish("10:00"))
    after = await confirm.confirm(ports, before, Actor.HOST, NOW)
    (stored,) = await live(ports)
    assert stored.href == before.stored.href
    assert vevent.read(stored.text, stored.calendar) == after
    assert (after.status, after.uid, after.is_invited) == (Status.CONFIRMED, before.booking.uid, True)
    assert list(await history(ports)) == [f"{after.uid}-r0.ics"]
    assert [one.action for one in await ports.ledger.trail(after.id)] == [Action.CREATE, Action.CONFIRM]


async def test_a_hidden_request_stands_in_no_calendar_until_it_is_approved(ports: Ports, wish: Wish) -> None:
    """C4, S1.21, S1.53"""
    before = await pending(ports, wish("10:00"), pending_in_calendar=False)
    assert (await live(ports), before.booking.is_hidden) == ([], True)
    assert offered(ports) == "09:00 09:30 10:30"
    after = await confirm.confirm(ports, before, Actor.HOST, NOW)
    (stored,) = await live(ports)
    assert vevent.read(stored.text, stored.calendar) == after
    assert after.calendar == calendar()
    assert "TRANSP:OPAQUE\r\n" in stored.text
    assert list(await history(ports)) == [f"{after.uid}-r0.ics"]


async def test_a_hidden_request_is_listed_as_waiting(ports: Ports, wish: Wish) -> None:
    """C35"""
    looked = await pending(ports, wish("10:00"), pending_in_calendar=False)
    for view in ("pending", "upcoming"):
        found = await listing.bookings(ports, listing.Wanted(home=ALICE, view=view), NOW)
        assert [one.id for one in found] == [looked.booking.id]
    assert await listing.bookings(ports, listing.Wanted(home=ALICE, view="cancelled"), NOW) == []


async def test_a_request_mails_who_booked_and_the_host(ports: Ports, wish: Wish) -> None:
    """S1.17, S1.18, S1.56"""
    looked = await pending(ports, wish("10:00"))
    assert await mailed(ports, looked.booking) == [
        (MailKind.REQUESTED, 1),
        (MailKind.REQUESTED, HOST_RECIPIENT),
    ]


async def test_approval_mails_guest_and_host(ports: Ports, wish: Wish) -> None:
    """S1.21, S1.55"""
    after = await confirm.confirm(ports, await pending(ports, wish("10:00")), Actor.HOST, NOW)
    assert await mailed(ports, after) == [(MailKind.APPROVED, 1), (MailKind.APPROVED, HOST_RECIPIENT)]


async def test_approving_twice_is_approving_once(ports: Ports, wish: Wish) -> None:
    looked = await pending(ports, wish("10:00"))
    first = await confirm.confirm(ports, looked, Actor.HOST, NOW)
    again = await confirm.confirm(ports, await look.by_id(ports, first.id), Actor.HOST, NOW)
    assert again == first
    assert len(await ports.ledger.mails(booking=first.id)) == 4


async def test_a_time_that_the_host_has_filled_meanwhile_is_not_approved(ports: Ports, wish: Wish) -> None:
    """C19, S1.48: a calendar client was faster."""
    looked = await pending(ports, wish("10:00"), pending_holds_slot=False)
    await client_puts(ports, calendar(), "dentist", span("10:00-11:00"))
    with pytest.raises(SlotUnavailable):
        await confirm.confirm(ports, looked, Actor.HOST, NOW)
    assert (await look.by_id(ports, looked.booking.id)).booking.status is Status.PENDING
    assert await ports.ledger.intents(2**40) == []


async def test_what_the_guest_asks_for_instead_is_not_approved_unseen(ports: Ports, wish: Wish) -> None:
    seen = await pending(ports, wish("10:00"))
    await reschedule.reschedule(ports, seen, ELEVEN, Actor.GUEST, NOW)
    with pytest.raises(ChangedMeanwhile):
        await confirm.confirm(ports, seen, Actor.HOST, NOW)


async def test_what_was_taken_back_cannot_be_approved(ports: Ports, wish: Wish) -> None:
    looked = await pending(ports, wish("10:00"))
    await cancel.cancel(ports, looked, "", Actor.GUEST, NOW)
    with pytest.raises(AlreadyCancelled):
        await confirm.confirm(ports, looked, Actor.HOST, NOW)


async def test_what_was_declined_cannot_be_approved(ports: Ports, wish: Wish) -> None:
    looked = await pending(ports, wish("10:00"))
    await decline.decline(ports, looked, "", Actor.HOST, NOW)
    with pytest.raises(AlreadyCancelled, match="declined"):
        await confirm.confirm(ports, looked, Actor.HOST, NOW)


async def test_a_time_that_has_passed_cannot_be_approved(ports: Ports, wish: Wish) -> None:
    looked = await pending(ports, wish("10:00"))
    with pytest.raises(Conflict, match="passed"):
        await confirm.confirm(ports, looked, Actor.HOST, at("2026-03-02 10:00"))


async def test_where_the_event_type_is_gone_a_hidden_request_goes_to_the_hosts_calendar(
    ports: Ports, wish: Wish
) -> None:
    """S1.53"""
    looked = await pending(ports, wish("10:00"), pending_in_calendar=False)
    await ports.homes.delete_event_type(event_type())
    after = await confirm.confirm(ports, replace(looked, event_type=None), Actor.HOST, NOW)
    assert after.calendar == calendar()
