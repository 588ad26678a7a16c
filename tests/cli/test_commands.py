"""What people type, and what they read: the same with a running server and without."""

import re
from datetime import date, timedelta
from typing import cast

import pytest

from tests.cli.conftest import Shell

ALICE = (
    "host",
    "add",
    "alice",
    "--name",
    "Alice Example",
    "--email",
    "alice@example.org",
    "--zone",
    "Europe/Berlin",
)
INTRO = (
    "event-type",
    "create",
    "alice/intro",
    "--title",
    "Introduction",
    "--duration",
    "30",
    "--notice",
    "0",
)
DAY = next(day for ahead in range(20, 27) if (day := date.today() + timedelta(days=ahead)).weekday() == 2)  # noqa: DTZ011
"""A Wednesday three weeks from now."""

GUEST = ("--name", "Gus Guest", "--email", "gus@example.net")


@pytest.fixture(params=["shell", "served"])
def either(request: pytest.FixtureRequest) -> Shell:
    """Return a shell without and with a running server, with the host alice and her event type `intro`."""
    shell = cast(Shell, request.getfixturevalue(request.param))
    if "Alice" not in shell.run("host", "list"):
        shell.run(*ALICE)
        shell.run(*INTRO, "--hours", "always")
    return shell


def test_a_new_host_gets_a_password_that_is_shown_once(shell: Shell) -> None:
    text = shell.run(*ALICE)
    password = re.search(r"shown once\): (\S{20,})", text)
    assert password is not None
    assert password[1] not in shell.run("host", "list", "--json")


@pytest.mark.slow
def test_a_password_from_standard_input_is_set_and_never_printed(served: Shell) -> None:
    text = served.run("host", "password", "demo", "--password-stdin", given="a password of mine\n")
    assert "a password of mine" not in text
    assert served.attempt("host", "password", "demo", "--password-stdin", given="short\n")[0] == 1
    served.run("host", "password", "demo", "--password-stdin", given="demo demo\n")


@pytest.mark.slow
def test_guests_are_brought_along_and_taken_off(shell: Shell) -> None:
    """S1.8, C32."""
    shell.run(*ALICE)
    shell.run(*INTRO, "--hours", "always", "--guests", "2")
    wish = (*GUEST, "--date", f"{DAY}", "--time", "10:00", "--guest", "Sam Example <sam@example.net>")
    made = cast("dict[str, object]", shell.json("booking", "create", "alice/intro", *wish))
    assert made["guests"] == [{"name": "Sam Example", "email": "sam@example.net"}]
    assert "kim@example.net" in shell.run("booking", "add-guest", str(made["id"]), "kim@example.net")
    text = shell.run("booking", "remove-guest", str(made["id"]), "SAM@example.net")
    assert "sam@example.net" not in text
    assert shell.attempt("booking", "remove-guest", str(made["id"]), "sam@example.net")[0] == 1
    shown = shell.run("booking", "show", str(made["id"]))
    assert "join" in shown
    assert "leave" in shown


@pytest.mark.slow
def test_a_group_is_booked_by_the_names_of_its_hosts_unless_one_opts_out(shell: Shell) -> None:
    """S1.3."""
    shell.run(*ALICE)
    shell.run(*INTRO, "--hours", "always")
    shell.run("host", "add", "bob", "--email", "bob@example.org", "--zone", "Europe/Berlin")
    wish = (*GUEST, "--date", f"{DAY}", "--time", "10:00")
    made = cast("dict[str, object]", shell.json("booking", "create", "alice+bob/intro", *wish))
    assert (made["home"], made["co_hosts"]) == ("alice", ["bob"])
    assert "alice+bob/intro" in shell.run("booking", "show", str(made["id"]))
    listed = cast("list[dict[str, object]]", shell.json("booking", "list"))
    assert [one["id"] for one in listed] == [made["id"]]
    assert "takes no part" in shell.run("host", "set", "bob", "--no-groups")
    assert (
        shell.attempt("booking", "create", "alice+bob/intro", *GUEST, "--date", f"{DAY}", "--time", "11:00")[
            0
        ]
        == 1
    )


@pytest.mark.slow
def test_hosts_are_listed_and_changed(either: Shell) -> None:
    text = either.run(
        "host",
        "set",
        "alice",
        "--hours",
        "mon-fri 09:00-12:00,13:00-17:00",
        "--override",
        "2026-12-24 closed",
    )
    assert "mon-fri 09:00-12:00,13:00-17:00" in text
    assert "2026-12-24 closed" in text
    hosts = cast("list[dict[str, object]]", either.json("host", "list"))
    assert [one["overrides"] for one in hosts if one["home"] == "alice"] == [["2026-12-24 closed"]]
    either.run("host", "set", "alice", "--override", "2026-12-24 usual")


@pytest.mark.slow
def test_a_disabled_host_is_marked_until_switched_on_again(either: Shell) -> None:
    either.run("host", "disable", "alice")
    assert re.search(r"^alice .*disabled$", either.run("host", "list"), re.MULTILINE)
    either.run("host", "disable", "alice", "--undo")
    assert "disabled" not in either.run("host", "list")


