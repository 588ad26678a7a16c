"""What every ledger promises of meetings that are over."""

from dataclasses import replace

from server.domain.booking import Action, Actor, Booking, Status
from server.domain.happenings import Happening
from server.domain.identity import Etag, Href
from server.ports import Ledger, Timetable
from tests.builders import NOW, booking, claim, intent
from tests.contracts.ledger_steps import book, cancel, move, moved, seen

AT = int(NOW.timestamp())


async def test_a_confirmed_booking_is_over_from_its_end_on(ledger: Ledger) -> None:
    one = await book(ledger, booking("10:00-10:30"))
    assert list(await ledger.ended(one.span[1] - 1)) == []
    assert list(await ledger.ended(one.span[1])) == [one.id]


async def test_the_trail_tells_once_that_a_meeting_took_its_time(ledger: Ledger) -> None:
    """C5"""
    one = await book(ledger, booking("10:00-10:30"))
    end = one.span[1]
    assert await ledger.complete(one.id, 0, end + 5)
    assert not await ledger.complete(one.id, 0, end + 35)
    assert list(await ledger.ended(end + 35)) == []
    *_, last = await ledger.trail(one.id)
    assert last.happenings == (Happening.COMPLETED,)
    assert (last.action, last.actor, last.at, last.revision) == (Action.COMPLETE, Actor.SYSTEM, end + 5, 0)
    assert (await seen(ledger, one)).status is Status.CONFIRMED


async def test_what_is_not_confirmed_is_never_complete(ledger: Ledger) -> None:
    pending = replace(booking("10:00-10:30"), status=Status.PENDING)
    await book(ledger, pending)
    gone = await cancel(ledger, await book(ledger, booking("11:00-11:30", number=2)))
    assert list(await ledger.ended(gone.span[1])) == []
    assert not await ledger.complete(pending.id, 0, AT)
    assert not await ledger.complete(gone.id, 1, AT)


async def test_the_end_moves_with_the_booking(ledger: Ledger) -> None:
    one = await book(ledger, booking("10:00-10:30"))
    later = await move(ledger, one, "15:00-15:30")
    assert list(await ledger.ended(one.span[1])) == []
    assert list(await ledger.ended(later.span[1])) == [one.id]
    assert not await ledger.complete(one.id, 0, later.span[1])


async def test_the_end_is_the_calendars(ledger: Ledger) -> None:
    one = await book(ledger, booking("10:00-10:30"))
    later = moved(one, "15:00-15:30")
    await follow(ledger, one, later)
    assert list(await ledger.ended(one.span[1])) == []
    assert list(await ledger.ended(later.span[1])) == [one.id]


async def test_a_meeting_that_stands_in_no_calendar_does_not_end(ledger: Ledger) -> None:
    one = await book(ledger, booking("10:00-10:30"))
    assert await ledger.follow(await seen(ledger, one), place=None, claims=[], missing_since=AT)
    assert list(await ledger.ended(one.span[1])) == []
    await follow(ledger, one, one)
    assert list(await ledger.ended(one.span[1])) == [one.id]


async def test_a_booking_that_is_being_changed_is_not_complete_yet(ledger: Ledger) -> None:
    one = await book(ledger, booking("10:00-10:30"))
    after = moved(one, "15:00-15:30")
    begun = intent(after, Action.RESCHEDULE)
    await ledger.begin(begun, [claim(after)])
    assert not await ledger.complete(one.id, 0, one.span[1])
    await ledger.release(begun)
    assert await ledger.complete(one.id, 0, one.span[1])


async def test_those_over_come_by_their_end(ledger: Ledger) -> None:
    second = await book(ledger, booking("11:00-11:30"))
    first = await book(ledger, booking("10:00-10:30", number=2))
    assert list(await ledger.ended(second.span[1])) == [first.id, second.id]


async def follow(ledger: Ledger, one: Booking, now_at: Booking) -> None:
    place = (one.calendar, Href(f"{one.uid}.ics"), Etag(f'"at-{now_at.span[0]}"'))
    when = Timetable(AT, *now_at.span, ())
    record = await seen(ledger, one)
    assert await ledger.follow(record, place=place, claims=[], missing_since=None, timetable=when)
