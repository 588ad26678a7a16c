"""Reminders that leave by real SMTP and a real gateway, after the server that queued them is gone."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP

from tests.adapters.mail.test_smtp import listening
from tests.adapters.sms.listening import gateway
from tests.cli.conftest import Shell
from tests.system.running import wait_until
from tests.system.test_mail import serving

pytestmark = pytest.mark.slow

NUMBER = "+4915112345678"


async def test_reminders_leave_after_a_restart_and_leave_no_number_behind(tmp_path: Path) -> None:
    """S1.61, S3.43"""
    data = tmp_path / "data"
    async with listening(lambda box: SMTP(box, hostname="test")) as postbox, gateway() as sms:
        environ = {
            "DAYBOOK_BASE_URL": "https://book.example.org",
            "DAYBOOK_MAIL_HOST": "127.0.0.1",
            "DAYBOOK_MAIL_PORT": str(postbox.port),
            "DAYBOOK_MAIL_SECURITY": "none",
            "DAYBOOK_MAIL_SENDER": "daybook@example.org",
            "DAYBOOK_SMS_URL": f"{sms.url}/messages",
            "DAYBOOK_SMS_HEADERS": "Content-Type: application/json",
            "DAYBOOK_SMS_BODY": '{"to": "{to}", "text": "{text}"}',
        }
        await asyncio.to_thread(_book, data, environ)
        postbox.arrived.clear()
        _let_a_day_pass(data)
        await asyncio.to_thread(_wait_for_reminders, data, environ)
    subjects = [message_from_bytes(raw, policy=policy.default)["Subject"] for _, raw in postbox.arrived]
    assert len([subject for subject in subjects if str(subject).startswith("Reminder: ")]) == 2
    assert [json.loads(one.body)["to"] for one in sms.asked] == [NUMBER]
    digits = NUMBER.removeprefix("+").encode()
    assert [path for path in data.glob("ledger.db*") if digits in path.read_bytes()] == []


def _book(data: Path, environ: dict[str, str]) -> None:
    shell = Shell(data)
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 3 * 86_400))
    with serving(data, **environ):
        shell.run("host", "add", "alice", "--email", "alice@example.org", "--zone", "UTC")
        shell.run(
            *("event-type", "create", "alice/intro", "--hours", "always"),
            *("--reminder", "24h guest,host", "--reminder", "24h guest sms"),
        )
        shell.run(
            *("booking", "create", "intro", "--date", day, "--time", "10:00"),
            *("--name", "Gus", "--email", "gus@example.net", "--phone", NUMBER),
        )
        wait_until(lambda: _states(shell, "confirmed") == ["sent", "sent"])
        assert _states(shell, "reminder") == ["queued", "queued", "queued"]


def _let_a_day_pass(data: Path) -> None:
    """Make what is due in days due now; no server runs that could notice."""
    with closing(sqlite3.connect(data / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE outbox SET due_at = 0 WHERE state = 'queued'")


def _wait_for_reminders(data: Path, environ: dict[str, str]) -> None:
    shell = Shell(data)
    with serving(data, **environ):
        wait_until(lambda: _states(shell, "reminder") == ["sent", "sent", "sent"])


def _states(shell: Shell, kind: str) -> list[str]:
    found = shell.json("mail", "list")
    assert isinstance(found, Iterable)
    return [mail["state"] for mail in found if mail["kind"] == kind]
