"""The outside world on one page: what the use cases need of it, and nothing about how it is done.

Terminology. A HOME is the folder of a host. A CALENDAR is a collection in it, named by its path "alice/calendar". A
calendar OBJECT is one .ics resource, named by calendar and HREF; its ETAG changes with its text. An INTENT is the
ledger's note of a change that has begun and is not settled. A CLAIM is the time that a booking holds.

Methods that are not `async` answer from memory and never block. Every method raises `Unavailable` when the disk or the
database refuses; the other errors are named where they are raised.
"""

from dataclasses import dataclass, field

from server.domain.guards import Guards
from server.domain.kept import Kept
from server.domain.site import Site
from server.ports.api_keys import ApiKey
from server.ports.app_passwords import AppPassword
from server.ports.calendars import (
    Busy,
    CalendarChange,
    CalendarRow,
    Calendars,
    Condition,
    EtagMismatch,
    Full,
    MustBeFree,
    MustFit,
    ObjectWrite,
    StagedWrite,
    StoredObject,
)
from server.ports.completion import Completion
from server.ports.homes import (
    HomeFault,
    Homes,
    RevisionMismatch,
)
from server.ports.inbound import Arrived, Inbox
from server.ports.invites import UsedUp
from server.ports.jobs import JobRun, Jobs
from server.ports.ledger import (
    GUEST_HELD_MAX_S,
    AuditEntry,
    BookingRecord,
    Claim,
    Intent,
    Ledger,
    Meeting,
    Overtaken,
    Repeated,
    Settlement,
    Taken,
    Timetable,
)
from server.ports.mail import (
    HOST_RECIPIENT,
    SERIES,
    InviteLetter,
    Letter,
    Mailer,
    MailError,
    MailKind,
    MailState,
    QueuedMail,
    Stationery,
    TimedMail,
    Words,
    co_host_recipient,
)
from server.ports.repeats import Remembered
from server.ports.rooms import RoomError, Rooms, RoomWait
from server.ports.rotation import Turn, TurnMoved
from server.ports.surroundings import (
    Accounts,
    BackupMade,
    Backups,
    Clock,
    Ids,
    Nudge,
    Tasks,
)
from server.ports.texter import Texter, TextError
from server.ports.transfers import (
    HandedOut,
    Outcome,
    TakenIn,
    Transfers,
)

__all__ = [
    "GUEST_HELD_MAX_S",
    "HOST_RECIPIENT",
    "SERIES",
    "Accounts",
    "ApiKey",
    "AppPassword",
    "Arrived",
    "AuditEntry",
    "BackupMade",
    "Backups",
    "BookingRecord",
    "Busy",
    "CalendarChange",
    "CalendarRow",
    "Calendars",
    "Claim",
    "Clock",
    "Completion",
    "Condition",
    "EtagMismatch",
    "Full",
    "HandedOut",
    "HomeFault",
    "Homes",
    "Ids",
    "Inbox",
    "Intent",
    "InviteLetter",
    "JobRun",
    "Jobs",
    "Ledger",
    "Letter",
    "MailError",
    "MailKind",
    "MailState",
    "Mailer",
    "Meeting",
    "MustBeFree",
    "MustFit",
    "Nudge",
    "ObjectWrite",
    "Outcome",
    "Overtaken",
    "Ports",
    "QueuedMail",
    "Remembered",
    "Repeated",
    "RevisionMismatch",
    "RoomError",
    "RoomWait",
    "Rooms",
    "Settlement",
    "StagedWrite",
    "Stationery",
    "StoredObject",
    "Taken",
    "TakenIn",
    "Tasks",
    "TextError",
    "Texter",
    "TimedMail",
    "Timetable",
    "Transfers",
    "Turn",
    "TurnMoved",
    "UsedUp",
    "Words",
    "co_host_recipient",
]


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything a use case may reach, plus the facts of the installation that all of them share."""

    calendars: Calendars
    transfers: Transfers
    homes: Homes
    ledger: Ledger
    accounts: Accounts
    backups: Backups
    mailer: Mailer
    inbox: Inbox
    texter: Texter
    clock: Clock
    ids: Ids
    tasks: Tasks
    outbox: Nudge
    rooms: Rooms
    jobs: Jobs
    site: Site
    secret_key: bytes
    guards: Guards = Guards()
    kept: Kept = field(default_factory=Kept)
