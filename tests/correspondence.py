"""A host, a guest, and all the mails of what they do: through the use cases, each mail as it is handed to SMTP."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Self

from server.adapters.ids import RandomIds
from server.adapters.mail.stationery import TemplateStationery
from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.adapters.memory.clock import FixedClock
from server.adapters.memory.mailer import MemoryMailer
from server.adapters.memory.rooms import MemoryRooms
from server.domain.booking import Actor, Booking
from server.domain.event_type import Location, LocationType, ReschedulePolicy, Visibility
from server.domain.identity import BookingId
from server.domain.rooms import Room
from server.domain.series import Frequency, SeriesRules
from server.ports import MailKind, Ports, QueuedMail
from server.resources import templates_dir
from server.usecases.booking import look
from server.usecases.booking.create import NewBooking, create
from server.usecases.booking.look import Looked
from server.usecases.delivery.deliver import deliver, due
from tests.builders import BERLIN, NOW, event_type, host, settle_in

GUEST, HOST = "gus@example.net", "alice@example.org"
LINK = "https://meet.example.org/alice"

INTRO = replace(event_type("intro", title="Gespräch – 30 min", location=LINK), guests_max=2)
ASKED = replace(
    event_type("asked", number=3, title="Asked", location=LINK),
    requires_confirmation=True,
    confirm_within_min=24 * 60,
    guest_reschedule_policy=ReschedulePolicy.APPROVE,
)
CALL = replace(
    event_type("call", number=4, title="Call"),
    location=Location(type=LocationType.ROOM),
    room=Room(webhook="https://rooms.example/new"),
)
CLASS = replace(event_type("class", number=50, title="Class"), seats=2, waitlist_max=3, waitlist_hold_min=60)
HUSH = replace(event_type("hush", number=5, title="Hush"), visibility=Visibility.PRIVATE)
COURSE = replace(
    event_type("course", number=6, title="Course", location=LINK),
    series=SeriesRules(frequencies=tuple(Frequency), count_max=24),
)

Deed = Callable[[Ports, Looked, datetime], Coroutine[object, object, object]]


@dataclass(frozen=True, slots=True)
class Received:
    """A mail that arrived."""

    kind: MailKind
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """Return it as a mail program opens it."""
        message = message_from_bytes(self.content, policy=default)
        assert isinstance(message, EmailMessage)
        return message


class Correspondence:
    """An installation whose clock is moved by hand; `received` are all mails that ever arrived."""

    def __init__(self, ports: Ports | None = None) -> None:
        self.mailer, self.rooms, self.clock = MemoryMailer(), MemoryRooms(), FixedClock(NOW)
        kept = ports or replace(memory_ports(NOW, calendars=MemoryCalendars()), ids=RandomIds())
        self.ports = replace(kept, mailer=self.mailer, rooms=self.rooms, clock=self.clock)
        self.stationery = TemplateStationery(self.ports.site, templates_dir())
        self.received: list[Received] = []

    @classmethod
    async def begun(cls, ports: Ports | None = None) -> Self:
        """Return one with the host alice and her event types, in memory or where `ports` keep things."""
        made = cls(ports)
        await settle_in(made.ports, host(), INTRO, ASKED, CALL, HUSH, COURSE, CLASS)
        return made

    @property
    def now(self) -> datetime:
        """Return what the clock shows."""
        return self.clock.now()

    async def book(self, start: datetime, slug: str = "intro", **particulars: object) -> BookingId:
        """Let the guest book, and post what comes of it."""
        wish = NewBooking(home="alice", slug=slug, start=start, name="Gus Guest", email=GUEST, zone=BERLIN)
        booking = await create(self.ports, replace(wish, **particulars), Actor.GUEST, self.now)  # type: ignore[arg-type]
        await self.post()
        return booking.id

    async def do(self, deed: Deed, booking: BookingId, minutes_later: int = 1) -> list[Received]:
        """Do something to a booking some minutes later; return what arrives because of it."""
        self.clock.move_to(self.now + timedelta(minutes=minutes_later))
        await deed(self.ports, await look.by_id(self.ports, booking), self.now)
        return await self.post()

    async def post(self) -> list[Received]:
        """Deliver what is due and return what arrived."""
        arrived: list[Received] = []
        for mail in await due(self.ports, self.now):
            arrived += await self._deliver(mail)
        self.received += arrived
        return arrived

    async def present(self, booking: BookingId) -> Booking:
        """Return a booking as it stands now."""
        return (await look.by_id(self.ports, booking)).booking

    def to_guest(self) -> list[bytes]:
        """Return all mails to the guest's address, in the order in which they left."""
        return [one.content for one in self.received if GUEST in str(one.message["To"])]

    async def _deliver(self, mail: QueuedMail) -> list[Received]:
        before = len(self.mailer.sent)
        await deliver(self.ports, self.stationery, mail, self.now)
        return [Received(mail.kind, sent.message) for sent in self.mailer.sent[before:]]
