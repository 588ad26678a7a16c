"""Caps: how much of an event type may be booked, by everybody and by one guest."""

import asyncio
from dataclasses import replace
from datetime import datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from server.domain.booking import Actor
from server.domain.errors import BookingCapReached, SlotUnavailable
from server.domain.event_type import EventType, ReschedulePolicy
from server.domain.identity import Home
from server.domain.limits import Caps
from server.domain.slots import Refusal
from server.ports import Ports
from server.usecases.booking import cancel, confirm, create, decline, look, offer, reschedule
from server.usecases.event_type import edit
from tests.builders import BERLIN, DAY, NOW, at, clock_times, span
from tests.usecases.booking.conftest import Wish

NOW_S = int(NOW.timestamp())
TUESDAY, NEXT_MONDAY = "2026-03-03", "2026-03-09"


async def rule(ports: Ports, **fields: object) -> EventType:
    """Let the event type `intro` have other rules."""
    return await edit.edit(ports, "alice", "intro", lambda one: replace(one, **fields))  # type: ignore[arg-type]


def free(ports: Ports, day: str = DAY) -> str:
    found = offer.offer(ports, *offer.find(ports, "alice", "intro"), span("00:00-24:00", day), NOW_S)
    return clock_times(found)


async def test_a_day_whose_cap_is_reached_offers_nothing_and_other_days_do(ports: Ports, wish: Wish) -> None:
    """S5.9."""
    await rule(ports, caps=Caps(per_day=2))
    await create.create(ports, wish("09:00"), Actor.GUEST, NOW)
    assert free(ports).startswith("09:30 10:00")
    await create.create(ports, wish("16:00"), Actor.GUEST, NOW)
    assert free(ports) == ""
    assert free(ports, TUESDAY).startswith("09:00 09:30")
    with pytest.raises(BookingCapReached) as refused:
        await create.create(ports, wish("12:00"), Actor.GUEST, NOW)
    assert (refused.value.code, refused.value.by_guest) == ("booking_cap_reached", False)
    assert refused.value.nearest


@pytest.mark.parametrize(
    ("caps", "closed", "open_"),
    [
        (Caps(per_week=1), TUESDAY, NEXT_MONDAY),
        (Caps(per_month=1), "2026-03-31", "2026-04-01"),
        (Caps(per_year=1), "2026-04-30", None),
        (Caps(total=1), "2026-04-30", None),
    ],
)
async def test_a_cap_closes_the_calendar_period_in_the_zone_of_the_event_type(
    ports: Ports, wish: Wish, caps: Caps, closed: str, open_: str | None
) -> None:
    """S5.9: weeks begin on Monday, months and years as in the calendar."""
    await rule(ports, caps=caps)
    await create.create(ports, wish("09:00"), Actor.GUEST, NOW)
    assert free(ports, closed) == ""
    assert open_ is None or free(ports, open_).startswith("09:00")


async def test_other_event_types_have_caps_of_their_own(ports: Ports, wish: Wish) -> None:
    await rule(ports, caps=Caps(total=1))
    await create.create(ports, wish("09:00", slug="review"), Actor.GUEST, NOW)
    assert free(ports) != ""


async def test_what_waits_counts_and_what_was_declined_or_cancelled_does_not(
    ports: Ports, wish: Wish
) -> None:
    await rule(ports, caps=Caps(per_day=1), requires_confirmation=True)
    asked = await create.create(ports, wish("09:00"), Actor.GUEST, NOW)
    assert free(ports) == ""
    await decline.decline(ports, await look.by_id(ports, asked.id), "", Actor.HOST, NOW)
    assert free(ports) != ""
    again = await create.create(ports, wish("09:00"), Actor.GUEST, NOW)
    await confirm.confirm(ports, await look.by_id(ports, again.id), Actor.HOST, NOW)
    assert free(ports) == ""
    await cancel.cancel(ports, await look.by_id(ports, again.id), "", Actor.GUEST, NOW)
    assert free(ports) != ""


