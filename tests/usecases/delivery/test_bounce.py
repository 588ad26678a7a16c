"""Mails that come back are known by the address they come back to, and by nothing else."""

from dataclasses import replace

import pytest

from server.adapters.mail.stationery import TemplateStationery
from server.adapters.memory import SITE, memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.adapters.memory.inbox import MemoryInbox
from server.adapters.memory.mailer import MemoryMailer
from server.jobs.bounces import read_mail
from server.ports import MailState, Ports, QueuedMail
from server.resources import templates_dir
from server.usecases.delivery.bounce import take_in
from server.usecases.delivery.deliver import send_by_hand
from tests.builders import NOW, event_type, host, settle_in
from tests.usecases.delivery.bounced_mail import report
from tests.usecases.delivery.conftest import Book, Post

GUEST = "gus@example.net"


@pytest.fixture
def inbox() -> MemoryInbox:
    return MemoryInbox()


@pytest.fixture
async def post(inbox: MemoryInbox) -> Post:
    mailer, site = MemoryMailer(), replace(SITE, bounce_address="bounces@book.example")
    ports = memory_ports(NOW, calendars=MemoryCalendars(), mailer=mailer, inbox=inbox, site=site)
    await settle_in(ports, host(), event_type())
    return Post(ports, mailer, TemplateStationery(site, templates_dir()))


async def returned(post: Post, recipient: str = GUEST) -> str:
    """Return the address that the one mail to a recipient comes back to."""
    await post.round()
    return next(sent.sender for sent in post.mailer.sent if sent.recipient == recipient)


async def guests(ports: Ports) -> QueuedMail:
    return next(mail for mail in await ports.ledger.mails() if mail.recipient == 1)


async def test_each_mail_has_an_address_of_its_own_to_come_back_to(post: Post, book: Book) -> None:
    await book()
    await post.round()
    senders = [sent.sender for sent in post.mailer.sent]
    assert len(set(senders)) == len(senders) == 2
    assert all(sender.startswith("bounces+") and sender.endswith("@book.example") for sender in senders)
    assert post.to(GUEST)[0]["From"] == "Alice Example via Daybook <daybook@book.example>"


async def test_without_a_way_in_mails_come_back_to_the_site(book: Book, post: Post) -> None:
    ports = replace(post.ports, site=SITE)
    await book()
    await post.round(ports)
    assert {sent.sender for sent in post.mailer.sent} == {"daybook@book.example"}


async def test_a_mail_that_came_back_is_recorded_by_its_code_alone(
    post: Post, book: Book, inbox: MemoryInbox
) -> None:
    made = await book()
    inbox.messages["1"] = report(await returned(post))
    (found,) = await take_in(post.ports, NOW)
    mail = await guests(post.ports)
    assert (found.mail.booking, found.mail.recipient, found.code) == (made.id, 1, "5.1.1")
    assert (mail.state, mail.error) == (MailState.BOUNCED, "5.1.1")
    assert inbox.messages == inbox.aside == {}


async def test_a_report_that_comes_twice_or_late_is_harmless(
    post: Post, book: Book, inbox: MemoryInbox
) -> None:
    await book()
    address = await returned(post)
    inbox.messages = {"1": report(address), "2": report(address, status="5.2.2")}
    assert len(await take_in(post.ports, NOW)) == 1
    assert (await guests(post.ports)).error == "5.1.1"
    await post.ports.ledger.prune(int(NOW.timestamp()) + 100 * 86_400)
    inbox.messages["3"] = report(address)
    assert list(await take_in(post.ports, NOW)) == []
    assert list(inbox.aside) == ["3"]  # of a mail that is long forgotten: for people to look at


@pytest.mark.parametrize("action", ["delayed", "delivered"])
async def test_a_delay_or_a_receipt_changes_nothing_and_is_cleared_away(
    post: Post, book: Book, inbox: MemoryInbox, action: str
) -> None:
    await book()
    inbox.messages["1"] = report(await returned(post), action=action, status="4.4.1")
    assert list(await take_in(post.ports, NOW)) == []
    assert (await guests(post.ports)).state is MailState.SENT
    assert inbox.messages == inbox.aside == {}


async def test_a_forged_report_meets_no_mail_and_is_kept_for_people(
    post: Post, book: Book, inbox: MemoryInbox
) -> None:
    await book()
    mine, hosts = await returned(post), await returned(post, "alice@example.org")
    number, _, proof = mine.partition("+")[2].partition("@")[0].partition("-")
    other = hosts.partition("+")[2].partition("-")[0]
    inbox.messages = {
        "1": report(f"bounces+{number}-aaaaaaaaaaaaaaaa@book.example"),
        "2": report(f"bounces+{other}-{proof}@book.example"),
        "3": report("bounces@book.example"),
        "4": b"To: " + mine.encode() + b"\nSubject: Hello\n\nI am on holiday.\n",
    }
    assert list(await take_in(post.ports, NOW)) == []
    assert {mail.state for mail in await post.mails()} == {MailState.SENT}
    assert set(inbox.aside) == {"1", "2", "3", "4"}


async def test_who_wants_to_try_again_can(post: Post, book: Book, inbox: MemoryInbox) -> None:
    await book()
    inbox.messages["1"] = report(await returned(post))
    await take_in(post.ports, NOW)
    mail = await guests(post.ports)
    assert await send_by_hand(post.ports, mail.id, NOW)
    await post.round()
    assert (await guests(post.ports)).state is MailState.SENT
    assert len(post.to(GUEST)) == 2


async def test_the_log_tells_of_a_mail_that_came_back_without_any_address(
    post: Post, book: Book, inbox: MemoryInbox, caplog: pytest.LogCaptureFixture
) -> None:
    made = await book()
    inbox.messages["1"] = report(await returned(post))
    await read_mail(post.ports)
    (line,) = caplog.records
    assert (line.message, line.__dict__["booking"], line.__dict__["error"]) == (
        "a mail came back",
        made.id,
        "5.1.1",
    )
    assert "@" not in str(line.__dict__)
