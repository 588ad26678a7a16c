"""Booking a team: who meets the guest, and nobody twice."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from server.adapters.memory.ledger import MemoryLedger
from server.domain.away import Away
from server.domain.booking import Actor, Booking, Organizer
from server.domain.errors import (
    BookingCapReached,
    Invalid,
    MeetingsUnavailable,
    NotAccepted,
    NotFound,
    SlotUnavailable,
)
from server.domain.event_type import EventType
from server.domain.hosts import Rotation, Strategy
from server.domain.identity import Home, calendar_path
from server.domain.limits import Caps
from server.domain.series import Frequency, Recurrence, SeriesRules
from server.domain.slots import Refusal
from server.domain.team import Member
from server.ical import vevent
from server.ports import Ports
from server.usecases.booking import (
    assign,
    cancel,
    confirm,
    create,
    look,
    occurrences,
    offer,
    rebuild,
    recover,
    reschedule,
)
from server.usecases.booking.assign import Wanted
from server.usecases.booking.create import NewBooking
from server.usecases.event_type import delete
from tests.builders import (
    BERLIN,
    DAY,
    NOW,
    at,
    calendar,
    clock_times,
    epoch,
    event_type,
    host,
    hours,
    settle_in,
    span,
    team,
)
from tests.usecases.booking.crash import Died, mortal
from tests.usecases.booking.foreign import CLIENT, client_puts

ALICE, BOB, CARL, SALES = Home("alice"), Home("bob"), Home("carl"), Home("sales")
ALL_DAY = span("00:00-24:00")
NOW_S = int(NOW.timestamp())
LATER = NOW + timedelta(minutes=2)

DEMO = replace(event_type("demo", home="sales", number=50), strategy=Strategy.ROUND_ROBIN)


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports, with the team sales: alice (1) and bob (7) in Berlin, carl (8) in London, all from 9 to 17."""
    await settle_in(ports, host("bob", number=7, name="Bob Example"))
    await settle_in(ports, host("carl", number=8, name="Carl Example", zone="Europe/London"))
    await ports.homes.save_team(team("sales", "alice", "bob", "carl"))
    await ports.homes.save_event_type(DEMO)
    return ports


async def edit(ports: Ports, **changes: object) -> EventType:
    present = ports.homes.event_type_by_id(DEMO.id)
    assert present is not None
    return await ports.homes.save_event_type(replace(present, **changes))  # type: ignore[arg-type]


async def members(ports: Ports, *given: Member | str) -> None:
    present = ports.homes.team("sales")
    assert present is not None
    found = tuple(one if isinstance(one, Member) else Member(home=Home(one)) for one in given)
    await ports.homes.save_team(replace(present, members=found))


def wish(start: str = "10:00", *, guest: str = "gus", whom: str = "", key: str | None = None) -> NewBooking:
    return NewBooking(
        home="sales",
        slug="demo",
        start=at(f"{DAY} {start}"),
        name="Gus Guest",
        email=f"{guest}@example.net",
        zone=BERLIN,
        key=key,
        host=whom,
    )


async def book(ports: Ports, start: str = "10:00", *, actor: Actor = Actor.GUEST, whom: str = "") -> Booking:
    return await create.create(ports, wish(start, whom=whom), actor, NOW)


def offered(ports: Ports, found: Sequence[int] | None = None) -> str:
    if found is None:
        face, kind = offer.find(ports, "sales", "demo")
        found = offer.offer(ports, face, kind, ALL_DAY, NOW_S)
    return clock_times(found)


async def turns(ports: Ports) -> dict[Home, int]:
    return {one.home: one.turn for one in (await ports.ledger.wheel(DEMO.id)).cursors}


async def test_a_team_is_offered_when_anybody_of_it_is_free(ports: Ports) -> None:
    """S2.45: the union of what each could be booked for, with their own hours, zones and calendars."""
    for home in ("alice", "bob"):
        await client_puts(ports, calendar(home), f"away-{home}", span("09:00-15:00"))
    await client_puts(ports, calendar("carl"), "lunch", span("12:00-14:00"))
    assert offered(ports) == "10:00 10:30 11:00 11:30 14:00 14:30 15:00 15:30 16:00 16:30 17:00 17:30"


