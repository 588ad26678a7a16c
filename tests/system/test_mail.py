"""A server that gets its SMTP server late: bookings come first, mails follow by hand."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from types import MappingProxyType

import pytest
from aiosmtpd.smtp import SMTP

from tests.adapters.mail.test_smtp import Postbox, listening
from tests.cli.conftest import Shell
from tests.system.running import PATIENCE_S, free_port, wait_until
from tests.usecases.delivery.bounced_mail import report

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


def _book_first(
    data: Path, wanted: Collection[str] = ("not_sent",), settings: Mapping[str, str] = MappingProxyType({})
) -> None:
    shell = Shell(data)
    with serving(data, **settings):
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
        wait_for_states(shell, set(wanted))
        if not settings:
            assert shell.attempt("mail", "send")[0] == 1


def _way_out(postbox: Postbox) -> dict[str, str]:
    return {
        "DAYBOOK_BASE_URL": "https://book.example.org",
        "DAYBOOK_MAIL_HOST": "127.0.0.1",
        "DAYBOOK_MAIL_PORT": str(postbox.port),
        "DAYBOOK_MAIL_SECURITY": "none",
        "DAYBOOK_MAIL_SENDER": "daybook@example.org",
    }


def _send_later(data: Path, postbox: Postbox) -> None:
    shell = Shell(data)
    with serving(data, **_way_out(postbox)):
        assert states(shell) == {"not_sent"}
        shell.run("mail", "send")
        wait_for_states(shell, {"sent"})
        assert "There is nothing to send." in shell.run("mail", "send")


async def test_a_mail_that_comes_back_is_shown_with_its_booking(tmp_path: Path) -> None:
    data, maildir = tmp_path / "data", tmp_path / "bounces"
    for name in ("new", "cur", "tmp"):
        (maildir / name).mkdir(parents=True)
    async with listening(lambda box: SMTP(box, hostname="test")) as postbox:
        settings = {
            **_way_out(postbox),
            "DAYBOOK_INBOUND_MAILDIR": str(maildir),
            "DAYBOOK_INBOUND_ADDRESS": "bounces@book.example.org",
        }
        await asyncio.to_thread(_book_first, data, {"sent"}, settings)
        at = [recipient for recipient, _ in postbox.arrived].index("gus@example.net")
        (maildir / "new" / "1").write_bytes(report(postbox.senders[at]))
        await asyncio.to_thread(_see_bounced, data, settings)
    assert not list((maildir / "new").iterdir())


def _see_bounced(data: Path, settings: dict[str, str]) -> None:
    shell = Shell(data)
    with serving(data, **settings):
        wait_for_states(shell, {"sent", "bounced"})
        found = shell.json("mail", "list", "--state", "bounced")
        assert isinstance(found, list)
        (mail,) = found
        assert (mail["recipient"], mail["error"]) == (1, "5.1.1")
        assert "bounced" in shell.run("booking", "show", mail["booking"])
