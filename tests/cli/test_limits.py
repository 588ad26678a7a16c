"""Caps, days away and holidays on the command line."""

from datetime import date, timedelta
from pathlib import Path
from typing import cast

import pytest

from tests.cli.conftest import Shell
from tests.cli.test_commands import ALICE, GUEST, INTRO
from tests.ical.test_holidays import calendar, whole_day

AHEAD = date.today() + timedelta(days=30)  # noqa: DTZ011 - any day to come
NEXT_WEEK = AHEAD + timedelta(days=7)


@pytest.fixture
def shell(shell: Shell) -> Shell:
    """Return a shell with the host alice and her event type `intro`."""
    shell.run(*ALICE)
    shell.run(*INTRO, "--hours", "always")
    return shell


def as_json(shell: Shell, *words: str) -> dict[str, object]:
    return cast(dict[str, object], shell.json(*words))


def test_caps_are_set_shown_and_taken_away(shell: Shell) -> None:
    words = ("--caps", "2/day, 5/week", "--guest-caps", "1/total", "--first-slot-only")
    made = as_json(shell, "event-type", "edit", "alice/intro", *words)
    assert (made["caps"], made["guest_caps"], made["first_slot_only"]) == ("2/day, 5/week", "1/total", True)
    text = shell.run("event-type", "show", "alice/intro")
    assert "2/day, 5/week" in text
    assert "the first free time of each day" in text
    made = as_json(shell, "event-type", "edit", "alice/intro", "--caps", "none", "--no-first-slot-only")
    assert (made["caps"], made["guest_caps"], made["first_slot_only"]) == ("", "1/total", False)


@pytest.mark.parametrize("text", ["2", "2/fortnight", "two/day", "2/day, 3/day", "0/day", "", "-1/week"])
def test_caps_that_are_none_are_refused(shell: Shell, text: str) -> None:
    code, said = shell.attempt("event-type", "edit", "alice/intro", "--caps", text)
    assert code == 1
    assert "caps" in said


def test_a_host_who_books_beyond_a_cap_is_asked_once(shell: Shell) -> None:
    """C36: without a terminal to ask, it says how to insist."""
    shell.run("event-type", "edit", "alice/intro", "--caps", "1/day", "--guest-caps", "2/total")
    book = ("booking", "create", "alice/intro", *GUEST, "--date")
    shell.run(*book, str(AHEAD), "--time", "09:00")
    code, said = shell.attempt(*book, str(AHEAD), "--time", "10:00")
    assert (code, "--anyway" in said) == (1, True)
    shell.run(*book, str(AHEAD), "--time", "10:00", "--anyway")
    code, said = shell.attempt(*book, str(NEXT_WEEK), "--time", "10:00")
    assert (code, "as one person may" in said, "--anyway" in said) == (1, True, True)
    shell.run(*book, str(NEXT_WEEK), "--time", "10:00", "--anyway")


def test_days_away_are_added_listed_shown_and_removed(shell: Shell) -> None:
    shell.run("host", "add", "bob", "--email", "bob@example.org", "--zone", "UTC")
    words = ("--from", str(AHEAD), "--to", str(NEXT_WEEK), "--message", "At the lake", "--deputy", "bob")
    assert "At the lake" in shell.run("host", "away", "add", "alice", *words)
    shell.run("host", "away", "add", "alice", "--from", str(AHEAD), "--event-type", "intro")
    assert shell.json("host", "away", "list", "alice") == [
        {
            "event_type": None,
            "first": str(AHEAD),
            "last": str(NEXT_WEEK),
            "message": "At the lake",
            "deputy": "bob",
        },
        {"event_type": "intro", "first": str(AHEAD), "last": str(AHEAD), "message": "", "deputy": None},
    ]
    assert f"{AHEAD} to {NEXT_WEEK} (bob stands in)" in shell.run("host", "show", "alice")
    assert f"{AHEAD} to {AHEAD}" in shell.run("event-type", "show", "alice/intro")
    shell.run("host", "away", "remove", "alice", "--from", str(AHEAD), "--event-type", "intro")
    shell.run("host", "away", "remove", "alice", "--from", str(AHEAD))
    assert "Nobody is away." in shell.run("host", "away", "list", "alice")


