"""Meetings that several guests book, each for themselves."""

import asyncio
from dataclasses import replace

import pytest

from server.domain.booking import Actor, Booking, Partstat, Status
from server.domain.companions import Companion
from server.domain.errors import (
    AlreadyCancelled,
    BookingCapReached,
    Conflict,
    Forbidden,
    Invalid,
    InviteOver,
    NoLongerPart,
    NotAccepted,
    NotFound,
    SlotUnavailable,
)
from server.domain.event_type import EventType, faults
from server.domain.identity import BookingId
from server.domain.invites import mint_invite
from server.domain.limits import NO_CAPS, Caps
from server.ports import HOST_RECIPIENT, MailKind, Ports
from server.usecases.booking import cancel, companions, create, links, look, offer, reschedule
from server.usecases.booking.look import Looked
from server.usecases.invite.create import Terms, Wanted
from server.usecases.invite.create import create as invite
from tests.builders import DAY, NOW, at, event_type, host, settle_in
from tests.usecases.booking.conftest import Wish

CLASS = replace(event_type("class", number=4, home="bob", title="Class", minutes=60), seats=3)


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports, with bob's class of three seats."""
    await settle_in(ports, host("bob", number=2, name="Bob Example"), CLASS)
    return ports


async def rule(ports: Ports, **facts: object) -> EventType:
    present = ports.homes.event_type("bob", "class")
    assert present is not None
    return await ports.homes.save_event_type(replace(present, **facts))  # type: ignore[arg-type]


async def book(ports: Ports, wish: Wish, name: str, clock: str = "10:00", **facts: object) -> Booking:
    wanted = replace(
        wish(clock, slug="class", name=name, email=f"{name.lower()}@example.net"),
        home="bob",
        **facts,  # type: ignore[arg-type]
    )
    return await create.create(ports, wanted, Actor.GUEST, NOW)


async def of(ports: Ports, id_: BookingId, person: int) -> Looked:
    """Return the booking as the link of one of its people opens it."""
    looked = await look.by_id(ports, id_)
    return await look.by_token(ports, links.manage_token(ports, looked.booking, looked.record, person))


async def whole(ports: Ports, id_: BookingId) -> Booking:
    return (await look.by_id(ports, id_)).booking


async def mails(ports: Ports, id_: BookingId, revision: int) -> set[tuple[MailKind, int]]:
    found = await ports.ledger.mails(booking=id_)
    return {(mail.kind, mail.recipient) for mail in found if mail.revision == revision}


def starts(ports: Ports) -> list[int]:
    found = ports.homes.host("bob")
    kind = ports.homes.event_type("bob", "class")
    assert found is not None
    assert kind is not None
    day = (int(at(f"{DAY} 00:00").timestamp()), int(at(f"{DAY} 23:00").timestamp()))
    return offer.offer(ports, found, kind, day, int(NOW.timestamp()))


async def test_several_bookers_share_one_meeting_each_with_a_number_of_their_own(
    ports: Ports, wish: Wish
) -> None:
    """S2.49, S2.50"""
    first, second = await book(ports, wish, "Ann"), await book(ports, wish, "Ben", notes="by bike")
    assert first.id == second.id
    assert second.guest.name == "Ben"
    assert [one.name for one in second.attendees] == ["Ben"]
    read = await whole(ports, first.id)
    assert [(one.number, one.name, one.notes) for one in read.attendees] == [
        (1, "Ann", ""),
        (2, "Ben", "by bike"),
    ]
    assert (read.notes, read.seats, read.revision, read.sequence) == ("", 3, 1, 0)
    assert await mails(ports, first.id, 1) == {(MailKind.CONFIRMED, 2), (MailKind.JOINED, HOST_RECIPIENT)}


async def test_a_start_is_offered_until_all_its_seats_are_taken(ports: Ports, wish: Wish) -> None:
    """S2.49"""
    start = int(at(f"{DAY} 10:00").timestamp())
    for name in ("Ann", "Ben", "Cem"):
        assert start in starts(ports)
        await book(ports, wish, name)
    assert start not in starts(ports)
    with pytest.raises(SlotUnavailable):
        await book(ports, wish, "Dan")