async def test_a_collective_meeting_is_offered_when_all_are_free(ports: Ports) -> None:
    """S2.47: intersection of schedules."""
    await edit(ports, strategy=Strategy.COLLECTIVE)
    await client_puts(ports, calendar("bob"), "dentist", span("11:00-12:00"))
    await client_puts(ports, calendar("carl"), "lunch", span("13:00-14:00"))
    assert offered(ports) == "10:00 10:30 12:00 12:30 14:00 14:30 15:00 15:30 16:00 16:30"


async def test_by_default_one_host_meets(ports: Ports) -> None:
    """S2.44."""
    assert event_type().strategy is Strategy.INDIVIDUAL
    await edit(ports, strategy=Strategy.INDIVIDUAL, hosts=(BOB,))
    await client_puts(ports, calendar("bob"), "dentist", span("09:00-16:00"))
    assert offered(ports) == "16:00 16:30"
    assert (await book(ports, "16:00")).homes == (BOB,)
    assert await turns(ports) == {}


async def test_turns_go_round_and_are_counted_with_each_booking(ports: Ports) -> None:
    """S2.45, S2.46."""
    made = [await book(ports, start) for start in ("10:00", "11:00", "12:00", "13:00")]
    assert [one.home for one in made] == [ALICE, BOB, CARL, ALICE]
    assert await turns(ports) == {ALICE: 4, BOB: 2, CARL: 3}


async def test_the_greatest_weight_begins_and_no_weight_has_no_turn(ports: Ports) -> None:
    """S2.46, C21."""
    await members(
        ports, Member(home=ALICE, weight=0), Member(home=BOB, weight=50), Member(home=CARL, weight=60)
    )
    assert [(await book(ports, start)).home for start in ("10:00", "10:00")] == [CARL, BOB]
    with pytest.raises(SlotUnavailable):
        await book(ports, "10:00")


async def test_who_is_busy_is_passed_over_and_keeps_their_place(ports: Ports) -> None:
    """S2.45: a host without a conflicting booking."""
    await client_puts(ports, calendar("alice"), "dentist", span("10:00-11:00"))
    assert (await book(ports, "10:00")).home == BOB
    assert (await book(ports, "11:00")).home == ALICE


async def test_whose_request_waits_for_an_answer_is_not_free(ports: Ports) -> None:
    """C19: a holding booking counts as confirmed."""
    await edit(ports, requires_confirmation=True)
    assert [(await book(ports, "10:00")).home for _ in range(3)] == [ALICE, BOB, CARL]
    with pytest.raises(SlotUnavailable):
        await book(ports, "10:00")


async def test_a_booking_stands_in_the_calendar_of_who_got_it_and_invites_for_the_team(ports: Ports) -> None:
    """C37."""
    made = await book(ports)
    assert (made.home, made.team, made.calendar) == (ALICE, SALES, calendar_path(ALICE, "calendar"))
    assert made.organizer == Organizer("Sales", "sales@example.org")
    looked = await look.by_id(ports, made.id)
    assert (looked.booking, looked.record.team, looked.host.home) == (made, SALES, ALICE)
    read = vevent.read(looked.stored.text, looked.stored.calendar)
    assert read is not None
    assert read.team == SALES


async def test_of_a_collective_meeting_the_lowest_number_is_first_and_all_have_it(ports: Ports) -> None:
    """S2.48: the rest are attendees on the event; C22: a copy in each calendar."""
    await edit(ports, strategy=Strategy.COLLECTIVE)
    await members(ports, "carl", "bob", "alice")
    made = await book(ports)
    assert made.homes == (ALICE, BOB, CARL)
    for home in made.homes:
        assert ports.calendars.find(home, made.uid) is not None
        assert [claim.span for claim in ports.ledger.claims(home, ALL_DAY)] == [made.span]
    assert "10:00" not in offered(ports)


