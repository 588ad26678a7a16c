"""Commands about teams, and who may give them."""

from collections.abc import Callable

import msgspec
import pytest

from server.adapters.memory import memory_ports
from server.control import away, bookings, event_types, hosts, teams
from server.control.away import AwayView
from server.control.commands import Request
from server.control.event_type_view import EventTypeView
from server.control.teams import MemberView, TeamView
from server.control.views import BookingView, HostView, HostWithPassword
from server.domain.team import Role
from server.ports import Ports
from server.usecases.booking import offer
from tests.builders import DAY, NOW
from tests.control.test_acting import acting
from tests.control.test_commands import refused, told

SALES = teams.CreateTeam(
    home="sales", email="sales@example.org", zone="Europe/Berlin", managers=("boss",), members=("alice",)
)
DEMO = event_types.CreateEventType(home="sales", slug="demo", title="Demonstration")
CHANGES: dict[str, Callable[[str], Request]] = {
    "edit": lambda home: teams.EditTeam(home=home, name="Sales and Service"),
    "disable": teams.DisableTeam,
    "add": lambda home: teams.AddMember(home=home, member="bob"),
    "edit member": lambda home: teams.EditMember(home=home, member="alice", weight=3),
    "remove": lambda home: teams.RemoveMember(home, "alice"),
    "create type": lambda home: event_types.CreateEventType(home=home, slug="new"),
    "edit type": lambda home: event_types.EditEventType(home=home, slug="demo", title="New"),
    "delete type": lambda home: event_types.DeleteEventType(home, "demo"),
}
LOOKS: dict[str, Callable[[str], Request]] = {
    "show": teams.ShowTeam,
    "members": teams.ListMembers,
    "types": event_types.ListEventTypes,
    "type": lambda home: event_types.ShowEventType(home, "demo"),
}


@pytest.fixture
async def ports() -> Ports:
    """Return ports with the hosts alice, bob and boss, and the team sales of alice, whom boss manages."""
    made = memory_ports(NOW)
    for home in ("alice", "bob", "boss"):
        asked = hosts.AddHost(home=home, email=f"{home}@example.org", zone="UTC")
        await told(made, asked, HostWithPassword)
    await told(made, SALES, TeamView)
    await told(made, DEMO, EventTypeView)
    return made


async def test_a_team_is_shown_as_it_was_created(ports: Ports) -> None:
    shown = await told(ports, teams.ShowTeam("sales"), TeamView)
    assert (shown.name, shown.email, shown.zone) == ("sales", "sales@example.org", "Europe/Berlin")
    assert [(one.home, one.role) for one in shown.members] == [
        ("boss", Role.MANAGER),
        ("alice", Role.MEMBER),
    ]
    assert shown.event_types == ["demo"]
    assert shown.page == "https://book.example/team/sales"


async def test_the_event_types_of_a_team_have_their_page_with_the_team(ports: Ports) -> None:
    shown = await told(ports, event_types.ShowEventType("sales", "demo"), EventTypeView)
    assert shown.page == "https://book.example/team/sales/demo"
    every = await told(ports, event_types.ListEventTypes(), list[EventTypeView])
    assert [one.home for one in every] == ["sales"]


async def test_calendars_are_for_each_host_of_a_team_to_name(ports: Ports) -> None:
    asked = event_types.EditEventType(home="sales", slug="demo", blocking="work", receiving="calendar")
    assert set((await refused(ports, asked)).fields) == {"blocking", "receiving"}


async def test_who_is_switched_off_as_a_host_takes_no_part(ports: Ports) -> None:
    await told(ports, hosts.DisableHost("alice"), HostView)
    found = await told(ports, teams.ListMembers("sales"), list[MemberView])
    assert [(one.home, one.active, one.takes_part) for one in found] == [
        ("boss", True, True),
        ("alice", True, False),
    ]


async def test_teams_are_created_by_operators_alone(ports: Ports) -> None:
    asked = teams.CreateTeam(home="mine", email="m@example.org", zone="UTC")
    assert (await refused(ports, acting("boss", asked))).code == "not_yours"


@pytest.mark.parametrize("name", CHANGES)
async def test_a_manager_changes_their_team(ports: Ports, name: str) -> None:
    """S2.2, S2.52"""
    await told(ports, acting("boss", CHANGES[name]("sales")), object)


@pytest.mark.parametrize("name", CHANGES)
async def test_a_member_sees_the_team_and_changes_nothing(ports: Ports, name: str) -> None:
    """S2.2, S2.52"""
    assert (await refused(ports, acting("alice", CHANGES[name]("sales")))).code == "not_yours"


