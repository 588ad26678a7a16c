"""Before a guest has proven their mail address nobody else hears of their booking."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from server.adapters.memory import SITE, memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.domain.booking import Action, Actor, Booking, Status
from server.domain.companions import Companion
from server.domain.errors import Conflict, NotFound, SlotUnavailable, Unavailable
from server.domain.event_type import Location, LocationType
from server.domain.identity import Home
from server.domain.rooms import Room
from server.ports import HOST_RECIPIENT, MailKind, ObjectWrite, Ports
from server.usecases.booking import cancel, confirm, create, expire, listing, look, offer, reschedule, verify
from server.usecases.booking.links import verify_link
from server.usecases.booking.rebuild import rebuild
from server.usecases.feed.bookings import bookings as bookings_feed
from server.usecases.invite.create import Terms, Wanted
from server.usecases.invite.create import create as create_invites
from server.usecases.invite.open import link_of
from tests.builders import NOW, at, calendar, event_type, host, settle_in
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.waits import ELEVEN, live, mailed, set_up

TEN_LATER = NOW + timedelta(minutes=10)
TOO_LATE = NOW + timedelta(minutes=15)


async def unproven(ports: Ports, wish: create.NewBooking, **terms: object) -> Booking:
    await set_up(ports, confirm_address=True, **terms)
    return await create.create(ports, wish, Actor.GUEST, NOW)


async def prove(ports: Ports, made: Booking) -> Booking:
    return await verify.verify(ports, await look.by_id(ports, made.id), TEN_LATER)


async def test_the_guest_alone_is_mailed_and_the_calendar_shows_nothing(ports: Ports, wish: Wish) -> None:
    made = await unproven(ports, replace(wish(), guests=[Companion("sam@example.net")]), guests_max=1)
    assert (made.status, made.awaiting_address) == (Status.PENDING, True)
    assert await mailed(ports, made) == [(MailKind.VERIFY, 1)]
    assert await live(ports) == []
    alice = ports.homes.host(Home("alice"))
    assert alice is not None
    assert "BEGIN:VEVENT" not in await bookings_feed(ports, alice, int(NOW.timestamp()))
    assert await listing.bookings(ports, listing.Wanted(view="all"), NOW) == []


async def test_its_time_is_held_and_free_again_when_nobody_proves_anything(ports: Ports, wish: Wish) -> None:
    made = await unproven(ports, wish())
    with pytest.raises(SlotUnavailable):
        await create.create(ports, wish(email="ann@example.net"), Actor.GUEST, NOW)
    assert await expire.expire_due(ports, TEN_LATER) == 0
    assert await expire.expire_due(ports, TOO_LATE) == 1
    ended = (await look.by_id(ports, made.id)).booking
    assert (ended.status, ended.ended_by) == (Status.DECLINED, Actor.SYSTEM)
    assert len(await ports.ledger.mails(booking=made.id)) == 1
    assert await listing.bookings(ports, listing.Wanted(view="all"), NOW) == []
    alice, intro = offer.find(ports, "alice", "intro")
    assert offer.refusal(ports, alice, intro, int(made.start.timestamp()), int(TOO_LATE.timestamp())) is None


async def test_proven_it_is_booked_and_everybody_is_told_as_of_any_booking(ports: Ports, wish: Wish) -> None:
    made = await unproven(ports, replace(wish(), guests=[Companion("sam@example.net")]), guests_max=1)
    after = await prove(ports, made)
    assert (after.status, after.awaiting_address, after.calendar) == (Status.CONFIRMED, False, calendar())
    assert await mailed(ports, after) == [
        (MailKind.CONFIRMED, 1),
        (MailKind.CONFIRMED, 2),
        (MailKind.CONFIRMED, HOST_RECIPIENT),
    ]
    assert len(await live(ports)) == 1
    assert [entry.action for entry in await ports.ledger.trail(made.id)] == [Action.CREATE, Action.VERIFY]
    assert await prove(ports, made) == after  # twice is once


async def test_what_needs_approval_is_laid_before_the_host_only_then(ports: Ports, wish: Wish) -> None:
    made = await unproven(ports, wish(), requires_confirmation=True, confirm_within_min=60)
    after = await prove(ports, made)
    assert (after.status, after.awaiting_address) == (Status.PENDING, False)
    assert after.answer_by == TEN_LATER + timedelta(hours=1)
    assert await mailed(ports, after) == [(MailKind.REQUESTED, 1), (MailKind.REQUESTED, HOST_RECIPIENT)]
    agreed = await confirm.confirm(ports, await look.by_id(ports, made.id), Actor.HOST, TEN_LATER)
    assert agreed.status is Status.CONFIRMED
    trail = [entry.action for entry in await ports.ledger.trail(made.id)]
    assert trail == [Action.CREATE, Action.SUBMIT, Action.CONFIRM]


async def test_too_late_is_too_late_even_before_the_server_has_noticed(ports: Ports, wish: Wish) -> None:
    made = await unproven(ports, wish())
    with pytest.raises(Conflict):
        await verify.verify(ports, await look.by_id(ports, made.id), TOO_LATE)
    assert await live(ports) == []


async def test_a_time_that_the_host_took_meanwhile_is_not_booked(ports: Ports, wish: Wish) -> None:
    made = await unproven(ports, wish())
    busy = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:dentist\r\nDTSTAMP:20260302T060000Z\r\n"
        "DTSTART:20260302T090000Z\r\nDTEND:20260302T093000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    staged = await ports.calendars.stage(
        Home("alice"), [ObjectWrite(calendar(), look.history_href(made.uid, 9), None, busy)]
    )
    await ports.calendars.swap(Home("alice"), "client", staged, ())
    with pytest.raises(SlotUnavailable):
        await prove(ports, made)


@pytest.mark.parametrize(
    "change",
    [
        lambda ports, looked: confirm.confirm(ports, looked, Actor.HOST, TEN_LATER),
        lambda ports, looked: reschedule.reschedule(ports, looked, ELEVEN, Actor.GUEST, TEN_LATER),
        lambda ports, looked: reschedule.reschedule(ports, looked, ELEVEN, Actor.HOST, TEN_LATER),
    ],
    ids=["the host confirms", "the guest moves", "the host moves"],
)
async def test_until_then_nothing_else_can_be_done_to_it(
    ports: Ports, wish: Wish, change: Callable[[Ports, look.Looked], Awaitable[Booking]]
) -> None:
    made = await unproven(ports, wish())
    with pytest.raises(Conflict):
        await change(ports, await look.by_id(ports, made.id))
    assert (await look.by_id(ports, made.id)).booking == made


async def test_its_guest_can_always_cancel_and_nobody_is_told(ports: Ports, wish: Wish) -> None:
    made = await unproven(ports, wish(), cancel_deadline_min=1440)
    ended = await cancel.cancel(ports, await look.by_id(ports, made.id), "", Actor.GUEST, TEN_LATER)
    assert ended.status is Status.CANCELLED
    assert [mail.kind for mail in await ports.ledger.mails(booking=made.id)] == [MailKind.VERIFY]


async def test_the_host_books_without_it(ports: Ports, wish: Wish) -> None:
    await set_up(ports, confirm_address=True)
    made = await create.create(ports, wish(), Actor.HOST, NOW)
    assert made.status is Status.CONFIRMED


@pytest.mark.parametrize(("email", "asked"), [("ivy@example.net", False), ("gus@example.net", True)])
async def test_who_was_invited_under_an_address_need_not_prove_it(
    ports: Ports, wish: Wish, email: str, asked: bool
) -> None:
    await set_up(ports, confirm_address=True)
    wanted = Wanted(name="Ivy", email="Ivy@example.net")
    (invite,) = await create_invites(ports, ("alice", "intro"), [wanted], Terms(), NOW)
    token = (link_of(ports, invite) or "").rpartition("/")[2]
    booked = await create.create(ports, wish(email=email, invite=token), Actor.GUEST, NOW)
    assert booked.awaiting_address is asked


async def test_a_form_may_ask_for_it_where_the_event_type_does_not(ports: Ports, wish: Wish) -> None:
    made = await create.create(ports, replace(wish(), confirm_address=True), Actor.GUEST, NOW)
    assert made.awaiting_address


async def test_where_no_link_can_be_mailed_nothing_is_booked_in_anybodys_name(wish: Wish) -> None:
    ports = memory_ports(NOW, calendars=MemoryCalendars(), site=replace(SITE, base_url=None))
    await settle_in(ports, host(), replace(event_type(), confirm_address=True))
    with pytest.raises(Unavailable):
        await create.create(ports, wish(), Actor.GUEST, NOW)
    assert await ports.ledger.bookings() == []


async def test_a_room_is_opened_only_when_the_address_is_proven(ports: Ports, wish: Wish) -> None:
    room = Room(template="https://meet.example/{room}")
    made = await unproven(ports, wish(), room=room, location=Location(type=LocationType.ROOM))
    assert made.location.type is LocationType.ROOM
    after = await prove(ports, made)
    assert after.location.value.startswith("https://meet.example/")


async def test_the_link_of_the_mail_is_no_link_to_manage_and_the_other_way_round(
    ports: Ports, wish: Wish
) -> None:
    made = await unproven(ports, wish())
    looked = await look.by_id(ports, made.id)
    token = (verify_link(ports, made, looked.record) or "").rpartition("/")[2]
    assert (await look.by_address_token(ports, token)).booking == made
    with pytest.raises(NotFound):
        await look.by_token(ports, token)
    await prove(ports, made)
    assert not (await look.by_address_token(ports, token)).booking.awaiting_address


async def test_a_rebuilt_ledger_knows_how_it_came(ports: Ports, wish: Wish) -> None:
    made = await unproven(ports, wish())
    later = await create.create(ports, replace(wish("11:00"), email="ann@example.net"), Actor.GUEST, NOW)
    await prove(ports, made)
    fresh = memory_ports(TEN_LATER, calendars=ports.calendars, homes=ports.homes)
    await rebuild(fresh, TEN_LATER)
    assert [one.action for one in await fresh.ledger.trail(made.id)] == [Action.CREATE, Action.VERIFY]
    assert (await look.by_id(fresh, later.id)).booking.awaiting_address
    assert await expire.expire_due(fresh, at("2026-03-02 09:00")) == 1
