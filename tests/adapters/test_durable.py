"""A file is what it was or what it shall be."""

import stat
from pathlib import Path

import pytest

from server.adapters.durable import make_folder, replace_file, replace_files


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    for content in (b"old", b"new"):
        replace_file(tmp_path / "file", content)
    assert (tmp_path / "file").read_bytes() == b"new"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_what_a_crash_left_unfinished_does_not_stop_the_next_writing(tmp_path: Path) -> None:
    (tmp_path / ".file.unfinished").write_bytes(b"a longer text than the one that is written")
    replace_file(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"


def test_a_file_that_cannot_be_replaced_is_as_it_was(tmp_path: Path) -> None:
    replace_file(tmp_path / "file", b"old")
    (tmp_path / ".file.unfinished").mkdir()
    with pytest.raises(OSError, match="directory"):
        replace_file(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"


def test_files_and_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    replace_file(tmp_path / "a" / "b" / "file", b"")
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in tmp_path.rglob("*")}
    assert modes == {"a": 0o700, "b": 0o700, "file": 0o600}


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_folder(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_of_several_files_all_are_replaced_or_none(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a", "b", "c")]
    replace_files(dict.fromkeys(paths, b"old"))
    (tmp_path / ".c.unfinished").mkdir()
    with pytest.raises(OSError, match="directory"):
        replace_files(dict.fromkeys(paths, b"new"))
    assert [path.read_bytes() for path in paths] == [b"old"] * 3
    assert sorted(one.name for one in tmp_path.iterdir()) == [".c.unfinished", "a", "b", "c"]
