"""The outside world on one page: what the use cases need of it, and nothing about how it is done.

Terminology. A HOME is the folder of a host. A CALENDAR is a collection in it, named by its path "alice/calendar". A
calendar OBJECT is one .ics resource, named by calendar and HREF; its ETAG changes with its text. An INTENT is the
ledger's note of a change that has begun and is not settled. A CLAIM is the time that a booking holds.

Methods that are not `async` answer from memory and never block. Every method raises `Unavailable` when the disk or the
database refuses; the other errors are named where they are raised.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeVar

from server.domain.booking import Action, Actor, Attendee, Booking, Status
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.identity import BookingId, CalendarPath, Etag, EventTypeId, Home, Href, Uid
from server.domain.intervals import Span
from server.domain.site import Site

T = TypeVar("T")


# Calendars: Radicale's storage, in process ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A calendar object as it is stored now."""

    calendar: CalendarPath
    href: Href
    etag: Etag
    text: str


@dataclass(frozen=True, slots=True)
class ObjectWrite:
    """A wish to put `text` (None: to remove) where `etag` is expected to stand (None: nothing)."""

    calendar: CalendarPath
    href: Href
    etag: Etag | None
    text: str | None


@dataclass(frozen=True, slots=True)
class StagedWrite:
    """The same wish after its text was written and fsynced as the file `staged`; this is what an intent records."""

    calendar: CalendarPath
    href: Href
    old_etag: Etag | None
    new_etag: Etag | None
    staged: str | None


@dataclass(frozen=True, slots=True)
class MustBeFree:
    """A condition of a swap: in `span` nothing but `without` makes these calendars busy."""

    calendars: tuple[CalendarPath, ...]
    span: Span
    without: Uid


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A booking as the calendar index knows it: what a VEVENT with X-DAYBOOK-BOOKING says of itself."""

    booking: BookingId
    uid: Uid
    calendar: CalendarPath
    href: Href
    etag: Etag
    span: Span
    status: Status


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """One write to one object. `intent` is None for writes by CalDAV clients; texts are None where nothing stood or stands."""

    calendar: CalendarPath
    href: Href
    uid: Uid | None
    old_etag: Etag | None
    new_etag: Etag | None
    old_text: str | None
    new_text: str | None
    user: str
    intent: str | None


class Busy(Exception):
    """A swap found the time taken; nothing was changed."""


class EtagMismatch(Exception):
    """A swap found another text than expected at `calendar`/`href`; nothing was changed."""


class Calendars(Protocol):
    """The calendars of all homes. Reads of `busy`, `rows` and `version` are from the index in memory."""

    def busy(
        self, calendars: Iterable[CalendarPath], span: Span, *, without: Uid | None = None
    ) -> list[Span]:
        """Return merged busy spans that overlap `span` (not clipped to it); unknown calendars count as empty."""
        ...

    def names(self, home: Home) -> tuple[str, ...]:
        """Return the names of the calendars in `home` that can make a host busy: not history, not sandbox."""
        ...

    def version(self, home: Home) -> int:
        """Return a number that rises whenever anything in the calendars of `home` changes."""
        ...

    def rows(self, home: Home) -> Sequence[CalendarRow]:
        """Return the bookings that stand in the home's calendars, history included."""
        ...

    def find(self, home: Home, uid: Uid) -> tuple[CalendarPath, Href, Etag] | None:
        """Return where the object with `uid` stands outside the history calendar, if it stands anywhere."""
        ...

    async def get(self, calendar: CalendarPath, href: Href) -> StoredObject | None:
        """Return the stored object, byte for byte."""
        ...

    async def all(self, calendar: CalendarPath) -> Sequence[StoredObject]:
        """Return every object of a calendar; empty for an unknown one."""
        ...

    async def create_home(self, home: Home) -> None:
        """Create the folder of `home` with its default calendar and the history; do nothing where they exist."""
        ...

    async def stage(self, home: Home, writes: Sequence[ObjectWrite]) -> tuple[StagedWrite, ...]:
        """Write and fsync each new text beside the calendars, where no client sees it."""
        ...

    async def swap(
        self, home: Home, intent: str, writes: Sequence[StagedWrite], free: Sequence[MustBeFree]
    ) -> None:
        """Make all writes visible under one hold of the storage lock, or none.

        Checks each old etag (`EtagMismatch`, also for a staged file that is gone), then each condition (`Busy`), then
        renames. Listeners get the changes marked with `intent`.
        """
        ...

    async def discard(self, home: Home, writes: Sequence[StagedWrite]) -> None:
        """Remove the staged files of `writes` that are still there."""
        ...

    async def sweep(self, keep: frozenset[str]) -> int:
        """Remove staged files that no intent names; return how many. Only for a start, before requests come."""
        ...

    async def etag(self, calendar: CalendarPath, href: Href) -> Etag | None:
        """Return the etag that stands at `href` now, read from the store itself."""
        ...

    async def rezone(self, home: Home) -> None:
        """Take over the host's new zone, which dates and floating times are read in."""
        ...

    def subscribe(self, listener: Callable[[CalendarChange], None]) -> None:
        """Call `listener` after each write, from the writing thread; it must return at once."""
        ...


