"""Booking a series: all its meetings or none, without those that the guest leaves out."""

import asyncio
from dataclasses import replace
from datetime import date, datetime

import pytest

from server.domain.booking import Actor, Booking, Status
from server.domain.errors import (
    BookingCapReached,
    Invalid,
    MeetingsUnavailable,
    SlotUnavailable,
)
from server.domain.limits import Caps
from server.domain.series import Frequency, OccurrenceStatus, Recurrence
from server.domain.slots import Refusal
from server.domain.zones import zone_of
from server.ports import Ports
from server.usecases.booking import (
    accept,
    confirm,
    create,
    decline,
    occurrences,
    offer,
    verify,
)
from server.usecases.booking.cancel_occurrence import cancel_occurrence
from tests.builders import BERLIN, NOW, at, calendar, span
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.foreign import client_puts, write
from tests.usecases.booking.series_steps import (
    FOUR,
    agrees,
    book,
    busy,
    claimed,
    days,
    nth,
    rule,
    seen,
    spans,
)

pytestmark = pytest.mark.usefixtures("repeated")


async def test_a_series_is_one_booking_with_its_occurrences(ports: Ports, wish: Wish) -> None:
    """S3.30"""
    made = await book(ports, wish, recurring=replace(FOUR, count=12))
    found = (await seen(ports, made)).booking
    assert found.occurrences == made.occurrences
    assert len(found.occurrences) == 12
    assert {one.status for one in found.occurrences} == {OccurrenceStatus.SCHEDULED}
    assert len(await ports.calendars.all(calendar())) == 1
    await agrees(ports, made)


async def test_a_series_may_reach_beyond_the_horizon_but_not_begin_there(ports: Ports, wish: Wish) -> None:
    await rule(ports, horizon_days=10)
    made = await book(ports, wish, recurring=replace(FOUR, count=20))
    assert days(made)[-1] == "07-13 10:00"
    later = replace(wish("10:00", day="2026-03-16"), recurring=FOUR)
    with pytest.raises(SlotUnavailable) as refused:
        await create.create(ports, later, Actor.GUEST, NOW)
    assert refused.value.reason is Refusal.TOO_FAR


async def test_the_same_form_makes_one_series(ports: Ports, wish: Wish) -> None:
    first = await book(ports, wish, key="nonce")
    again = await book(ports, wish, key="nonce")
    assert again.id == first.id
    await agrees(ports, first)


@pytest.mark.parametrize(
    ("recurring", "field"),
    [
        (Recurrence(frequency=Frequency.WEEKLY, count=53), "recurring.count"),
        (Recurrence(frequency=Frequency.WEEKLY, count=1), "recurring.count"),
        (Recurrence(frequency=Frequency.WEEKLY, until=date(2026, 3, 4)), "recurring.until"),
    ],
)
async def test_what_the_event_type_does_not_allow_is_refused(
    ports: Ports, wish: Wish, recurring: Recurrence, field: str
) -> None:
    """S3.30"""
    with pytest.raises(Invalid) as refused:
        await book(ports, wish, recurring=recurring)
    assert list(refused.value.fields) == [field]
    assert claimed(ports) == []


async def test_where_meetings_are_not_repeated_only_the_host_repeats_one(ports: Ports, wish: Wish) -> None:
    await rule(ports, series=None)
    with pytest.raises(Invalid) as refused:
        await book(ports, wish)
    assert list(refused.value.fields) == ["recurring"]
    made = await book(ports, wish, actor=Actor.HOST)
    assert len(made.occurrences) == 4


async def test_what_cannot_be_had_is_foreseen_with_why_and_with_times_near_it(
    ports: Ports, wish: Wish
) -> None:
    """S3.30"""
    await client_puts(ports, calendar(), "dentist", span("10:00-11:00", "2026-03-09"))
    host, kind = offer.find(ports, "alice", "intro")
    start = at("2026-03-02 10:00")
    found = occurrences.foresee(ports, host, kind, start, FOUR, NOW, Actor.GUEST)
    assert [one.reason for one in found] == [None, Refusal.BUSY, None, None]
    nearest = [datetime.fromtimestamp(one, zone_of(BERLIN)).strftime("%d %H:%M") for one in found[1].nearest]
    assert nearest == ["09 09:00", "09 09:30", "09 11:00"]
    late = occurrences.foresee(ports, host, kind, at("2026-03-02 16:30"), FOUR, NOW, Actor.GUEST)
    assert {one.reason for one in late} == {None}


