"""A server that gets its SMTP server late: bookings come first, mails follow by hand."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP

from tests.adapters.mail.test_smtp import Postbox, listening
from tests.cli.conftest import Shell
from tests.system.running import PATIENCE_S, free_port, wait_until

pytestmark = pytest.mark.slow


@contextmanager
def serving(data: Path, **environ: str) -> Iterator[None]:
    """Serve without the demonstration while the context lasts."""
    command = [
        sys.executable,
        "-m",
        "server.cli",
        "serve",
        "--data",
        str(data),
        "--listen",
        f"127.0.0.1:{free_port()}",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **environ}) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"Daybook listens")
        yield
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0


def states(shell: Shell) -> set[str]:
    found = shell.json("mail", "list")
    assert isinstance(found, list)
    return {mail["state"] for mail in found}


def wait_for_states(shell: Shell, wanted: set[str]) -> None:
    wait_until(lambda: states(shell) == wanted)


async def test_mails_that_had_no_way_out_are_sent_by_hand_once_there_is_one(tmp_path: Path) -> None:
    """S1.54: without SMTP bookings work; their mails are kept and sent later."""
    data = tmp_path / "data"
    async with listening(lambda box: SMTP(box, hostname="test")) as postbox:
        await asyncio.to_thread(_book_first, data)
        await asyncio.to_thread(_send_later, data, postbox)
    assert sorted(recipient for recipient, _ in postbox.arrived) == ["alice@example.org", "gus@example.net"]
    mail = message_from_bytes(dict(postbox.arrived)["gus@example.net"], policy=policy.default)
    assert mail["From"] == "alice via Daybook <daybook@example.org>"
    assert "https://book.example.org/b/intro/manage/m_" in mail.as_string()


def _book_first(data: Path) -> None:
    shell = Shell(data)
    with serving(data):
        shell.run("host", "add", "alice", "--email", "alice@example.org", "--zone", "UTC")
        shell.run("event-type", "create", "alice/intro", "--hours", "always")
        day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 3 * 86_400))
        shell.run(
            "booking",
            "create",
            "intro",
            "--date",
            day,
            "--time",
            "10:00",
            "--name",
            "Gus",
            "--email",
            "gus@example.net",
        )
        wait_for_states(shell, {"not_sent"})
        assert shell.attempt("mail", "send")[0] == 1


def _send_later(data: Path, postbox: Postbox) -> None:
    shell = Shell(data)
    with serving(
        data,
        DAYBOOK_BASE_URL="https://book.example.org",
        DAYBOOK_MAIL_HOST="127.0.0.1",
        DAYBOOK_MAIL_PORT=str(postbox.port),
        DAYBOOK_MAIL_SECURITY="none",
        DAYBOOK_MAIL_SENDER="daybook@example.org",
    ):
        assert states(shell) == {"not_sent"}
        shell.run("mail", "send")
        wait_for_states(shell, {"sent"})
        assert "There is nothing to send." in shell.run("mail", "send")
