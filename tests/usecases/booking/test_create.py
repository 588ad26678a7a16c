"""Booking a slot."""

import asyncio
import itertools
from dataclasses import replace

import pytest

from server.domain.booking import Action, Actor, Status
from server.domain.errors import Invalid, NotFound, SlotUnavailable
from server.domain.identity import Home
from server.domain.slots import Refusal
from server.ical import vevent
from server.ports import HOST_RECIPIENT, MailKind, Ports
from server.usecases.booking import create, look, offer
from tests.builders import NOW, at, booking, calendar, clock_times, epoch, host, span
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.foreign import client_puts

ALICE = Home("alice")


async def test_a_booking_is_confirmed_stored_and_mailed_to_guest_and_host(ports: Ports, wish: Wish) -> None:
    """S1.9, S1.12, S1.53, S1.55: status, slot, VEVENT and mails of a direct booking."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    stored = await ports.calendars.get(
        *(ports.calendars.find(ALICE, made.uid) or pytest.fail("not stored"))[:2]
    )
    assert stored is not None
    assert vevent.read(stored.text, stored.calendar) == made
    assert made.status is Status.CONFIRMED
    mails = await ports.ledger.mails(booking=made.id)
    assert {(mail.kind, mail.recipient) for mail in mails} == {
        (MailKind.CONFIRMED, 1),
        (MailKind.CONFIRMED, HOST_RECIPIENT),
    }


async def test_a_booked_slot_is_offered_no_more(ports: Ports, wish: Wish) -> None:
    """S1.12, S1.49."""
    await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    alice, intro = offer.find(ports, "alice", "intro")
    day = span("09:00-11:30")
    assert (
        clock_times(offer.offer(ports, alice, intro, day, epoch("2026-03-02 08:00")))
        == "09:00 09:30 10:30 11:00"
    )


async def test_a_booking_of_one_event_type_blocks_the_others_with_its_buffers(
    ports: Ports, wish: Wish
) -> None:
    """S1.49, S1.50."""
    await create.create(ports, wish("10:00", slug="review"), Actor.GUEST, NOW)
    alice, intro = offer.find(ports, "alice", "intro")
    assert (
        clock_times(offer.offer(ports, alice, intro, span("09:00-12:00"), epoch("2026-03-02 08:00")))
        == "09:00 11:30"
    )


async def test_a_time_that_a_calendar_client_filled_is_refused_with_the_nearest_free_ones(
    ports: Ports, wish: Wish
) -> None:
    """S1.48, S5.8: 409 with what can be had instead."""
    await client_puts(ports, calendar(), "lunch", span("10:00-11:00"))
    with pytest.raises(SlotUnavailable) as refused:
        await create.create(ports, wish("10:30"), Actor.GUEST, NOW)
    assert refused.value.reason is Refusal.BUSY
    assert clock_times(refused.value.nearest) == "09:30 11:00 11:30"


async def test_a_time_within_the_notice_is_refused_as_invalid(ports: Ports, wish: Wish) -> None:
    """S1.51, C26."""
    _, intro = offer.find(ports, "alice", "intro")
    await ports.homes.save_event_type(replace(intro, notice_min=180))
    with pytest.raises(Invalid) as refused:
        await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    assert "180 minutes" in refused.value.fields["start"]


async def test_a_past_time_is_invalid_even_for_the_host(ports: Ports, wish: Wish) -> None:
    """C26, C36."""
    with pytest.raises(Invalid):
        await create.create(ports, wish("07:30"), Actor.HOST, NOW)


async def test_a_host_may_book_outside_the_hours_but_not_onto_a_meeting(ports: Ports, wish: Wish) -> None:
    """C36."""
    made = await create.create(ports, wish("20:07"), Actor.HOST, NOW)
    assert made.start == at("2026-03-02 20:07")
    with pytest.raises(SlotUnavailable):
        await create.create(ports, wish("20:20"), Actor.HOST, NOW)


@pytest.mark.parametrize("clock", ["08:30", "17:00", "10:10"])
async def test_a_guest_gets_only_what_is_offered(ports: Ports, wish: Wish, clock: str) -> None:
    """S5.8."""
    with pytest.raises(SlotUnavailable):
        await create.create(ports, wish(clock), Actor.GUEST, NOW)


async def test_all_faults_of_a_form_are_named_at_once(ports: Ports, wish: Wish) -> None:
    with pytest.raises(Invalid) as refused:
        await create.create(
            ports,
            wish("10:00", name=" ", email="nobody", zone="Mars/Olympus", notes="x" * 5001),
            Actor.GUEST,
            NOW,
        )
    assert refused.value.fields.keys() == {"name", "email", "zone", "notes"}


@pytest.mark.parametrize(
    "email",
    [
        "a@b",
        "a b@c.org",
        "a@c.org\r\nBcc: d@e.org",
        "<a@c.org>",
        "a@c.org,d@e.org",
        "@c.org",
        "=?utf-8?q?a=0D=0A?=@c.org",
    ],
)
async def test_what_is_no_single_address_is_refused(ports: Ports, wish: Wish, email: str) -> None:
    with pytest.raises(Invalid) as refused:
        await create.create(ports, wish("10:00", email=email), Actor.GUEST, NOW)
    assert "email" in refused.value.fields


@pytest.mark.parametrize("language", ["", "_", "x" * 40_000, "de@x1", "../de", "de\r\nX", "\u2028"])
async def test_what_is_no_language_is_kept_nowhere(ports: Ports, wish: Wish, language: str) -> None:
    """It would stand in the calendar, and a locale be remembered for each."""
    with pytest.raises(Invalid) as refused:
        await create.create(ports, wish("10:00", language=language), Actor.GUEST, NOW)
    assert refused.value.fields.keys() == {"language"}


@pytest.mark.parametrize("language", ["de", "en-GB", "pt_BR", "zh-Hant-TW", "tlh"])
async def test_any_language_may_be_asked_for(ports: Ports, wish: Wish, language: str) -> None:
    made = await create.create(ports, wish("10:00", language=language), Actor.GUEST, NOW)
    assert made.guest.language == language


async def test_the_same_key_makes_one_booking_and_shows_it_again(ports: Ports, wish: Wish) -> None:
    first = await create.create(ports, wish("10:00", key="nonce"), Actor.GUEST, NOW)
    again = await create.create(ports, wish("10:00", key="nonce"), Actor.GUEST, NOW)
    assert again == first
    assert len(await ports.ledger.bookings()) == 1


async def test_a_double_click_makes_one_booking(ports: Ports, wish: Wish) -> None:
    twice = [create.create(ports, wish("10:00", key="nonce"), Actor.GUEST, NOW) for _ in range(2)]
    first, second = await asyncio.gather(*twice)
    assert first == second
    assert len(await ports.ledger.mails()) == 2


async def test_a_refused_wish_leaves_its_key_free_for_another_time(ports: Ports, wish: Wish) -> None:
    await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    with pytest.raises(SlotUnavailable):
        await create.create(ports, wish("10:00", key="nonce"), Actor.GUEST, NOW)
    made = await create.create(ports, wish("10:30", key="nonce"), Actor.GUEST, NOW)
    assert made.start == at("2026-03-02 10:30")


async def test_of_many_guests_who_want_overlapping_times_no_two_get_them(ports: Ports, wish: Wish) -> None:
    """S1.52, S2.59: over two event types, overlapping and not only equal."""
    wishes = [wish("10:00"), wish("10:00", slug="review"), wish("10:30"), wish("11:00", slug="review")] * 5
    results = await asyncio.gather(
        *(create.create(ports, one, Actor.GUEST, NOW) for one in wishes), return_exceptions=True
    )
    made = sorted((r.span, r.held) for r in results if not isinstance(r, BaseException))
    assert made
    assert all(a[0][1] <= b[1][0] and a[1][1] <= b[0][0] for a, b in itertools.pairwise(made))
    assert {type(r) for r in results if isinstance(r, BaseException)} == {SlotUnavailable}


@pytest.mark.parametrize(("home", "slug"), [("alice", "nothing"), ("bob", "intro")])
async def test_unknown_host_and_unknown_event_type_are_the_same_answer(
    ports: Ports, wish: Wish, home: str, slug: str
) -> None:
    with pytest.raises(NotFound) as refused:
        await create.create(ports, replace(wish("10:00"), home=home, slug=slug), Actor.GUEST, NOW)
    assert refused.value.message == "There is nothing to book at this address."


async def test_a_disabled_host_cannot_be_booked(ports: Ports, wish: Wish) -> None:
    saved = ports.homes.host("alice") or host()
    await ports.homes.save_host(replace(saved, disabled=True))
    with pytest.raises(NotFound):
        await create.create(ports, wish("10:00"), Actor.GUEST, NOW)


async def test_the_host_zone_is_stored_and_the_guests_kept(ports: Ports, wish: Wish) -> None:
    """S1.69, C11."""
    made = await create.create(ports, wish("10:00", zone="Asia/Kolkata"), Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    assert "DTSTART;TZID=Europe/Berlin:20260302T100000" in looked.stored.text
    assert looked.booking.guest.zone == "Asia/Kolkata"


async def test_the_trail_tells_who_did_it(ports: Ports, wish: Wish) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    assert [(e.action, e.actor, e.revision) for e in await ports.ledger.trail(made.id)] == [
        (Action.CREATE, Actor.GUEST, 0)
    ]


async def test_a_slot_freed_by_a_client_can_be_booked_at_once(ports: Ports, wish: Wish) -> None:
    remove = await client_puts(ports, calendar(), "lunch", span("10:00-11:00"))
    await remove()
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    assert made.span == booking("10:00-10:30").span
