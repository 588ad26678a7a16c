"""What every inbox promises."""

from collections.abc import Callable
from pathlib import Path

import pytest

from server.adapters.mail.maildir import BYTES_MAX, MaildirInbox
from server.adapters.memory.inbox import MemoryInbox
from server.domain.errors import Unavailable
from server.ports import Inbox

Arrive = Callable[[str, bytes], None]


@pytest.fixture(params=["memory", "maildir"])
def way_in(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Inbox, Arrive]:
    """Return an inbox and what a mail server does to it."""
    if request.param == "memory":
        memory = MemoryInbox()
        return memory, memory.messages.__setitem__
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    return MaildirInbox(tmp_path), lambda name, content: void((tmp_path / "new" / name).write_bytes(content))


def void(_: object) -> None:
    """Return nothing."""


async def test_what_arrives_waits_until_it_is_dealt_with(way_in: tuple[Inbox, Arrive]) -> None:
    inbox, arrive = way_in
    await inbox.probe()
    for name in ("2", "1", "3"):
        arrive(name, name.encode())
    assert [(one.name, one.content) for one in await inbox.waiting(2)] == [("1", b"1"), ("2", b"2")]
    await inbox.remove("1")
    await inbox.put_aside("2")
    assert [one.name for one in await inbox.waiting(10)] == ["3"]


async def test_what_is_gone_is_gone(way_in: tuple[Inbox, Arrive]) -> None:
    inbox, _ = way_in
    await inbox.remove("1")
    await inbox.put_aside("1")
    assert list(await inbox.waiting(10)) == []


async def test_what_is_put_aside_is_kept_and_seen(tmp_path: Path) -> None:
    for name in ("new", "cur"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1767225600.M1.mx").write_bytes(b"hello")
    await MaildirInbox(tmp_path).put_aside("1767225600.M1.mx")
    assert (tmp_path / "cur" / "1767225600.M1.mx:2,S").read_bytes() == b"hello"


async def test_of_a_huge_message_the_beginning_is_read_and_links_are_not_followed(tmp_path: Path) -> None:
    for name in ("new", "cur"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "huge").write_bytes(b"x" * (BYTES_MAX + 1))
    (tmp_path / "new" / "link").symlink_to("/etc/hostname")
    (one,) = await MaildirInbox(tmp_path).waiting(10)
    assert len(one.content) == BYTES_MAX


async def test_a_folder_that_is_not_there_is_told_with_its_name(tmp_path: Path) -> None:
    inbox = MaildirInbox(tmp_path / "nowhere")
    for work in (inbox.probe(), inbox.waiting(1)):
        with pytest.raises(Unavailable, match="nowhere"):
            await work
