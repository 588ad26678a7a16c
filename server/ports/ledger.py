"""The database: states, numbers and times, no text and no address.

An INTENT is the note of a change that has begun and is not settled. A CLAIM is the time that a booking holds.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from server.domain.booking import Action, Actor, Attendance, Status
from server.domain.happenings import Happening
from server.domain.identity import (
    HISTORY,
    SANDBOX,
    BookingId,
    CalendarPath,
    Etag,
    EventTypeId,
    Home,
    Href,
    Uid,
    calendar_path,
)
from server.domain.intervals import Span
from server.domain.invites import InviteUse
from server.ports.api_keys import ApiKeys
from server.ports.app_passwords import AppPasswords
from server.ports.calendars import StagedWrite
from server.ports.completion import Completion
from server.ports.inbound import Bounces
from server.ports.invites import InviteUses
from server.ports.mail import MailKind, MailState, QueuedMail, TimedMail
from server.ports.repeats import Repeats
from server.ports.rooms import RoomWaits
from server.ports.rotation import Rotations, Turn

GUEST_HELD_MAX_S = 3 * 86_400
"""The longest that what a guest chose is held: 24 hours and a buffer of 24 hours on each side; the search relies on it."""


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
class Meeting:
    """One meeting of a series; `original` is the start that its rule has for it, by which it is known."""

    original: int
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the ledger shall say once the objects of an intent are in place: numbers and states only, no text.

    `person` is the number of whom the change brings, whose a key and the use of an invite are; 0 where it brings nobody.
    `meetings` are those of a series that take place, `concerns` is the original start of the one that the change is about.
    """

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
    starts: int = 0
    timed: tuple[TimedMail, ...] = ()
    co_hosts: tuple[Home, ...] = ()
    unannounced: bool = False
    happenings: tuple[Happening, ...] = ()
    team: Home | None = None
    person: int = 0
    meetings: tuple[Meeting, ...] | None = None
    concerns: int | None = None
    attendance: tuple[tuple[int, Attendance], ...] = ()


