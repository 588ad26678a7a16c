"""Keys of programs on the command line."""

import json
import re

import pytest

from tests.cli.conftest import Shell

ALICE = ("host", "add", "alice", "--email", "alice@example.org", "--zone", "UTC")


def test_a_key_is_shown_once_listed_and_revoked(shell: Shell) -> None:
    shell.run(*ALICE)
    text = shell.run("api-key", "create", "alice", "--permission", "view", "--permission", "edit")
    key = re.search(r"\bdb_live_[a-z2-7]{44}\b", text)
    assert key is not None
    listed = shell.run("api-key", "list", "alice")
    prefix = key[0][:24]
    assert all(word in listed for word in (prefix, "alice", "edit, view", "never"))
    assert key[0] not in listed
    assert f"daybook api-key revoke {prefix}" in text
    shell.run("api-key", "revoke", prefix)
    assert "There is no API key." in shell.run("api-key", "list")


def test_programs_get_everything_as_json(shell: Shell) -> None:
    answer = json.loads(shell.run("api-key", "create", "--test", "--json"))
    assert answer["key"].startswith("db_test_")
    assert answer["view"]["home"] is None
    assert answer["view"]["permissions"] == ["scheduler.delete", "scheduler.edit", "scheduler.view"]
    (listed,) = json.loads(shell.run("api-key", "list", "--json"))
    assert listed == answer["view"]
    assert json.loads(shell.run("api-key", "revoke", listed["id"], "--json")) == listed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "nobody"), "no host nobody"),
        (("create", "--permission", "fly"), "scheduler.view"),
        (("revoke", "db_live_aaaa"), "no API key"),
    ],
)
def test_what_cannot_be_is_said(words: tuple[str, ...], said: str, shell: Shell) -> None:
    shell.run(*ALICE)
    code, text = shell.attempt("api-key", *words)
    assert code == 1
    assert said in text
