"""Meetings that several guests book, each for themselves."""

from dataclasses import replace

import pytest

from server.domain.booking import Actor, Booking, Status
from server.domain.errors import Conflict, Forbidden, Invalid, NoLongerPart, SlotUnavailable
from server.domain.event_type import EventType
from server.domain.identity import BookingId
from server.ports import HOST_RECIPIENT, MailKind, Ports
from server.usecases.booking import cancel, companions, create, links, look, offer, seating, seats
from server.usecases.booking.look import Looked
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
    assert [(one.number, one.name, one.notes) for one in read.attendees] == [(1, "Ann", ""), (2, "Ben", "by bike")]
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
