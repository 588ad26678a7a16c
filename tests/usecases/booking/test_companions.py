"""Bringing people along, and taking them off again."""

from dataclasses import replace
from datetime import datetime

import pytest

from server.domain.booking import Action, Actor, Booking, Status
from server.domain.companions import Companion
from server.domain.errors import (
    AlreadyCancelled,
    Conflict,
    Forbidden,
    GuestsNotAllowed,
    Invalid,
    LinkReplaced,
    NoLongerPart,
    NotFound,
)
from server.domain.identity import BookingId
from server.ical import vevent
from server.ports import HOST_RECIPIENT, MailKind, Ports
from server.usecases.booking import cancel, companions, confirm, create, follow, links, look, reschedule
from server.usecases.booking.look import Looked
from tests.builders import NOW, at, event_type, host, settle_in
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.foreign import write

SAM = Companion("sam@example.net", "Sam")
KIM = Companion("kim@example.net")
TWO = at("2026-03-02 14:00")


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports, with event types that let two people be brought along."""
    walk = replace(event_type("walk", number=4, home="bob"), guests_max=2)
    asked = replace(event_type("asked", number=5, home="bob"), guests_max=2, requires_confirmation=True)
    await settle_in(ports, host("bob", number=2, name="Bob Example"), walk, asked)
    return ports


async def book(ports: Ports, wish: Wish, *guests: Companion, slug: str = "walk") -> Booking:
    wanted = replace(wish(slug=slug), home="bob", guests=guests)
    return await create.create(ports, wanted, Actor.GUEST, NOW)


async def of(ports: Ports, id_: BookingId, person: int = 1) -> Looked:
    """Return the booking as the link of one of its people opens it."""
    return await look.by_token(ports, await link(ports, id_, person))


async def link(ports: Ports, id_: BookingId, person: int) -> str:
    looked = await look.by_id(ports, id_)
    return links.manage_token(ports, looked.booking, looked.record, person)


async def mails(ports: Ports, id_: BookingId, revision: int) -> set[tuple[MailKind, int]]:
    found = await ports.ledger.mails(booking=id_)
    return {(mail.kind, mail.recipient) for mail in found if mail.revision == revision}


async def test_everybody_brought_along_is_an_attendee_with_a_number_and_a_mail(
    ports: Ports, wish: Wish
) -> None:
    """S1.8, S1.11, C32."""
    made = await book(ports, wish, SAM, KIM)
    read = (await look.by_id(ports, made.id)).booking
    assert [(one.number, one.name, one.email) for one in read.attendees] == [
        (1, "Gus Guest", "gus@example.net"),
        (2, "Sam", "sam@example.net"),
        (3, "", "kim@example.net"),
    ]
    assert await mails(ports, made.id, 0) == {(MailKind.CONFIRMED, one) for one in (1, 2, 3, HOST_RECIPIENT)}


@pytest.mark.parametrize(("slug", "count"), [("intro", 1), ("walk", 3)])
async def test_more_than_the_event_type_allows_are_refused(
    ports: Ports, wish: Wish, slug: str, count: int
) -> None:
    """C20, S1.8."""
    guests = [Companion(f"g{number}@example.net") for number in range(count)]
    wanted = replace(wish(slug=slug), home="alice" if slug == "intro" else "bob", guests=guests)
    with pytest.raises(GuestsNotAllowed) as refused:
        await create.create(ports, wanted, Actor.GUEST, NOW)
    assert (refused.value.code, set(refused.value.fields)) == ("guests_not_allowed", {"guests"})
    assert await ports.ledger.bookings() == []


async def test_a_host_brings_along_whom_guests_may_not(ports: Ports, wish: Wish) -> None:
    """C36."""
    made = await create.create(ports, replace(wish(), guests=[SAM]), Actor.HOST, NOW)
    assert len(made.attendees) == 2


async def test_faults_are_named_by_row_before_anything_is_written(ports: Ports, wish: Wish) -> None:
    """S1.8."""
    with pytest.raises(Invalid) as refused:
        await book(ports, wish, SAM, Companion("GUS@example.net"))
    assert set(refused.value.fields) == {"guests.1.email"}
    assert await ports.ledger.bookings() == []


async def test_who_joins_later_is_invited_and_everybody_elses_links_live_on(ports: Ports, wish: Wish) -> None:
    """C2, C32, itip.md 1.6."""
    made = await book(ports, wish, SAM)
    before = [await link(ports, made.id, person) for person in (1, 2)]
    after = await companions.bring(ports, await of(ports, made.id), KIM, Actor.GUEST, NOW)
    assert (after.sequence, after.revision, after.attendees[-1].number) == (0, 1, 3)
    assert [await link(ports, made.id, person) for person in (1, 2)] == before
    assert (await look.by_token(ports, before[1])).person == 2
    assert await mails(ports, made.id, 1) == {(MailKind.CONFIRMED, 3), (MailKind.JOINED, HOST_RECIPIENT)}


async def test_who_takes_part_already_is_not_invited_again(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish, SAM)
    after = await companions.bring(
        ports, await of(ports, made.id), Companion("SAM@example.net"), Actor.GUEST, NOW
    )
    assert (after.revision, len(after.attendees)) == (0, 2)


async def test_one_more_than_allowed_is_refused_later_too(ports: Ports, wish: Wish) -> None:
    """C20."""
    made = await book(ports, wish, SAM, KIM)
    with pytest.raises(GuestsNotAllowed):
        await companions.bring(ports, await of(ports, made.id), Companion("a@example.net"), Actor.GUEST, NOW)


async def test_a_companion_takes_off_themselves_and_host_and_booker_are_told(
    ports: Ports, wish: Wish
) -> None:
    """C32: a companion's link removes only that companion."""
    made = await book(ports, wish, SAM, KIM)
    hers = await link(ports, made.id, 3)
    after = await companions.take_off(ports, await of(ports, made.id, 2), 2, Actor.GUEST, NOW)
    assert ([one.number for one in after.attendees], after.status) == ([1, 3], Status.CONFIRMED)
    assert await mails(ports, made.id, 1) == {
        (MailKind.REMOVED, 2),
        (MailKind.LEFT, 1),
        (MailKind.LEFT, HOST_RECIPIENT),
    }
    assert (await look.by_token(ports, hers)).person == 3
    trail = await ports.ledger.trail(made.id)
    assert (trail[-1].action, trail[-1].actor) == (Action.LEAVE, Actor.GUEST)