@dataclass(frozen=True, slots=True)
class Timetable:
    """When a booking's meeting is, as the calendar says it at the instant `at`, and what shall leave before it.

    `ends` is None for one that will not take place. Of a series, `meetings` are those that do, and count instead.
    """

    at: int
    starts: int
    ends: int | None
    timed: tuple[TimedMail, ...]
    meetings: tuple[Meeting, ...] | None = None

    @property
    def all_starts(self) -> tuple[int, ...]:
        """Return the starts that something is to leave before."""
        return (self.starts,) if self.meetings is None else tuple(one.starts for one in self.meetings)


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
    """What the ledger knows of a booking: where it stands and how far it has come.

    `quiet` are the revisions at which no guest got new links, `handed_on` those at which another host took it over.
    `co_hosts` are the homes of the hosts beside the one whose home it is, `team` is that of the team whose meeting it is.
    `attendance` says by number who came.
    """

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
    quiet: frozenset[int] = frozenset()
    co_hosts: tuple[Home, ...] = ()
    handed_on: frozenset[int] = frozenset()
    team: Home | None = None
    attendance: Mapping[int, Attendance] = field(default_factory=dict)

    @property
    def is_test(self) -> bool:
        """Tell whether it was made by a test key."""
        return self.calendar == calendar_path(self.home, SANDBOX)

    @property
    def stands_hidden(self) -> bool:
        """Tell whether it stands where no calendar client sees it."""
        return self.is_test or self.calendar == calendar_path(self.home, HISTORY)

    @property
    def link_revision(self) -> int:
        """Return the revision that the links in guests' mails are bound to."""
        return self.link_revisions[-1]

    @property
    def link_revisions(self) -> Sequence[int]:
        """Return the revisions at which every guest got new links, ascending."""
        return [one for one in range(self.revision + 1) if one not in self.quiet]

    @property
    def answer_revision(self) -> int:
        """Return the revision that the links in the host's mails are bound to."""
        return self.answer_revisions[-1]

    @property
    def answer_revisions(self) -> Sequence[int]:
        """Return the revisions at which the host got new links, ascending: those by which another host answers, too."""
        quiet = self.quiet - self.handed_on
        return [one for one in range(self.revision + 1) if one not in quiet]

    def generation(self, person: int) -> int:
        """Return how often the person's links were replaced by hand."""
        return self.generations.get(person, 0)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of a booking's trail: `home` is whose it was from then on.

    `unannounced` where its guests got no notice, `happenings` as it is called outside, `concerns` the original start of the
    one meeting of a series that it is about.
    """

    booking: BookingId
    revision: int
    action: Action
    actor: Actor
    at: int
    unannounced: bool = False
    happenings: tuple[Happening, ...] = ()
    home: Home = Home("")
    concerns: int | None = None


class Taken(Exception):
    """A claim overlaps another one; nothing was written."""


class Repeated(Exception):
    """The key was used before, for `booking`; nothing was written."""

    def __init__(self, booking: BookingId) -> None:
        super().__init__(booking)
        self.booking = booking


class Overtaken(Exception):
    """The booking is at another revision, or another change of it is under way; nothing was written."""


class Ledger(ApiKeys, AppPasswords, Bounces, Completion, InviteUses, Repeats, RoomWaits, Rotations, Protocol):
    """The database. Each method is one transaction; `claims` and `claims_version` answer from a mirror in memory."""

    def claims(self, home: Home, span: Span, *, without: BookingId | None = None) -> Sequence[Claim]:
        """Return the claims of a home whose held time overlaps `span`."""
        ...

    def claims_version(self, home: Home | None) -> int:
        """Return a number that rises whenever a claim of `home`, None: of any, comes or goes."""
        ...

    def next_number(self) -> int:
        """Return a booking number that was never used."""
        ...

    async def begin(
        self,
        intent: Intent,
        claims: Sequence[Claim],
        use: InviteUse | None = None,
        turn: Turn | None = None,
    ) -> None:
        """Record the intent, its claims, one for each host, its use of an invite and the turn it takes together.

        Raises `Taken`, `Repeated`, `Overtaken`, `UsedUp` or `TurnMoved`.
        """
        ...

    async def settle(self, intent: Intent) -> None:
        """Make the settlement true, queue its mails, drop the booking's other claims and the intent; idempotent.

        What waits to leave before the start is superseded, but for what is wanted as before of the same start; what is
        wanted anew is queued unless its instant has passed.
        """
        ...

    async def release(self, intent: Intent) -> None:
        """Forget the intent, its claims, its key and its turn, as if it had never been."""
        ...

    async def intents(self, begun_before: int) -> Sequence[Intent]:
        """Return the intents begun before an instant (epoch seconds)."""
        ...

    async def booking(self, id_: BookingId) -> BookingRecord | None:
        """Return what is known of a booking."""
        ...

    async def bookings_by_id(self, ids: Collection[BookingId]) -> Mapping[BookingId, BookingRecord]:
        """Return what is known of several bookings; those are left out of which nothing is."""
        ...

    async def booking_by_uid(self, uid: Uid) -> BookingRecord | None:
        """Return what is known of the booking with this UID."""
        ...

    async def booking_by_key(self, key: str) -> BookingId | None:
        """Return the booking that was made with a key, if the key is remembered."""
        ...

    async def person_by_key(self, key: str) -> int:
        """Return the number of who came by a key, 1 for one that is not remembered."""
        ...

    async def bookings(
        self, *, home: Home | None = None, active_only: bool = False, status: Status | None = None
    ) -> Sequence[BookingRecord]:
        """Return booking records by number: those of a home, those that may still take place, those in one state."""
        ...

    async def follow(
        self,
        seen: BookingRecord,
        *,
        place: tuple[CalendarPath, Href, Etag] | None,
        claims: Sequence[Claim],
        missing_since: int | None,
        timetable: Timetable | None = None,
    ) -> bool:
        """Record that a client moved, rewrote or removed the booking's object; claims made so are never refused.

        What is to leave before the start follows `timetable` as it does when a change is settled; without one it stays.

        Does nothing and returns False when the booking has changed since it was `seen`, and while an intent of it is under
        way: ask again when that is settled.
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
        """Forget keys after 24 hours, finished mails after 90 days, claims a day after their time.

        What is timed by a start to come and a clock that ran ahead took for expired waits again.
        """
        ...

    async def probe(self) -> None:
        """Write and read back a row."""
        ...
