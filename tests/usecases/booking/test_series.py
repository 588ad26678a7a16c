"""Series: booked whole or not at all, changed one by one or together, followed wherever the host's client takes them."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from server.domain.booking import Action, Actor, Booking, Status
from server.domain.companions import Companion
from server.domain.errors import (
    AlreadyCancelled,
    BookingCapReached,
    CancellationDeadlinePassed,
    Conflict,
    Forbidden,
    Invalid,
    MeetingsUnavailable,
    NotFound,
    RescheduleDeadlinePassed,
    SlotUnavailable,
)
from server.domain.event_type import EventType, ReschedulePolicy
from server.domain.happenings import Happening
from server.domain.identity import Home
from server.domain.intervals import Span
from server.domain.limits import Caps
from server.domain.series import Frequency, OccurrenceStatus, Recurrence, SeriesRules, zone_of
from server.domain.series_moves import on_day
from server.domain.slots import Refusal
from server.ports import Ports
from server.usecases.booking import (
    accept,
    companions,
    complete,
    confirm,
    create,
    deadline,
    decline,
    listing,
    look,
    occurrences,
    offer,
    reschedule,
    verify,
)
from server.usecases.booking.cancel import cancel
from server.usecases.booking.cancel_occurrence import cancel_future, cancel_occurrence
from server.usecases.booking.listing import Wanted
from server.usecases.booking.look import Looked
from server.usecases.booking.move_occurrence import move_occurrence
from server.usecases.event_type import edit
from tests.builders import BERLIN, NOW, at, calendar, span
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.foreign import client_puts, write

ALICE = Home("alice")
WEEK = timedelta(weeks=1)
HOUR = timedelta(hours=1)
FOUR = Recurrence(frequency=Frequency.WEEKLY, count=4)
YEAR = (int(NOW.timestamp()), int(at("2027-03-01 00:00").timestamp()))
AFTER_TWO = at("2026-03-10 12:00")


@pytest.fixture(autouse=True)
async def _series(ports: Ports) -> None:
    """Let guests repeat meetings of the type `intro`."""
    await rule(ports, series=SeriesRules(frequencies=tuple(Frequency), count_max=52))


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


# Booking ---------------------------------------------------------------------------------------------


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


# One occurrence --------------------------------------------------------------------------------------


async def test_one_meeting_moves_and_the_others_stay(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish)
    after = await move_occurrence(
        ports, await seen(ports, made), nth(made, 1), at("2026-03-10 15:00"), Actor.GUEST, NOW
    )
    assert days(after) == ["03-02 10:00", "03-10 15:00", "03-16 10:00", "03-23 10:00"]
    assert (after.uid, after.sequence, after.status) == (made.uid, made.sequence + 1, Status.CONFIRMED)
    assert (await seen(ports, made)).booking.occurrences == after.occurrences
    await agrees(ports, made)
    *_, entry = await ports.ledger.trail(made.id)
    assert (entry.action, entry.concerns) == (Action.RESCHEDULE_ONE, int(nth(made, 1).timestamp()))
    assert entry.happenings == (Happening.RESCHEDULED,)


async def test_a_meeting_behind_the_horizon_can_be_moved_where_it_is(ports: Ports, wish: Wish) -> None:
    await rule(ports, horizon_days=10)
    made = await book(ports, wish)
    start = at("2026-03-24 10:00")
    after = await move_occurrence(ports, await seen(ports, made), nth(made, 3), start, Actor.GUEST, NOW)
    assert days(after)[3] == "03-24 10:00"


async def test_a_meeting_does_not_move_to_where_another_of_its_series_or_anybody_is(
    ports: Ports, wish: Wish
) -> None:
    made = await book(ports, wish)
    await create.create(ports, wish("15:00", day="2026-03-10"), Actor.GUEST, NOW)
    for start in (nth(made, 2), at("2026-03-10 15:00")):
        with pytest.raises(SlotUnavailable):
            await move_occurrence(ports, await seen(ports, made), nth(made, 1), start, Actor.GUEST, NOW)
    assert days((await seen(ports, made)).booking) == days(made)


async def test_a_meeting_that_is_asked_for_where_it_is_changes_nothing(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish)
    again = await move_occurrence(
        ports, await seen(ports, made), nth(made, 1), nth(made, 1), Actor.GUEST, NOW
    )
    assert again.revision == made.revision


async def test_where_the_host_approves_other_times_guests_move_no_single_meeting(
    ports: Ports, wish: Wish
) -> None:
    await rule(ports, guest_reschedule_policy=ReschedulePolicy.APPROVE)
    made = await book(ports, wish)
    to = at("2026-03-10 15:00")
    for actor in (Actor.GUEST, Actor.HOST):
        moving = move_occurrence(ports, await seen(ports, made), nth(made, 1), to, actor, NOW)
        if actor is Actor.HOST:
            await moving
        else:
            with pytest.raises(Conflict, match="ask your host"):
                await moving
    with pytest.raises(Conflict, match="ask your host"):
        await reschedule.reschedule(ports, await seen(ports, made), to, Actor.GUEST, NOW)


async def test_one_meeting_is_cancelled_with_a_reason_and_the_others_take_place(
    ports: Ports, wish: Wish
) -> None:
    """S3.32"""
    made = await book(ports, wish)
    original = on_day(made, date(2026, 3, 9)).original
    after = await cancel_occurrence(ports, await seen(ports, made), original, "ill", Actor.GUEST, NOW)
    assert days(after) == ["03-02 10:00", "03-16 10:00", "03-23 10:00"]
    assert (after.status, after.sequence) == (Status.CONFIRMED, 1)
    found = (await seen(ports, made)).booking.occurrences
    assert [one.status for one in found].count(OccurrenceStatus.CANCELLED) == 1
    assert found[1].reason == "ill"
    await agrees(ports, made)
    *_, entry = await ports.ledger.trail(made.id)
    assert entry.happenings == (Happening.OCCURRENCES_CANCELLED,)
    again = await cancel_occurrence(ports, await seen(ports, made), original, "ill", Actor.GUEST, NOW)
    assert again.revision == after.revision


async def test_the_time_of_a_meeting_that_was_cancelled_is_free_for_others(ports: Ports, wish: Wish) -> None:
    """S3.32"""
    made = await book(ports, wish)
    await cancel_occurrence(ports, await seen(ports, made), nth(made, 1), "", Actor.GUEST, NOW)
    await create.create(ports, wish("10:00", day="2026-03-09"), Actor.GUEST, NOW)


async def test_a_day_without_a_meeting_cannot_be_cancelled(ports: Ports, wish: Wish) -> None:
    """S3.32, C41"""
    made = await book(ports, wish)
    with pytest.raises(NotFound):
        on_day(made, date(2026, 3, 10))
    with pytest.raises(NotFound):
        await cancel_occurrence(ports, await seen(ports, made), nth(made, 1) + HOUR, "", Actor.GUEST, NOW)


async def test_what_has_begun_can_be_neither_moved_nor_cancelled(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish)
    for actor in (Actor.GUEST, Actor.HOST):
        with pytest.raises(Conflict):
            await cancel_occurrence(ports, await seen(ports, made), nth(made, 1), "", actor, AFTER_TWO)
        with pytest.raises(Conflict):
            await move_occurrence(
                ports, await seen(ports, made), nth(made, 1), at("2026-03-12 10:00"), actor, AFTER_TWO
            )


async def test_deadlines_count_from_the_meeting_that_is_changed(ports: Ports, wish: Wish) -> None:
    await rule(ports, cancel_deadline_min=1440, reschedule_deadline_min=1440)
    made = await book(ports, wish)
    late = at("2026-03-08 12:00")
    with pytest.raises(CancellationDeadlinePassed):
        await cancel_occurrence(ports, await seen(ports, made), nth(made, 1), "", Actor.GUEST, late)
    with pytest.raises(RescheduleDeadlinePassed):
        await move_occurrence(
            ports, await seen(ports, made), nth(made, 1), at("2026-03-12 10:00"), Actor.GUEST, late
        )
    with pytest.raises(CancellationDeadlinePassed):
        await cancel_future(ports, await seen(ports, made), date(2026, 3, 9), "", Actor.GUEST, late)
    after = await cancel_occurrence(ports, await seen(ports, made), nth(made, 2), "", Actor.GUEST, late)
    assert len(after.meetings) == 3


async def test_who_was_brought_along_changes_no_meeting(ports: Ports, wish: Wish) -> None:
    await rule(ports, guests_max=1)
    made = await book(ports, wish, guests=[Companion("sam@example.net", "Sam")])
    companion = replace(await seen(ports, made), person=2)
    with pytest.raises(Forbidden):
        await cancel_occurrence(ports, companion, nth(made, 1), "", Actor.GUEST, NOW)
    with pytest.raises(Forbidden):
        await cancel_future(ports, companion, date(2026, 3, 9), "", Actor.GUEST, NOW)
    with pytest.raises(Forbidden):
        await move_occurrence(ports, companion, nth(made, 1), at("2026-03-12 10:00"), Actor.GUEST, NOW)


async def test_the_last_meeting_takes_the_booking_with_it(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish, recurring=replace(FOUR, count=2))
    await cancel_occurrence(ports, await seen(ports, made), nth(made, 0), "", Actor.GUEST, NOW)
    after = await cancel_occurrence(ports, await seen(ports, made), nth(made, 1), "", Actor.GUEST, NOW)
    assert after.status is Status.CANCELLED
    assert claimed(ports) == busy(ports) == []


# The rest, and all -----------------------------------------------------------------------------------


async def test_all_that_is_to_come_from_a_day_on_is_cancelled(ports: Ports, wish: Wish) -> None:
    """S3.33"""
    made = await book(ports, wish)
    after = await cancel_future(ports, await seen(ports, made), date(2026, 3, 10), "moving", Actor.GUEST, NOW)
    assert days(after) == ["03-02 10:00", "03-09 10:00"]
    assert after.status is Status.CONFIRMED
    assert (await seen(ports, made)).booking.occurrences == after.occurrences
    await agrees(ports, made)
    again = await cancel_future(ports, await seen(ports, made), date(2026, 3, 10), "", Actor.GUEST, NOW)
    assert again.revision == after.revision


async def test_a_series_of_which_nothing_is_left_is_cancelled(ports: Ports, wish: Wish) -> None:
    """S3.33"""
    made = await book(ports, wish)
    after = await cancel_future(ports, await seen(ports, made), date(2026, 3, 2), "", Actor.HOST, NOW)
    assert after.status is Status.CANCELLED
    assert {one.status for one in after.occurrences} == {OccurrenceStatus.CANCELLED}
    assert claimed(ports) == busy(ports) == []


async def test_who_cancels_a_series_that_has_begun_cancels_what_is_to_come(ports: Ports, wish: Wish) -> None:
    """S3.33"""
    made = await book(ports, wish)
    after = await cancel(ports, await seen(ports, made), "", Actor.GUEST, AFTER_TWO)
    assert after.status is Status.CONFIRMED
    assert days(after) == ["03-02 10:00", "03-09 10:00"]
    assert spans((await seen(ports, made)).booking) == busy(ports)
    assert claimed(ports) == []
    with pytest.raises(Conflict):
        await cancel(ports, await seen(ports, made), "", Actor.GUEST, AFTER_TWO)


async def test_a_series_that_has_not_begun_is_cancelled_as_a_whole(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish)
    after = await cancel(ports, await seen(ports, made), "", Actor.GUEST, NOW)
    assert after.status is Status.CANCELLED
    assert claimed(ports) == busy(ports) == []
    with pytest.raises(AlreadyCancelled):
        await move_occurrence(
            ports, await seen(ports, made), nth(made, 1), at("2026-03-12 10:00"), Actor.GUEST, NOW
        )
    again = await cancel_future(ports, await seen(ports, made), date(2026, 3, 2), "", Actor.GUEST, NOW)
    assert again.revision == after.revision


async def test_a_series_moves_as_a_whole(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish)
    after = await reschedule.reschedule(
        ports, await seen(ports, made), at("2026-03-03 10:30"), Actor.GUEST, NOW
    )
    assert days(after) == ["03-03 10:30", "03-10 10:30", "03-17 10:30", "03-24 10:30"]
    await agrees(ports, made)


async def test_a_series_may_move_over_its_own_times_but_not_over_others(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish)
    after = await reschedule.reschedule(
        ports, await seen(ports, made), at("2026-03-09 10:00"), Actor.GUEST, NOW
    )
    assert days(after)[0] == "03-09 10:00"
    await create.create(ports, wish("12:00", day="2026-03-23"), Actor.GUEST, NOW)
    with pytest.raises(MeetingsUnavailable) as refused:
        await reschedule.reschedule(ports, await seen(ports, made), at("2026-03-09 12:00"), Actor.GUEST, NOW)
    assert [start for start, _ in refused.value.conflicts] == [int(at("2026-03-23 12:00").timestamp())]


async def test_of_a_series_that_has_begun_what_is_to_come_moves(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish)
    after = await reschedule.reschedule(
        ports, await seen(ports, made), at("2026-03-17 14:00"), Actor.HOST, AFTER_TWO
    )
    assert days(after) == ["03-02 10:00", "03-09 10:00", "03-17 14:00", "03-24 14:00"]
    assert busy(ports) == spans(after)
    assert claimed(ports) == spans(after)[2:]


async def test_companions_come_to_all_meetings(ports: Ports, wish: Wish) -> None:
    await rule(ports, guests_max=1)
    made = await book(ports, wish)
    moved = await move_occurrence(
        ports, await seen(ports, made), nth(made, 3), at("2026-03-24 15:00"), Actor.GUEST, NOW
    )
    after = await companions.bring(
        ports, await seen(ports, made), Companion("sam@example.net"), Actor.GUEST, AFTER_TWO
    )
    assert after.occurrences == moved.occurrences
    fewer = await companions.take_off(ports, await seen(ports, made), 2, Actor.GUEST, AFTER_TWO)
    assert len(fewer.attendees) == 1


# Time ------------------------------------------------------------------------------------------------


async def test_each_meeting_is_recorded_as_complete_once(ports: Ports, wish: Wish) -> None:
    """C5"""
    made = await book(ports, wish)
    assert await complete.complete_ended(ports, AFTER_TWO) == 2
    assert await complete.complete_ended(ports, AFTER_TWO) == 0
    await cancel_occurrence(ports, await seen(ports, made), nth(made, 2), "", Actor.GUEST, AFTER_TWO)
    assert await complete.complete_ended(ports, at("2026-05-01 00:00")) == 1
    done = [one for one in await ports.ledger.trail(made.id) if one.action is Action.COMPLETE]
    assert [one.concerns for one in done] == [int(nth(made, number).timestamp()) for number in (0, 1, 3)]


async def test_a_series_is_listed_until_its_last_meeting_is_over(ports: Ports, wish: Wish) -> None:
    made = await book(ports, wish)
    single = await create.create(ports, wish("11:00", day="2026-03-11"), Actor.GUEST, NOW)
    coming = await listing.bookings(ports, Wanted(home=ALICE), AFTER_TWO)
    assert [one.id for one in coming] == [single.id, made.id]
    assert await listing.bookings(ports, Wanted(home=ALICE, view="past"), AFTER_TWO) == []
    over = await listing.bookings(ports, Wanted(home=ALICE, view="past"), at("2026-05-01 00:00"))
    assert {one.id for one in over} == {single.id, made.id}


async def test_who_changes_the_rest_of_a_series_is_early_enough_for_its_next_meeting(
    ports: Ports, wish: Wish
) -> None:
    await rule(ports, cancel_deadline_min=1440, reschedule_deadline_min=1440)
    made = await book(ports, wish)
    booking = (await seen(ports, made)).booking
    kind = (await seen(ports, made)).event_type
    assert deadline.may_cancel(booking, kind, AFTER_TWO)
    assert not deadline.may_cancel(booking, kind, at("2026-03-15 12:00"))
    after = await cancel(ports, await seen(ports, made), "", Actor.GUEST, AFTER_TWO)
    assert len(after.meetings) == 2


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