async def test_fixed_hosts_meet_beside_whose_turn_it_is(ports: Ports) -> None:
    await edit(ports, fixed_hosts=(BOB,))
    await client_puts(ports, calendar("bob"), "lunch", span("12:00-13:00"))
    made = [await book(ports, start) for start in ("10:00", "11:00", "13:00")]
    assert [one.homes for one in made] == [(ALICE, BOB), (CARL, BOB), (ALICE, BOB)]
    assert "12:00" not in offered(ports)


async def test_who_takes_part_can_be_named_and_who_is_off_does_not(ports: Ports) -> None:
    await edit(ports, hosts=(ALICE, CARL))
    await members(ports, Member(home=ALICE, active=False), "bob", "carl")
    assert [(await book(ports, start)).home for start in ("10:00", "11:00")] == [CARL, CARL]
    carl = ports.homes.host("carl")
    assert carl is not None
    await ports.homes.save_host(replace(carl, disabled=True))
    assert offered(ports) == ""


@pytest.mark.parametrize("strategy", [Strategy.MANAGED, Strategy.ROUND_ROBIN])
async def test_a_guest_can_choose_whom_to_meet(ports: Ports, strategy: Strategy) -> None:
    """S3.9: `hostId` chooses the host for team events."""
    await edit(ports, strategy=strategy)
    assert (await book(ports, whom="bob")).homes == (BOB,)
    with pytest.raises(SlotUnavailable):
        await book(ports, whom="bob")
    assert (await book(ports, whom="carl")).homes == (CARL,)


async def test_whom_to_meet_has_to_be_chosen_where_the_guest_does(ports: Ports) -> None:
    """S3.9."""
    await edit(ports, strategy=Strategy.MANAGED)
    for whom in ("", "dora", "sales"):
        with pytest.raises(Invalid) as refused:
            await book(ports, whom=whom)
        assert "host" in refused.value.fields
    await edit(ports, hosts=(CARL,))
    assert (await book(ports)).home == CARL


async def test_nobody_is_chosen_where_all_meet(ports: Ports) -> None:
    """S3.9."""
    await edit(ports, strategy=Strategy.COLLECTIVE)
    with pytest.raises(Invalid):
        await book(ports, whom="bob")


async def test_a_moved_booking_keeps_its_hosts_whatever_becomes_of_the_team(ports: Ports) -> None:
    """S1.46: round robin is not run again."""
    made = await book(ports)
    await client_puts(ports, calendar("alice"), "lunch", span("12:00-13:00"))
    await members(ports, "bob", "carl")
    with pytest.raises(SlotUnavailable) as refused:
        await reschedule.reschedule(
            ports, await look.by_id(ports, made.id), at(f"{DAY} 12:00"), Actor.GUEST, NOW
        )
    assert "12:00" not in offered(ports, refused.value.nearest)
    moved = await reschedule.reschedule(
        ports, await look.by_id(ports, made.id), at(f"{DAY} 14:00"), Actor.GUEST, NOW
    )
    assert (moved.home, moved.calendar, moved.team) == (ALICE, made.calendar, SALES)
    assert await turns(ports) == {ALICE: 1}


async def test_a_host_books_at_any_hour_at_which_somebody_is_free(ports: Ports) -> None:
    """C36."""
    await client_puts(ports, calendar("alice"), "party", span("20:00-22:00"))
    assert (await book(ports, "20:00", actor=Actor.HOST)).home == BOB
    assert (await book(ports, "20:00", actor=Actor.HOST)).home == CARL
    with pytest.raises(SlotUnavailable):
        await book(ports, "20:00", actor=Actor.HOST)


