"""How hosts and operators say who may not book, and which guests prove their address."""

from tests.cli.conftest import Shell

ALICE = ("host", "add", "alice", "--email", "alice@example.org", "--zone", "UTC")


def test_addresses_are_blocked_listed_and_let_in_again(shell: Shell) -> None:
    shell.run(*ALICE)
    shell.run("host", "set", "alice", "--block", "troll@example.com", "--block", "@spam.example")
    text = shell.run("host", "set", "alice", "--unblock", "troll@example.com")
    assert "@spam.example" in text
    assert "troll@example.com" not in text


def test_what_would_block_everybody_is_refused_with_what_it_must_be(shell: Shell) -> None:
    shell.run(*ALICE)
    code, text = shell.attempt("host", "set", "alice", "--block", "*")
    assert code == 1
    assert "whole domains like @example.org" in text


def test_an_event_type_asks_its_guests_to_confirm_their_address(shell: Shell) -> None:
    shell.run(*ALICE)
    asks = "to be confirmed by their guests"
    assert asks in shell.run("event-type", "create", "alice/intro", "--confirm-address")
    assert asks in shell.run("event-type", "show", "alice/intro")
    assert asks not in shell.run("event-type", "edit", "alice/intro", "--no-confirm-address")
    text = shell.attempt("event-type", "edit", "alice/intro", "--confirm-address")[1]
    assert asks in text
    assert "no mail with a link can leave" in shell.attempt("check")[1]