@pytest.mark.slow
def test_event_types_are_created_edited_shown_and_deleted(either: Shell) -> None:
    either.run(
        "event-type",
        "create",
        "alice/review",
        "--duration",
        "1h30m",
        "--buffer-before",
        "10",
        "--notice",
        "2d",
    )
    shown = cast("dict[str, object]", either.json("event-type", "show", "alice/review"))
    assert (shown["duration_min"], shown["buffer_before_min"], shown["notice_min"]) == (90, 10, 2880)
    either.run(
        "event-type", "edit", "alice/review", "--slug", "look", "--location", "https://meet.example.org/a"
    )
    assert "alice/look" in either.run("event-type", "list", "alice")
    assert either.attempt("event-type", "delete", "alice/look", given="n\n")[0] == 1
    either.run("event-type", "delete", "alice/look", "--yes")
    assert "alice/look" not in either.run("event-type", "list")


@pytest.mark.slow
def test_a_booking_is_made_shown_moved_and_cancelled(either: Shell) -> None:
    """S1.71: `booking create <slug> --date --time --name --email --timezone --notes`."""
    wish = (*GUEST, "--date", f"{DAY}", "--time", "14:30", "--timezone", "Asia/Kolkata", "--notes", "Hello")
    made = cast("dict[str, str]", either.json("booking", "create", "alice/intro", *wish))
    assert (made["start"], made["notes"]) == (f"{DAY}T09:00:00Z", "Hello")
    id_ = made["id"]
    assert id_ in either.run("booking", "list", "alice")
    moved = either.run("booking", "reschedule", id_, "--date", f"{DAY}", "--time", "16:00")
    assert f"{DAY} 16:00" in moved
    assert "Ill" in either.run("booking", "cancel", id_, "--reason", "Ill")
    shown = either.run("booking", "show", id_)
    assert [word for word in ("create", "reschedule", "cancel") if word not in shown] == []
    assert id_ not in either.run("booking", "list", "alice")
    assert id_ in either.run("booking", "list", "alice", "--view", "cancelled")


@pytest.mark.slow
def test_a_request_is_answered_on_the_command_line(either: Shell) -> None:
    """S1.23, S1.20: what can be answered, and that there is nothing (more) to answer."""
    terms = ("--requires-confirmation", "--confirm-within", "2d", "--guest-reschedule", "auto")
    made = either.run("event-type", "create", "alice/asked", *terms, "--cancel-deadline", "24h")
    assert "by the host, within 2880 min" in made
    assert "cancel 1440 min" in made
    wish = (*GUEST, "--date", f"{DAY}", "--time", "14:30")
    booked = cast("dict[str, str]", either.json("booking", "create", "alice/asked", *wish, "--anyway"))
    assert booked["status"] == "confirmed"
    assert either.json("booking", "list", "alice", "--view", "pending") == []
    same = cast("dict[str, str]", either.json("booking", "confirm", booked["id"]))
    assert same["status"] == "confirmed"
    code, said = either.attempt("booking", "decline", booked["id"], "--reason", "Leave")
    assert (code, "cancelled, but no longer declined" in said) == (1, True)


@pytest.mark.slow
def test_a_time_that_guests_are_not_offered_needs_a_word(either: Shell) -> None:
    """C36: nobody can be asked where there is no terminal, so it is refused with the option that takes it."""
    either.run("event-type", "create", "alice/office", "--hours", "mon-fri 09:00-17:00")
    wish = ("booking", "create", "alice/office", "--date", f"{DAY}", *GUEST, "--time", "20:00")
    code, text = either.attempt(*wish)
    assert code == 1
    assert "--anyway" in text
    assert "Booked." in either.run(*wish, "--anyway")
    code, text = either.attempt(*wish, "--anyway")
    assert (code, "no longer free" in text) == (1, True)
    either.run("event-type", "delete", "alice/office", "--yes")


def test_mails_wait_until_there_is_a_way_out(shell: Shell) -> None:
    """S1.54: without SMTP the booking is made all the same."""
    shell.run(*ALICE)
    shell.run(*INTRO, "--hours", "always")
    shell.run("booking", "create", "intro", *GUEST, "--date", f"{DAY}", "--time", "10:00")
    assert len(cast("list[object]", shell.json("mail", "list"))) == 2
    code, text = shell.attempt("mail", "send")
    assert (code, "mail.host" in text) == (1, True)


def test_a_refusal_names_the_option_and_the_cure(shell: Shell) -> None:
    shell.run(*ALICE)
    code, text = shell.attempt("event-type", "create", "alice/intro", "--duration", "0", "--zone", "Mars")
    assert code == 1
    assert "duration: must be between 1 and 1440, not 0" in text
    assert "zone: must be an IANA time zone" in text


def test_a_duration_is_written_as_people_do(shell: Shell) -> None:
    shell.run(*ALICE)
    code, text = shell.attempt("event-type", "create", "alice/intro", "--duration", "an hour")
    assert (code, "write it as 45, 1h30m or 2d" in text) == (2, True)


@pytest.mark.parametrize("words", [("host", "set", "nobody", "--name", "x"), ("booking", "show", "bk_none")])
def test_what_is_not_there_is_said_to_be_missing(words: tuple[str, ...], shell: Shell) -> None:
    code, text = shell.attempt(*words)
    assert (code, "There is no" in text) == (1, True)


def test_wrong_settings_are_all_told(shell: Shell) -> None:
    (config := shell.data / "daybook.toml").write_text('base_url = "x"\n[mail]\nport = 0\n')
    code, text = shell.attempt("host", "list", "--config", str(config))
    assert code == 1
    assert "base_url" in text
    assert "mail.port" in text


def test_secret_feed_addresses_are_shown_and_replaced(shell: Shell) -> None:
    shell.run(*ALICE)
    first = shell.run("host", "feed-link", "alice")
    assert first == shell.run("host", "feed-link", "alice")
    assert first != shell.run("host", "feed-link", "alice", "--reset")
    assert "/feeds/private/f_" in first
