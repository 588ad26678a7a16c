"""Declining, keeping, and letting expire what waits."""

from datetime import timedelta

import pytest

from server.domain.booking import Action, Actor, Partstat, Status
from server.domain.errors import AlreadyCancelled, Conflict, Invalid, SlotUnavailable
from server.ical import vevent
from server.ports import HOST_RECIPIENT, MailKind, Ports
from server.usecases.booking import cancel, confirm, create, decline, expire, keep, look, reschedule
from tests.builders import NOW, at, calendar, span
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.foreign import client_puts, write
from tests.usecases.booking.waits import ALICE, ELEVEN, asked_to_move, history, live, mailed, pending


@pytest.mark.parametrize("in_calendar", [True, False])
async def test_what_is_declined_leaves_the_calendar_and_stands_in_the_history(
    ports: Ports, wish: Wish, in_calendar: bool
) -> None:
    """S1.15, S1.22, S1.26"""
    looked = await pending(ports, wish("10:00"), pending_in_calendar=in_calendar)
    after = await decline.decline(ports, looked, " No time. ", Actor.HOST, NOW)
    assert (after.status, after.ended_by, after.reason) == (Status.DECLINED, Actor.HOST, "No time.")
    assert await live(ports) == []
    assert await history(ports) == {f"{after.uid}.ics": after}
    assert ports.ledger.claims(ALICE, looked.booking.span) == []
    found = await look.by_id(ports, after.id)
    assert (found.booking, found.record.status) == (after, Status.DECLINED)


async def test_a_decline_mails_the_guest_only(ports: Ports, wish: Wish) -> None:
    """S1.57"""
    after = await decline.decline(ports, await pending(ports, wish("10:00")), "", Actor.HOST, NOW)
    assert await mailed(ports, after) == [(MailKind.DECLINED, 1)]


async def test_declining_twice_is_declining_once(ports: Ports, wish: Wish) -> None:
    looked = await pending(ports, wish("10:00"))
    first = await decline.decline(ports, looked, "", Actor.HOST, NOW)
    assert await decline.decline(ports, looked, "again", Actor.HOST, NOW) == first
    assert len(await ports.ledger.mails(booking=first.id)) == 3


async def test_what_is_confirmed_can_be_cancelled_but_not_declined(ports: Ports, wish: Wish) -> None:
    looked = await pending(ports, wish("10:00"))
    await confirm.confirm(ports, looked, Actor.HOST, NOW)
    with pytest.raises(Conflict, match="cancelled"):
        await decline.decline(ports, looked, "", Actor.HOST, NOW)


async def test_what_was_taken_back_cannot_be_declined(ports: Ports, wish: Wish) -> None:
    looked = await pending(ports, wish("10:00"))
    await cancel.cancel(ports, looked, "", Actor.GUEST, NOW)
    with pytest.raises(AlreadyCancelled):
        await decline.decline(ports, looked, "", Actor.HOST, NOW)


async def test_a_reason_for_declining_may_have_500_characters(ports: Ports, wish: Wish) -> None:
    """S1.22, C29"""
    looked = await pending(ports, wish("10:00"))
    with pytest.raises(Invalid) as refused:
        await decline.decline(ports, looked, "x" * 501, Actor.HOST, NOW)
    assert "reason" in refused.value.fields
    assert (await decline.decline(ports, looked, "x" * 500, Actor.HOST, NOW)).reason == "x" * 500


async def test_what_was_declined_cannot_be_moved(ports: Ports, wish: Wish) -> None:
    """S1.44, C8"""
    looked = await pending(ports, wish("10:00"))
    await decline.decline(ports, looked, "", Actor.HOST, NOW)
    with pytest.raises(AlreadyCancelled):
        await reschedule.reschedule(
            ports, await look.by_id(ports, looked.record.id), ELEVEN, Actor.GUEST, NOW
        )


async def test_a_request_that_is_taken_back_is_told_to_guest_and_host(ports: Ports, wish: Wish) -> None:
    """S1.30"""
    after = await cancel.cancel(ports, await pending(ports, wish("10:00")), "", Actor.GUEST, NOW)
    assert (after.status, after.is_invited) == (Status.CANCELLED, False)
    assert await mailed(ports, after) == [(MailKind.CANCELLED, 1), (MailKind.CANCELLED, HOST_RECIPIENT)]


# Another time, declined -------------------------------------------------------------------------------


@pytest.mark.parametrize("in_calendar", [True, False])
async def test_the_time_agreed_before_can_be_kept(ports: Ports, wish: Wish, in_calendar: bool) -> None:
    """C1: back where it was, with the same UID, and everybody asked again."""
    looked = await asked_to_move(ports, wish("10:00"), pending_in_calendar=in_calendar)
    sent = looked.record.sent_sequence
    after = await keep.keep(ports, looked, "That day is full.", Actor.HOST, NOW)
    assert (after.status, after.start, after.agreed) == (Status.CONFIRMED, at("2026-03-02 10:00"), None)
    assert (after.guest.partstat, after.sequence) == (Partstat.NEEDS_ACTION, sent + 1)
    (stored,) = await live(ports)
    assert vevent.read(stored.text, stored.calendar) == after
    assert [one.span for one in ports.ledger.claims(ALICE, span("09:00-12:00"))] == [after.span]
    assert await mailed(ports, after) == [(MailKind.KEPT, 1)]
    assert (await ports.ledger.trail(after.id))[-1].action is Action.KEEP


