"""`daybook invite`, without and with a running server."""

import re
from pathlib import Path
from typing import cast

import pytest

from tests.cli.conftest import Shell
from tests.cli.test_commands import ALICE, DAY, GUEST

Invite = dict[str, object]
BOB = ("host", "add", "bob", "--name", "Bob", "--email", "bob@example.org", "--zone", "UTC")


@pytest.fixture(params=["shell", pytest.param("served", marks=pytest.mark.slow)])
def either(request: pytest.FixtureRequest) -> Shell:
    """Return a shell on an installation with the hosts alice and bob; alice's event type `hush` is internal."""
    shell = cast(Shell, request.getfixturevalue(request.param))
    known = shell.run("host", "list")
    if "Alice" not in known:
        shell.run(*ALICE)
    if "bob@" not in known:
        shell.run(*BOB)
    if "alice/hush" not in shell.run("event-type", "list", "alice"):
        shell.run("event-type", "create", "alice/hush", "--visibility", "internal", "--hours", "always")
    return shell


def invites(shell: Shell) -> list[Invite]:
    return cast("list[Invite]", shell.json("invite", "list", "alice"))


def test_an_invite_is_made_listed_sent_and_revoked(either: Shell) -> None:
    """S1.2, S1.62."""
    wish = ("--name", "Ivy", "--email", "ivy@example.net", "--message", "Do come.", "--days", "7")
    made = cast("dict[str, list[Invite]]", either.json("invite", "create", "alice/hush", *wish))
    (one,) = made["invites"]
    id_ = str(one["id"])
    assert re.search(r"/i/i_[\w-]{35}$", str(one["link"]))
    assert (one["state"], one["uses"], one["bookings"]) == ("open", 0, [])
    assert id_ in either.run("invite", "list")
    assert "revoked" in either.run("invite", "revoke", id_)
    assert next(found["state"] for found in invites(either) if found["id"] == id_) == "revoked"
    code, text = either.attempt("invite", "send", id_)
    assert (code, "base_url" in text or "no longer valid" in text) == (1, True)


def test_a_colleague_invites_to_what_is_internal_and_not_to_more(either: Shell) -> None:
    """S1.2."""
    assert "/i/i_" in either.run("invite", "create", "alice/hush", "--as", "bob", "--no-mail")
    code, text = either.attempt("invite", "create", "alice/hush", "--as", "bob", "--uses", "2")
    assert (code, "good for one booking" in text) == (1, True)


def test_a_list_is_invited_whole_or_not_at_all(either: Shell, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    before = invites(either)
    people.write_text(
        "\ufeffname,email,language\nAda,ada@example.net,de\n\nBen,ben at home,\n,,,,\n", "utf-8"
    )
    code, text = either.attempt("invite", "create", "alice/hush", "--from", str(people))
    assert (code, "line 5: has 5 cells for 3 columns" in text) == (1, True)
    people.write_text("name;email;message\nAda;ada@example.net;\nBen;ben at home;x\n", "utf-8")
    code, text = either.attempt("invite", "create", "alice/hush", "--from", str(people))
    assert (code, "line 3: email must be a mail address" in text) == (1, True)
    assert invites(either) == before
    people.write_text(
        'name;email;message\nAda;ada@example.net;\n"Ben ""B""";ben@example.net;"x\ny"\n', "utf-8"
    )
    either.run("invite", "create", "alice/hush", "--from", str(people), "--message", "Come.", "--no-mail")
    found = [one for one in invites(either) if one not in before]
    assert {(one["name"], one["message"]) for one in found} == {("Ada", "Come."), ('Ben "B"', "x\ny")}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the column “email” is missing"),
        (b"email\na@example.net\n", "the column “name” is missing"),
        (b"name,email,phone\n", "the column “phone” is not known"),
        (b"name,email,email\n", "two columns have one name"),
        (b"name,email\nAd\xe4,a@example.net\n", "is not in UTF-8"),
        (b'name,email\n"Ada,a@example.net\n', "line 2: unexpected end of data"),
        (b"name,email\n", "1 to 500 people, not 0"),
    ],
)
def test_a_file_that_is_no_list_of_people_is_refused(
    shell: Shell, tmp_path: Path, content: bytes, said: str
) -> None:
    shell.run(*ALICE)
    shell.run("event-type", "create", "alice/hush")
    (people := tmp_path / "people.csv").write_bytes(content)
    code, text = shell.attempt("invite", "create", "alice/hush", "--from", str(people))
    assert code == 1
    assert said in text


def test_a_host_books_what_is_private_without_an_invite(either: Shell) -> None:
    """S1.71: the command line acts as the host."""
    wish = ("--date", f"{DAY}", "--time", "11:00", *GUEST)
    assert "Booked." in either.run("booking", "create", "alice/hush", *wish)
