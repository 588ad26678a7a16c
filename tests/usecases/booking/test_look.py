"""Finding a booking for whoever holds its link."""

import pytest

from server.domain.booking import Actor, Booking
from server.domain.errors import NotFound
from server.domain.identity import Home
from server.ports import Ports
from server.usecases.booking import create, follow, links, look, reschedule
from tests.builders import NOW, at, span
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.foreign import write

ALICE = Home("alice")


async def pretend(ports: Ports, one: Booking, other: Booking) -> None:
    """Write into the object of `one`, as a calendar client, that it is `other`."""
    stored = (await look.by_id(ports, one.id)).stored
    await write(ports, stored.calendar, stored.href, stored.text.replace(one.id, other.id))


async def test_an_object_that_a_client_gave_another_bookings_name_is_not_that_booking(
    ports: Ports, wish: Wish
) -> None:
    """Its link would open the other's page, and moving it would move the other."""
    own = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    other = await create.create(ports, wish("11:00"), Actor.GUEST, NOW)
    token = links.api_token(ports, (await look.by_id(ports, own.id)).record, look.OWNER)
    await pretend(ports, own, other)
    looked = await look.by_token(ports, token)
    assert looked.is_missing
    with pytest.raises(NotFound):
        await reschedule.reschedule(ports, looked, at("2026-03-02 12:00"), Actor.GUEST, NOW)


async def test_a_name_that_a_client_wrote_moves_no_other_bookings_claim(ports: Ports, wish: Wish) -> None:
    own = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    other = await create.create(ports, wish("11:00"), Actor.GUEST, NOW)
    await pretend(ports, own, other)
    await follow.reconcile_all(ports, NOW)
    assert [claim.booking for claim in ports.ledger.claims(ALICE, span("09:00-12:00"))] == [other.id]


async def test_people_are_told_the_sequence_that_daybook_gave_the_revision(ports: Ports, wish: Wish) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    stored = (await look.by_id(ports, made.id)).stored
    await write(ports, stored.calendar, stored.href, stored.text.replace("SEQUENCE:0", "SEQUENCE:7"))
    looked = await look.by_id(ports, made.id)
    assert (looked.booking.sequence, looked.told.sequence) == (7, 0)
    await reschedule.reschedule(ports, looked, at("2026-03-02 12:00"), Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    assert (looked.booking.sequence, looked.told.sequence) == (7, 7)
