"""Whole calendars in and out, as it is typed; with a running server and without."""

from pathlib import Path
from typing import cast

import pytest

from server.cli import spool as module
from server.cli.session import DirectSession
from server.control.answers import Answer
from server.control.calendars import ImportObjects
from server.control.commands import Request
from tests.cli.conftest import Shell

CASES = Path(__file__).parents[1] / "ical/cases"
NAMES = ("allday_multi", "override_moved", "floating", "yearly_feb29", "orphan_override")
ALICE = ("host", "add", "alice", "--email", "alice@example.org", "--zone", "Europe/Berlin")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with five objects, each in a calendar of its own."""
    texts = {name: (CASES / f"{name}.ics").read_text(encoding="utf-8") for name in NAMES}
    renamed = [text.replace("\nUID:a\n", f"\nUID:{name}\n") for name, text in texts.items()]
    (path := tmp_path / "five.ics").write_text("".join(renamed), encoding="utf-8")
    return path


@pytest.fixture(params=["shell", "served"])
def either(request: pytest.FixtureRequest) -> Shell:
    """Return a shell without and with a running server, with the host alice."""
    shell = cast(Shell, request.getfixturevalue(request.param))
    if not any(
        host["home"] == "alice" for host in cast("list[dict[str, object]]", shell.json("host", "list"))
    ):
        shell.run(*ALICE)
    return shell


@pytest.mark.slow
def test_a_calendar_goes_in_and_out_and_in_again(either: Shell, file: Path, tmp_path: Path) -> None:
    assert "5 added, 0 changed, 0 unchanged, 0 refused" in either.run(
        "calendar", "import", "alice", str(file)
    )
    assert "0 added, 0 changed, 5 unchanged" in either.run("calendar", "import", "alice/calendar", str(file))
    assert "5 objects" in either.run("calendar", "export", "alice", str(tmp_path / "out.ics"))
    assert "0 added, 0 changed, 5 unchanged" in either.run(
        "calendar", "import", "alice", str(tmp_path / "out.ics")
    )
    listed = cast("list[dict[str, object]]", either.json("calendar", "list", "alice"))
    assert listed == [{"name": "calendar", "objects": 5, "receives": True}]


def test_standard_input_and_output_carry_calendars(shell: Shell, file: Path) -> None:
    shell.run(*ALICE)
    given = file.read_text(encoding="utf-8")
    assert "5 added" in shell.run("calendar", "import", "alice", "-", given=given)
    out = shell.run("calendar", "export", "alice")
    assert out.startswith("BEGIN:VCALENDAR")
    assert out.count("BEGIN:VEVENT") == given.count("BEGIN:VEVENT")


def test_what_is_refused_is_told_with_its_line_and_the_rest_is_taken(shell: Shell, file: Path) -> None:
    shell.run(*ALICE)
    bomb = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:bomb\nDTSTART:20260101T000000Z\nRRULE:FREQ=SECONDLY\nEND:VEVENT\nEND:VCALENDAR\n"
    twice = bomb.replace("bomb", "twice").replace("RRULE:FREQ=SECONDLY", "DTSTART:20260102T000000Z")
    file.write_text(bomb + twice + file.read_text(encoding="utf-8"), encoding="utf-8")
    code, text = shell.attempt("calendar", "import", "alice", str(file))
    assert code == 1
    assert "5 added, 0 changed, 0 unchanged, 2 refused" in text
    assert "line 2 (bomb): RRULE: repeats secondly" in text
    assert "line 9 (twice): a VEVENT with two of DTSTART" in text
    assert "Traceback" not in text


def test_programs_get_the_report_as_json(shell: Shell) -> None:
    shell.run(*ALICE)
    code, text = shell.attempt(
        "calendar", "import", "alice", "-", "--json", given="BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\n"
    )
    assert code == 1
    assert '"refusals": [\n    {\n      "uid": "",\n      "line": 2,\n      "reason": "it has no UID"' in text


def test_an_import_that_is_interrupted_is_finished_by_the_next(
    shell: Shell, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.run(*ALICE)
    monkeypatch.setattr(module, "BATCH_OBJECTS", 2)
    ask, asked = DirectSession.ask, []

    def interrupted(session: DirectSession, request: Request) -> Answer:
        asked.append(request)
        if sum(isinstance(one, ImportObjects) for one in asked) == 3:
            raise KeyboardInterrupt
        return ask(session, request)

    monkeypatch.setattr(DirectSession, "ask", interrupted)
    assert shell.attempt("calendar", "import", "alice", str(file))[0] == 1
    monkeypatch.undo()
    assert "3 added, 0 changed, 2 unchanged" in shell.run("calendar", "import", "alice", str(file))


def test_an_export_that_fails_leaves_the_file_as_it_was(shell: Shell, tmp_path: Path) -> None:
    shell.run(*ALICE)
    (out := tmp_path / "out.ics").write_text("the last one")
    assert shell.attempt("calendar", "export", "alice/nowhere", str(out))[0] == 1
    assert out.read_text() == "the last one"
    assert {path.name for path in tmp_path.iterdir()} == {"out.ics", "data"}


@pytest.mark.parametrize("place", ["nobody", "alice/nowhere", "alice/", "/x", "alice/history"])
def test_a_calendar_that_is_not_there_is_said_to_be_missing(shell: Shell, place: str) -> None:
    shell.run(*ALICE)
    for words in (("import", place, "-"), ("export", place)):
        code, text = shell.attempt("calendar", *words, given="")
        assert code == 1
        assert "There is no" in text or "names no calendar" in text
