"""Rescheduling."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.booking import Actor
from server.domain.errors import AlreadyCancelled, Conflict, Invalid, LinkReplaced, SlotUnavailable
from server.domain.identity import HISTORY, Home
from server.ical import vevent
from server.ports import HOST_RECIPIENT, MailKind, Ports
from server.usecases.booking import cancel, create, follow, links, look, offer, reschedule
from tests.builders import NOW, at, calendar, clock_times, epoch, span
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.foreign import client_puts, write

ALICE = Home("alice")
ELEVEN = at("2026-03-02 11:00")


async def test_the_event_moves_in_place_with_the_same_uid(ports: Ports, wish: Wish) -> None:
    """S1.32, S1.41, S2.26, S5.26, S5.27."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    before = await look.by_id(ports, made.id)
    after = await reschedule.reschedule(ports, before, ELEVEN, Actor.GUEST, NOW)
    stored = await ports.calendars.all(calendar())
    assert [one.href for one in stored] == [before.stored.href]
    assert vevent.read(stored[0].text, stored[0].calendar) == after
    assert (after.id, after.uid, after.start) == (made.id, made.uid, ELEVEN)


async def test_the_superseded_revision_stays_in_the_history(ports: Ports, wish: Wish) -> None:
    """C3, S2.9."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    await reschedule.reschedule(ports, await look.by_id(ports, made.id), ELEVEN, Actor.GUEST, NOW)
    kept = await ports.calendars.all(calendar(name=HISTORY))
    assert [one.href for one in kept] == [f"{made.uid}-r0.ics"]
    old = vevent.read(kept[0].text, kept[0].calendar)
    assert old is not None
    assert old.span == made.span


async def test_the_old_slot_is_free_and_the_new_one_taken(ports: Ports, wish: Wish) -> None:
    """S5.24, S5.25."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    await reschedule.reschedule(ports, await look.by_id(ports, made.id), ELEVEN, Actor.GUEST, NOW)
    alice, intro = offer.find(ports, "alice", "intro")
    free = clock_times(offer.offer(ports, alice, intro, span("09:00-12:00"), epoch("2026-03-02 08:00")))
    assert free == "09:00 09:30 10:00 10:30 11:30"


async def test_a_booking_is_offered_its_own_slot_and_does_not_stand_in_its_own_way(
    ports: Ports, wish: Wish
) -> None:
    """S1.34, S1.45, S5.25."""
    made = await create.create(ports, wish("10:00", slug="review"), Actor.GUEST, NOW)
    alice, review = offer.find(ports, "alice", "review")
    own = offer.offer(ports, alice, review, span("10:00-10:30"), epoch("2026-03-02 08:00"), without=made)
    assert clock_times(own) == "10:00"
    overlapping = at("2026-03-02 09:00")
    after = await reschedule.reschedule(
        ports, await look.by_id(ports, made.id), overlapping, Actor.GUEST, NOW
    )
    assert after.start == overlapping


async def test_a_guests_reschedule_mails_both_sides(ports: Ports, wish: Wish) -> None:
    """S5.28, C10."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    await reschedule.reschedule(ports, await look.by_id(ports, made.id), ELEVEN, Actor.GUEST, NOW)
    mails = [m for m in await ports.ledger.mails(booking=made.id) if m.kind is MailKind.RESCHEDULED]
    assert sorted(mail.recipient for mail in mails) == [HOST_RECIPIENT, 1]


async def test_a_hosts_reschedule_mails_the_guest_only(ports: Ports, wish: Wish) -> None:
    """S1.42, S1.59, C10."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    await reschedule.reschedule(ports, await look.by_id(ports, made.id), ELEVEN, Actor.HOST, NOW)
    mails = [m for m in await ports.ledger.mails(booking=made.id) if m.kind is MailKind.RESCHEDULED]
    assert [mail.recipient for mail in mails] == [1]


async def test_earlier_links_die_and_the_api_token_stays(ports: Ports, wish: Wish) -> None:
    """S1.43, S5.26, C2."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    link = links.manage_token(ports, looked.booking, looked.record, 1)
    token = links.api_token(ports, looked.record, 1)
    await reschedule.reschedule(ports, looked, ELEVEN, Actor.GUEST, NOW)
    with pytest.raises(LinkReplaced):
        await look.by_token(ports, link)
    assert (await look.by_token(ports, token)).booking.start == ELEVEN


async def test_the_present_time_is_no_change(ports: Ports, wish: Wish) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    same = await reschedule.reschedule(ports, await look.by_id(ports, made.id), made.start, Actor.GUEST, NOW)
    assert same == made
    assert len(await ports.ledger.trail(made.id)) == 1


async def test_a_busy_time_is_refused_and_nothing_moves(ports: Ports, wish: Wish) -> None:
    """S5.25, S2.58."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    await client_puts(ports, calendar(), "lunch", span("11:00-12:00"))
    with pytest.raises(SlotUnavailable) as refused:
        await reschedule.reschedule(ports, await look.by_id(ports, made.id), ELEVEN, Actor.GUEST, NOW)
    assert clock_times(refused.value.nearest) == "10:00 10:30 12:00"
    assert (await look.by_id(ports, made.id)).booking == made


