"""Seats on the command line."""

from datetime import date, timedelta
from typing import cast

import pytest

from tests.cli.conftest import Shell
from tests.cli.test_commands import ALICE, INTRO

AHEAD = date.today() + timedelta(days=30)  # noqa: DTZ011 - any day to come


@pytest.fixture
def shell(shell: Shell) -> Shell:
    """Return a shell with the host alice, whose event type `intro` has two seats."""
    shell.run(*ALICE)
    shell.run(*INTRO, "--hours", "always", "--seats", "2", "--waitlist", "3", "--waitlist-hold", "2h")
    return shell


def as_json(shell: Shell, *words: str) -> dict[str, object]:
    return cast(dict[str, object], shell.json(*words))


def book(shell: Shell, name: str) -> dict[str, object]:
    when = ("--date", str(AHEAD), "--time", "10:00")
    who = ("--name", name, "--email", f"{name.lower()}@example.net", "--notes", f"I am {name}.")
    return as_json(shell, "booking", "create", "alice/intro", *when, *who)


def refused(shell: Shell, *words: str) -> str:
    """Return what is said of a command that is refused."""
    code, text = shell.attempt(*words)
    assert code != 0, text
    return text


def people(shown: dict[str, object]) -> list[str]:
    return [str(one["name"]) for one in cast(list[dict[str, object]], shown["seated"])]


def test_seats_are_set_shown_and_refused_where_they_make_no_sense(shell: Shell) -> None:
    """S2.18"""
    shown = as_json(shell, "event-type", "show", "alice/intro")
    assert (shown["seats"], shown["waitlist_max"], shown["waitlist_hold_min"]) == (2, 3, 120)
    text = shell.run("event-type", "show", "alice/intro")
    assert "2, names hidden" in text
    changed = as_json(shell, "event-type", "edit", "alice/intro", "--seats-shown", "--keeps-empty")
    assert (changed["seats_shown"], changed["keeps_empty"]) == (True, True)
    assert "seats" in refused(shell, "event-type", "edit", "alice/intro", "--guests", "2")


def test_who_has_a_seat_is_listed_given_one_and_taken_out(shell: Shell) -> None:
    """S2.51, S3.27, S3.28, S3.29, C20"""
    made = book(shell, "Ann")
    id_ = str(made["id"])
    added = as_json(shell, "booking", "add-guest", id_, "Ben <ben@example.net>")
    assert (people(added), added["seats"]) == (["Ann", "Ben"], 2)
    text = shell.run("booking", "show", id_)
    assert "2 of 2" in text
    assert "Ben <ben@example.net>" in text
    assert "I am Ann." in text
    assert "2 of 2 seats" in shell.run("booking", "list")
    assert "seats of this meeting are taken" in refused(shell, "booking", "add-guest", id_, "cem@example.net")
    left = as_json(shell, "booking", "remove-guest", id_, "ann@example.net")
    assert people(left) == ["Ben"]
    assert "no such guest" in refused(shell, "booking", "remove-guest", id_, "ann@example.net").lower()


def test_a_host_brings_nobody_along_to_a_seat(shell: Shell) -> None:
    """C20"""
    when = ("--date", str(AHEAD), "--time", "10:00", "--name", "Ann", "--email", "ann@example.net")
    assert "guests" in refused(shell, "booking", "create", "alice/intro", *when, "--guest", "ben@example.net")