async def test_the_link_of_who_has_left_opens_nothing_ever_again(ports: Ports, wish: Wish) -> None:
    """C2."""
    made = await book(ports, wish, SAM)
    old = await link(ports, made.id, 2)
    await companions.take_off(ports, await of(ports, made.id, 2), 2, Actor.GUEST, NOW)
    with pytest.raises(NoLongerPart):
        await look.by_token(ports, old)
    await companions.bring(ports, await of(ports, made.id), KIM, Actor.GUEST, NOW)
    with pytest.raises(NoLongerPart):
        await look.by_token(ports, old)


async def test_a_companion_can_neither_cancel_nor_move_nor_take_off_others(ports: Ports, wish: Wish) -> None:
    """C32."""
    made = await book(ports, wish, SAM, KIM)
    hers = await of(ports, made.id, 2)
    with pytest.raises(Forbidden):
        await cancel.cancel(ports, hers, "", Actor.GUEST, NOW)
    with pytest.raises(Forbidden):
        await reschedule.reschedule(ports, hers, TWO, Actor.GUEST, NOW)
    with pytest.raises(Forbidden):
        await companions.take_off(ports, hers, 3, Actor.GUEST, NOW)
    with pytest.raises(Forbidden):
        await companions.bring(ports, hers, Companion("a@example.net"), Actor.GUEST, NOW)
    assert (await look.by_id(ports, made.id)).booking == made


