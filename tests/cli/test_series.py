"""What operators type about series: one on the days that can be had, one meeting moved, others cancelled."""

from datetime import date, timedelta
from typing import cast

import pytest

from tests.cli.conftest import Shell
from tests.cli.test_commands import ALICE, INTRO

MONDAY = date.today() + timedelta(days=14 - date.today().weekday())  # noqa: DTZ011 - any Monday that is to come
DAYS = [(MONDAY + timedelta(weeks=week)).isoformat() for week in range(5)]
BOOK = (
    *("booking", "create", "alice/intro", "--date", DAYS[0], "--time", "10:00"),
    *("--name", "Gus Guest", "--email", "gus@example.net"),
)
FIVE = ("--repeat", "weekly", "--count", "5")


@pytest.fixture
def shell(shell: Shell) -> Shell:
    """Return a shell with a host and what she offers."""
    shell.run(*ALICE)
    shell.run(*INTRO)
    return shell


def booked(shell: Shell, *more: str) -> dict[str, object]:
    return cast(dict[str, object], shell.json(*BOOK, *FIVE, *more))


def told(found: dict[str, object]) -> list[tuple[str, str]]:
    """Return date and status of each meeting."""
    occurrences = cast(list[dict[str, str]], found["occurrences"])
    return [(one["date"], one["status"]) for one in occurrences]


def shown(shell: Shell, id_: object) -> dict[str, object]:
    details = cast(dict[str, object], shell.json("booking", "show", str(id_)))
    return cast(dict[str, object], details["booking"])


def test_a_series_is_booked_and_listed_with_the_status_of_each_meeting(shell: Shell) -> None:
    """S3.30, S3.31"""
    made = booked(shell)
    assert made["repeat"] == {"frequency": "weekly", "interval": 1, "count": 5, "until": None}
    assert told(shown(shell, made["id"])) == [(day, "scheduled") for day in DAYS]
    text = shell.run("booking", "show", str(made["id"]))
    assert "repeats   weekly, 5 times" in text
    assert f"{DAYS[3]}  {DAYS[3]} 10:00" in text


def test_every_n_months_until_a_day(shell: Shell) -> None:
    until = (MONDAY + timedelta(days=130)).isoformat()
    made = cast(
        dict[str, object],
        shell.json(*BOOK, "--repeat", "monthly", "--every", "2", "--until", until, "--anyway"),
    )
    assert len(told(made)) == 3


def test_days_of_a_series_are_left_out(shell: Shell) -> None:
    assert told(booked(shell, "--skip", DAYS[2])) == [
        (day, "skipped" if day == DAYS[2] else "scheduled") for day in DAYS
    ]
    code, text = shell.attempt(*BOOK, *FIVE, "--skip", "2020-01-01")
    assert (code, "skip: has no meeting on 2020-01-01" in text) == (1, True)


def test_what_cannot_be_had_is_named_and_left_out_when_that_is_asked_for(shell: Shell) -> None:
    shell.run(*BOOK[:4], DAYS[1], *BOOK[5:])
    code, text = shell.attempt(*BOOK, *FIVE)
    assert code == 1
    assert f"{DAYS[1]}T" in text
    assert "busy" in text
    assert "To leave these out: --skip-conflicts" in text
    assert told(booked(shell, "--skip-conflicts"))[1] == (DAYS[1], "skipped")


def test_one_meeting_is_moved_and_one_is_cancelled(shell: Shell) -> None:
    """S3.32, C41"""
    id_ = str(booked(shell)["id"])
    where = ("--date", DAYS[1], "--time", "14:00")
    shell.run("booking", "reschedule", id_, "--occurrence", DAYS[1], *where)
    text = shell.run("booking", "cancel", id_, "--occurrence", DAYS[2], "--reason", "A holiday.")
    assert "cancelled  A holiday." in text
    assert told(shown(shell, id_)) == list(
        zip(DAYS, ["scheduled", "moved", "cancelled", "scheduled", "scheduled"], strict=True)
    )


def test_a_meeting_that_was_moved_to_another_day_keeps_the_name_of_its_own(shell: Shell) -> None:
    """C41: the day of the original start."""
    id_ = str(booked(shell)["id"])
    tuesday = (MONDAY + timedelta(days=8)).isoformat()
    shell.run("booking", "reschedule", id_, "--occurrence", DAYS[1], "--date", tuesday, "--time", "14:00")
    code, _ = shell.attempt("booking", "cancel", id_, "--occurrence", tuesday)
    assert code == 1
    shell.run("booking", "cancel", id_, "--occurrence", DAYS[1])
    assert told(shown(shell, id_))[1] == (DAYS[1], "cancelled")


def test_what_is_to_come_is_cancelled_from_a_day_on(shell: Shell) -> None:
    """S3.33"""
    id_ = str(booked(shell)["id"])
    shell.run("booking", "cancel", id_, "--from", DAYS[2])
    assert told(shown(shell, id_)) == [(day, "scheduled") for day in DAYS[:2]]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--count", "5"), "--every, --count and --until need --repeat."),
        (("--repeat", "weekly"), "count: must be a number of meetings, or the last day must be given"),
        (("--repeat", "weekly", "--until", "soon"), "is no date"),
        (("--repeat", "weekly", "--count", "500"), "must give 2 to 104 meetings"),
    ],
)
def test_a_series_that_cannot_be_is_refused(shell: Shell, words: tuple[str, ...], why: str) -> None:
    code, text = shell.attempt(*BOOK, *words)
    assert code != 0
    assert why in text


def test_one_meeting_and_a_day_to_end_at_are_not_asked_for_at_once(shell: Shell) -> None:
    id_ = str(booked(shell)["id"])
    code, text = shell.attempt("booking", "cancel", id_, "--occurrence", DAYS[1], "--from", DAYS[2])
    assert (code, "cannot be said with an occurrence" in text) == (1, True)