async def test_times_near_are_looked_for_beside_the_first_few_meetings_alone(ports: Ports) -> None:
    host, kind = offer.find(ports, "alice", "intro")
    ten = replace(FOUR, count=10)
    found = occurrences.foresee(ports, host, kind, at("2026-03-08 10:00"), ten, NOW, Actor.GUEST)
    assert [one.reason for one in found] == [Refusal.OUTSIDE_HOURS] * 10
    assert [bool(one.nearest) for one in found] == [True] * 6 + [False] * 4


async def test_hours_and_caps_hold_for_each_meeting_and_the_grid_for_the_first_alone(
    ports: Ports, wish: Wish
) -> None:
    """S3.30"""
    monthly = Recurrence(frequency=Frequency.MONTHLY, count=3)
    host, kind = offer.find(ports, "alice", "intro")
    # The 10th of May 2026 is a Sunday.
    found = occurrences.foresee(ports, host, kind, at("2026-03-10 10:00"), monthly, NOW, Actor.GUEST)
    assert [one.reason for one in found] == [None, None, Refusal.OUTSIDE_HOURS]
    kind = await rule(ports, caps=Caps(per_month=2))
    found = occurrences.foresee(ports, host, kind, at("2026-03-02 10:00"), FOUR, NOW, Actor.GUEST)
    assert [one.reason for one in found] == [None, None, Refusal.CAPPED, Refusal.CAPPED]


async def test_a_series_with_a_meeting_that_cannot_be_had_is_refused_whole(ports: Ports, wish: Wish) -> None:
    """S3.30"""
    await client_puts(ports, calendar(), "dentist", span("10:00-11:00", "2026-03-09"))
    with pytest.raises(MeetingsUnavailable) as refused:
        await book(ports, wish)
    assert refused.value.conflicts == ((int(at("2026-03-09 10:00").timestamp()), Refusal.BUSY),)
    assert claimed(ports) == []


async def test_the_guest_may_leave_out_what_cannot_be_had(ports: Ports, wish: Wish) -> None:
    """S3.30"""
    gone = await client_puts(ports, calendar(), "dentist", span("10:00-11:00", "2026-03-09"))
    made = await book(ports, wish, skip=frozenset({at("2026-03-09 10:00")}))
    assert days(made) == ["03-02 10:00", "03-16 10:00", "03-23 10:00"]
    assert made.occurrences[1].status is OccurrenceStatus.SKIPPED
    await gone()
    await agrees(ports, made)


async def test_a_series_begins_and_ends_with_what_the_guest_wants(ports: Ports, wish: Wish) -> None:
    skip = frozenset({at("2026-03-02 10:00"), at("2026-03-23 10:00")})
    made = await book(ports, wish, skip=skip)
    assert days(made) == ["03-09 10:00", "03-16 10:00"]
    assert made.series is not None
    assert (made.series.recurrence.count, made.series.skipped) == (2, ())
    await agrees(ports, made)


async def test_of_a_series_with_one_meeting_left_an_ordinary_booking_is_made(
    ports: Ports, wish: Wish
) -> None:
    """S3.30"""
    all_but_third = frozenset(at(f"2026-03-{day} 10:00") for day in ("02", "09", "23"))
    made = await book(ports, wish, skip=all_but_third)
    assert made.series is None
    assert made.start == at("2026-03-16 10:00")
    with pytest.raises(Invalid):
        await book(
            ports, wish, "11:00", skip=frozenset(at(f"2026-03-{d} 11:00") for d in ("02", "09", "16", "23"))
        )


