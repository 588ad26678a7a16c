"""Booking a team: who meets the guest, and when."""

from dataclasses import replace

import pytest

from server.adapters.memory.ledger import MemoryLedger
from server.domain.away import Away
from server.domain.booking import Actor, Organizer
from server.domain.errors import BookingCapReached, Invalid, NotAccepted, NotFound, SlotUnavailable
from server.domain.hosts import Strategy
from server.domain.identity import Home, calendar_path
from server.domain.limits import Caps
from server.domain.team import Member
from server.ical import vevent
from server.ports import Ports
from server.usecases.booking import cancel, confirm, look, offer, rebuild, reschedule
from tests.builders import DAY, NOW, at, calendar, clock_times, epoch, event_type, hours, span
from tests.usecases.booking.foreign import client_puts
from tests.usecases.booking.sales import (
    ALICE,
    ALL_DAY,
    BOB,
    CARL,
    SALES,
    book,
    edit,
    members,
    move_in,
    offered,
    turns,
)


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports, with the team sales."""
    await move_in(ports)
    return ports


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


async def test_a_cancelled_booking_is_off_the_calendar_of_who_had_it(ports: Ports) -> None:
    made = await book(ports)
    await cancel.cancel(ports, await look.by_id(ports, made.id), "", Actor.GUEST, NOW)
    assert ports.calendars.find(ALICE, made.uid) is None
    assert ports.ledger.claims(ALICE, ALL_DAY) == []
    assert (await look.by_id(ports, made.id)).booking.home == ALICE


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
