"""Handing meetings over by command: who may, and what everybody sees afterwards."""

from dataclasses import replace

import msgspec
import pytest

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.control import bookings
from server.control.reassign import ReassignBooking
from server.control.views import BookingDetails, BookingView
from server.domain.team import Member, Role
from server.ports import Ports
from tests.builders import NOW
from tests.control.test_commands import refused, told
from tests.usecases.booking import teams
from tests.usecases.booking.teams import ALICE, BOB, CARL, DORA, book, meeting


@pytest.fixture
async def ports() -> Ports:
    """Return ports with the team sales, which carl looks after, and a meeting that alice holds."""
    made = memory_ports(NOW, calendars=MemoryCalendars())
    await teams.move_in(made)
    sales = made.homes.team("sales")
    assert sales is not None
    members = (Member(home=ALICE), Member(home=BOB), Member(home=CARL, role=Role.MANAGER))
    await made.homes.save_team(replace(sales, members=members))
    await book(made, meeting())
    return made


def hand(to: str | None = None, acting: str | None = None, **terms: object) -> ReassignBooking:
    return ReassignBooking(booking=meeting().id, to=to, acting=acting, **terms)  # type: ignore[arg-type]


async def test_it_is_handed_to_whom_it_says_and_the_trail_says_so(ports: Ports) -> None:
    """S4.38."""
    handed = await told(ports, hand("bob", reason="Alice is ill."), BookingView)
    assert (handed.home, handed.calendar, handed.reason) == ("bob", "bob/calendar", "Alice is ill.")
    shown = await told(ports, bookings.ShowBooking(handed.id), BookingDetails)
    assert [(one.action, one.home) for one in shown.trail] == [("create", "alice"), ("reassign", "bob")]
    assert [(mail.kind, mail.recipient) for mail in shown.mails if mail.kind.endswith("assigned")] == [
        ("reassigned", 1),
        ("assigned", 0),
        ("unassigned", 0),
    ]


async def test_without_a_name_it_is_whose_turn_it_is(ports: Ports) -> None:
    """S4.38."""
    assert (await told(ports, hand(), BookingView)).home == "bob"


async def test_nobody_is_left_when_everybody_is_busy(ports: Ports) -> None:
    for number, home in enumerate((BOB, CARL), 2):
        await book(ports, meeting(home=home, number=number))
    for request in (hand(), hand("bob")):
        assert (await refused(ports, request)).code == "host_unavailable"
    assert "to" in (await refused(ports, hand("dora"))).fields


@pytest.mark.parametrize("acting", [ALICE, CARL])
async def test_its_host_and_who_looks_after_the_team_may_hand_it_over(ports: Ports, acting: str) -> None:
    """S2.53, S2.54."""
    assert (await told(ports, hand("bob", acting), BookingView)).home == "bob"


@pytest.mark.parametrize("acting", [BOB, DORA])
async def test_for_all_others_it_is_not_there(ports: Ports, acting: str) -> None:
    """S2.56: not even for a member who could take it."""
    assert (await refused(ports, hand("bob", acting))).code == "not_found"


async def test_who_handed_it_over_sees_it_no_more(ports: Ports) -> None:
    """S2.56."""
    await told(ports, hand("bob"), BookingView)
    show = bookings.ShowBooking(meeting().id)
    assert (await refused(ports, msgspec.structs.replace(show, acting="alice"))).code == "not_found"
    mine = await told(ports, msgspec.structs.replace(show, acting="bob"), BookingDetails)
    assert mine.manage is not None
    managed = await told(ports, msgspec.structs.replace(show, acting="carl"), BookingDetails)
    assert managed.manage is not None


async def test_without_a_notice_the_trail_says_so(ports: Ports) -> None:
    """C9."""
    await told(ports, hand("bob", notify=False), BookingView)
    shown = await told(ports, bookings.ShowBooking(meeting().id), BookingDetails)
    assert shown.trail[-1].unannounced