async def test_who_booked_cannot_be_taken_off(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish)
    with pytest.raises(NotFound):
        await companions.take_off(ports, await of(ports, made.id), 1, Actor.GUEST, NOW)


async def test_a_new_time_and_the_end_are_told_to_everybody_and_make_new_links(
    ports: Ports, wish: Wish
) -> None:
    """S1.25, S1.42, S1.43."""
    made = await book(ports, wish, SAM)
    old = await link(ports, made.id, 2)
    await companions.bring(ports, await of(ports, made.id), KIM, Actor.GUEST, NOW)
    await reschedule.reschedule(ports, await of(ports, made.id), TWO, Actor.GUEST, NOW)
    with pytest.raises(LinkReplaced):
        await look.by_token(ports, old)
    assert {(MailKind.RESCHEDULED, one) for one in (1, 2, 3)} <= await mails(ports, made.id, 2)
    await cancel.cancel(ports, await of(ports, made.id), "", Actor.GUEST, NOW)
    assert await mails(ports, made.id, 3) == {(MailKind.CANCELLED, one) for one in (0, 1, 2, 3)}


async def test_while_the_host_has_not_approved_companions_hear_nothing(ports: Ports, wish: Wish) -> None:
    """S1.17, S1.21."""
    made = await book(ports, wish, SAM, slug="asked")
    await companions.bring(ports, await of(ports, made.id), KIM, Actor.GUEST, NOW)
    await companions.take_off(ports, await of(ports, made.id), 2, Actor.GUEST, NOW)
    told = await ports.ledger.mails(booking=made.id)
    assert {mail.recipient for mail in told} == {1, HOST_RECIPIENT}
    await confirm.confirm(ports, await look.by_id(ports, made.id), Actor.HOST, NOW)
    assert await mails(ports, made.id, 3) == {(MailKind.APPROVED, one) for one in (0, 1, 3)}


async def test_what_has_ended_or_begun_takes_nobody_more(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish, SAM)
    looked = await of(ports, made.id)
    with pytest.raises(Conflict):
        await companions.bring(ports, looked, KIM, Actor.GUEST, made.start)
    await cancel.cancel(ports, looked, "", Actor.GUEST, NOW)
    with pytest.raises(AlreadyCancelled):
        await companions.take_off(ports, await look.by_id(ports, made.id), 2, Actor.HOST, NOW)


async def test_after_the_end_the_last_links_still_say_so_whatever_was_quiet_before(
    ports: Ports, wish: Wish
) -> None:
    """C7."""
    made = await book(ports, wish, SAM)
    hers = await link(ports, made.id, 2)
    await companions.bring(ports, await of(ports, made.id), KIM, Actor.GUEST, NOW)
    await cancel.cancel(ports, await of(ports, made.id), "", Actor.GUEST, NOW)
    assert (await look.by_token(ports, hers)).booking.status is Status.CANCELLED


async def test_people_come_and_go_also_where_the_host_dragged_another_meeting_over_the_booking(
    ports: Ports, wish: Wish
) -> None:
    """S1.8: the time stays as it is, so nobody's claim of it refuses."""
    booking = await book(ports, wish)
    over = await create.create(ports, replace(wish("14:00", slug="walk"), home="bob"), Actor.GUEST, NOW)
    await drag(ports, await look.by_id(ports, over.id), booking.start)
    await companions.bring(ports, await of(ports, booking.id), SAM, Actor.GUEST, NOW)
    left = await companions.take_off(ports, await of(ports, booking.id), 2, Actor.GUEST, NOW)
    assert left.companions == ()


async def drag(ports: Ports, looked: Looked, start: datetime) -> None:
    """Move a booking as a calendar client does."""
    moved = replace(looked.booking, start=start, end=start + (looked.booking.end - looked.booking.start))
    text = vevent.revised(looked.stored.text, moved, looked.host)
    await write(ports, looked.stored.calendar, looked.stored.href, text)
    await follow.reconcile_all(ports, NOW)