async def test_the_same_address_has_one_seat_and_is_told_so(ports: Ports, wish: Wish) -> None:
    """S2.50"""
    made = await book(ports, wish, "Ann")
    with pytest.raises(Invalid) as refused:
        await book(ports, wish, "ANN")
    assert "email" in refused.value.fields
    assert len((await whole(ports, made.id)).attendees) == 1


async def test_a_key_leads_back_to_ones_own_seat_and_to_no_other(ports: Ports, wish: Wish) -> None:
    await book(ports, wish, "Ann", key="ann")
    first = await book(ports, wish, "Ben", key="ben")
    assert first.guest.number == 2
    assert (await book(ports, wish, "Ben", key="ben")).guest == first.guest
    assert (await book(ports, wish, "Ann", key="ann")).guest.number == 1
    await cancel.cancel(ports, await of(ports, first.id, 2), "", Actor.GUEST, NOW)
    with pytest.raises(NoLongerPart):
        await book(ports, wish, "Ben", key="ben")


async def test_each_gives_up_their_own_seat_and_nobody_elses(ports: Ports, wish: Wish) -> None:
    """S2.50, C30"""
    made = await book(ports, wish, "Ann")
    await book(ports, wish, "Ben")
    kept = await of(ports, made.id, 2)
    await cancel.cancel(ports, await of(ports, made.id, 1), "", Actor.GUEST, NOW)
    left = await whole(ports, made.id)
    assert (left.status, [one.name for one in left.attendees]) == (Status.CONFIRMED, ["Ben"])
    assert await mails(ports, made.id, 2) == {(MailKind.REMOVED, 1), (MailKind.LEFT, HOST_RECIPIENT)}
    with pytest.raises(NoLongerPart):
        await of(ports, made.id, 1)
    token = links.manage_token(ports, kept.booking, kept.record, 2)
    assert (await look.by_token(ports, token)).person == 2
    with pytest.raises(Forbidden):
        await companions.take_off(ports, kept, 1, Actor.GUEST, NOW)


async def test_a_number_is_not_given_twice(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish, "Ann")
    await book(ports, wish, "Ben")
    await cancel.cancel(ports, await of(ports, made.id, 2), "", Actor.GUEST, NOW)
    assert (await book(ports, wish, "Cem")).guest.number == 3


async def test_the_last_one_out_frees_the_time(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish, "Ann")
    await cancel.cancel(ports, await of(ports, made.id, 1), "", Actor.GUEST, NOW)
    assert (await whole(ports, made.id)).status is Status.CANCELLED
    assert await mails(ports, made.id, 1) == {(MailKind.CANCELLED, 1), (MailKind.CANCELLED, HOST_RECIPIENT)}
    again = await book(ports, wish, "Ann")
    assert again.id != made.id


async def test_a_meeting_that_is_kept_stands_empty_and_is_joined_again(ports: Ports, wish: Wish) -> None:
    await rule(ports, keeps_empty=True)
    made = await book(ports, wish, "Ann")
    await cancel.cancel(ports, await of(ports, made.id, 1), "", Actor.GUEST, NOW)
    empty = await whole(ports, made.id)
    assert (empty.status, empty.attendees, empty.guest.name) == (Status.CONFIRMED, (), "")
    assert (await book(ports, wish, "Ann")).id == made.id
    later = at(f"{DAY} 14:00")
    await cancel.cancel(ports, await of(ports, made.id, 2), "", Actor.GUEST, NOW)
    moved = await reschedule.reschedule(ports, await look.by_id(ports, made.id), later, Actor.HOST, NOW)
    assert (moved.start, moved.attendees) == (later, ())
    await cancel.cancel(ports, await look.by_id(ports, made.id), "", Actor.HOST, NOW)
    assert (await whole(ports, made.id)).status is Status.CANCELLED


async def test_the_host_moves_and_cancels_the_meeting_of_all(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish, "Ann")
    await book(ports, wish, "Ben")
    looked = await look.by_id(ports, made.id)
    moved = await reschedule.reschedule(ports, looked, at(f"{DAY} 14:00"), Actor.HOST, NOW)
    assert {one.partstat for one in moved.attendees} == {Partstat.NEEDS_ACTION}
    assert await mails(ports, made.id, 2) == {(MailKind.RESCHEDULED, 1), (MailKind.RESCHEDULED, 2)}
    await cancel.cancel(ports, await look.by_id(ports, made.id), "", Actor.HOST, NOW)
    assert await mails(ports, made.id, 3) == {
        (MailKind.CANCELLED, 1),
        (MailKind.CANCELLED, 2),
        (MailKind.CANCELLED, HOST_RECIPIENT),
    }


