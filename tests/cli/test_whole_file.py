"""A file that is written is whole, or as it was."""

import os
import threading
from pathlib import Path

import pytest

from server.cli.refusals import Failed
from server.cli.whole_file import whole_file


def test_a_file_is_replaced_when_all_is_written(tmp_path: Path) -> None:
    (path := tmp_path / "out").write_text("old")
    with whole_file(path) as file:
        file.write(b"new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_an_error_leaves_the_file_as_it_was_and_nothing_beside_it(tmp_path: Path) -> None:
    (path := tmp_path / "out").write_text("old")
    with pytest.raises(TypeError), whole_file(path) as file:
        file.writelines([b"half", None])  # type: ignore[list-item]  # an error in the middle
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_a_link_leads_to_what_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (link := tmp_path / "link").symlink_to("real")
    with whole_file(link) as file:
        file.write(b"new")
    assert (link.is_symlink(), (tmp_path / "real").read_text()) == (True, "new")


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    """A device is no different, and replacing one would take it from the whole machine."""
    os.mkfifo(pipe := tmp_path / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    with whole_file(pipe) as file:
        file.write(b"text")
    reader.join(5)
    assert (read, pipe.is_fifo()) == ([b"text"], True)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="cannot be written"), whole_file(tmp_path / "nowhere/out"):
        pass