@pytest.mark.parametrize(
    "words",
    [
        ("add", "alice", "--from", "tomorrow"),
        ("add", "alice", "--from", "2020-01-01"),
        ("add", "alice", "--from", str(AHEAD), "--deputy", "nobody"),
        ("add", "alice", "--from", str(AHEAD), "--event-type", "nothing"),
        ("add", "nobody", "--from", str(AHEAD)),
        ("remove", "alice", "--from", str(AHEAD)),
    ],
)
def test_days_away_that_cannot_be_are_refused(shell: Shell, words: tuple[str, ...]) -> None:
    assert shell.attempt("host", "away", *words)[0] == 1


def test_special_days_are_listed_with_the_host(shell: Shell) -> None:
    words = ("--override", f"{AHEAD} closed", "--override", f"{NEXT_WEEK} 09:00-12:00")
    shell.run("host", "set", "alice", *words)
    found = as_json(shell, "host", "show", "alice")
    assert found["overrides"] == [f"{AHEAD} closed", f"{NEXT_WEEK} 09:00-12:00"]
    assert f"{AHEAD} closed; {NEXT_WEEK} 09:00-12:00" in shell.run("host", "show", "alice")


def test_holidays_are_taken_from_a_file_listed_and_cleared(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "holidays.ics"
    file.write_text(calendar(whole_day(f"{AHEAD:%Y%m%d}", "Tag der Brücken")), encoding="utf-8")
    taken = as_json(shell, "host", "holidays", "alice", str(file))
    assert (taken["added"], taken["holidays"]) == (1, [{"day": str(AHEAD), "name": "Tag der Brücken"}])
    assert "0 added, 0 removed" in shell.run("host", "holidays", "alice", str(file), "--replace")
    assert "Tag der Brücken" in shell.run("host", "holidays", "alice", "--list")
    shown = as_json(shell, "host", "show", "alice")
    assert (shown["holidays"], shown["overrides"]) == (1, [])
    assert "There is no holiday." in shell.run("host", "holidays", "alice", "--clear")


def test_a_file_that_is_no_list_of_holidays_is_refused_with_the_reason(shell: Shell, tmp_path: Path) -> None:
    (broken := tmp_path / "broken.ics").write_text("BEGIN:VCALENDAR\r\n", encoding="utf-8")
    (latin := tmp_path / "latin.ics").write_bytes("Brücke".encode("latin-1"))
    (large := tmp_path / "large.ics").write_bytes(b" " * 2_000_001)
    for file, reason in ((broken, "VCALENDAR"), (latin, "UTF-8"), (large, "larger than")):
        code, said = shell.attempt("host", "holidays", "alice", str(file))
        assert code == 1
        assert reason in said
    assert shell.attempt("host", "holidays", "alice")[0] == 2
    assert shell.attempt("host", "holidays", "alice", "--list", "--clear")[0] == 2


def test_how_meetings_may_repeat_is_set_shown_and_taken_away(shell: Shell) -> None:
    """S3.30"""
    made = as_json(shell, "event-type", "edit", "alice/intro", "--series", "weekly,monthly 10")
    assert made["series"] == "weekly,monthly 10"
    assert "weekly,monthly 10 at most" in shell.run("event-type", "show", "alice/intro")
    made = as_json(shell, "event-type", "edit", "alice/intro", "--series", "none")
    assert made["series"] == "none"


@pytest.mark.parametrize("text", ["daily 10", "weekly", "12", "weekly 1", "weekly 105", ""])
def test_how_meetings_cannot_repeat_is_refused(shell: Shell, text: str) -> None:
    code, said = shell.attempt("event-type", "edit", "alice/intro", "--series", text)
    assert code == 1
    assert "series" in said