async def test_of_two_series_at_one_time_one_is_had_whole_and_the_other_not_at_all(
    ports: Ports, wish: Wish
) -> None:
    """S3.30"""
    wishes = [
        replace(wish("10:00"), recurring=FOUR),
        replace(wish("10:00", day="2026-03-16"), recurring=FOUR),
    ]
    found = await asyncio.gather(
        *(create.create(ports, one, Actor.GUEST, NOW) for one in wishes), return_exceptions=True
    )
    made = [one for one in found if isinstance(one, Booking)]
    assert len(made) == 1
    assert any(isinstance(one, SlotUnavailable) for one in found)
    await agrees(ports, made[0])


async def test_each_meeting_counts_for_the_caps(ports: Ports, wish: Wish) -> None:
    await rule(ports, caps=Caps(per_day=1, total=5))
    made = await book(ports, wish)
    with pytest.raises(SlotUnavailable):
        await create.create(ports, wish("11:00", day="2026-03-09"), Actor.GUEST, NOW)
    with pytest.raises(MeetingsUnavailable):
        await create.create(ports, replace(wish("11:00", day="2026-03-03"), recurring=FOUR), Actor.GUEST, NOW)
    await cancel_occurrence(ports, await seen(ports, made), nth(made, 1), "", Actor.GUEST, NOW)
    await create.create(ports, wish("11:00", day="2026-03-09"), Actor.GUEST, NOW)


async def test_a_guests_own_share_counts_each_meeting(ports: Ports, wish: Wish) -> None:
    await rule(ports, guest_caps=Caps(per_month=3))
    with pytest.raises(BookingCapReached) as refused:
        await book(ports, wish)
    assert refused.value.by_guest
    assert claimed(ports) == []
    await book(ports, wish, recurring=replace(FOUR, count=3))


async def test_a_series_waits_for_its_host_as_a_whole(ports: Ports, wish: Wish) -> None:
    await rule(ports, requires_confirmation=True)
    made = await book(ports, wish)
    assert made.status is Status.PENDING
    await agrees(ports, made)
    agreed = await confirm.confirm(ports, await seen(ports, made), Actor.HOST, NOW)
    assert agreed.status is Status.CONFIRMED
    assert agreed.occurrences == made.occurrences
    await agrees(ports, made)


async def test_a_series_that_is_declined_holds_nothing(ports: Ports, wish: Wish) -> None:
    await rule(ports, requires_confirmation=True)
    made = await book(ports, wish)
    ended = await decline.decline(ports, await seen(ports, made), "no", Actor.HOST, NOW)
    assert {one.status for one in ended.occurrences} == {OccurrenceStatus.CANCELLED}
    assert claimed(ports) == busy(ports) == []


async def test_a_series_is_held_while_its_guest_has_yet_to_prove_their_address(
    ports: Ports, wish: Wish
) -> None:
    await rule(ports, confirm_address=True)
    made = await book(ports, wish)
    assert made.awaiting_address
    assert busy(ports) == []
    assert claimed(ports) == spans(made)
    with pytest.raises(SlotUnavailable):
        await create.create(ports, wish("10:00", day="2026-03-09"), Actor.GUEST, NOW)
    after = await verify.verify(ports, await seen(ports, made), NOW)
    assert after.occurrences == made.occurrences
    await agrees(ports, made)


async def test_a_host_may_call_a_series_confirmed_in_a_calendar_program(ports: Ports, wish: Wish) -> None:
    await rule(ports, requires_confirmation=True)
    made = await book(ports, wish)
    stored = (await seen(ports, made)).stored
    text = stored.text.replace("STATUS:TENTATIVE", "STATUS:CONFIRMED")
    await write(ports, stored.calendar, stored.href, text)
    assert await accept.heed_all(ports, NOW) == 1
    assert (await seen(ports, made)).booking.status is Status.CONFIRMED
    await agrees(ports, made)


async def test_a_test_keys_series_holds_no_time_and_is_looked_at_like_any(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish, actor=Actor.API_KEY, is_test=True)
    assert (await seen(ports, made)).booking.occurrences == made.occurrences
    assert claimed(ports) == busy(ports) == []
    dry = await book(ports, wish, actor=Actor.API_KEY, validate_only=True)
    assert len(dry.occurrences) == 4
    assert await ports.ledger.booking(dry.id) is None