async def test_a_guest_moves_their_own_seat(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish, "Ann", notes="early bird")
    await book(ports, wish, "Ben")
    other = await book(ports, wish, "Cem", "14:00")
    moved = await reschedule.reschedule(
        ports, await of(ports, made.id, 1), at(f"{DAY} 14:00"), Actor.GUEST, NOW
    )
    assert (moved.id, moved.guest.number, moved.guest.notes) == (other.id, 2, "early bird")
    assert [one.name for one in (await whole(ports, made.id)).attendees] == ["Ben"]
    alone = await reschedule.reschedule(
        ports, await of(ports, made.id, 2), at(f"{DAY} 16:00"), Actor.GUEST, NOW
    )
    assert (alone.id, alone.guest.name) not in {(made.id, "Ben"), (other.id, "Ben")}
    assert (await whole(ports, made.id)).status is Status.CANCELLED


async def test_a_seat_is_not_lost_when_the_other_meeting_is_full(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish, "Ann")
    for name in ("Ben", "Cem", "Dan"):
        await book(ports, wish, name, "14:00")
    with pytest.raises(SlotUnavailable):
        await reschedule.reschedule(ports, await of(ports, made.id, 1), at(f"{DAY} 14:00"), Actor.GUEST, NOW)
    assert [one.name for one in (await whole(ports, made.id)).attendees] == ["Ann"]


async def test_a_move_that_was_cut_in_two_is_finished_by_doing_it_again(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish, "Ann")
    await book(ports, wish, "Ben")
    await book(ports, wish, "Ann", "14:00")  # as far as it came
    moved = await reschedule.reschedule(
        ports, await of(ports, made.id, 1), at(f"{DAY} 14:00"), Actor.GUEST, NOW
    )
    assert moved.guest.name == "Ann"
    assert [one.name for one in (await whole(ports, made.id)).attendees] == ["Ben"]


async def test_who_moves_one_seat_several_times_at_once_arrives_once(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish, "Ann")
    await book(ports, wish, "Ben")
    looked = await of(ports, made.id, 1)
    found = await asyncio.gather(
        *(
            reschedule.reschedule(ports, looked, at(f"{DAY} {hour}:00"), Actor.GUEST, NOW)
            for hour in (13, 14, 15, 16)
        ),
        return_exceptions=True,
    )
    assert [isinstance(one, Booking) for one in found] == [True, False, False, False]
    assert all(isinstance(one, NoLongerPart) for one in found[1:])
    held = [await whole(ports, record.id) for record in await ports.ledger.bookings(active_only=True)]
    assert [one.start for one in held for person in one.attendees if person.name == "Ann"] == [
        at(f"{DAY} 13:00")
    ]


async def test_a_button_that_is_pressed_twice_moves_once_and_says_so_twice(ports: Ports, wish: Wish) -> None:
    looked = await of(ports, (await book(ports, wish, "Ann")).id, 1)
    later = at(f"{DAY} 14:00")
    first, second = await asyncio.gather(
        *(reschedule.reschedule(ports, looked, later, Actor.GUEST, NOW) for _ in range(2))
    )
    assert (first.id, first.start) == (second.id, later)
    with pytest.raises(AlreadyCancelled):
        await reschedule.reschedule(ports, looked, at(f"{DAY} 16:00"), Actor.GUEST, NOW)


async def test_others_are_hidden_unless_they_are_shown(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish, "Ann", notes="secret")
    seen = (await book(ports, wish, "Ben")).attendees
    assert [one.name for one in seen] == ["Ben"]
    await cancel.cancel(ports, await look.by_id(ports, made.id), "", Actor.HOST, NOW)
    await rule(ports, seats_shown=True)
    await book(ports, wish, "Ann", notes="secret")
    shown = (await book(ports, wish, "Ben")).attendees
    assert [(one.name, one.email, one.notes) for one in shown] == [
        ("Ben", "ben@example.net", ""),
        ("Ann", "", ""),
    ]


