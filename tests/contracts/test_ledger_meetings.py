"""What every ledger promises of series: claims, reminders and ends of each meeting."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.booking import Action, Booking, Status
from server.domain.identity import Etag, Href
from server.domain.reminders import Channel
from server.domain.series import Deviation, Frequency, Recurrence, Series
from server.ports import (
    Intent,
    Ledger,
    MailKind,
    MailState,
    Meeting,
    Taken,
    TimedMail,
    Timetable,
)
from tests.builders import DAY, NOW, booking, claim, epoch, intent, span
from tests.contracts.ledger_steps import ALICE, book, seen

AT = int(NOW.timestamp())
WEEK = timedelta(weeks=1)
HOUR = TimedMail(MailKind.REMINDER, 1, Channel.MAIL, 60)
SERIES = replace(
    booking("10:00-10:30"), series=Series(recurrence=Recurrence(frequency=Frequency.WEEKLY, count=3))
)
FIRST, SECOND, THIRD = (one.span for one in SERIES.meetings)


def meetings(of: Booking) -> tuple[Meeting, ...]:
    return tuple(Meeting(int(one.original.timestamp()), *one.span) for one in of.meetings)


def begun(of: Booking, action: Action = Action.CREATE, timed: tuple[TimedMail, ...] = ()) -> Intent:
    made = intent(of, action, mails=())
    settlement = replace(
        made.settlement, meetings=meetings(of), starts=of.span[0], timed=timed, concerns=FIRST[0]
    )
    return replace(made, settlement=settlement)


async def settle(
    ledger: Ledger, of: Booking, action: Action = Action.CREATE, timed: tuple[TimedMail, ...] = ()
) -> None:
    made = begun(of, action, timed)
    await ledger.begin(made, [claim(of.alone(one)) for one in of.meetings])
    await ledger.settle(made)


def without_second(of: Booking) -> Booking:
    assert of.series is not None
    gone = Deviation(original=of.occurrences[1].original)
    return replace(of, revision=of.revision + 1, series=replace(of.series, exceptions=(gone,)))


async def starts(ledger: Ledger) -> Sequence[int]:
    whole = (epoch(f"{DAY} 00:00"), epoch("2026-04-01 00:00"))
    return [one.span[0] for one in ledger.claims(ALICE, whole)]


async def test_each_meeting_holds_its_time(ledger: Ledger) -> None:
    await settle(ledger, SERIES)
    assert await starts(ledger) == [FIRST[0], SECOND[0], THIRD[0]]


async def test_of_a_series_that_cannot_have_one_of_its_times_nothing_is_claimed(ledger: Ledger) -> None:
    """S3.30"""
    other = replace(booking("10:15-10:45", number=2), start=SERIES.start + WEEK, end=SERIES.end + WEEK)
    await book(ledger, other)
    with pytest.raises(Taken):
        await settle(ledger, SERIES)
    assert await starts(ledger) == [SECOND[0]]
    assert await ledger.booking(SERIES.id) is None


async def test_a_meeting_that_is_cancelled_holds_nothing_any_more(ledger: Ledger) -> None:
    """S3.32"""
    await settle(ledger, SERIES)
    await settle(ledger, without_second(SERIES), Action.CANCEL_ONE)
    assert await starts(ledger) == [FIRST[0], THIRD[0]]
    await book(
        ledger, replace(booking("10:00-10:30", number=2), start=SERIES.start + WEEK, end=SERIES.end + WEEK)
    )


async def test_a_change_that_is_released_leaves_the_series_as_it_was(ledger: Ledger) -> None:
    await settle(ledger, SERIES)
    after = without_second(SERIES)
    made = begun(after, Action.CANCEL_ONE)
    await ledger.begin(made, [claim(after.alone(one)) for one in after.meetings])
    await ledger.release(made)
    assert await starts(ledger) == [FIRST[0], SECOND[0], THIRD[0]]


async def test_the_claims_of_what_is_to_come_outlive_those_of_the_past(ledger: Ledger) -> None:
    await settle(ledger, SERIES)
    await ledger.prune(SECOND[0])
    assert await starts(ledger) == [SECOND[0], THIRD[0]]


async def test_each_meeting_takes_its_time_once(ledger: Ledger) -> None:
    """C5"""
    await settle(ledger, SERIES)
    assert list(await ledger.ended_meetings(SECOND[1] - 1)) == [(SERIES.id, FIRST[0])]
    assert await ledger.complete_meeting(SERIES.id, FIRST[0], 0, FIRST[1] + 5)
    assert not await ledger.complete_meeting(SERIES.id, FIRST[0], 0, FIRST[1] + 35)
    assert list(await ledger.ended_meetings(SECOND[1])) == [(SERIES.id, SECOND[0])]
    assert list(await ledger.ended(THIRD[1])) == []
    *_, last = await ledger.trail(SERIES.id)
    assert (last.action, last.concerns, last.home) == (Action.COMPLETE, FIRST[0], ALICE)


async def test_what_took_its_time_did_so_whatever_becomes_of_the_rest(ledger: Ledger) -> None:
    await settle(ledger, SERIES)
    assert await ledger.complete_meeting(SERIES.id, FIRST[0], 0, FIRST[1])
    await settle(ledger, without_second(SERIES), Action.CANCEL_ONE)
    assert list(await ledger.ended_meetings(THIRD[1])) == [(SERIES.id, THIRD[0])]
    assert not await ledger.complete_meeting(SERIES.id, SECOND[0], 1, THIRD[1])
    assert not await ledger.complete_meeting(SERIES.id, THIRD[0], 0, THIRD[1])


@pytest.mark.parametrize("status", [Status.PENDING, Status.CANCELLED])
async def test_nothing_of_what_is_not_confirmed_is_ever_complete(ledger: Ledger, status: Status) -> None:
    await settle(ledger, replace(SERIES, status=status))
    assert list(await ledger.ended_meetings(THIRD[1])) == []
    assert not await ledger.complete_meeting(SERIES.id, FIRST[0], 0, THIRD[1])


async def test_the_ends_are_the_calendars(ledger: Ledger) -> None:
    await settle(ledger, SERIES)
    place = (SERIES.calendar, Href(f"{SERIES.uid}.ics"), Etag('"dragged"'))
    fewer = meetings(SERIES)[1:]
    when = Timetable(AT, *FIRST, (), fewer)
    record = await seen(ledger, SERIES)
    assert await ledger.follow(record, place=place, claims=[], missing_since=None, timetable=when)
    assert list(await ledger.ended_meetings(SECOND[1])) == [(SERIES.id, SECOND[0])]
    assert await ledger.follow(await seen(ledger, SERIES), place=None, claims=[], missing_since=AT)
    assert list(await ledger.ended_meetings(THIRD[1])) == []


async def test_before_each_meeting_its_reminders_leave(ledger: Ledger) -> None:
    await settle(ledger, SERIES, timed=(HOUR,))
    queued = await ledger.mails(state=MailState.QUEUED)
    assert [(one.due_at, one.expires_at) for one in queued] == [
        (start - 3600, start) for start, _ in (FIRST, SECOND, THIRD)
    ]


async def test_the_reminders_of_one_meeting_go_with_it_and_the_others_stay(ledger: Ledger) -> None:
    await settle(ledger, SERIES, timed=(HOUR,))
    first, *_ = await ledger.mails(state=MailState.QUEUED)
    await ledger.finish_mail(first.id, MailState.SENT, FIRST[0] - 3600)
    await settle(ledger, without_second(SERIES), Action.CANCEL_ONE, timed=(HOUR,))
    queued = await ledger.mails(state=MailState.QUEUED)
    assert [(one.expires_at, one.revision) for one in queued] == [(THIRD[0], 1)]


async def test_the_trail_says_which_meeting_a_change_was_about(ledger: Ledger) -> None:
    await settle(ledger, SERIES)
    (entry,) = await ledger.trail(SERIES.id)
    assert entry.concerns == FIRST[0]
    assert span("10:00-10:30") == FIRST