async def test_the_teams_hours_and_those_of_the_event_type_bound_its_members(ports: Ports) -> None:
    hours = event_type(weekly="mon-fri 08:00-11:00").hours
    await edit(ports, hours=hours)
    assert offered(ports) == "09:00 09:30 10:00 10:30"
    await edit(ports, hours=None)
    sales = ports.homes.team("sales")
    assert sales is not None
    assert hours is not None
    await ports.homes.save_team(replace(sales, hours=hours))
    assert offered(ports) == "09:00 09:30 10:00 10:30"


async def test_caps_count_what_all_members_have(ports: Ports) -> None:
    await edit(ports, caps=Caps(per_day=2))
    await book(ports, "10:00")
    await book(ports, "10:00")
    assert offered(ports) == ""
    with pytest.raises(BookingCapReached):
        await book(ports, "12:00")
    await edit(ports, strategy=Strategy.COLLECTIVE, caps=Caps(per_day=3))
    await book(ports, "12:00")
    assert offered(ports) == ""


async def test_a_collective_meeting_counts_once(ports: Ports) -> None:
    await edit(ports, strategy=Strategy.COLLECTIVE, caps=Caps(per_day=2), guest_caps=Caps(per_day=2))
    await book(ports, "10:00")
    await book(ports, "12:00")
    assert offered(ports) == ""


async def test_only_the_first_free_time_of_the_team_is_offered_where_that_is_asked_for(ports: Ports) -> None:
    await edit(ports, first_slot_only=True)
    for home in ("alice", "bob"):
        await client_puts(ports, calendar(home), f"away-{home}", span("09:00-12:00"))
    assert offered(ports) == "10:00"
    with pytest.raises(SlotUnavailable):
        await book(ports, "10:30")
    assert (await book(ports, "10:00")).home == CARL
    assert offered(ports) == "10:30"


async def test_a_team_that_is_gone_off_or_of_nobody_offers_nothing(ports: Ports) -> None:
    await members(ports)
    assert offered(ports) == ""
    with pytest.raises(SlotUnavailable):
        await book(ports)
    sales = ports.homes.team("sales")
    assert sales is not None
    await ports.homes.save_team(replace(sales, disabled=True))
    with pytest.raises(NotFound):
        offer.find(ports, "sales", "demo")


async def test_an_event_type_of_a_team_without_a_strategy_is_nobodys(ports: Ports) -> None:
    await edit(ports, strategy=Strategy.INDIVIDUAL)
    assert offered(ports) == ""


async def test_who_blocks_a_guest_is_passed_over_and_all_together_refuse_them(ports: Ports) -> None:
    for home in ("alice", "bob"):
        person = ports.homes.host(home)
        assert person is not None
        await ports.homes.save_host(replace(person, blocked=("gus@example.net",)))
    assert (await book(ports)).home == CARL
    carl = ports.homes.host("carl")
    assert carl is not None
    await ports.homes.save_host(replace(carl, blocked=("*@example.net",)))
    with pytest.raises(NotAccepted):
        await book(ports, "12:00")


@pytest.mark.parametrize(
    ("rotation", "first"),
    [(Rotation.PRIORITY, BOB), (Rotation.LEAST_BUSY, CARL), (Rotation.AVAILABILITY_FIRST, CARL)],
)
async def test_other_rotations_look_at_their_members(ports: Ports, rotation: Rotation, first: Home) -> None:
    """C21."""
    await edit(ports, rotation=rotation)
    await members(ports, "alice", Member(home=BOB, priority=5), "carl")
    for home in ("alice", "bob"):
        await ports.homes.save_event_type(event_type("call", home=home, number=60 + len(home)))
        own = replace(wish("15:00"), home=home, slug="call")
        await create.create(ports, own, Actor.GUEST, NOW)
    assert (await book(ports)).home == first


async def test_by_weight_who_weighs_more_meets_more(ports: Ports) -> None:
    """C21."""
    await edit(ports, rotation=Rotation.WEIGHTED)
    await members(
        ports, Member(home=ALICE, weight=30), Member(home=BOB, weight=10), Member(home=CARL, weight=20)
    )
    starts = [f"{hour}:{minute}" for hour in range(10, 16) for minute in ("00", "30")]
    counted = Counter([(await book(ports, start)).home for start in starts])
    assert counted == {ALICE: 6, BOB: 2, CARL: 4}


