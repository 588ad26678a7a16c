"""Booking a team: whose turn it is, and nobody twice."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.domain.booking import Actor, Booking
from server.domain.errors import MeetingsUnavailable, SlotUnavailable
from server.domain.hosts import Rotation, Strategy
from server.domain.identity import CalendarPath, Home, Uid
from server.domain.intervals import Span
from server.domain.series import Frequency, Recurrence, SeriesRules
from server.domain.slots import Refusal
from server.domain.team import Member
from server.ports import Ports
from server.usecases.booking import assign, create, lineup, occurrences, offer, recover
from server.usecases.booking.assign import Wanted
from server.usecases.event_type import delete
from tests.builders import BERLIN, DAY, NOW, at, calendar, clock_times, epoch, event_type, hours, span
from tests.usecases.booking.crash import Died, mortal
from tests.usecases.booking.foreign import CLIENT, client_puts
from tests.usecases.booking.sales import (
    ALICE,
    ALL_DAY,
    BOB,
    CARL,
    LATER,
    NOW_S,
    SALES,
    book,
    edit,
    members,
    move_in,
    turns,
    wish,
)


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports, with the team sales."""
    await move_in(ports)
    return ports


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


async def test_the_same_key_makes_one_booking(ports: Ports) -> None:
    first = await create.create(ports, wish(key="k"), Actor.GUEST, NOW)
    assert (await create.create(ports, wish(key="k"), Actor.GUEST, NOW)).id == first.id
    assert await turns(ports) == {ALICE: 1}


async def test_with_its_event_type_go_the_turns(ports: Ports) -> None:
    await book(ports)
    await delete.delete(ports, "sales", "demo")
    assert await turns(ports) == {}


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


class CountingCalendars(MemoryCalendars):
    """Calendars that count how often it was asked when somebody is busy."""

    asked = 0

    def busy(
        self, calendars: Iterable[CalendarPath], span: Span, *, without: Uid | None = None
    ) -> list[Span]:
        """Count, and return what is busy."""
        self.asked += 1
        return super().busy(calendars, span, without=without)


async def test_however_many_meetings_a_series_has_each_host_of_a_team_is_read_once_for_all() -> None:
    calendars = CountingCalendars()
    ports = memory_ports(NOW, calendars=calendars)
    await move_in(ports)
    face, kind = offer.find(ports, "sales", "demo")
    starts = [epoch(f"{DAY} 10:00") + week * 7 * 86_400 for week in range(1, 100)]
    found = occurrences.refusals(ports, face, kind, starts, NOW, Actor.HOST)
    assert set(found.values()) == {None}
    assert calendars.asked == len(lineup.lineup(ports, kind).everybody)


async def test_to_book_and_to_move_a_series_of_a_team_costs_few_looks_at_its_hosts() -> None:
    calendars = CountingCalendars()
    ports = memory_ports(NOW, calendars=calendars)
    await move_in(ports)
    rule = Recurrence(frequency=Frequency.WEEKLY, count=40)
    wanted = replace(wish(), recurring=rule, validate_only=True)
    made = await create.create(ports, wanted, Actor.HOST, NOW)
    assert calendars.asked < 20
    calendars.asked = 0
    face, kind = offer.find(ports, "sales", "demo")
    starts = [one.span[0] for one in made.meetings]
    found = occurrences.refusals(ports, face, kind, starts, NOW, Actor.GUEST, without=made)
    assert set(found.values()) == {None}
    assert calendars.asked < 5
