"""The data directory has one owner at a time."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from server.adapters.data_dir import DataDir, DataDirRefused, Held


def test_an_owned_directory_has_a_place_for_everything(tmp_path: Path) -> None:
    with DataDir.own(tmp_path / "new" / "data") as data:
        assert data.path == tmp_path / "new" / "data"
        assert data.collections.is_dir()
        assert data.mail.is_dir()
        assert {path.parent for path in (data.ledger, data.secret_key, data.control_socket)} == {data.path}


def test_a_new_directory_is_for_its_owner_alone(tmp_path: Path) -> None:
    with DataDir.own(tmp_path / "data") as data:
        found = (data.path, data.collections, data.mail)
        assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o700}


def test_a_second_owner_is_told_who_the_first_is(tmp_path: Path) -> None:
    with (
        DataDir.own(tmp_path),
        pytest.raises(Held, match=f"process {os.getpid()}.*--data"),
        DataDir.own(tmp_path),
    ):
        pass


def test_a_directory_can_be_owned_again(tmp_path: Path) -> None:
    for _ in range(2):
        with DataDir.own(tmp_path) as data:
            assert (data.path / "lock").read_text() == f"{os.getpid()}\n"


def test_a_longer_process_id_of_an_earlier_owner_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("99999999999999\n")
    with DataDir.own(tmp_path) as data:
        assert (data.path / "lock").read_text() == f"{os.getpid()}\n"


def test_a_process_that_is_killed_owns_nothing_any_more(tmp_path: Path) -> None:
    program = f"""
import os, signal
from pathlib import Path
from server.adapters.data_dir import DataDir
with DataDir.own(Path({str(tmp_path)!r})):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", program], check=False)
    with DataDir.own(tmp_path) as data:
        assert data.path == tmp_path


def test_a_relative_path_stays_right_when_the_process_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with DataDir.own(Path("data")) as data:
        assert data.ledger == tmp_path / "data" / "ledger.db"


def test_a_path_that_cannot_be_a_directory_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataDirRefused, match="local disk"), DataDir.own(tmp_path / "file"):
        pass
