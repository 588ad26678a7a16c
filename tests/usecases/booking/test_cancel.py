"""Cancelling."""

import asyncio
from datetime import timedelta

import pytest

from server.domain.booking import Actor, Status
from server.domain.errors import Conflict, Invalid, LinkReplaced, NotFound
from server.domain.identity import HISTORY, Home
from server.ical import vevent
from server.ports import HOST_RECIPIENT, MailKind, Ports
from server.usecases.booking import cancel, create, links, look, offer, reschedule
from tests.builders import NOW, at, calendar, clock_times, epoch, span
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.foreign import write

ALICE = Home("alice")


async def test_a_cancelled_booking_leaves_the_calendar_and_stands_in_the_history(
    ports: Ports, wish: Wish
) -> None:
    """S1.26, S5.16, S5.17."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    await cancel.cancel(ports, await look.by_id(ports, made.id), "ill", Actor.GUEST, NOW)
    assert not await ports.calendars.all(calendar())
    kept = await ports.calendars.all(calendar(name=HISTORY))
    read = vevent.read(kept[0].text, kept[0].calendar)
    assert read is not None
    assert (read.status, read.reason, read.ended_by, read.uid) == (
        Status.CANCELLED,
        "ill",
        Actor.GUEST,
        made.uid,
    )


async def test_its_slot_is_offered_again(ports: Ports, wish: Wish) -> None:
    """S1.14."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    await cancel.cancel(ports, await look.by_id(ports, made.id), "", Actor.GUEST, NOW)
    alice, intro = offer.find(ports, "alice", "intro")
    assert "10:00" in clock_times(
        offer.offer(ports, alice, intro, span("09:00-11:00"), epoch("2026-03-02 08:00"))
    )


@pytest.mark.parametrize("actor", [Actor.GUEST, Actor.HOST])
async def test_guest_and_host_are_both_mailed(ports: Ports, wish: Wish, actor: Actor) -> None:
    """S1.25, S1.30, S1.58, S5.18, C10."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    await cancel.cancel(ports, await look.by_id(ports, made.id), "", actor, NOW)
    mails = [m for m in await ports.ledger.mails(booking=made.id) if m.kind is MailKind.CANCELLED]
    assert sorted(mail.recipient for mail in mails) == [HOST_RECIPIENT, 1]


async def test_cancelling_again_changes_nothing_and_mails_nobody(ports: Ports, wish: Wish) -> None:
    """S5.20, C7."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    first = await cancel.cancel(ports, await look.by_id(ports, made.id), "ill", Actor.GUEST, NOW)
    mails = await ports.ledger.mails()
    again = await cancel.cancel(ports, await look.by_id(ports, made.id), "other", Actor.HOST, NOW)
    assert again == first
    assert await ports.ledger.mails() == mails


async def test_two_who_cancel_at_once_cancel_once(ports: Ports, wish: Wish) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    one, two = await asyncio.gather(
        *(cancel.cancel(ports, looked, "", a, NOW) for a in (Actor.GUEST, Actor.HOST))
    )
    assert one == two
    assert len(await ports.ledger.trail(made.id)) == 2


async def test_the_last_links_still_tell_that_it_was_cancelled(ports: Ports, wish: Wish) -> None:
    """C2, C7."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    link = links.manage_token(ports, looked.booking, looked.record, 1)
    token = links.api_token(ports, looked.record, 1)
    await cancel.cancel(ports, looked, "", Actor.GUEST, NOW)
    for held in (link, token):
        assert (await look.by_token(ports, held)).booking.status is Status.CANCELLED


async def test_a_link_from_before_a_reschedule_stays_dead_when_the_booking_is_cancelled(
    ports: Ports, wish: Wish
) -> None:
    """S1.43."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    link = links.manage_token(ports, looked.booking, looked.record, 1)
    await reschedule.reschedule(ports, looked, at("2026-03-02 11:00"), Actor.GUEST, NOW)
    await cancel.cancel(ports, await look.by_id(ports, made.id), "", Actor.GUEST, NOW)
    with pytest.raises(LinkReplaced):
        await look.by_token(ports, link)


async def test_a_guest_cannot_cancel_what_has_begun(ports: Ports, wish: Wish) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    with pytest.raises(Conflict):
        await cancel.cancel(
            ports, await look.by_id(ports, made.id), "", Actor.GUEST, made.start + timedelta(minutes=1)
        )


async def test_a_reason_that_is_too_long_cancels_nothing(ports: Ports, wish: Wish) -> None:
    """S2.28, C29."""
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    with pytest.raises(Invalid):
        await cancel.cancel(ports, await look.by_id(ports, made.id), "x" * 501, Actor.GUEST, NOW)
    assert (await look.by_id(ports, made.id)).booking.is_active


async def test_a_text_that_the_host_edited_meanwhile_is_cancelled_all_the_same(
    ports: Ports, wish: Wish
) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    edited = looked.stored.text.replace("SUMMARY:", "SUMMARY:Room 5: ")
    await write(ports, looked.stored.calendar, looked.stored.href, edited)
    after = await cancel.cancel(ports, looked, "", Actor.GUEST, NOW)
    assert after.status is Status.CANCELLED
    assert "Room 5" in (await ports.calendars.all(calendar(name=HISTORY)))[0].text


async def test_a_booking_that_the_host_removed_says_so(ports: Ports, wish: Wish) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    stored = (await look.by_id(ports, made.id)).stored
    await write(ports, stored.calendar, stored.href, None)
    with pytest.raises(NotFound, match="taken this meeting out"):
        await cancel.cancel(ports, await look.by_id(ports, made.id), "", Actor.GUEST, NOW)


@pytest.mark.parametrize("token", ["", "ctk_", "m_AAAA", "nonsense", "ctk_" + "A" * 60])
async def test_what_is_no_token_leads_nowhere(ports: Ports, token: str) -> None:
    with pytest.raises(NotFound):
        await look.by_token(ports, token)
