"""A guest's wish for another time, by the event type's policy (C1)."""

from dataclasses import replace

import pytest

from server.domain.booking import Action, Actor, Partstat, Status
from server.domain.errors import LinkReplaced, SlotUnavailable
from server.domain.event_type import ReschedulePolicy
from server.ical import vevent
from server.ports import HOST_RECIPIENT, MailKind, Ports
from server.usecases.booking import cancel, confirm, create, links, look, offer, reschedule
from tests.builders import NOW, at, clock_times, epoch, span
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.foreign import write
from tests.usecases.booking.waits import ALICE, ELEVEN, asked_to_move, history, live, mailed, pending, set_up

TEN = at("2026-03-02 10:00")
NOON = at("2026-03-02 12:00")


@pytest.mark.parametrize(
    ("policy", "requires_confirmation", "status"),
    [
        (ReschedulePolicy.APPROVE, False, Status.PENDING),
        (ReschedulePolicy.APPROVE, True, Status.PENDING),
        (ReschedulePolicy.AUTO, False, Status.CONFIRMED),
        (ReschedulePolicy.AUTO, True, Status.CONFIRMED),
        (ReschedulePolicy.SAME_AS_BOOKING, False, Status.CONFIRMED),
        (ReschedulePolicy.SAME_AS_BOOKING, True, Status.PENDING),
    ],
)
async def test_the_policy_says_what_becomes_of_a_guests_other_time(
    ports: Ports, wish: Wish, policy: ReschedulePolicy, requires_confirmation: bool, status: Status
) -> None:
    """C1, S1.36, S5.26"""
    await set_up(ports, guest_reschedule_policy=policy, requires_confirmation=requires_confirmation)
    made = await create.create(ports, wish("10:00"), Actor.HOST, NOW)
    after = await reschedule.reschedule(
        ports, await look.by_id(ports, made.id), ELEVEN, Actor.GUEST, NOW, reason="The train is late."
    )
    assert (after.status, after.start, after.reason) == (status, ELEVEN, "The train is late.")


@pytest.mark.parametrize("actor", [Actor.HOST, Actor.API_KEY])
async def test_a_host_moves_at_once_and_the_booking_stays_confirmed(
    ports: Ports, wish: Wish, actor: Actor
) -> None:
    """S1.40, C1"""
    await set_up(ports, guest_reschedule_policy=ReschedulePolicy.APPROVE, requires_confirmation=True)
    made = await create.create(ports, wish("10:00"), Actor.HOST, NOW)
    after = await reschedule.reschedule(ports, await look.by_id(ports, made.id), ELEVEN, actor, NOW)
    assert after.status is Status.CONFIRMED


async def test_a_request_shows_the_new_time_frees_the_old_and_remembers_what_was_agreed(
    ports: Ports, wish: Wish
) -> None:
    """C1, S1.36, S5.26"""
    looked = await asked_to_move(ports, wish("10:00"))
    booking = looked.booking
    assert (booking.status, booking.start, booking.agreed) == (
        Status.PENDING,
        ELEVEN,
        (TEN, at("2026-03-02 10:30")),
    )
    alice, intro = offer.find(ports, "alice", "intro")
    free = clock_times(offer.offer(ports, alice, intro, span("09:00-12:00"), epoch("2026-03-02 08:00")))
    assert free == "09:00 09:30 10:00 10:30 11:30"
    assert [one.span for one in ports.ledger.claims(ALICE, span("09:00-12:00"))] == [booking.span]


async def test_no_confirmed_event_of_the_booking_stands_while_a_request_waits(
    ports: Ports, wish: Wish
) -> None:
    """S1.37, C4"""
    looked = await asked_to_move(ports, wish("10:00"))
    (stored,) = await live(ports)
    assert "STATUS:TENTATIVE\r\n" in stored.text
    assert (stored.href, "T110000" in stored.text, "T100000" in stored.text) == (
        looked.stored.href,
        True,
        False,
    )


async def test_a_hidden_request_takes_the_event_out_of_the_calendar_and_approval_puts_it_back(
    ports: Ports, wish: Wish
) -> None:
    """S1.37, C4: removed, and pushed again on approval, with the same UID."""
    looked = await asked_to_move(ports, wish("10:00"), pending_in_calendar=False)
    assert (await live(ports), looked.booking.is_hidden) == ([], True)
    after = await confirm.confirm(ports, looked, Actor.HOST, NOW)
    (stored,) = await live(ports)
    assert vevent.read(stored.text, stored.calendar) == after
    assert (after.start, after.uid, after.agreed) == (ELEVEN, looked.record.uid, None)
    assert sorted(await history(ports)) == [f"{after.uid}-r0.ics", f"{after.uid}-r1.ics"]


async def test_what_the_host_wrote_into_the_event_survives_the_way_through_the_history(
    ports: Ports, wish: Wish
) -> None:
    await set_up(ports, guest_reschedule_policy=ReschedulePolicy.APPROVE, pending_in_calendar=False)
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    stored = (await look.by_id(ports, made.id)).stored
    await write(ports, stored.calendar, stored.href, stored.text.replace("SUMMARY:", "SUMMARY:Bring plans: "))
    await reschedule.reschedule(ports, await look.by_id(ports, made.id), ELEVEN, Actor.GUEST, NOW)
    await confirm.confirm(ports, await look.by_id(ports, made.id), Actor.HOST, NOW)
    assert "SUMMARY:Bring plans: " in (await live(ports))[0].text


async def test_a_request_is_told_to_who_booked_and_to_the_host(ports: Ports, wish: Wish) -> None:
    """S1.60"""
    looked = await asked_to_move(ports, wish("10:00"))
    assert await mailed(ports, looked.booking) == [
        (MailKind.RESCHEDULE_REQUESTED, 1),
        (MailKind.RESCHEDULE_REQUESTED, HOST_RECIPIENT),
    ]


