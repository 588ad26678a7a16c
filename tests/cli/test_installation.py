"""A command finds the server of its data directory, or opens the directory itself."""

import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from server.adapters.data_dir import DataDir
from server.cli import installation
from tests.cli.conftest import Shell
from tests.system.running import Running

ALICE = ("host", "add", "alice", "--email", "alice@example.org", "--zone", "UTC")


def held(data: Path, seconds: float) -> threading.Thread:
    """Own a data directory for a while, as a server does that starts or stops."""
    owns = threading.Event()

    def hold() -> None:
        with DataDir.own(data):
            owns.set()
            time.sleep(seconds)

    thread = threading.Thread(target=hold)
    thread.start()
    assert owns.wait(5)
    return thread


def test_a_directory_that_is_held_for_a_moment_is_waited_for(shell: Shell) -> None:
    thread = held(shell.data, 0.5)
    shell.run(*ALICE)
    thread.join()


def test_a_directory_that_stays_held_is_given_up_with_what_to_do(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, "WAIT_S", 0.2)
    thread = held(shell.data, 1)
    code, text = shell.attempt(*ALICE)
    thread.join()
    assert code == 1
    assert "does not answer" in text
    assert "fuser" in text


def test_looking_into_a_directory_that_is_not_there_does_not_make_one(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "mistyped")
    code, text = shell.attempt("host", "list")
    assert code == 1
    assert f"There is no data directory {shell.data}" in text
    assert not shell.data.exists()
    shell.run(*ALICE)
    assert "alice" in shell.run("host", "list")


@pytest.mark.slow
def test_a_server_that_was_killed_leaves_a_socket_that_stops_nobody(tmp_path: Path) -> None:
    running = Running(tmp_path / "data").start()
    running.kill()
    assert (running.data / "control.sock").exists()
    shell = Shell(running.data)
    assert "demo" in shell.run("host", "list")
    running.start()
    assert "demo" in shell.run("host", "list")
    assert running.stop() == 0


@pytest.mark.slow
def test_the_socket_is_for_the_servers_own_user_alone(server: Running) -> None:
    assert (server.data / "control.sock").stat().st_mode & 0o777 == 0o600
    assert server.data.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_root_does_not_open_the_directory_of_another_user(shell: Shell) -> None:
    shell.run(*ALICE)
    shutil.chown(shell.data, 65_534)
    code, text = shell.attempt("host", "list")
    assert code == 1
    assert "sudo -u" in text


def test_nothing_is_left_running_or_held_after_a_command(shell: Shell) -> None:
    shell.run(*ALICE)
    with DataDir.own(shell.data):
        assert {path.name for path in shell.data.iterdir()} == {
            "collections",
            "ledger.db",
            "lock",
            "mail",
            "secret.key",
        }
