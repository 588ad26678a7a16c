"""The life of a booking: its states, what can be done to it, and the record of each change.

The table in `server.domain.transitions` decides whether a booking may change; `server.domain.changes` makes the changes. A
booking is immutable: a change makes a new one, one revision further, and a `BookingChange` holds both. Mails, feeds,
webhooks and the audit trail derive from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from server.domain.event_type import Location
from server.domain.identity import (
    HISTORY,
    SANDBOX,
    BookingId,
    CalendarPath,
    EventTypeId,
    Home,
    Slug,
    Uid,
    calendar_path,
    group_name,
)
from server.domain.intervals import Span
from server.domain.invites import InviteId
from server.domain.metadata import Metadata
from server.domain.plain import sentence
from server.domain.questions import Answer
from server.domain.series import Occurrence, OccurrenceStatus, Series

REASON_MAX = 500


class Status(StrEnum):
    """The canonical states; upcoming, past, completed, no-show and rescheduled are views, never stored."""

    PENDING_PAYMENT = "pending_payment"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    DECLINED = "declined"


class Action(StrEnum):
    """What can be done to a booking.

    A guest's REQUEST for another time waits for the host: CONFIRM agrees to it, KEEP goes back to the time agreed before,
    DECLINE ends the booking. What waits for its guest to prove their mail address (`awaiting_address`) is booked when they
    VERIFY it, or laid before the host: SUBMIT. A RESCHEDULE holds at once. ROOM: the video room that was awaited is there. JOIN and LEAVE:
    somebody is brought along or takes a seat, or comes no more. WAIT and WITHDRAW: somebody waits for a seat, or no longer; TURN: it is
    the next one's turn. REASSIGN: another host takes it over, at the same time.
    RESCHEDULE_ONE and CANCEL_ONE are about one occurrence of a series; CUT ends a series before its time.
    ANNOTATE: a program keeps other facts beside it, or something is noted. ATTEND: it is said who came.
    """

    CREATE = "create"
    VERIFY = "verify"
    SUBMIT = "submit"
    CONFIRM = "confirm"
    DECLINE = "decline"
    EXPIRE = "expire"
    REQUEST = "request"
    KEEP = "keep"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    ROOM = "room"
    COMPLETE = "complete"
    JOIN = "join"
    LEAVE = "leave"
    WAIT = "wait"
    WITHDRAW = "withdraw"
    TURN = "turn"
    REASSIGN = "reassign"
    RESCHEDULE_ONE = "reschedule_one"
    CANCEL_ONE = "cancel_one"
    CUT = "cut"
    ANNOTATE = "annotate"
    ATTEND = "attend"


QUIET = frozenset(
    {
        Action.JOIN,
        Action.LEAVE,
        Action.WAIT,
        Action.WITHDRAW,
        Action.TURN,
        Action.ROOM,
        Action.REASSIGN,
        Action.ANNOTATE,
        Action.ATTEND,
    }
)
"""What leaves the links in guests' mails alive, and the mails that wait true; other changes make new ones (S1.43)."""


class Actor(StrEnum):
    """Who did it."""

    GUEST = "guest"
    HOST = "host"
    API_KEY = "api_key"
    SYSTEM = "system"


class Attendance(StrEnum):
    """Whether somebody came, as the host says it afterwards."""

    ATTENDED = "attended"
    ABSENT = "absent"


class Partstat(StrEnum):
    """An attendee's answer (RFC 5545 §3.2.12)."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"


ACTIVE = frozenset({Status.PENDING_PAYMENT, Status.PENDING, Status.CONFIRMED})
"""The states of a booking that may still take place."""

ENDED: Mapping[Status, str] = {
    Status.CANCELLED: sentence("This booking was cancelled. It can no longer be changed."),
    Status.DECLINED: sentence("This booking was declined. It can no longer be changed."),
}
"""Why a booking that has ended refuses every change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """A guest of a booking; `number` is theirs for the booking's life, 1 is the one who booked; `phone` is E.164 or empty.

    Whom the one who booked brings along may have no name. Where each has a seat of their own, `notes`, `answers` and `invite`
    are what this guest wrote, and came by.
    `attendance` is None before anybody has said who came.
    """

    number: int
    name: str
    email: str
    zone: str
    language: str = "en"
    partstat: Partstat = Partstat.ACCEPTED
    phone: str = ""
    attendance: Attendance | None = None
    notes: str = ""
    answers: tuple[Answer, ...] = ()
    invite: InviteId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """Somebody who waits for a seat since `since`; one that has become free is theirs to take until `held_until`.

    `is_unproven`: the seat is held because their mail address has yet to be proven, not because they waited for it.
    """

    person: Attendee
    since: datetime
    held_until: datetime | None = None
    is_unproven: bool = False


