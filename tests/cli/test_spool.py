"""Parts become objects on the disk, and what cannot be one is told."""

from pathlib import Path

import pytest

from server.cli import spool as module
from server.cli.spool import Fault, Spool, spool
from server.ical.scan import scan
from server.ical.streams import parts

HEAD = "BEGIN:VCALENDAR\nVERSION:2.0\n"
END = "END:VCALENDAR\n"


def meeting(uid: str, more: str = "") -> str:
    return f"BEGIN:VEVENT\nUID:{uid}\nDTSTART:20260302T090000Z\n{more}END:VEVENT\n"


def filled(kept: Spool, text: str) -> Spool:
    kept.fill(parts(text.encode().splitlines(keepends=True)))
    return kept


def test_the_parts_of_an_object_are_found_at_both_ends_of_a_stream() -> None:
    others = "".join(meeting(f"other-{number}") for number in range(500))
    override = meeting("series", "RECURRENCE-ID:20260309T090000Z\n")
    with spool() as kept:
        filled(kept, HEAD + meeting("series") + others + override + END)
        found = {one.uid: one for one in kept.objects()}
    assert (len(found), kept.objects_total, kept.faults) == (501, 501, [])
    assert len(list(scan(found["series"].text).children("VEVENT"))) == 2
    assert found["series"].line == 3


def test_what_is_no_object_is_told_with_its_line() -> None:
    text = (
        HEAD
        + "BEGIN:VFREEBUSY\nUID:x\nEND:VFREEBUSY\n"
        + "BEGIN:VTODO\nSUMMARY:y\nEND:VTODO\n"
        + meeting("one")
        + END
    )
    with spool() as kept:
        filled(kept, text)
        assert [one.uid for one in kept.objects()] == ["one"]
    assert kept.faults == [Fault("x", 3, "calendars hold no VFREEBUSY"), Fault("", 6, "it has no UID")]


def test_an_object_that_grows_too_large_by_its_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OBJECT_BYTES_MAX", 300)
    with spool() as kept:
        filled(kept, HEAD + meeting("long") * 10 + meeting("one") + END)
        assert [one.uid for one in kept.objects()] == ["one"]
    assert [(fault.uid, "larger than 300" in fault.reason) for fault in kept.faults] == [("long", True)]


def test_all_refusals_are_counted_and_some_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FAULTS_MAX", 2)
    with spool() as kept:
        filled(kept, HEAD + "BEGIN:VEVENT\nEND:VEVENT\n" * 5 + END)
    assert (kept.faults_total, len(kept.faults)) == (5, 2)


def test_nothing_is_left_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with spool() as kept:
        filled(kept, HEAD + meeting("one") + END)
        assert any(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []
