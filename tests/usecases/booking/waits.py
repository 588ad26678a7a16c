"""Bookings that wait for their host."""

from collections.abc import Sequence
from dataclasses import replace

from server.domain.booking import Actor, Booking
from server.domain.event_type import ReschedulePolicy
from server.domain.identity import HISTORY, Home
from server.ical import vevent
from server.ports import MailKind, Ports, StoredObject
from server.usecases.booking import create, look, reschedule
from server.usecases.booking.create import NewBooking
from server.usecases.booking.look import Looked
from tests.builders import NOW, at, calendar

ALICE = Home("alice")
ELEVEN = at("2026-03-02 11:00")


async def set_up(ports: Ports, slug: str = "intro", /, **terms: object) -> None:
    """Change an event type of alice's: `await set_up(ports, requires_confirmation=True)`."""
    present = ports.homes.event_type("alice", slug)
    assert present is not None
    await ports.homes.save_event_type(replace(present, **terms))  # type: ignore[arg-type]


async def pending(ports: Ports, wish: NewBooking, **terms: object) -> Looked:
    """Return a booking that waits."""
    await set_up(ports, requires_confirmation=True, **terms)
    made = await create.create(ports, wish, Actor.GUEST, NOW)
    return await look.by_id(ports, made.id)


async def asked_to_move(ports: Ports, wish: NewBooking, **terms: object) -> Looked:
    """Return a confirmed booking whose guest has asked for eleven o'clock."""
    await set_up(ports, guest_reschedule_policy=ReschedulePolicy.APPROVE, **terms)
    made = await create.create(ports, wish, Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    await reschedule.reschedule(ports, looked, ELEVEN, Actor.GUEST, NOW)
    return await look.by_id(ports, made.id)


async def live(ports: Ports) -> Sequence[StoredObject]:
    """Return what a calendar client sees."""
    return await ports.calendars.all(calendar())


async def history(ports: Ports) -> dict[str, Booking]:
    """Return what the history holds, by href."""
    found = await ports.calendars.all(calendar(name=HISTORY))
    read = {str(one.href): vevent.read(one.text, one.calendar) for one in found}
    return {href: booking for href, booking in read.items() if booking is not None}


async def mailed(ports: Ports, booking: Booking) -> list[tuple[MailKind, int]]:
    """Return the mails of the latest revision, by kind and recipient."""
    mails = await ports.ledger.mails(booking=booking.id)
    last = max(mail.revision for mail in mails)
    return [(mail.kind, mail.recipient) for mail in mails if mail.revision == last]