# Homes: profiles and event types -------------------------------------------------------------------------------------


class RevisionMismatch(Exception):
    """The file was changed since it was read."""


@dataclass(frozen=True, slots=True)
class HomeFault:
    """A file of a home that could not be used, and what cures it."""

    path: Path
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class Homes(Protocol):
    """Profiles and event types, kept as files in the homes and mirrored whole in memory."""

    @property
    def faults(self) -> Sequence[HomeFault]:
        """Return what could not be read when the homes were opened; the rest is as if it were not there."""
        ...

    def hosts(self) -> Sequence[Host]:
        """Return all hosts by home, disabled ones included."""
        ...

    def host(self, home: str) -> Host | None:
        """Return the host of `home`, disabled or not."""
        ...

    def event_types(self, home: Home) -> Sequence[EventType]:
        """Return the event types of a home by number, disabled ones included."""
        ...

    def event_type(self, home: str, slug: str) -> EventType | None:
        """Return one event type of a home."""
        ...

    def event_type_by_id(self, id_: str) -> EventType | None:
        """Return an event type by its `evt_…` id."""
        ...

    def version(self, home: Home) -> int:
        """Return a number that rises whenever a file of `home` changes."""
        ...

    def next_number(self) -> int:
        """Return a number that no host or event type of this installation has had."""
        ...

    async def save_host(self, host: Host) -> Host:
        """Write the profile if its stored revision is still `host.revision`; return it one revision further."""
        ...

    async def save_event_type(self, event_type: EventType) -> EventType:
        """Write the event type if its stored revision is still its own; a slug taken by another raises `Invalid`."""
        ...

    async def delete_event_type(self, event_type: EventType) -> None:
        """Remove the event type's file."""
        ...


# Ledger: SQLite ------------------------------------------------------------------------------------------------------


class MailKind(StrEnum):
    """Which mail; each is a folder in `templates/email/`."""

    CONFIRMED = "confirmed"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"


class MailState(StrEnum):
    """What became of a mail."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    NOT_SENT = "not_sent"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


HOST_RECIPIENT = 0
"""The recipient number of the host; attendees have their own numbers, from 1."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The time that one revision of a booking holds for one host."""

    booking: BookingId
    revision: int
    home: Home
    span: Span
    held: Span
    by_guest: bool


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the ledger shall say once the objects of an intent are in place: numbers and states only, no text."""

    booking: BookingId
    number: int
    home: Home
    uid: Uid
    event_type: EventTypeId
    calendar: CalendarPath
    href: Href
    etag: Etag | None
    status: Status
    revision: int
    sequence: int
    action: Action
    actor: Actor
    at: int
    ends: int
    mails: tuple[tuple[MailKind, int], ...]


@dataclass(frozen=True, slots=True)
class Intent:
    """A change that has begun. `key` makes it unrepeatable: a form's nonce or an Idempotency-Key, already hashed."""

    id: str
    home: Home
    writes: tuple[StagedWrite, ...]
    settlement: Settlement
    expected_revision: int | None
    key: str | None
    begun_at: int


@dataclass(frozen=True, slots=True)
class BookingRecord:
    """What the ledger knows of a booking: where it stands and how far it has come."""

    id: BookingId
    number: int
    home: Home
    uid: Uid
    event_type: EventTypeId
    calendar: CalendarPath
    href: Href
    etag: Etag | None
    status: Status
    revision: int
    sent_sequence: int
    created_at: int
    missing_since: int | None = None
    generations: Mapping[int, int] = field(default_factory=dict)

    def generation(self, person: int) -> int:
        """Return how often the person's links were replaced by hand."""
        return self.generations.get(person, 0)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of a booking's trail."""

    booking: BookingId
    revision: int
    action: Action
    actor: Actor
    at: int


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """One mail of the outbox; its text is rendered from the calendar when it is sent."""

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


class Taken(Exception):
    """A claim overlaps another one; nothing was written."""


class Repeated(Exception):
    """The key was used before, for `booking`; nothing was written."""

    def __init__(self, booking: BookingId) -> None:
        super().__init__(booking)
        self.booking = booking


class Overtaken(Exception):
    """The booking is at another revision, or another change of it is under way; nothing was written."""


