"""Mails as files."""

from pathlib import Path

import pytest

from server.adapters.mail.absent import NoMailer
from server.adapters.mail.folder import FolderMailer
from server.domain.errors import Unavailable
from server.ports import MailError

MESSAGE = b"From: a@x.org\r\nDate: Sat, 21 Nov 2026 09:30:15 +0000\r\n\r\nhello\r\n"


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_a_mail_is_a_file_with_the_bytes_of_the_message(tmp_path: Path) -> None:
    await FolderMailer(tmp_path / "mail").send(MESSAGE, "a@x.org", "b@x.org")
    (path,) = files(tmp_path / "mail")
    assert path.name.startswith("20261121T093015Z-")
    assert path.suffix == ".eml"
    assert path.read_bytes() == MESSAGE


async def test_a_repeated_mail_is_the_same_file(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path)
    await mailer.send(MESSAGE, "a@x.org", "b@x.org")
    await mailer.send(MESSAGE, "a@x.org", "b@x.org")
    await mailer.send(MESSAGE, "a@x.org", "c@x.org")
    assert len(files(tmp_path)) == 2


async def test_a_folder_that_cannot_be_written_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file stands where the folder should be")
    with pytest.raises(Unavailable):
        await FolderMailer(tmp_path / "mail").send(MESSAGE, "a@x.org", "b@x.org")


async def test_without_a_way_out_nothing_is_sent_and_nothing_is_lost() -> None:
    """S1.54"""
    assert not NoMailer().is_configured
    with pytest.raises(MailError) as refused:
        await NoMailer().send(MESSAGE, "a@x.org", "b@x.org")
    assert not refused.value.permanent
