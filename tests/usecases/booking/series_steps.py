"""What is asked of a series, and what must hold after it was done."""

from dataclasses import replace
from datetime import datetime, timedelta

from server.domain.booking import Actor, Booking
from server.domain.event_type import EventType
from server.domain.identity import Home
from server.domain.intervals import Span
from server.domain.series import Frequency, Recurrence
from server.domain.zones import zone_of
from server.ports import Ports
from server.usecases.booking import (
    create,
    look,
)
from server.usecases.booking.look import Looked
from server.usecases.event_type import edit
from tests.builders import BERLIN, NOW, at, calendar
from tests.usecases.booking.conftest import Wish

ALICE = Home("alice")
WEEK = timedelta(weeks=1)
HOUR = timedelta(hours=1)
FOUR = Recurrence(frequency=Frequency.WEEKLY, count=4)
YEAR = (int(NOW.timestamp()), int(at("2027-03-01 00:00").timestamp()))
AFTER_TWO = at("2026-03-10 12:00")


async def rule(ports: Ports, **fields: object) -> EventType:
    return await edit.edit(ports, "alice", "intro", lambda one: replace(one, **fields))  # type: ignore[arg-type]


async def book(
    ports: Ports,
    wish: Wish,
    clock: str = "10:00",
    recurring: Recurrence = FOUR,
    *,
    skip: frozenset[datetime] = frozenset(),
    actor: Actor = Actor.GUEST,
    **more: object,
) -> Booking:
    wanted = replace(wish(clock), recurring=recurring, skip=skip, **more)  # type: ignore[arg-type]
    return await create.create(ports, wanted, actor, NOW)


async def seen(ports: Ports, booking: Booking) -> Looked:
    return await look.by_id(ports, booking.id)


def days(booking: Booking) -> list[str]:
    """Return when the meetings are that take place, as the host's clock shows them."""
    zone = zone_of(BERLIN)
    return [one.start.astimezone(zone).strftime("%m-%d %H:%M") for one in booking.meetings]


def claimed(ports: Ports) -> list[Span]:
    return sorted(one.span for one in ports.ledger.claims(ALICE, YEAR))


def busy(ports: Ports) -> list[Span]:
    return list(ports.calendars.busy([calendar()], YEAR))


def spans(booking: Booking) -> list[Span]:
    return sorted(one.span for one in booking.meetings)


async def agrees(ports: Ports, booking: Booking) -> None:
    """Demand that claims, calendar and booking say the same."""
    present = (await seen(ports, booking)).booking
    assert claimed(ports) == busy(ports) == spans(present)


def nth(booking: Booking, number: int) -> datetime:
    return booking.occurrences[number].original