@dataclass(frozen=True, slots=True)
class Organizer:
    """In whose name people are mailed as long as the UID lives, where that is not simply the host: a team, as a rule (C37)."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One scheduled meeting, stored as one VEVENT.

    `start` and `end` are aware and UTC; `zone` is the host's IANA zone. `reason` belongs to the latest change, `ended_by`
    tells who cancelled or declined. While a request waits: `answer_by` is when it expires at the latest, `agreed` start and
    end of the time that was confirmed before, `holds_while_pending` tells whether others cannot have its time.
    `awaiting_address`: nobody but its guest knows of it before they prove their mail address, which they have until `answer_by`.
    `is_invited` tells whether its people were ever sent an invitation. `invite` is the one it was made by. `last_person` is the
    highest number that an attendee ever had, 0 as long as nobody has left: no number is given twice.
    `seats` above 1: so many guests book it, each for themselves; they know of one another if `seats_shown`, and `waiting` are those
    without a seat, in their order. `co_hosts` are the hosts beside the one whose home it is; each has a copy in a calendar of their own. `team` is the
    home of the team whose meeting it is, if any. `organizer` is in whose name its mails invite, None for that host: what was once written there stays, whoever comes to host it.
    Of a series, `start` and `end` are those of the first occurrence that its rule has, whatever became of that one.
    `metadata` is what programs keep beside it, by name, and Daybook makes nothing of. `last_note` is the number of its last note.
    """

    id: BookingId
    number: int
    uid: Uid
    home: Home
    calendar: CalendarPath
    event_type_id: EventTypeId
    slug: Slug
    title: str
    start: datetime
    end: datetime
    zone: str
    attendees: tuple[Attendee, ...]
    created_at: datetime
    changed_at: datetime
    description: str = ""
    location: Location = Location()
    buffer_before_min: int = 0
    buffer_after_min: int = 0
    notes: str = ""
    answers: tuple[Answer, ...] = ()
    status: Status = Status.CONFIRMED
    revision: int = 0
    sequence: int = 0
    reason: str = ""
    ended_by: Actor | None = None
    agreed: tuple[datetime, datetime] | None = None
    answer_by: datetime | None = None
    holds_while_pending: bool = True
    is_invited: bool = True
    invite: InviteId | None = None
    awaiting_address: bool = False
    last_person: int = 0
    co_hosts: tuple[Home, ...] = ()
    metadata: Metadata = ()
    last_note: int = 0
    organizer: Organizer | None = None
    team: Home | None = None
    series: Series | None = None
    seats: int = 1
    seats_shown: bool = False
    waiting: tuple[Waiter, ...] = ()

    @property
    def guest(self) -> Attendee:
        """Return the attendee who made the booking; of seats that nobody has taken, nobody."""
        return self.attendees[0] if self.attendees else Attendee(number=0, name="", email="", zone=self.zone)

    @property
    def is_seated(self) -> bool:
        """Tell whether each of its guests has booked a seat of their own."""
        return self.seats > 1

    @property
    def everybody(self) -> tuple[Attendee, ...]:
        """Return the guests, and those who wait for a seat."""
        return (*self.attendees, *(one.person for one in self.waiting)) if self.waiting else self.attendees

    @property
    def homes(self) -> tuple[Home, ...]:
        """Return the homes of all hosts, the organizer's first."""
        return (self.home, *self.co_hosts)

    @property
    def page(self) -> tuple[str, str, str]:
        """Return the segments of the address at which the same can be booked again: the team's, else the hosts'."""
        if self.team is not None:
            return "team", self.team, self.slug
        return "u", group_name(self.home, self.co_hosts), self.slug

    @property
    def companions(self) -> tuple[Attendee, ...]:
        """Return those whom the guest brings along."""
        return self.attendees[1:]

    @property
    def next_person(self) -> int:
        """Return the number of the next attendee."""
        return 1 + max([self.last_person, *(one.number for one in self.everybody)])

    @property
    def span(self) -> Span:
        """Return the meeting itself in epoch seconds."""
        return int(self.start.timestamp()), int(self.end.timestamp())

    @property
    def held(self) -> Span:
        """Return the meeting with its buffers in epoch seconds."""
        start, end = self.span
        return start - self.buffer_before_min * 60, end + self.buffer_after_min * 60

    @property
    def is_active(self) -> bool:
        """Tell whether the meeting may still take place."""
        return self.status in ACTIVE

    @property
    def holds_time(self) -> bool:
        """Tell whether nobody else can have its time."""
        is_held = self.status is not Status.PENDING or self.holds_while_pending
        return self.is_active and is_held and not self.is_test

    @property
    def attendance(self) -> tuple[tuple[int, Attendance], ...]:
        """Return of whom it was said whether they came, by their numbers."""
        said = ((one.number, one.attendance) for one in self.attendees)
        return tuple((number, attendance) for number, attendance in said if attendance is not None)

    @property
    def is_test(self) -> bool:
        """Tell whether a program is only trying things out: nobody is mailed, and no time is held (C38)."""
        return self.calendar == calendar_path(self.home, SANDBOX)

    @property
    def archive(self) -> CalendarPath:
        """Return the calendar that keeps what the booking was."""
        return calendar_path(self.home, SANDBOX if self.is_test else HISTORY)

    @property
    def is_hidden(self) -> bool:
        """Tell whether it waits in the history, where no calendar client sees it."""
        return self.is_active and self.calendar == calendar_path(self.home, HISTORY)

    @property
    def expires_at(self) -> datetime:
        """Return when a request that nobody answers is over: when it begins at the latest."""
        start = self.begins_at
        return start if self.answer_by is None else min(self.answer_by, start)

    @property
    def bound_start(self) -> datetime:
        """Return the start that deadlines are counted from: while another time is asked for, the earlier one."""
        return self.begins_at if self.agreed is None else min(self.begins_at, self.agreed[0])

    @property
    def occurrences(self) -> tuple[Occurrence, ...]:
        """Return every occurrence of a series by its original start, with what became of it; of no series the one there is.

        Of a booking that has ended none takes place any more.
        """
        found = self._planned
        if self.is_active:
            return found
        off = OccurrenceStatus.CANCELLED
        return tuple(replace(one, status=off) if one.takes_place else one for one in found)

    @property
    def meetings(self) -> tuple[Occurrence, ...]:
        """Return the occurrences that take place as far as the booking does, past ones included, by their original start."""
        return tuple(one for one in self._planned if one.takes_place)

    @property
    def over_at(self) -> datetime:
        """Return when the last of its meetings is over."""
        if self.series is None:
            return self.end
        return max((one.end for one in self.meetings), default=self.end)

    @property
    def begins_at(self) -> datetime:
        """Return when the first of its meetings begins."""
        if self.series is None:
            return self.start
        return min((one.start for one in self.meetings), default=self.start)

    def coming(self, now: datetime) -> tuple[Occurrence, ...]:
        """Return the meetings that have not begun at `now`, by their original start."""
        return tuple(one for one in self.meetings if one.start > now)

    def alone(self, occurrence: Occurrence) -> "Booking":
        """Return the booking as one of its meetings alone."""
        return replace(self, start=occurrence.start, end=occurrence.end, series=None)

    @property
    def _planned(self) -> tuple[Occurrence, ...]:
        if self.series is None:
            return (Occurrence(self.start, self.start, self.end),)
        return self.series.occurrences(self.start, self.end, self.zone)


@dataclass(frozen=True, slots=True)
class BookingChange:
    """What happened to a booking: `before` is None at its creation.

    `unannounced`: the guests are told of it by their calendars alone.
    """

    before: Booking | None
    after: Booking
    action: Action
    actor: Actor
    at: datetime
    unannounced: bool = False
