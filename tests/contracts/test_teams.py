"""What the homes promise of teams, in memory or as files."""

from dataclasses import replace

import pytest

from server.domain.errors import Conflict
from server.domain.identity import Home
from server.ports import Homes, RevisionMismatch
from tests.builders import event_type, host, team

SALES = Home("sales")


async def test_a_saved_team_is_returned_one_revision_further(homes: Homes) -> None:
    saved = await homes.save_team(team("sales", "alice", "bob"))
    assert saved == replace(team("sales", "alice", "bob"), revision=1)
    assert homes.team("sales") == saved


async def test_teams_are_listed_by_home_disabled_ones_included(homes: Homes) -> None:
    for number, home in enumerate(("support", "hiring", "sales"), start=1):
        await homes.save_team(team(home, number=number, disabled=home == "sales"))
    assert [one.home for one in homes.teams()] == ["hiring", "sales", "support"]


async def test_an_unknown_home_is_no_team(homes: Homes) -> None:
    await homes.save_host(host())
    assert homes.team("nobody") is None
    assert homes.team("alice") is None
    assert list(homes.teams_of("alice")) == []


async def test_a_teams_home_is_no_hosts(homes: Homes) -> None:
    await homes.save_team(team("sales"))
    assert homes.host("sales") is None
    assert list(homes.hosts()) == []


async def test_a_team_that_was_changed_meanwhile_is_not_overwritten(homes: Homes) -> None:
    first = await homes.save_team(team())
    await homes.save_team(replace(first, name="Sales and Service"))
    with pytest.raises(RevisionMismatch):
        await homes.save_team(replace(first, name="Lost"))
    found = homes.team("sales")
    assert found is not None
    assert found.name == "Sales and Service"


async def test_a_team_cannot_have_a_hosts_home_nor_a_host_a_teams(homes: Homes) -> None:
    await homes.save_host(host("alice"))
    await homes.save_team(team("sales"))
    with pytest.raises(Conflict):
        await homes.save_team(team("alice"))
    with pytest.raises(Conflict):
        await homes.save_host(host("sales", number=7))
    assert homes.team("alice") is None
    assert homes.host("sales") is None


async def test_a_host_is_in_several_teams_active_or_not(homes: Homes) -> None:
    both = team("support", "alice", number=8)
    await homes.save_team(replace(both, members=(replace(both.members[0], active=False),)))
    await homes.save_team(team("sales", "bob", "alice", number=9))
    assert [one.home for one in homes.teams_of("alice")] == ["sales", "support"]
    assert [one.home for one in homes.teams_of("bob")] == ["sales"]


async def test_the_event_types_of_a_team_are_in_its_home(homes: Homes) -> None:
    await homes.save_team(team("sales"))
    saved = await homes.save_event_type(event_type("demo", home="sales"))
    assert homes.event_type("sales", "demo") == saved
    assert list(homes.event_types(SALES)) == [saved]


async def test_the_version_of_a_team_rises_with_the_team_and_with_its_members_profiles(homes: Homes) -> None:
    alice, carol = await homes.save_host(host("alice")), await homes.save_host(host("carol", number=5))
    versions = [homes.version(SALES)]
    await homes.save_team(team("sales", "alice"))
    versions.append(homes.version(SALES))
    await homes.save_host(replace(alice, name="Alice Newname"))
    versions.append(homes.version(SALES))
    await homes.save_event_type(event_type("demo", home="sales"))
    versions.append(homes.version(SALES))
    assert versions == sorted(set(versions))
    await homes.save_host(replace(carol, name="Carol Newname"))
    assert homes.version(SALES) == versions[-1]


async def test_a_team_takes_its_number_from_the_numbers_of_all(homes: Homes) -> None:
    await homes.save_team(team(number=41))
    assert homes.next_number() == 42
