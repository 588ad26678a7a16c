"""The host's calendar client accepts what waits."""

from server.adapters.memory.calendars import MemoryCalendars
from server.domain.booking import Actor, Status
from server.ports import HOST_RECIPIENT, CalendarChange, MailKind, Ports
from server.usecases.booking import accept, confirm, create, look
from server.usecases.booking.look import Looked
from tests.builders import NOW, at, span
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.waits import ALICE, live, mailed, pending


async def client_writes(ports: Ports, looked: Looked, text: str) -> bool:
    """Let a client put `text` where the booking stands, and heed it; tell whether nothing is left to do."""
    heard: list[CalendarChange] = []
    calendars = ports.calendars
    assert isinstance(calendars, MemoryCalendars)
    calendars.subscribe(heard.append)
    calendars.client_puts(looked.stored.calendar, looked.stored.href, text)
    return all([await accept.heed(ports, change, NOW) for change in heard])


def accepted(text: str) -> str:
    assert "STATUS:TENTATIVE" in text
    return text.replace("STATUS:TENTATIVE", "STATUS:CONFIRMED")


async def test_an_event_set_to_confirmed_in_the_calendar_is_approved(ports: Ports, wish: Wish) -> None:
    """S1.23, S1.21: with mails, as if the button had been pressed."""
    looked = await pending(ports, wish("10:00"))
    assert await client_writes(ports, looked, accepted(looked.stored.text))
    after = await look.by_id(ports, looked.record.id)
    assert (after.record.status, after.booking.status) == (Status.CONFIRMED, Status.CONFIRMED)
    assert await mailed(ports, after.booking) == [(MailKind.APPROVED, 1), (MailKind.APPROVED, HOST_RECIPIENT)]
    trail = await ports.ledger.trail(looked.record.id)
    assert trail[-1].actor is Actor.HOST


async def test_before_it_is_heard_the_booking_still_waits(ports: Ports, wish: Wish) -> None:
    looked = await pending(ports, wish("10:00"))
    assert not looked.is_accepted
    assert isinstance(ports.calendars, MemoryCalendars)
    ports.calendars.client_puts(looked.stored.calendar, looked.stored.href, accepted(looked.stored.text))
    seen = await look.by_id(ports, looked.record.id)
    assert (seen.booking.status, seen.is_accepted) == (Status.PENDING, True)


async def test_what_was_accepted_while_nobody_listened_is_found(ports: Ports, wish: Wish) -> None:
    looked = await pending(ports, wish("10:00"))
    assert isinstance(ports.calendars, MemoryCalendars)
    ports.calendars.client_puts(looked.stored.calendar, looked.stored.href, accepted(looked.stored.text))
    assert await accept.heed_all(ports, NOW) == 1
    assert (await look.by_id(ports, looked.record.id)).record.status is Status.CONFIRMED


async def test_a_host_may_accept_what_is_busy_by_now(ports: Ports, wish: Wish) -> None:
    """C19: in the calendar nothing that the host does is refused."""
    looked = await pending(ports, wish("10:00"), pending_holds_slot=False)
    other = await create.create(ports, wish("10:00", email="eve@example.net"), Actor.GUEST, NOW)
    await confirm.confirm(ports, await look.by_id(ports, other.id), Actor.HOST, NOW)
    assert await client_writes(ports, looked, accepted(looked.stored.text))
    assert (await look.by_id(ports, looked.record.id)).record.status is Status.CONFIRMED
    assert len(ports.ledger.claims(ALICE, span("10:00-10:30"))) == 2


async def test_moved_and_accepted_at_once_it_is_confirmed_where_it_stands(ports: Ports, wish: Wish) -> None:
    looked = await pending(ports, wish("10:00"))
    text = accepted(looked.stored.text).replace("T100000", "T140000").replace("T103000", "T143000")
    assert await client_writes(ports, looked, text)
    after = await look.by_id(ports, looked.record.id)
    assert (after.booking.status, after.booking.start) == (Status.CONFIRMED, at("2026-03-02 14:00"))
    assert [one.span for one in ports.ledger.claims(ALICE, span("09:00-17:00"))] == [after.booking.span]


async def test_other_writes_of_a_client_leave_it_waiting_and_tell_nobody(ports: Ports, wish: Wish) -> None:
    looked = await pending(ports, wish("10:00"))
    assert await client_writes(ports, looked, looked.stored.text.replace("SUMMARY:", "SUMMARY:Perhaps: "))
    after = await look.by_id(ports, looked.record.id)
    assert (after.record.status, after.record.revision) == (Status.PENDING, 0)
    assert len(await ports.ledger.mails(booking=looked.record.id)) == 2


async def test_what_is_over_is_not_confirmed_any_more(ports: Ports, wish: Wish) -> None:
    looked = await pending(ports, wish("10:00"))
    assert isinstance(ports.calendars, MemoryCalendars)
    ports.calendars.client_puts(looked.stored.calendar, looked.stored.href, accepted(looked.stored.text))
    assert await accept.heed_all(ports, at("2026-03-02 12:00")) == 1
    assert (await look.by_id(ports, looked.record.id)).record.status is Status.PENDING


async def test_a_hidden_request_is_nothing_that_a_client_can_write(ports: Ports, wish: Wish) -> None:
    """It stays, and is not taken for one that the host removed."""
    looked = await pending(ports, wish("10:00"), pending_in_calendar=False)
    await accept.heed_all(ports, NOW)
    record = (await look.by_id(ports, looked.record.id)).record
    assert (record.missing_since, record.status, await live(ports)) == (None, Status.PENDING, [])
    assert len(ports.ledger.claims(ALICE, looked.booking.span)) == 1