async def test_when_a_calendar_client_was_faster_the_next_one_gets_it(ports: Ports) -> None:
    """S2.45: and the one who was busy has not lost their turn."""
    swap = ports.calendars.swap

    async def raced(home: Home, intent: str, writes: object, conditions: object) -> None:
        if home == ALICE and intent != CLIENT and not ports.calendars.busy([calendar("alice")], ALL_DAY):
            await client_puts(ports, calendar("alice"), "dentist", span("10:00-11:00"))
        await swap(home, intent, writes, conditions)  # type: ignore[arg-type]

    ports.calendars.swap = raced  # type: ignore[method-assign]
    made = await book(ports)
    assert made.home == BOB
    assert await turns(ports) == {BOB: 1}
    assert await ports.ledger.intents(2**40) == []
    assert (await book(ports, "11:00")).home == ALICE


@pytest.mark.parametrize("strategy", [Strategy.ROUND_ROBIN, Strategy.COLLECTIVE])
async def test_many_at_once_never_get_one_host_twice_and_no_turn_is_lost(
    ports: Ports, strategy: Strategy
) -> None:
    """S2.45: the cursor moves with the claim."""
    await edit(ports, strategy=strategy)
    wanted = [
        wish(start, guest=f"g{at_}") for at_, start in enumerate(("10:00", "10:30", "11:00", "11:30") * 4)
    ]
    outcomes = await asyncio.gather(
        *(create.create(ports, one, Actor.GUEST, NOW) for one in wanted), return_exceptions=True
    )
    made = [one for one in outcomes if isinstance(one, Booking)]
    refused = [one for one in outcomes if not isinstance(one, Booking)]
    assert {type(one) for one in refused} == {SlotUnavailable}
    taken = [(home, one.start) for one in made for home in one.homes]
    assert len(set(taken)) == len(taken) == 12
    if strategy is Strategy.ROUND_ROBIN:
        assert Counter(one.home for one in made) == {ALICE: 4, BOB: 4, CARL: 4}
        assert sorted((await turns(ports)).values()) == [10, 11, 12]


async def test_who_is_free_at_all_of_several_times(ports: Ports) -> None:
    """A series has one host."""
    await client_puts(ports, calendar("alice"), "dentist", span("12:00-13:00"))
    await client_puts(ports, calendar("bob"), "lunch", span("14:00-15:00"))
    face, kind = offer.find(ports, "sales", "demo")
    starts = [epoch(f"{DAY} {clock}") for clock in ("10:00", "12:00", "14:00")]

    def free(*wanted: int) -> list[str]:
        found = assign.free_parties(ports, Wanted(event_type=kind, starts=wanted, now=NOW_S))
        return [party[0].home for party in found]

    assert face.home == SALES
    assert free(*starts) == ["carl"]
    assert free(*starts[1:2]) == ["bob", "carl"]
    assert free(epoch(f"{DAY} 09:00")) == ["alice", "bob"]


@pytest.mark.parametrize("strategy", [Strategy.ROUND_ROBIN, Strategy.COLLECTIVE])
@pytest.mark.parametrize("step", range(1, 9))
async def test_a_crash_costs_nobody_their_turn(ports: Ports, step: int, strategy: Strategy) -> None:
    """S2.45: what is released gives its turn back, what is carried on keeps it; C22: all calendars agree."""
    await edit(ports, strategy=strategy)
    dying = mortal(ports, step)
    try:
        made: Booking | None = await create.create(dying, wish(), Actor.GUEST, NOW)
    except Died:
        made = None
    await recover.recover_all(ports, LATER)
    records = await ports.ledger.bookings()
    whose = [ALICE] if strategy is Strategy.ROUND_ROBIN else [ALICE, BOB, CARL]
    assert await turns(ports) == ({ALICE: 1} if records and strategy is Strategy.ROUND_ROBIN else {})
    assert made is None or [one.id for one in records] == [made.id]
    assert await ports.ledger.intents(2**40) == []
    stands = [home for home in (ALICE, BOB, CARL) if ports.calendars.rows(home)]
    held = [home for home in (ALICE, BOB, CARL) if ports.ledger.claims(home, ALL_DAY)]
    assert stands == held == (whose if records else [])
    after = await book(ports, "12:00")
    assert after.home == (BOB if records and strategy is Strategy.ROUND_ROBIN else ALICE)


