"""Passwords of programs on the command line."""

import re

import pytest

from tests.cli.conftest import Shell

ALICE = ("host", "add", "alice", "--email", "alice@example.org", "--zone", "UTC")


def test_an_app_password_is_shown_once_listed_and_revoked(shell: Shell) -> None:
    shell.run(*ALICE)
    text = shell.run("app-password", "create", "alice", "--name", "my phone")
    secret = re.search(r"\b(?:[a-z2-7]{4}-){6}[a-z2-7]{4}\b", text)
    assert secret is not None
    assert "daybook app-password revoke alice 'my phone'" in text
    listed = shell.run("app-password", "list", "alice")
    assert "my phone" in listed
    assert "never" in listed
    assert secret[0] not in listed
    shell.run("app-password", "revoke", "alice", "my phone")
    assert "There is no app password." in shell.run("app-password", "list", "alice")


def test_the_accounts_password_is_switched_off_for_calendars(shell: Shell) -> None:
    shell.run(*ALICE)
    assert "with app passwords only" in shell.run("host", "set", "alice", "--no-dav-password")
    assert "with app passwords only" not in shell.run("host", "set", "alice", "--dav-password")


@pytest.mark.parametrize("words", [("list", "nobody"), ("revoke", "alice", "phone")])
def test_what_is_not_there_is_said_to_be_missing(words: tuple[str, ...], shell: Shell) -> None:
    shell.run(*ALICE)
    code, text = shell.attempt("app-password", *words)
    assert code == 1
    assert re.search("no host nobody|no app password", text)
