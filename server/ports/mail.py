"""The way out for mail: what is queued, how it is put in words, who takes it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from server.domain.booking import Actor, Attendee, Booking
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.identity import BookingId
from server.domain.invites import Invite, InviteId
from server.domain.reminders import Channel


class MailKind(StrEnum):
    """Which mail; each is a folder in `templates/email/`. The bare ones are a calendar object with a line around it (C9)."""

    VERIFY = "verify"
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    RESCHEDULE_REQUESTED = "reschedule_requested"
    KEPT = "kept"
    RESCHEDULED = "rescheduled"
    RESCHEDULED_BARE = "rescheduled_bare"
    SERIES = "series"
    SERIES_BARE = "series_bare"
    CANCELLED = "cancelled"
    CANCELLED_BARE = "cancelled_bare"
    ROOM = "room"
    ROOM_MISSING = "room_missing"
    JOINED = "joined"
    LEFT = "left"
    REMOVED = "removed"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    REASSIGNED = "reassigned"
    REASSIGNED_BARE = "reassigned_bare"
    WAITLISTED = "waitlisted"
    SEAT_OFFERED = "seat_offered"
    SEAT_LAPSED = "seat_lapsed"
    REMINDER = "reminder"
    INVITE = "invite"


SERIES = frozenset({MailKind.SERIES, MailKind.SERIES_BARE})
"""The mails that tell what became of single meetings of a series, also of one that waits for its host."""


class MailState(StrEnum):
    """What became of a mail."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    NOT_SENT = "not_sent"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    BOUNCED = "bounced"


HOST_RECIPIENT = 0
"""The recipient number of the host; attendees have their own numbers, from 1, and the other hosts have those below 0."""


def co_host_recipient(at: int) -> int:
    """Return the recipient number of the co-host at a place of the list, which counts from 0."""
    return -1 - at


@dataclass(frozen=True, slots=True)
class TimedMail:
    """A message that leaves `offset_min` minutes before the start of its meeting."""

    kind: MailKind
    recipient: int
    channel: Channel
    offset_min: int


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """One message of the outbox; its text is rendered from the calendar when it is sent.

    One that was timed by the start of its meeting has an `offset_min`, and expires at that start. The mail of an `invite` is
    about no booking: `booking` is "", and `revision` is the invite's generation.
    """

    id: int
    booking: BookingId
    revision: int
    kind: MailKind
    recipient: int
    state: MailState
    attempts: int
    due_at: int
    expires_at: int
    error: str | None = None
    finished_at: int | None = None
    channel: Channel = Channel.MAIL
    offset_min: int | None = None
    invite: InviteId | None = None


class MailError(Exception):
    """A mail could not be handed over. `code` is a short status such as "550" or "connect"."""

    def __init__(self, code: str, *, permanent: bool) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent


class Mailer(Protocol):
    """The way out for mail."""

    @property
    def is_configured(self) -> bool:
        """Tell whether mail can leave at all."""
        ...

    async def send(self, message: bytes, sender: str, recipient: str) -> None:
        """Hand over one message; raises `MailError`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a mail has to say, before it is put in words.

    `attendee` is None in the host's own mail. `before` is the revision that a reschedule replaced, `link` the reader's
    page of the booking; both may be unknown. `answer` are the links by which the host approves and declines, `verify` the one by which a guest proves their address. A letter that leaves
    `offset_min` before the start says how soon that is, reckoned from `due`. `may_book_again` tells whether the event type's page is
    open to its reader. `about` is who joined or left. `revision` is that of the change it tells of, where quiet ones came after it.
    `co_hosts` are those beside the organizer; to one of them, `co_host`, the letter goes where it has no attendee.
    `known` is the booking as its reader last heard of it, in a letter about single meetings of a series.
    `handed` are the names of who held the meeting before another host took it over, and of that one.
    """

    kind: MailKind
    booking: Booking
    host: Host
    attendee: Attendee | None
    actor: Actor
    before: Booking | None = None
    link: str | None = None
    answer: tuple[str, str] | None = None
    verify: str | None = None
    due: datetime | None = None
    offset_min: int | None = None
    may_book_again: bool = True
    about: Attendee | None = None
    revision: int | None = None
    co_hosts: tuple[Host, ...] = ()
    co_host: Host | None = None
    handed: tuple[str, str] | None = None
    known: Booking | None = None

    @property
    def reader(self) -> Host | Attendee:
        """Return who reads it."""
        return self.attendee or self.co_host or self.host

    @property
    def number(self) -> int:
        """Return the number of its reader."""
        if self.attendee is not None:
            return self.attendee.number
        return (
            HOST_RECIPIENT if self.co_host is None else co_host_recipient(self.co_hosts.index(self.co_host))
        )

    @property
    def told_revision(self) -> int:
        """Return the revision that the letter tells of."""
        return self.booking.revision if self.revision is None else self.revision


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteLetter:
    """What the mail of an invite has to say: who invites (`maker`) to what, and by which link it is booked.

    `number` tells its repetitions from one another, `at` is when it leaves.
    """

    invite: Invite
    maker: Host
    host: Host
    event_type: EventType
    link: str
    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Words:
    """A letter in its reader's language."""

    subject: str
    text: str
    html: str


class Stationery(Protocol):
    """Puts letters in words, from templates and catalogues held in memory."""

    def write(self, letter: Letter) -> Words:
        """Return the words of a letter; the same letter gives the same words."""
        ...

    def write_invite(self, letter: InviteLetter) -> Words:
        """Return the words of an invite."""
        ...

    def text(self, letter: Letter) -> str:
        """Return the words of a letter as one text message, shortened until it is one where that can be."""
        ...
