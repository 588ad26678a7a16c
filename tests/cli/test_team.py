"""`daybook team`: teams and their members, as operators and managers type it."""

from typing import cast

import pytest

from tests.cli.conftest import Shell
from tests.cli.test_commands import DAY, GUEST

BERLIN = ("--zone", "Europe/Berlin")
SALES = ("team", "create", "sales", "--name", "Sales", "--email", "sales@example.org", *BERLIN)


@pytest.fixture
def hosts(shell: Shell) -> Shell:
    for home in ("alice", "bob"):
        shell.run("host", "add", home, "--email", f"{home}@example.org", *BERLIN)
    return shell


def test_a_team_is_created_shown_changed_and_switched_off(hosts: Shell) -> None:
    hosts.run(*SALES, "--manager", "alice", "--member", "bob", "--private")
    assert "sales" in hosts.run("host", "show", "bob")
    shown = hosts.run("team", "show", "sales")
    for word in ("sales@example.org", "Europe/Berlin", "private", "manager", "/team/sales", "always"):
        assert word in shown
    edited = ("team", "edit", "sales", "--no-private", "--hours", "mon-fri 09:00-17:00", "--as", "alice")
    assert "mon-fri 09:00-17:00" in hosts.run(*edited)
    listed = cast("list[dict[str, object]]", hosts.json("team", "list"))
    assert [(one["home"], one["private"]) for one in listed] == [("sales", False)]
    hosts.run("team", "disable", "sales")
    assert "disabled" in hosts.run("team", "list")
    hosts.run("team", "enable", "sales")
    assert "disabled" not in hosts.run("team", "list")


def test_members_are_taken_in_changed_and_let_go(hosts: Shell) -> None:
    hosts.run(*SALES)
    assert "team member add sales HOST" in hosts.run("team", "member", "list", "sales")
    hosts.run("team", "member", "add", "sales", "alice", "--role", "manager", "--weight", "50")
    hosts.run("team", "member", "add", "sales", "bob", "--as", "alice")
    hosts.run("team", "member", "edit", "sales", "bob", "--inactive", "--priority", "2")
    listed = cast("list[dict[str, object]]", hosts.json("team", "member", "list", "sales"))
    assert [(one["home"], one["weight"], one["active"], one["priority"]) for one in listed] == [
        ("alice", 50, True, 0),
        ("bob", 100, False, 2),
    ]
    assert "bob" not in hosts.run("team", "member", "remove", "sales", "bob")


def test_what_cannot_be_is_refused_with_what_to_do(hosts: Shell) -> None:
    hosts.run(*SALES, "--member", "alice")
    for said, words in (
        ("must be hosts here, which carol is not", ("team", "member", "add", "sales", "carol")),
        ("alice is a member of sales already", ("team", "member", "add", "sales", "alice")),
        ("There is no team alice", ("team", "show", "alice")),
        ("bob is not a member of sales", ("team", "member", "remove", "sales", "bob")),
        ("There is a team sales already", SALES),
        ("There is a team sales already", ("host", "add", "sales", "--email", "s@example.org", *BERLIN)),
        ("is the home of a host", ("team", "create", "alice", "--email", "a@example.org", *BERLIN)),
        ("changing it is for others", ("team", "disable", "sales", "--as", "alice")),
    ):
        code, text = hosts.attempt(*words)
        assert code == 1, words
        assert said in text


def test_event_types_of_a_team_are_made_like_those_of_a_host(hosts: Shell) -> None:
    hosts.run(*SALES, "--manager", "alice", "--member", "bob")
    hosts.run("event-type", "create", "sales/demo", "--title", "Demonstration", "--as", "alice")
    shown = hosts.run("event-type", "show", "sales/demo", "--as", "bob")
    for word in ("/team/sales/demo", "each member's", "the team's"):
        assert word in shown
    assert "sales/demo" in hosts.run("event-type", "list")
    hosts.run("event-type", "delete", "sales/demo", "--yes", "--as", "alice")


@pytest.mark.slow
def test_a_meeting_is_handed_over_to_whose_turn_it_is_or_to_who_is_named(hosts: Shell) -> None:
    """S4.38."""
    hosts.run("host", "add", "carl", "--email", "carl@example.org", *BERLIN)
    hosts.run(*SALES, "--member", "alice", "--member", "bob", "--member", "carl")
    for home in ("alice", "bob", "carl"):
        hosts.run("host", "set", home, "--hours", "always")
    hosts.run("event-type", "create", "sales/demo", "--hours", "always", "--notice", "0")
    made = cast(
        "dict[str, object]",
        hosts.json("booking", "create", "sales/demo", *GUEST, "--date", f"{DAY}", "--time", "10:00"),
    )
    id_ = str(made["id"])
    assert made["home"] == "alice"
    assert "Handed to bob." in hosts.run("booking", "reassign", id_, "--reason", "Alice is ill.")
    shown = hosts.run("booking", "show", id_)
    assert "reassign to bob" in shown
    assert "Alice is ill." in shown
    handed = cast("dict[str, object]", hosts.json("booking", "reassign", id_, "--to", "carl", "--no-notify"))
    assert (handed["home"], handed["calendar"]) == ("carl", "carl/calendar")
    code, text = hosts.attempt("booking", "reassign", id_, "--to", "dora")
    assert code == 1
    assert "must be another host of the team: alice, bob" in text
    assert hosts.attempt("booking", "show", id_, "--as", "alice")[0] == 1
