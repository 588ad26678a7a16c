"""The job that empties the outbox."""

import logging

import pytest

from server.adapters.mail.stationery import TemplateStationery
from server.adapters.memory import SITE, memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.adapters.memory.mailer import MemoryMailer
from server.domain.booking import Actor
from server.jobs.deliver import deliver_due
from server.ports import Letter, MailKind, MailState, Ports, Words
from server.resources import templates_dir
from server.usecases.booking.create import NewBooking, create
from tests.builders import BERLIN, DAY, NOW, at, event_type, host, settle_in


class TornStationery(TemplateStationery):
    """Cannot write to hosts."""

    def __init__(self) -> None:
        super().__init__(SITE, templates_dir())

    def write(self, letter: Letter) -> Words:
        if letter.attendee is None:
            raise ValueError("no paper for alice@example.org")
        return super().write(letter)


async def booked(mailer: MemoryMailer) -> Ports:
    ports = memory_ports(NOW, calendars=MemoryCalendars(), mailer=mailer)
    await settle_in(ports, host(), event_type())
    start = at(f"{DAY} 16:00")
    wish = NewBooking(
        home="alice", slug="intro", start=start, name="Gus", email="gus@example.net", zone=BERLIN
    )
    await create(ports, wish, Actor.GUEST, NOW)
    return ports


async def test_everything_that_is_due_is_sent() -> None:
    mailer = MemoryMailer()
    ports = await booked(mailer)
    await deliver_due(ports, TemplateStationery(SITE, templates_dir()))
    assert {sent.recipient for sent in mailer.sent} == {"gus@example.net", "alice@example.org"}


async def test_a_mail_that_cannot_be_written_does_not_hold_up_the_others() -> None:
    mailer = MemoryMailer()
    ports = await booked(mailer)
    await deliver_due(ports, TornStationery())
    assert [sent.recipient for sent in mailer.sent] == ["gus@example.net"]
    (waiting,) = await ports.ledger.mails(state=MailState.QUEUED)
    assert (waiting.kind, waiting.error, waiting.attempts) == (MailKind.CONFIRMED, "internal", 1)


async def test_the_log_names_no_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ports = await booked(MemoryMailer())
    await deliver_due(ports, TornStationery())
    written = "".join(f"{record.__dict__}" for record in caplog.records)
    assert "mail handled" in written
    assert "example" not in written