async def test_a_time_that_somebody_else_has_by_now_cannot_be_kept(ports: Ports, wish: Wish) -> None:
    """C1: "if still free"."""
    looked = await asked_to_move(ports, wish("10:00"))
    assert keep.is_free(ports, looked, NOW)
    await create.create(ports, wish("10:00", email="eve@example.net"), Actor.GUEST, NOW)
    assert not keep.is_free(ports, looked, NOW)
    with pytest.raises(SlotUnavailable):
        await keep.keep(ports, looked, "", Actor.HOST, NOW)
    assert (await look.by_id(ports, looked.record.id)).booking.status is Status.PENDING


async def test_a_time_that_the_host_has_filled_meanwhile_cannot_be_kept(ports: Ports, wish: Wish) -> None:
    looked = await asked_to_move(ports, wish("10:00"))
    await client_puts(ports, calendar(), "dentist", span("10:00-10:30"))
    assert not keep.is_free(ports, looked, NOW)
    with pytest.raises(SlotUnavailable):
        await keep.keep(ports, looked, "", Actor.HOST, NOW)


async def test_a_time_that_has_passed_cannot_be_kept(ports: Ports, wish: Wish) -> None:
    looked = await asked_to_move(ports, wish("10:00"))
    late = at("2026-03-02 10:01")
    assert not keep.is_free(ports, looked, late)
    with pytest.raises(Invalid):
        await keep.keep(ports, looked, "", Actor.HOST, late)


async def test_a_new_request_has_no_time_to_keep(ports: Ports, wish: Wish) -> None:
    looked = await pending(ports, wish("10:00"))
    assert not keep.is_free(ports, looked, NOW)
    with pytest.raises(Conflict):
        await keep.keep(ports, looked, "", Actor.HOST, NOW)


async def test_declining_another_time_ends_the_booking(ports: Ports, wish: Wish) -> None:
    """S1.22, C1: it had been confirmed, so everybody is sent a cancellation with a higher SEQUENCE."""
    looked = await asked_to_move(ports, wish("10:00"))
    after = await decline.decline(ports, looked, "", Actor.HOST, NOW)
    assert (after.status, after.is_invited) == (Status.DECLINED, True)
    assert after.sequence > looked.record.sent_sequence
    assert await mailed(ports, after) == [(MailKind.DECLINED, 1)]


# Nobody answers ---------------------------------------------------------------------------------------


async def test_a_request_that_is_not_answered_in_time_expires(ports: Ports, wish: Wish) -> None:
    """C19, S1.14: declined by the system, its time is free, both are told."""
    looked = await pending(ports, wish("10:00"), confirm_within_min=60)
    assert await expire.expire_due(ports, NOW + timedelta(minutes=59)) == 0
    assert await expire.expire_due(ports, NOW + timedelta(minutes=60)) == 1
    after = (await look.by_id(ports, looked.record.id)).booking
    assert (after.status, after.ended_by) == (Status.DECLINED, Actor.SYSTEM)
    assert (await live(ports), ports.ledger.claims(ALICE, after.span)) == ([], [])
    assert await mailed(ports, after) == [(MailKind.EXPIRED, 1), (MailKind.EXPIRED, HOST_RECIPIENT)]
    assert (await ports.ledger.trail(after.id))[-1].actor is Actor.SYSTEM
    assert await expire.expire_due(ports, NOW + timedelta(days=1)) == 0


async def test_a_request_expires_when_its_meeting_begins_at_the_latest(ports: Ports, wish: Wish) -> None:
    """C19"""
    looked = await pending(ports, wish("10:00"))
    assert looked.booking.answer_by is None
    assert await expire.expire_due(ports, at("2026-03-02 09:59")) == 0
    assert await expire.expire_due(ports, at("2026-03-02 10:00")) == 1


async def test_how_long_there_is_to_answer_counts_from_the_last_request(ports: Ports, wish: Wish) -> None:
    looked = await pending(ports, wish("10:00"), confirm_within_min=60)
    later = NOW + timedelta(minutes=40)
    await reschedule.reschedule(ports, looked, ELEVEN, Actor.GUEST, later)
    assert await expire.expire_due(ports, NOW + timedelta(minutes=61)) == 0
    assert await expire.expire_due(ports, later + timedelta(minutes=60)) == 1


async def test_another_time_that_is_not_answered_ends_a_booking_that_was_confirmed(
    ports: Ports, wish: Wish
) -> None:
    """C19: the guest has said that the earlier time is none."""
    looked = await asked_to_move(ports, wish("10:00"), confirm_within_min=30)
    assert await expire.expire_due(ports, NOW + timedelta(minutes=30)) == 1
    after = (await look.by_id(ports, looked.record.id)).booking
    assert (after.status, after.is_invited) == (Status.DECLINED, True)


async def test_what_is_confirmed_does_not_expire(ports: Ports, wish: Wish) -> None:
    looked = await pending(ports, wish("10:00"), confirm_within_min=30)
    await confirm.confirm(ports, looked, Actor.HOST, NOW)
    assert await expire.expire_due(ports, NOW + timedelta(days=2)) == 0


async def test_a_request_that_the_host_took_out_of_the_calendar_is_left_alone(
    ports: Ports, wish: Wish
) -> None:
    looked = await pending(ports, wish("10:00"))
    other = await create.create(ports, wish("11:00", email="eve@example.net"), Actor.GUEST, NOW)
    await write(ports, looked.stored.calendar, looked.stored.href, None)
    assert await expire.expire_due(ports, at("2026-03-02 12:00")) == 1
    assert (await look.by_id(ports, other.id)).booking.status is Status.DECLINED
