"""A team: who belongs to it, and how it looks to guests."""

from dataclasses import replace

from server.domain.hours import ALWAYS
from server.domain.identity import Home
from server.domain.team import MEMBERS_MAX, Member, Role, Team, face, faults
from tests.builders import booking, team


def with_member(**fields: object) -> Team:
    return replace(team(), members=(replace(Member(home=Home("alice")), **fields),))  # type: ignore[arg-type]


def test_a_team_that_is_well_has_no_faults() -> None:
    assert faults(team("sales", "alice", "bob")) == {}


def test_a_team_is_held_to_what_a_profile_is_held_to() -> None:
    wrong = replace(team("team"), name=" ", email="nobody", zone="Europe/Atlantis", about="a" * 2001)
    assert set(faults(wrong)) == {"home", "name", "email", "zone", "about"}


def test_a_host_is_a_member_once() -> None:
    assert faults(team("sales", "alice", "alice"))["members"] == "may each be named once"


def test_a_team_has_a_bounded_number_of_members() -> None:
    many = [f"host{number}" for number in range(MEMBERS_MAX + 1)]
    assert faults(team("sales", *many[:-1])) == {}
    assert "members" in faults(team("sales", *many))


def test_weights_and_priorities_are_bounded_and_may_be_nothing() -> None:
    assert faults(with_member(weight=0, priority=0)) == {}
    assert "alice has 1001" in faults(with_member(weight=1001))["members"]
    assert "alice has -1" in faults(with_member(weight=-1))["members"]
    assert "alice has 1001" in faults(with_member(priority=1001))["members"]


def test_managers_are_those_named_so_bookable_or_not() -> None:
    boss = Member(home=Home("boss"), role=Role.MANAGER, active=False)
    assert team("sales", "alice", boss).managers == {"boss"}


def test_the_face_of_a_team_shows_it_and_opens_nothing() -> None:
    shown = face(team("sales", "alice"))
    assert (shown.home, shown.name, shown.email, shown.zone) == (
        "sales",
        "Sales",
        "sales@example.org",
        "Europe/Berlin",
    )
    assert shown.hours == ALWAYS
    assert [shown.freebusy_public, shown.groups_allowed, shown.dav_password] == [False] * 3
    assert shown.blocking == ()


def test_a_meeting_with_a_team_is_booked_again_with_the_team_and_not_with_who_held_it() -> None:
    alone = booking("10:00-10:30")
    assert alone.page == ("u", "alice", "intro")
    assert replace(alone, co_hosts=(Home("bob"),)).page == ("u", "alice+bob", "intro")
    assert replace(alone, co_hosts=(Home("bob"),), team=Home("sales")).page == ("team", "sales", "intro")