async def test_a_past_time_is_invalid(ports: Ports, wish: Wish) -> None:
    """S5.31."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    with pytest.raises(Invalid):
        await reschedule.reschedule(
            ports, await look.by_id(ports, made.id), NOW - timedelta(days=1), Actor.GUEST, NOW
        )


async def test_a_cancelled_booking_cannot_be_moved(ports: Ports, wish: Wish) -> None:
    """S1.44, S5.30, C8."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    await cancel.cancel(ports, looked, "", Actor.HOST, NOW)
    with pytest.raises(AlreadyCancelled):
        await reschedule.reschedule(ports, await look.by_id(ports, made.id), ELEVEN, Actor.GUEST, NOW)
    with pytest.raises(AlreadyCancelled):
        await reschedule.reschedule(ports, looked, ELEVEN, Actor.GUEST, NOW)


async def test_a_meeting_that_has_begun_cannot_be_moved_by_its_guest(ports: Ports, wish: Wish) -> None:
    """S2.57."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    with pytest.raises(Conflict):
        await reschedule.reschedule(
            ports, await look.by_id(ports, made.id), ELEVEN, Actor.GUEST, made.start + timedelta(minutes=1)
        )


async def test_of_two_who_move_bookings_onto_one_slot_one_wins(ports: Ports, wish: Wish) -> None:
    """S2.58."""
    made = [await create.create(ports, wish(clock), Actor.GUEST, NOW) for clock in ("09:00", "10:00")]
    looked = [await look.by_id(ports, one.id) for one in made]
    results = await asyncio.gather(
        *(reschedule.reschedule(ports, one, ELEVEN, Actor.GUEST, NOW) for one in looked),
        return_exceptions=True,
    )
    assert sorted(type(r).__name__ for r in results) == ["Booking", "SlotUnavailable"]


async def test_what_the_host_added_to_the_event_survives_and_their_sequence_is_respected(
    ports: Ports, wish: Wish
) -> None:
    """C3: SEQUENCE is never below what is stored."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    edited = looked.stored.text.replace("SEQUENCE:0", "SEQUENCE:7").replace(
        "END:VEVENT",
        "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT10M\r\nDESCRIPTION:Soon\r\nEND:VALARM\r\nEND:VEVENT",
    )
    await write(ports, looked.stored.calendar, looked.stored.href, edited)
    after = await reschedule.reschedule(ports, looked, ELEVEN, Actor.GUEST, NOW)
    assert after.sequence == 7
    assert "TRIGGER:-PT10M" in (await ports.calendars.all(calendar()))[0].text


async def test_the_reason_is_kept_for_those_who_are_told(ports: Ports, wish: Wish) -> None:
    """S5.24."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    await reschedule.reschedule(ports, looked, ELEVEN, Actor.GUEST, NOW, reason="train is late")
    assert (await look.by_id(ports, made.id)).booking.reason == "train is late"


async def test_a_host_may_move_a_booking_outside_the_hours(ports: Ports, wish: Wish) -> None:
    """S1.39, S1.40, C36."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    evening = at("2026-03-02 19:15")
    after = await reschedule.reschedule(ports, await look.by_id(ports, made.id), evening, Actor.HOST, NOW)
    assert after.start == evening


@pytest.mark.parametrize("length", [timedelta(0), timedelta(days=4)])
async def test_a_guest_may_move_what_the_host_gave_a_length_that_no_guest_can_choose(
    ports: Ports, wish: Wish, length: timedelta
) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    text = vevent.revised(looked.stored.text, replace(made, end=made.start + length), looked.host)
    await write(ports, looked.stored.calendar, looked.stored.href, text)
    await follow.reconcile_all(ports, NOW)
    looked = await look.by_id(ports, made.id)
    after = await reschedule.reschedule(ports, looked, at("2026-03-02 12:00"), Actor.GUEST, NOW)
    assert after.end - after.start == length


async def test_a_booking_that_the_host_lengthened_is_offered_times_for_its_length(
    ports: Ports, wish: Wish
) -> None:
    """S1.34, S1.45."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    text = vevent.revised(looked.stored.text, replace(made, end=made.start + timedelta(hours=2)), looked.host)
    await write(ports, looked.stored.calendar, looked.stored.href, text)
    await follow.reconcile_all(ports, NOW)
    looked = await look.by_id(ports, made.id)
    assert looked.event_type is not None
    found = offer.offer(
        ports,
        looked.host,
        looked.event_type,
        span("14:00-19:00"),
        int(NOW.timestamp()),
        without=looked.booking,
    )
    assert clock_times(found) == "14:00 14:30 15:00"
    with pytest.raises(SlotUnavailable):
        await reschedule.reschedule(ports, looked, at("2026-03-02 16:00"), Actor.GUEST, NOW)