async def test_a_host_registers_somebody_and_takes_them_out_of_their_seat(ports: Ports, wish: Wish) -> None:
    """S3.27, S3.28, S3.29, C20"""
    made = await book(ports, wish, "Ann")
    looked = await look.by_id(ports, made.id)
    added = await companions.bring(ports, looked, Companion("ben@example.net", "Ben"), Actor.HOST, NOW)
    assert [(one.number, one.name, one.partstat) for one in added.attendees] == [
        (1, "Ann", Partstat.ACCEPTED),
        (2, "Ben", Partstat.NEEDS_ACTION),
    ]
    again = await companions.bring(ports, looked, Companion("ben@example.net"), Actor.HOST, NOW)
    assert again.revision == added.revision
    gone = await companions.take_off(ports, await look.by_id(ports, made.id), 2, Actor.HOST, NOW)
    assert [one.name for one in gone.attendees] == ["Ann"]
    await book(ports, wish, "Cem")
    await book(ports, wish, "Dan")
    with pytest.raises(SlotUnavailable):
        await companions.bring(
            ports, await look.by_id(ports, made.id), Companion("eve@example.net"), Actor.HOST, NOW
        )


async def test_caps_count_meetings_and_a_guests_caps_their_seats(ports: Ports, wish: Wish) -> None:
    await rule(ports, caps=Caps(per_day=1), guest_caps=Caps(total=1))
    await book(ports, wish, "Ann")
    await book(ports, wish, "Ben")
    with pytest.raises(BookingCapReached):
        await book(ports, wish, "Cem", "14:00")
    await rule(ports, caps=NO_CAPS)
    with pytest.raises(BookingCapReached) as refused:
        await book(ports, wish, "Ben", "14:00")
    assert refused.value.by_guest


async def test_whom_the_host_blocks_finds_no_seat(ports: Ports, wish: Wish) -> None:
    await book(ports, wish, "Ann")
    bob = ports.homes.host("bob")
    assert bob is not None
    await ports.homes.save_host(replace(bob, blocked=("ben@example.net",)))
    with pytest.raises(NotAccepted):
        await book(ports, wish, "Ben")


async def test_an_invite_is_used_by_each_who_comes_by_it(ports: Ports, wish: Wish) -> None:
    wanted = [Wanted(name="Ivy", email="ivy@example.net", message="")]
    (made,) = await invite(ports, ("bob", "class"), wanted, Terms(uses_max=2), NOW)
    token = mint_invite(ports.secret_key, made.id, generation=made.generation)
    await book(ports, wish, "Ivy", invite=token)
    await book(ports, wish, "Joe", invite=token)
    with pytest.raises(InviteOver):
        await book(ports, wish, "Kim", invite=token)
    assert len((await ports.ledger.invite_uses([made.id]))[made.id]) == 2


async def test_fewer_seats_throw_nobody_out(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish, "Ann")
    await book(ports, wish, "Ben")
    await rule(ports, seats=2)
    with pytest.raises(SlotUnavailable):
        await book(ports, wish, "Cem")
    await rule(ports, seats=4)
    assert (await book(ports, wish, "Cem")).seats == 4
    assert len((await whole(ports, made.id)).attendees) == 3


async def test_a_meeting_that_has_begun_is_left_by_nobody(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish, "Ann")
    with pytest.raises(Conflict):
        await cancel.cancel(ports, await of(ports, made.id, 1), "", Actor.GUEST, at(f"{DAY} 10:00"))


async def test_a_group_of_hosts_is_not_shared(ports: Ports, wish: Wish) -> None:
    await settle_in(ports, host("carol", number=9, name="Carol"))
    wanted = replace(wish(slug="class"), home="bob+carol")
    with pytest.raises(NotFound):
        await create.create(ports, wanted, Actor.GUEST, NOW)


@pytest.mark.parametrize(
    "facts",
    [
        {"seats": 0},
        {"seats": 201},
        {"guests_max": 1},
        {"requires_confirmation": True},
        {"duration_options": (30, 60)},
        {"seats": 1, "waitlist_max": 3},
    ],
)
def test_what_cannot_be_shared_is_refused(facts: dict[str, object]) -> None:
    """S2.18"""
    assert "seats" in faults(replace(CLASS, **facts))  # type: ignore[arg-type]
    assert not faults(CLASS)