async def test_a_cancelled_booking_is_off_the_calendar_of_who_had_it(ports: Ports) -> None:
    made = await book(ports)
    await cancel.cancel(ports, await look.by_id(ports, made.id), "", Actor.GUEST, NOW)
    assert ports.calendars.find(ALICE, made.uid) is None
    assert ports.ledger.claims(ALICE, ALL_DAY) == []
    assert (await look.by_id(ports, made.id)).booking.home == ALICE


async def test_the_same_key_makes_one_booking(ports: Ports) -> None:
    first = await create.create(ports, wish(key="k"), Actor.GUEST, NOW)
    assert (await create.create(ports, wish(key="k"), Actor.GUEST, NOW)).id == first.id
    assert await turns(ports) == {ALICE: 1}


async def test_an_answer_about_a_team_is_a_new_one_when_a_member_is_busy(ports: Ports) -> None:
    face, _ = offer.find(ports, "sales", "demo")
    before = offer.version(ports, face)
    await client_puts(ports, calendar("carl"), "lunch", span("12:00-13:00"))
    assert offer.version(ports, face) != before


async def test_a_rebuilt_ledger_knows_whose_meeting_it_is_and_who_meets(ports: Ports) -> None:
    made = [await book(ports, "10:00"), await book(ports, "10:00")]
    await edit(ports, strategy=Strategy.COLLECTIVE)
    made.append(await book(ports, "12:00"))
    fresh = replace(ports, ledger=MemoryLedger())
    assert (await rebuild.rebuild(fresh, NOW)).bookings == 3
    for one in made:
        record = await fresh.ledger.booking(one.id)
        assert record is not None
        assert (record.home, record.co_hosts, record.team) == (one.home, one.co_hosts, SALES)
        assert (await look.by_id(fresh, one.id)).booking == one
    for home in (ALICE, BOB, CARL):
        assert fresh.ledger.claims(home, ALL_DAY) == ports.ledger.claims(home, ALL_DAY)


async def test_with_its_event_type_go_the_turns(ports: Ports) -> None:
    await book(ports)
    await delete.delete(ports, "sales", "demo")
    assert await turns(ports) == {}


async def test_a_request_for_another_time_is_for_its_own_hosts(ports: Ports) -> None:
    """S1.46: approved or not, nobody else is asked."""
    await edit(ports, strategy=Strategy.COLLECTIVE, requires_confirmation=True, pending_in_calendar=False)
    made = await book(ports)
    assert made.is_hidden
    assert [ports.calendars.find(home, made.uid) for home in (BOB, CARL)] == [None, None]
    confirmed = await confirm.confirm(ports, await look.by_id(ports, made.id), Actor.HOST, NOW)
    assert confirmed.calendar == calendar_path(ALICE, "calendar")
    for home in (ALICE, BOB, CARL):
        assert ports.calendars.find(home, made.uid) is not None


