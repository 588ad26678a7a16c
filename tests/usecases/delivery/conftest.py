"""Ports in memory with a host, bookings in them, and mails as their readers open them."""

from collections.abc import Awaitable, Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from server.adapters.mail.stationery import TemplateStationery
from server.adapters.memory import SITE, memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.adapters.memory.mailer import MemoryMailer
from server.domain.booking import Actor, Booking
from server.ports import Ports, QueuedMail, Stationery
from server.resources import templates_dir
from server.usecases.booking.create import NewBooking, create
from server.usecases.delivery.deliver import Outcome, deliver, due
from tests.builders import BERLIN, DAY, NOW, at, event_type, host, settle_in

Book = Callable[..., Awaitable[Booking]]


class Post:
    """The way from the outbox to the mailbox: delivers what is due and opens what has arrived."""

    def __init__(self, ports: Ports, mailer: MemoryMailer, stationery: Stationery) -> None:
        self.ports = ports
        self.mailer = mailer
        self.stationery = stationery

    async def round(self, ports: Ports | None = None) -> list[Outcome]:
        ports = ports or self.ports
        now = ports.clock.now()
        return [await deliver(ports, self.stationery, mail, now) for mail in await due(ports, now)]

    async def mails(self) -> list[QueuedMail]:
        return list(await self.ports.ledger.mails())

    def to(self, recipient: str) -> list[EmailMessage]:
        return [opened(sent.message) for sent in self.mailer.sent if sent.recipient == recipient]


def opened(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.fixture
async def post() -> Post:
    mailer = MemoryMailer()
    ports = memory_ports(NOW, calendars=MemoryCalendars(), mailer=mailer)
    await settle_in(ports, host(), event_type(location="https://meet.example.org/intro"))
    return Post(ports, mailer, TemplateStationery(SITE, templates_dir()))


@pytest.fixture
def book(post: Post) -> Book:
    """Return a maker of bookings with the host alice: `await book("10:00", name="Gus")`."""

    async def make(
        clock: str = "10:00",
        *,
        name: str = "Gus Guest",
        email: str = "gus@example.net",
        zone: str = BERLIN,
        language: str = "en",
        notes: str = "I bring the drawings.",
    ) -> Booking:
        wish = NewBooking(
            home="alice",
            slug="intro",
            start=at(f"{DAY} {clock}"),
            name=name,
            email=email,
            zone=zone,
            language=language,
            notes=notes,
        )
        return await create(post.ports, wish, Actor.GUEST, NOW)

    return make