async def test_a_booking_that_moves_does_not_count_itself_but_does_count_where_it_goes(
    ports: Ports, wish: Wish
) -> None:
    await rule(ports, caps=Caps(per_day=1))
    made = await create.create(ports, wish("09:00"), Actor.GUEST, NOW)
    other = await create.create(ports, wish("09:00", day=TUESDAY), Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    moved = await reschedule.reschedule(ports, looked, at(f"{DAY} 11:00"), Actor.GUEST, NOW)
    looked = await look.by_id(ports, moved.id)
    with pytest.raises(BookingCapReached):
        await reschedule.reschedule(ports, looked, at(f"{TUESDAY} 11:00"), Actor.GUEST, NOW)
    await cancel.cancel(ports, await look.by_id(ports, other.id), "", Actor.GUEST, NOW)
    await reschedule.reschedule(ports, looked, at(f"{TUESDAY} 11:00"), Actor.GUEST, NOW)
    assert free(ports) != ""
    assert free(ports, TUESDAY) == ""


async def test_a_guest_who_has_their_share_is_told_so_and_others_may_book(ports: Ports, wish: Wish) -> None:
    """The address tells guests apart, in whatever case; only who sends the form is known."""
    await rule(ports, guest_caps=Caps(per_week=1))
    await create.create(ports, wish("09:00", email="gus@example.net"), Actor.GUEST, NOW)
    assert free(ports).startswith("09:30")
    with pytest.raises(BookingCapReached) as refused:
        await create.create(ports, wish("10:00", email="GUS@Example.net"), Actor.GUEST, NOW)
    assert refused.value.by_guest
    await create.create(ports, wish("10:00", email="eve@example.net"), Actor.GUEST, NOW)
    await create.create(ports, wish("10:00", day=NEXT_MONDAY, email="gus@example.net"), Actor.GUEST, NOW)


async def test_a_guest_cannot_move_a_booking_into_a_period_where_they_have_their_share(
    ports: Ports, wish: Wish
) -> None:
    await rule(ports, guest_caps=Caps(per_day=1))
    await create.create(ports, wish("09:00"), Actor.GUEST, NOW)
    later = await create.create(ports, wish("09:00", day=TUESDAY), Actor.GUEST, NOW)
    looked = await look.by_id(ports, later.id)
    with pytest.raises(BookingCapReached) as refused:
        await reschedule.reschedule(ports, looked, at(f"{DAY} 11:00"), Actor.GUEST, NOW)
    assert refused.value.by_guest
    await reschedule.reschedule(ports, looked, at(f"{TUESDAY} 11:00"), Actor.GUEST, NOW)


async def test_a_request_for_another_time_counts_where_it_asks_for(ports: Ports, wish: Wish) -> None:
    await rule(ports, caps=Caps(per_day=1), guest_reschedule_policy=ReschedulePolicy.APPROVE)
    made = await create.create(ports, wish("09:00"), Actor.GUEST, NOW)
    looked = await look.by_id(ports, made.id)
    await reschedule.reschedule(ports, looked, at(f"{TUESDAY} 11:00"), Actor.GUEST, NOW)
    assert (free(ports) != "", free(ports, TUESDAY)) == (True, "")


async def test_hosts_are_exempt(ports: Ports, wish: Wish) -> None:
    """C36: what guests are refused, hosts may do."""
    await rule(ports, caps=Caps(per_day=1), guest_caps=Caps(total=1))
    for clock in ("09:00", "10:00", "11:00"):
        await create.create(ports, wish(clock), Actor.HOST, NOW)
    made = await create.create(ports, wish("09:00", day=TUESDAY), Actor.HOST, NOW)
    await reschedule.reschedule(ports, await look.by_id(ports, made.id), at(f"{DAY} 12:00"), Actor.HOST, NOW)
    assert free(ports) == ""


async def test_of_sixty_four_guests_at_once_as_many_get_a_booking_as_the_cap_allows(
    ports: Ports, wish: Wish
) -> None:
    """At sixty-four different times: no claim of theirs meets another, only the cap is between them."""
    await rule(ports, caps=Caps(per_week=7))
    times = [f"{hour:02}:{minute:02}" for hour, minute in product(range(9, 17), (0, 30))]
    days = [f"2026-03-{day:02}" for day in range(3, 7)]
    wishes = [
        wish(clock, day=day, email=f"{clock[:2]}{clock[3:]}-{day}@example.net")
        for clock, day in product(times, days)
    ]
    assert len(wishes) == 64
    found = await asyncio.gather(
        *(create.create(ports, one, Actor.GUEST, NOW) for one in wishes), return_exceptions=True
    )
    assert sum(isinstance(one, BookingCapReached) for one in found) == 64 - 7
    assert len(ports.calendars.rows(Home("alice"))) == 7
    assert await ports.ledger.intents(2**62) == []


async def test_a_guest_who_sends_many_forms_at_once_gets_their_share(ports: Ports, wish: Wish) -> None:
    await rule(ports, guest_caps=Caps(per_day=2))
    wishes = [wish(f"{hour:02}:00") for hour in range(9, 17)]
    found = await asyncio.gather(
        *(create.create(ports, one, Actor.GUEST, NOW) for one in wishes), return_exceptions=True
    )
    assert sum(isinstance(one, BookingCapReached) for one in found) == len(wishes) - 2


@pytest.mark.parametrize("caps", [Caps(), Caps(per_day=2), Caps(per_week=3), Caps(total=2)])
@pytest.mark.parametrize("first_only", [False, True])
async def test_what_is_offered_is_what_can_be_booked_with_caps_on(
    ports: Ports, wish: Wish, caps: Caps, *, first_only: bool
) -> None:
    """S1.6 with limits: booking what is offered, one after the other, until nothing is."""
    await rule(ports, caps=caps, first_slot_only=first_only, horizon_days=3, notice_min=90)
    found = offer.find(ports, "alice", "intro")
    asked = (span("00:00-12:10")[0], span("00:00-12:10", "2026-03-05")[1])
    for _ in range(4):
        offered = offer.offer(ports, *found, asked, NOW_S)
        accepted = [at_ for at_ in range(*asked, 300) if offer.refusal(ports, *found, at_, NOW_S) is None]
        assert accepted == offered
        if offered:
            day, clock = wall_time(offered[len(offered) // 2])
            await create.create(ports, wish(clock, day=day), Actor.GUEST, NOW)


async def test_only_the_first_free_time_of_each_day_is_offered_and_accepted(ports: Ports, wish: Wish) -> None:
    await rule(ports, first_slot_only=True)
    assert (free(ports), free(ports, TUESDAY)) == ("09:00", "09:00")
    with pytest.raises(SlotUnavailable) as refused:
        await create.create(ports, wish("09:30"), Actor.GUEST, NOW)
    assert refused.value.reason is Refusal.NOT_FIRST
    await create.create(ports, wish("09:00"), Actor.GUEST, NOW)
    assert free(ports) == "09:30"
    afternoon = offer.offer(ports, *offer.find(ports, "alice", "intro"), span("12:00-24:00"), NOW_S)
    assert afternoon == []


def wall_time(start: int) -> tuple[str, str]:
    """Return day and time of a start, as a wish names them."""
    local = datetime.fromtimestamp(start, ZoneInfo(BERLIN))
    return f"{local:%Y-%m-%d}", f"{local:%H:%M}"