class Ledger(Protocol):
    """The database. Each method is one transaction; `claims` and `claims_version` answer from a mirror in memory."""

    def claims(self, home: Home, span: Span, *, without: BookingId | None = None) -> Sequence[Claim]:
        """Return the claims of a home whose held time overlaps `span`."""
        ...

    def claims_version(self, home: Home) -> int:
        """Return a number that rises whenever a claim of `home` comes or goes."""
        ...

    def next_number(self) -> int:
        """Return a booking number that was never used."""
        ...

    async def begin(self, intent: Intent, claim: Claim | None) -> None:
        """Record the intent and its claim together. Raises `Taken`, `Repeated` or `Overtaken`."""
        ...

    async def settle(self, intent: Intent) -> None:
        """Make the settlement true, queue its mails, drop the booking's other claims and the intent; idempotent."""
        ...

    async def release(self, intent: Intent) -> None:
        """Forget the intent, its claim and its key, as if it had never been."""
        ...

    async def intents(self, begun_before: int) -> Sequence[Intent]:
        """Return the intents begun before an instant (epoch seconds)."""
        ...

    async def booking(self, id_: BookingId) -> BookingRecord | None:
        """Return what is known of a booking."""
        ...

    async def booking_by_uid(self, uid: Uid) -> BookingRecord | None:
        """Return what is known of the booking with this UID."""
        ...

    async def booking_by_key(self, key: str) -> BookingId | None:
        """Return the booking that was made with a key, if the key is remembered."""
        ...

    async def bookings(
        self, *, home: Home | None = None, active_only: bool = False
    ) -> Sequence[BookingRecord]:
        """Return booking records by number."""
        ...

    async def follow(
        self,
        id_: BookingId,
        *,
        place: tuple[CalendarPath, Href, Etag] | None,
        claim: Claim | None,
        missing_since: int | None,
    ) -> bool:
        """Record that a client moved, rewrote or removed the booking's object; claims made so are never refused.

        Does nothing and returns False while an intent of the booking is under way: ask again when it is settled.
        """
        ...

    async def raise_generation(self, id_: BookingId, person: int) -> int:
        """Kill all links of a person to a booking; return the new generation."""
        ...

    async def trail(self, id_: BookingId) -> Sequence[AuditEntry]:
        """Return a booking's audit trail, oldest first."""
        ...

    async def due_mails(self, now: int, limit: int) -> Sequence[QueuedMail]:
        """Return queued mails that are due, oldest first."""
        ...

    async def mails(
        self, *, booking: BookingId | None = None, state: MailState | None = None
    ) -> Sequence[QueuedMail]:
        """Return mails of the outbox, finished ones included, oldest first."""
        ...

    async def finish_mail(self, id_: int, state: MailState, now: int, error: str | None = None) -> None:
        """Record what became of a mail; `error` is a status code, never a server's text, which may hold addresses."""
        ...

    async def postpone_mail(self, id_: int, due_at: int, error: str) -> None:
        """Record a failed attempt and when the next one is due."""
        ...

    async def requeue_mail(self, id_: int, now: int) -> bool:
        """Queue a failed or unsent mail again, unless it has expired; tell whether it was queued."""
        ...

    async def feed_generation(self, home: Home) -> int:
        """Return how often a home's secret feed links were reset."""
        ...

    async def reset_feeds(self, home: Home) -> int:
        """Kill a home's secret feed links; return the new generation."""
        ...

    async def password_hash(self, login: str) -> str | None:
        """Return the argon2id hash of an account that may sign in."""
        ...

    async def set_password_hash(self, login: str, hash_: str) -> None:
        """Create the account or replace its password."""
        ...

    async def disable_account(self, login: str, disabled: bool) -> None:
        """Switch an account off or on again."""
        ...

    async def prune(self, now: int) -> None:
        """Forget keys after 24 hours and finished mails after 90 days."""
        ...

    async def probe(self) -> None:
        """Write and read back a row."""
        ...


# The rest ------------------------------------------------------------------------------------------------------------


class Accounts(Protocol):
    """Passwords: hashed with argon2id in threads of their own, verified results remembered by keyed hash."""

    async def verify(self, login: str, password: str) -> bool:
        """Tell whether the password is the account's; as slow for unknown accounts as for wrong passwords."""
        ...

    async def set_password(self, login: str, password: str) -> None:
        """Create the account or replace its password; earlier verified results are forgotten."""
        ...


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
    page of the booking; both may be unknown.
    """

    kind: MailKind
    booking: Booking
    host: Host
    attendee: Attendee | None
    actor: Actor
    before: Booking | None = None
    link: str | None = None


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


class Clock(Protocol):
    """The only way to know what time it is."""

    def now(self) -> datetime:
        """Return the present instant, aware and UTC."""
        ...


class Ids(Protocol):
    """The only source of randomness."""

    def booking(self) -> BookingId:
        """Return a fresh booking id."""
        ...

    def event_type(self) -> EventTypeId:
        """Return a fresh event type id."""
        ...

    def uid(self) -> Uid:
        """Return a fresh random UUID."""
        ...

    def secret(self) -> str:
        """Return 128 fresh random bits as URL-safe text: nonces, intent ids, generated passwords."""
        ...


class Tasks(Protocol):
    """Work that belongs to the application: a caller who goes away does not stop it, and shutdown waits for it."""

    async def run(self, key: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run `work` to its end and return its result; a second call with a running `key` shares that result."""
        ...

    def holds(self, key: str) -> bool:
        """Tell whether work with this key is running now."""
        ...


class Nudge(Protocol):
    """A bell: rung when a mail was queued, so that delivery need not wait for its next round."""

    def ring(self) -> None:
        """Wake whoever waits."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything a use case may reach, plus the two facts of the installation that all of them share."""

    calendars: Calendars
    homes: Homes
    ledger: Ledger
    accounts: Accounts
    mailer: Mailer
    clock: Clock
    ids: Ids
    tasks: Tasks
    outbox: Nudge
    site: Site
    secret_key: bytes
