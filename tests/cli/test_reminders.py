"""Reminders on the command line."""

import pytest

from tests.cli.conftest import Shell
from tests.cli.test_commands import ALICE, DAY, GUEST, INTRO


def test_reminders_are_given_shown_replaced_and_taken_away(shell: Shell) -> None:
    """S3.43"""
    shell.run(*ALICE)
    made = shell.json(
        *INTRO, "--reminder", "1h guest,host", "--reminder", "24h guest", "--reminder", "2h guest sms"
    )
    assert isinstance(made, dict)
    assert made["reminders"] == ["1d guest", "2h guest sms", "1h guest,host"]
    edited = shell.json("event-type", "edit", "alice/intro", "--reminder", "30m host")
    assert isinstance(edited, dict)
    assert edited["reminders"] == ["30m host"]
    assert "30m host" in shell.run("event-type", "show", "alice/intro")
    none = shell.json("event-type", "edit", "alice/intro", "--reminder", "none")
    assert isinstance(none, dict)
    assert none["reminders"] == []


@pytest.mark.parametrize("given", ["1m guest", "61d guest", "1h host sms", "soon guest"])
def test_what_is_no_reminder_is_refused_with_what_it_must_be(shell: Shell, given: str) -> None:
    shell.run(*ALICE)
    code, text = shell.attempt(*INTRO, "--reminder", given)
    assert code == 1
    assert "reminders" in text


def test_jobs_and_what_waits_are_shown_without_a_server(shell: Shell) -> None:
    shell.run(*ALICE)
    shell.run(*INTRO, "--hours", "always", "--reminder", "24h guest")
    booked = shell.json("booking", "create", "alice/intro", "--date", str(DAY), "--time", "09:00", *GUEST)
    assert isinstance(booked, dict)
    text = shell.run("jobs")
    assert "No server runs" in text
    assert f"{booked['id']}  reminder" in text
    assert "reminder 1d before" in shell.run("booking", "show", booked["id"])


@pytest.mark.slow
def test_a_running_server_shows_how_its_jobs_fare(served: Shell) -> None:
    found = served.json("jobs")
    assert isinstance(found, dict)
    assert {"complete", "deliver", "prune", "recover"} <= {one["name"] for one in found["jobs"]}