async def test_a_series_has_one_host_who_is_free_at_all_of_it_and_keeps_the_teams_wall_time(
    ports: Ports,
) -> None:
    """S2.45: over a clock change that is not on the same day everywhere."""
    await edit(ports, series=SeriesRules(count_max=6))
    for number, home in enumerate((ALICE, BOB)):
        away = span("10:00-11:00", day=f"2026-03-{9 + 7 * number:02}")
        await client_puts(ports, calendar(home), f"away-{home}", away)
    carl = ports.homes.host("carl")
    assert carl is not None
    await ports.homes.save_host(replace(carl, zone="America/New_York", hours=hours("always")))
    wanted = replace(wish(), recurring=Recurrence(frequency=Frequency.WEEKLY, count=6))
    made = await create.create(ports, wanted, Actor.GUEST, NOW)
    assert (made.homes, made.zone) == ((CARL,), BERLIN)
    assert {clock_times([one.span[0]]) for one in made.meetings} == {"10:00"}
    assert len(ports.ledger.claims(CARL, (0, 2**40))) == 6
    assert await turns(ports) == {CARL: 1}


async def test_where_no_host_of_a_team_has_all_meetings_those_are_named_that_one_host_lacks(
    ports: Ports,
) -> None:
    """S3.30: beyond the horizon too."""
    kind = await edit(ports, series=SeriesRules(count_max=6), horizon_days=10)
    for number, home in enumerate((ALICE, BOB, CARL)):
        away = span("10:00-12:00", day=f"2026-03-{9 + 7 * number:02}")
        await client_puts(ports, calendar(home), f"away-{home}", away)
    await client_puts(ports, calendar(ALICE), "more", span("10:00-12:00", day="2026-03-30"))
    four = Recurrence(frequency=Frequency.WEEKLY, count=4)
    face, _ = offer.find(ports, "sales", "demo")
    # In London carl begins an hour later, when the clocks there have yet to change.
    found = occurrences.foresee(ports, face, kind, at(f"{DAY} 10:00"), four, NOW, Actor.GUEST)
    assert [one.reason for one in found] == [None, Refusal.BUSY, None, None]
    with pytest.raises(MeetingsUnavailable) as refused:
        await create.create(ports, replace(wish(), recurring=four), Actor.GUEST, NOW)
    assert [start for start, _ in refused.value.conflicts] == [epoch("2026-03-09 10:00")]
    skip = frozenset({at("2026-03-09 10:00")})
    made = await create.create(ports, replace(wish(), recurring=four, skip=skip), Actor.GUEST, NOW)
    assert made.homes == (ALICE,)


async def test_whatever_changes_for_a_member_is_offered_at_once(ports: Ports) -> None:
    """What is kept of a member's days goes with their calendars, their claims, their profile and the team."""

    async def profile(home: Home, **changes: object) -> None:
        person = ports.homes.host(home)
        assert person is not None
        await ports.homes.save_host(replace(person, **changes))  # type: ignore[arg-type]

    await edit(ports, strategy=Strategy.COLLECTIVE, hosts=(ALICE, BOB), hours=hours("mon-fri 09:00-11:00"))
    assert offered(ports) == "09:00 09:30 10:00 10:30"
    remove = await client_puts(ports, calendar("bob"), "dentist", span("09:00-09:30"))
    assert offered(ports) == "09:30 10:00 10:30"
    await profile(BOB, blocking=())
    assert offered(ports) == "09:00 09:30 10:00 10:30"
    await profile(BOB, blocking=None)
    await remove()
    made = await book(ports, "09:00")
    assert offered(ports) == "09:30 10:00 10:30"
    await cancel.cancel(ports, await look.by_id(ports, made.id), "", Actor.GUEST, NOW)
    assert offered(ports) == "09:00 09:30 10:00 10:30"
    await profile(ALICE, hours=hours("mon-fri 10:00-12:00"))
    assert offered(ports) == "10:00 10:30"
    await edit(ports, hours=None)
    assert offered(ports) == "10:00 10:30 11:00 11:30"
    await profile(ALICE, away=(Away(first=NOW.date(), last=NOW.date()),))
    assert offered(ports) == ""
    await members(ports, Member(home=ALICE, active=False), "bob")
    assert offered(ports) == clock_times(range(epoch(f"{DAY} 09:00"), epoch(f"{DAY} 17:00"), 1_800))
