"""What a rebuilt ledger knows of what is to come and of what is over, beside what the homes say."""

from dataclasses import replace
from datetime import datetime

import pytest

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.adapters.memory.homes import MemoryHomes
from server.domain.booking import Action, Actor
from server.domain.reminders import parse
from server.ports import MailState, Ports
from server.usecases.booking.complete import complete_ended
from server.usecases.booking.create import create
from server.usecases.booking.rebuild import rebuild
from tests.builders import DAY, NOW, at, event_type, host, settle_in
from tests.usecases.booking.conftest import Wish


@pytest.fixture
async def ports() -> Ports:
    """Return ports whose host reminds guests an hour and half an hour before."""
    made = memory_ports(NOW, calendars=MemoryCalendars(), homes=MemoryHomes())
    reminders = (parse("1h guest"), parse("30m guest"))
    await settle_in(made, host(), replace(event_type(), reminders=reminders))
    return made


async def rebuilt(ports: Ports, now: datetime) -> Ports:
    """Return ports over the same homes with a ledger that was filled from them."""
    fresh = memory_ports(now, calendars=ports.calendars, homes=ports.homes)
    await rebuild(fresh, now)
    return fresh


async def test_a_rebuilt_ledger_reminds_of_what_is_to_come_and_of_nothing_twice(
    ports: Ports, wish: Wish
) -> None:
    """S1.61"""
    await create(ports, wish("10:00"), Actor.GUEST, NOW)
    fresh = await rebuilt(ports, at(f"{DAY} 09:10"))
    assert [mail.offset_min for mail in await fresh.ledger.mails(state=MailState.QUEUED)] == [30]


async def test_what_was_over_before_a_rebuild_is_not_news(ports: Ports, wish: Wish) -> None:
    """C5"""
    booking = await create(ports, wish("10:00"), Actor.GUEST, NOW)
    fresh = await rebuilt(ports, at(f"{DAY} 12:00"))
    assert await complete_ended(fresh, at(f"{DAY} 12:00")) == 0
    *_, last = await fresh.ledger.trail(booking.id)
    assert (last.action, last.at) == (Action.COMPLETE, booking.span[1])


async def test_what_ends_after_a_rebuild_is_told_then(ports: Ports, wish: Wish) -> None:
    """C5"""
    await create(ports, wish("10:00"), Actor.GUEST, NOW)
    fresh = await rebuilt(ports, at(f"{DAY} 09:10"))
    assert await complete_ended(fresh, at(f"{DAY} 10:30")) == 1