async def test_approval_agrees_to_the_new_time_with_a_higher_sequence(ports: Ports, wish: Wish) -> None:
    """S1.36, S1.41, S1.42, C3"""
    looked = await asked_to_move(ports, wish("10:00"))
    after = await confirm.confirm(ports, looked, Actor.HOST, NOW)
    assert (after.status, after.start, after.agreed) == (Status.CONFIRMED, ELEVEN, None)
    assert (after.id, after.uid) == (looked.record.id, looked.record.uid)
    assert after.sequence > looked.record.sent_sequence
    assert after.guest.partstat is Partstat.ACCEPTED


async def test_what_waits_may_be_moved_and_goes_on_waiting(ports: Ports, wish: Wish) -> None:
    """S1.33, S1.36: no policy lets a guest past a host who was never asked."""
    looked = await pending(ports, wish("10:00"), guest_reschedule_policy=ReschedulePolicy.AUTO)
    after = await reschedule.reschedule(ports, looked, ELEVEN, Actor.GUEST, NOW)
    assert (after.status, after.start, after.agreed, after.is_invited) == (
        Status.PENDING,
        ELEVEN,
        None,
        False,
    )


async def test_what_was_agreed_is_remembered_over_several_requests(ports: Ports, wish: Wish) -> None:
    looked = await asked_to_move(ports, wish("10:00"))
    after = await reschedule.reschedule(ports, looked, NOON, Actor.GUEST, NOW)
    assert (after.start, after.agreed and after.agreed[0]) == (NOON, TEN)


async def test_a_guest_who_returns_to_the_agreed_time_asks_nobody(ports: Ports, wish: Wish) -> None:
    looked = await asked_to_move(ports, wish("10:00"))
    after = await reschedule.reschedule(ports, looked, TEN, Actor.GUEST, NOW)
    assert (after.status, after.agreed) == (Status.CONFIRMED, None)
    assert (await ports.ledger.trail(after.id))[-1].action is Action.RESCHEDULE


async def test_a_host_who_moves_what_waits_agrees_by_that(ports: Ports, wish: Wish) -> None:
    """S1.40, S1.55: everybody is invited, and so is the host, for the first time."""
    looked = await pending(ports, wish("10:00"), pending_in_calendar=False)
    after = await reschedule.reschedule(ports, looked, ELEVEN, Actor.HOST, NOW)
    assert (after.status, after.is_invited, after.is_hidden) == (Status.CONFIRMED, True, False)
    assert await mailed(ports, after) == [(MailKind.RESCHEDULED, 1), (MailKind.APPROVED, HOST_RECIPIENT)]


async def test_each_request_and_each_answer_replaces_the_links(ports: Ports, wish: Wish) -> None:
    """S1.43, C2: manage, and approve as well as decline."""
    before = await pending(ports, wish("10:00"))
    manage = links.manage_token(ports, before.booking, before.record, 1)
    answer = links.answer_token(ports, before.booking, before.record)
    assert (await look.by_host_token(ports, answer)).booking == before.booking
    await reschedule.reschedule(ports, before, ELEVEN, Actor.GUEST, NOW)
    with pytest.raises(LinkReplaced):
        await look.by_token(ports, manage)
    with pytest.raises(LinkReplaced):
        await look.by_host_token(ports, answer)


async def test_a_request_for_a_taken_time_is_refused(ports: Ports, wish: Wish) -> None:
    """S1.45, S2.58"""
    await create.create(ports, wish("11:00", email="eve@example.net"), Actor.GUEST, NOW)
    await set_up(ports, guest_reschedule_policy=ReschedulePolicy.APPROVE)
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    with pytest.raises(SlotUnavailable):
        await reschedule.reschedule(ports, await look.by_id(ports, made.id), ELEVEN, Actor.GUEST, NOW)


async def test_a_moved_booking_keeps_its_host(ports: Ports, wish: Wish) -> None:
    """S1.46"""
    looked = await asked_to_move(ports, wish("10:00"))
    after = await confirm.confirm(ports, looked, Actor.HOST, NOW)
    assert (after.home, (await look.by_id(ports, after.id)).record.home) == (ALICE, ALICE)


async def test_a_request_of_a_type_that_is_gone_goes_on_waiting_where_it_is(ports: Ports, wish: Wish) -> None:
    looked = await pending(ports, wish("10:00"))
    after = await reschedule.reschedule(ports, replace(looked, event_type=None), ELEVEN, Actor.GUEST, NOW)
    assert (after.status, after.calendar) == (Status.PENDING, looked.booking.calendar)


async def test_a_cancelled_request_for_another_time_takes_the_meeting_out_of_calendars(
    ports: Ports, wish: Wish
) -> None:
    """S1.25: people were invited to it once."""
    looked = await asked_to_move(ports, wish("10:00"))
    after = await cancel.cancel(ports, looked, "", Actor.GUEST, NOW)
    assert (after.is_invited, after.sequence > looked.record.sent_sequence) == (True, True)


async def test_whose_request_is_cancelled_without_a_notice_hears_nothing_as_nothing_stands_in_their_calendar(
    ports: Ports, wish: Wish
) -> None:
    """C9"""
    await set_up(ports, requires_confirmation=True)
    looked = await look.by_id(ports, (await create.create(ports, wish("10:00"), Actor.GUEST, NOW)).id)
    after = await cancel.cancel(ports, looked, "", Actor.HOST, NOW, notify=False)
    assert await mailed(ports, after) == [(MailKind.CANCELLED, HOST_RECIPIENT)]
