"""Teams: created, changed, switched off, and who belongs to them."""

from dataclasses import replace

import pytest

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.domain.errors import Conflict, Invalid, NotFound
from server.domain.hosts import Strategy
from server.domain.identity import Home, Href
from server.domain.team import Member, Role, Team
from server.ical import vevent
from server.ports import Ports
from server.usecases.event_type.create import create as create_event_type
from server.usecases.host.add import add as add_host
from server.usecases.host.disable import disable as disable_host
from server.usecases.team import change, members
from server.usecases.team.address import page_of
from server.usecases.team.create import create as create_team
from server.usecases.team.find import every_home, find, find_owner
from tests.builders import DAY, NOW, at, booking, event_type, host, team


@pytest.fixture
async def ports() -> Ports:
    """Return ports with the hosts alice and bob, and the team sales of them both."""
    made = memory_ports(NOW)
    for home in ("alice", "bob"):
        await add_host(made, host(home))
    await create_team(made, team("sales", "alice", "bob"))
    return made


def homes(found: Team) -> list[str]:
    return [one.home for one in found.members]


async def test_a_team_gets_a_number_of_its_own(ports: Ports) -> None:
    numbers = {one.number for one in ports.homes.hosts()} | {find(ports, "sales").number}
    assert len(numbers) == 3


async def test_a_team_has_no_calendars(ports: Ports) -> None:
    assert ports.calendars.names(Home("sales")) == ()


@pytest.mark.parametrize("home", ["alice", "sales"])
async def test_a_team_needs_a_name_that_no_host_and_no_team_has(ports: Ports, home: str) -> None:
    with pytest.raises(Conflict):
        await create_team(ports, team(home, "alice"))


async def test_a_host_cannot_take_the_name_of_a_team(ports: Ports) -> None:
    with pytest.raises(Conflict, match="There is a team sales already"):
        await add_host(ports, host("sales"))
    assert ports.calendars.names(Home("sales")) == ()


async def test_a_name_with_calendars_that_lost_its_profile_is_not_taken_by_a_team(ports: Ports) -> None:
    await ports.calendars.create_home(Home("gone"))
    with pytest.raises(Conflict):
        await create_team(ports, team("gone"))


async def test_a_team_is_made_of_hosts_that_are_here(ports: Ports) -> None:
    with pytest.raises(Invalid) as refused:
        await create_team(ports, team("support", "alice", "nobody"))
    assert "nobody" in refused.value.fields["members"]
    with pytest.raises(Invalid):
        await members.add(ports, "sales", Member(home=Home("nobody")))


async def test_what_a_team_cannot_be_is_told_field_by_field(ports: Ports) -> None:
    with pytest.raises(Invalid) as refused:
        await change.change(ports, "sales", lambda one: replace(one, name="", zone="Mars/Base"))
    assert set(refused.value.fields) == {"name", "zone"}


async def test_members_come_in_and_go(ports: Ports) -> None:
    await add_host(ports, host("carol"))
    assert homes(await members.add(ports, "sales", Member(home=Home("carol"), weight=5))) == [
        "alice",
        "bob",
        "carol",
    ]
    assert homes(await members.remove(ports, "sales", "alice", NOW)) == ["bob", "carol"]
    with pytest.raises(Conflict, match="already"):
        await members.add(ports, "sales", Member(home=Home("bob")))
    with pytest.raises(NotFound, match="alice is not a member of sales"):
        await members.remove(ports, "sales", "alice", NOW)


async def test_a_member_is_changed_and_keeps_their_place(ports: Ports) -> None:
    changed = await members.edit(
        ports, "sales", "alice", lambda one: replace(one, role=Role.MANAGER, weight=7)
    )
    assert homes(changed) == ["alice", "bob"]
    assert changed.managers == {"alice"}
    with pytest.raises(Invalid, match="cannot be saved"):
        await members.edit(ports, "sales", "alice", lambda one: replace(one, weight=-1))