@pytest.mark.parametrize("name", LOOKS)
async def test_members_look_at_their_team_and_others_do_not_learn_of_it(ports: Ports, name: str) -> None:
    for home in ("boss", "alice"):
        await told(ports, acting(home, LOOKS[name]("sales")), object)
    foreign = await refused(ports, acting("bob", LOOKS[name]("sales")))
    unknown = await refused(ports, acting("bob", LOOKS[name]("sqles")))
    assert foreign.code == "not_found"
    assert msgspec.json.encode(foreign).replace(b"sales", b"sqles") == msgspec.json.encode(unknown)


async def test_a_manager_is_nobody_in_another_team(ports: Ports) -> None:
    other = teams.CreateTeam(home="support", email="s@example.org", zone="UTC", members=("bob",))
    await told(ports, other, TeamView)
    asked = teams.EditTeam(home="support", name="Mine")
    assert (await refused(ports, acting("boss", asked))).code == "not_found"


async def test_a_host_lists_their_own_teams(ports: Ports) -> None:
    for home, found in (("alice", ["sales"]), ("bob", [])):
        listed = await told(ports, teams.ListTeams(acting=home), list[TeamView])
        assert [one.home for one in listed] == found
    assert [one.home for one in await told(ports, teams.ListTeams(), list[TeamView])] == ["sales"]


async def test_a_manager_has_no_say_over_what_their_members_offer_themselves(ports: Ports) -> None:
    await told(ports, event_types.CreateEventType(home="alice", slug="own"), EventTypeView)
    asked = event_types.EditEventType(home="alice", slug="own", title="Mine")
    assert (await refused(ports, acting("boss", asked))).code == "not_found"


async def booked(ports: Ports, time: str, host: str = "alice", acting_as: str | None = None) -> BookingView:
    asked = bookings.CreateBooking(
        home="sales",
        slug="demo",
        date=DAY,
        time=time,
        name="Gus",
        email="gus@example.net",
        host=host,
        anyway=True,
    )
    request = asked if acting_as is None else acting(acting_as, asked)
    return await told(ports, request, BookingView)


async def test_operators_and_managers_book_a_team_for_a_guest_and_say_whom_they_meet(ports: Ports) -> None:
    """S3.9"""
    first = await booked(ports, "10:00", "alice", "boss")
    assert (first.home, first.team) == ("alice", "sales")
    second = await booked(ports, "10:00", "boss")
    assert (second.home, second.team) == ("boss", "sales")


async def test_members_and_strangers_do_not_book_in_the_name_of_a_team(ports: Ports) -> None:
    for home, code in (("alice", "not_yours"), ("bob", "not_found")):
        asked = bookings.CreateBooking(
            home="sales", slug="demo", date=DAY, time="10:00", name="Gus", email="gus@example.net"
        )
        assert (await refused(ports, acting(home, asked))).code == code


async def test_the_meetings_of_a_team_are_listed_for_its_managers_and_to_members_their_own(
    ports: Ports,
) -> None:
    """S2.2, S2.52"""
    mine, other = await booked(ports, "10:00", "alice"), await booked(ports, "11:00", "boss")
    for home, seen in ((None, [mine, other]), ("boss", [mine, other]), ("alice", [mine])):
        found = await told(ports, bookings.ListBookings(home="sales", acting=home), list[BookingView])
        assert [one.id for one in found] == [one.id for one in seen]
    foreign = await refused(ports, bookings.ListBookings(home="sales", acting="bob"))
    assert foreign.code == "not_found"


async def test_a_manager_sees_and_changes_a_members_meeting_with_the_team_and_no_other(ports: Ports) -> None:
    """S2.2, S2.56"""
    made = await booked(ports, "10:00", "alice")
    moved = bookings.RescheduleBooking(booking=made.id, date=DAY, time="12:00", acting="boss")
    assert (await told(ports, moved, BookingView)).home == "alice"
    await told(ports, event_types.CreateEventType(home="alice", slug="own", notice_min=0), EventTypeView)
    asked = bookings.CreateBooking(
        home="alice", slug="own", date=DAY, time="15:00", name="Gus", email="g@example.net", anyway=True
    )
    own = await told(ports, asked, BookingView)
    refusal = await refused(ports, bookings.ShowBooking(own.id, acting="boss"))
    assert refusal.code == "not_found"


async def test_one_event_type_of_a_team_can_pause_and_the_team_itself_is_not_away(ports: Ports) -> None:
    pause = away.AddAway(home="sales", first=DAY, message="Stocktaking.", event_type="demo")
    (found,) = await told(ports, pause, list[AwayView])
    assert (found.event_type, found.first) == ("demo", DAY)
    host, kind = offer.find(ports, "sales", "demo")
    now = int(NOW.timestamp())
    assert offer.offer(ports, host, kind, (now, now + 12 * 3600), now) == []
    back = away.RemoveAway(home="sales", first=DAY, event_type="demo")
    assert await told(ports, back, list[AwayView]) == []
    refusal = await refused(ports, away.AddAway(home="sales", first=DAY))
    assert refusal.code == "not_found"
