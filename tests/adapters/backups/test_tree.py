"""A folder is copied in rounds until it is the same."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from server.adapters.backups import checksums
from server.adapters.backups.tree import Copy


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    (folder / "alice/calendar").mkdir(parents=True)
    for name in ("one.ics", "two.ics"):
        (folder / "alice/calendar" / name).write_text(name)
    return folder


@pytest.fixture
def copy(source: Path, tmp_path: Path) -> Copy:
    return Copy(source, tmp_path / "target", lambda: None)


def replace(path: Path, text: str) -> None:
    """Replace a file as the storage does."""
    (new := path.with_name("new")).write_text(text)
    new.replace(path)


def files(folder: Path) -> Mapping[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_the_first_round_copies_everything_and_the_next_nothing(
    source: Path, copy: Copy, tmp_path: Path
) -> None:
    assert [copy.update(), copy.update()] == [2, 0]
    assert files(tmp_path / "target") == files(source)


def test_a_later_round_takes_what_was_added_replaced_lengthened_and_removed(
    source: Path, copy: Copy, tmp_path: Path
) -> None:
    (source / ".log").write_text("a")
    copy.update()
    (source / "alice/calendar/three.ics").write_text("three")
    replace(source / "alice/calendar/one.ics", "another of the same length"[:7])
    (source / "alice/calendar/two.ics").unlink()
    with (source / ".log").open("a") as log:
        log.write("b")
    assert copy.update() == 4
    assert files(tmp_path / "target") == files(source)
    assert copy.sums == {name: checksums.checksum(text.encode()) for name, text in files(source).items()}


def test_unfinished_writes_and_links_out_of_the_folder_are_left(
    source: Path, copy: Copy, tmp_path: Path
) -> None:
    (source / ".Radicale.tmp-1").write_text("half")
    (source / ".profile.json.unfinished").write_text("half")
    (source / "secret").symlink_to("/etc/passwd")
    copy.update()
    assert len(files(tmp_path / "target")) == 2


def test_a_copy_is_a_file_of_its_own_with_the_time_of_the_first(
    source: Path, copy: Copy, tmp_path: Path
) -> None:
    one = source / "alice/calendar/one.ics"
    os.utime(one, (1, 1))
    copy.update()
    found = (tmp_path / "target/alice/calendar/one.ics").stat()
    assert (found.st_ino == one.stat().st_ino, found.st_nlink, found.st_mtime) == (False, 1, 1)


def test_copying_ends_when_it_is_told_to(source: Path, tmp_path: Path) -> None:
    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        Copy(source, tmp_path / "target", stop).update()