async def test_who_takes_part_is_active_and_not_switched_off(ports: Ports) -> None:
    await disable_host(ports, "bob")
    assert [one.home for one, _ in members.active(ports, find(ports, "sales"))] == ["alice"]
    await members.edit(ports, "sales", "alice", lambda one: replace(one, active=False))
    assert list(members.active(ports, find(ports, "sales"))) == []


async def test_a_host_of_several_teams_is_in_each(ports: Ports) -> None:
    await create_team(ports, team("support", "alice"))
    assert [one.home for one in ports.homes.teams_of("alice")] == ["sales", "support"]


async def test_whatever_a_home_belongs_to_is_found(ports: Ports) -> None:
    assert find_owner(ports, "alice").name == "Alice Example"
    assert find_owner(ports, "sales").name == "Sales"
    assert [*every_home(ports)] == ["alice", "bob", "sales"]
    with pytest.raises(NotFound):
        find_owner(ports, "nobody")
    with pytest.raises(NotFound, match="There is no team alice"):
        find(ports, "alice")


async def test_pages_of_teams_and_hosts_have_addresses_of_their_own(ports: Ports) -> None:
    assert page_of(ports, Home("sales")) == "/team/sales"
    assert page_of(ports, Home("alice")) == "/u/alice"
    assert page_of(ports, Home("alice"), [Home("bob")]) == "/u/alice+bob"


async def test_a_team_is_switched_off_and_on_again(ports: Ports) -> None:
    assert (await change.disable(ports, "sales")).disabled
    assert not (await change.disable(ports, "sales", disabled=False)).disabled


async def test_who_has_meetings_of_the_team_before_them_is_not_let_go(ports: Ports) -> None:
    """The refusal names the meetings, and what to do about them."""
    kind = await ports.homes.save_event_type(event_type("demo", home="sales", number=51))
    meeting = replace(booking("10:00-10:30"), event_type_id=kind.id, team=Home("sales"))
    calendars = ports.calendars
    assert isinstance(calendars, MemoryCalendars)
    calendars.client_puts(meeting.calendar, Href("one.ics"), vevent.stored(meeting, host()))
    with pytest.raises(Conflict, match=f"alice has 1 coming bookings of sales .{meeting.id}.*not active"):
        await members.remove(ports, "sales", "alice", NOW)
    assert homes(await members.remove(ports, "sales", "alice", at(f"{DAY} 10:30"))) == ["bob"]


async def test_a_member_whom_event_types_name_is_not_let_go(ports: Ports) -> None:
    kind = replace(event_type("demo", home="sales"), strategy=Strategy.INDIVIDUAL, hosts=(Home("bob"),))
    await create_event_type(ports, kind)
    with pytest.raises(Conflict, match="bob is named by sales/demo"):
        await members.remove(ports, "sales", "bob", NOW)


@pytest.mark.parametrize(
    ("home", "change", "field"),
    [
        ("alice", {"strategy": Strategy.COLLECTIVE}, "strategy"),
        ("alice", {"hosts": (Home("bob"),)}, "strategy"),
        ("sales", {"strategy": Strategy.INDIVIDUAL}, "hosts"),
        ("sales", {"hosts": (Home("carol"),)}, "hosts"),
        ("sales", {"fixed_hosts": (Home("carol"),)}, "fixed_hosts"),
        ("sales", {"blocking": ("calendar",)}, "blocking"),
    ],
)
async def test_who_meets_is_for_an_event_type_of_a_team_to_say_and_for_no_hosts(
    ports: Ports, home: str, change: dict[str, object], field: str
) -> None:
    """S2.44"""
    kind = replace(event_type("demo", home=home), strategy=Strategy.ROUND_ROBIN)
    if home == "alice":
        kind = replace(kind, strategy=Strategy.INDIVIDUAL)
    with pytest.raises(Invalid) as refused:
        await create_event_type(ports, replace(kind, **change))  # type: ignore[arg-type]
    assert list(refused.value.fields) == [field]
    await create_event_type(ports, kind)
