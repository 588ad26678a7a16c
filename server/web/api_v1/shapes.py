"""What goes in and out of /v1, as types: they parse requests, render answers and describe both."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from server.domain.booking import Actor, Attendance, Partstat, Status
from server.domain.errors import Invalid
from server.domain.event_type import LocationType
from server.domain.limits import Period
from server.domain.metadata import Value
from server.web.api_v1.instants import Instant
from server.web.api_v1.series_shapes import OccurrenceAnswer, RecurringAnswer, RecurringWish

S = TypeVar("S", bound=msgspec.Struct)

BODY_MAX = 64 * 1024
LIMIT_MAX = 100
OFFSET_MAX = 10_000


class GuestWish(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to be brought along."""

    email: str
    name: str = ""


class BookingWish(msgspec.Struct, frozen=True, kw_only=True):
    """A booking to be made; `guests` are brought along. `event_type_id` is an `evt_…` id or `host/slug`.

    `start_time` is ISO 8601 with an offset. `duration` chooses one of the event type's, in minutes, and `duration_minutes` is
    the same by its longer name. `invite` is the token at the end of an invite's link. `challenge` and `solution` answer
    GET /v1/challenge, where that is asked. With `validate_only` nothing is booked. With `waitlist` they wait where
    all seats are taken. `host_id` is whom of a team they meet. With `recurring` it is a series, `start_time` that of its first meeting.
    """

    event_type_id: str
    start_time: Instant
    invitee_name: str
    invitee_email: str
    invitee_timezone: str
    invitee_phone: str = ""
    notes: str = ""
    language: str = "en"
    duration: int | None = None
    duration_minutes: int | None = None
    location: str = ""
    location_value: str = ""
    answers: dict[str, str | int | float | bool | list[str]] = {}
    guests: list[GuestWish | str] = []
    waitlist: bool = False
    metadata: dict[str, Value] = {}
    invite: str = ""
    challenge: str = ""
    solution: str = ""
    validate_only: bool = False
    host_id: str = ""
    recurring: RecurringWish | None = None


class CancelWish(msgspec.Struct, frozen=True, kw_only=True):
    """How to cancel. A key says in whose name: `host`, or `attendee`, who is held to the guest's deadline (C6).

    Without `notify_attendee` guests get no notice, only what their calendars need; that is for keys alone (C9).
    """

    reason: str = ""
    cancelled_by: Annotated[str, Meta(pattern="^(host|attendee)$")] = "host"
    notify_attendee: bool = True


class RescheduleWish(msgspec.Struct, frozen=True, kw_only=True):
    """Where to move a booking; with `validate_only` it is not moved."""

    new_start_time: Instant
    reason: str = ""
    notify_attendee: bool = True
    validate_only: bool = False


class NoWish(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing more needs to be said."""


class DeclineWish(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request is declined; `keep` goes back to the time that was agreed before."""

    reason: str = ""
    keep: bool = False


class AttendeeEmail(msgspec.Struct, frozen=True, kw_only=True):
    """Which attendee is meant, by mail address."""

    email: str


class AttendanceWish(msgspec.Struct, frozen=True, kw_only=True):
    """Of whom it is said, by mail address; without one of who booked."""

    attendee_email: str = ""


class NoteWish(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be noted about a booking; who takes part reads it too unless it is private (C42)."""

    content: str
    is_private: bool = True


class NoteAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A note on a booking."""

    id: int
    content: str
    is_private: bool
    created_at: Instant


class NoteList(msgspec.Struct, frozen=True, kw_only=True):
    """The notes on a booking, oldest first."""

    data: list[NoteAnswer]


class BookingChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What of a booking is changed; `metadata` replaces all that it had."""

    metadata: dict[str, Value] | UnsetType = UNSET


class BookingQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which bookings, newest first. `status` and `event_type_id` may name several, with commas between.

    `status` takes the states of a booking, and `upcoming`, `past`, `completed` and `no_show`, which are about confirmed ones.
    `start_date` and `end_date` bound the start: dates are whole days, the last included, in `timezone`, else in that of the
    event type, the host or the site; instants with an offset are exact, the last excluded (C34).
    `starting_after` is the id of the last booking of the page before; `offset` passes over some that follow.
    """

    status: str = ""
    event_type_id: str = ""
    start_date: str = ""
    end_date: str = ""
    timezone: str = ""
    assigned_host_id: str = ""
    attendee_email: str = ""
    starting_after: str = ""
    offset: Annotated[int, Meta(ge=0, le=OFFSET_MAX)] = 0
    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX)] = 10


class Slot(msgspec.Struct, frozen=True):
    """A bookable slot, UTC.

    Of one that several guests share: so many seats are left of all; without one left, one can wait for one.
    """

    start_time: Instant
    end_time: Instant
    spots_remaining: int | msgspec.UnsetType = msgspec.UNSET
    total_capacity: int | msgspec.UnsetType = msgspec.UNSET
    waitlist_available: bool | msgspec.UnsetType = msgspec.UNSET


class CappedPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """A day, week, month or year in which no more can be booked, in UTC; a `total` that is reached has no bounds."""

    period: Period
    start_time: Instant | None
    end_time: Instant | None


class AvailabilityQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Of which event type, from when to when: dates are whole days of `timezone`, the last included (C34).

    The booking `exclude_booking` does not stand in its own way; it takes its token, or a key that may see it (S3.25).
    With `host_id` one host of a team is meant.
    """

    event_type_id: str = ""
    start: str = ""
    end: str = ""
    timezone: str = ""
    duration: str | None = None
    invite: str = ""
    exclude_booking: str = ""
    token: str = ""
    host_id: str = ""


class Availability(msgspec.Struct, frozen=True, kw_only=True):
    """The slots of an event type from `start` to `end`, as the query named them; `capped` when any period of it is (S5.10)."""

    event_type_id: str
    timezone: str
    start: str
    end: str
    slots: list[Slot]
    capped: bool = False
    capped_periods: tuple[CappedPeriod, ...] = ()


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a meeting takes place; `url` only for http and https."""

    type: LocationType
    value: str
    url: str | None


class QuestionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered to a question; `values` has several where several options were chosen, `✓` where a box was ticked."""

    id: str
    label: str
    values: tuple[str, ...]


class GuestAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is brought along; other guests see no address."""

    name: str
    email: str | None


class AttendeeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who takes part, as the host may see it; `attendance` is null before it was said who came."""

    id: int
    name: str
    email: str
    timezone: str
    is_primary: bool
    response: Partstat
    attendance: Attendance | None


class AssignedHost(msgspec.Struct, frozen=True, kw_only=True):
    """The host of a team whose turn it is (S5.35)."""

    member_id: str
    name: str | None
    email: str


class Waitlisted(msgspec.Struct, frozen=True, kw_only=True):
    """Who waits for a seat: at which `position` of the line, 0 for whom one is held until `held_until`."""

    position: int
    held_until: Instant | None


class BookingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A booking. `attendees` and `metadata` are for keys, `cancel_token` for those who book or bear it.

    Of a meeting with `total_capacity` each guest has a seat of their own, sees no others unless the host shows them, and may wait in
    the `waitlist` for one. `host_id` says who organizes it, `assigned_host` who of a team that takes turns. `cancelled_by` and `cancel_reason` are there
    when it was cancelled or declined. Of a series, `start_time` is the original start of its first meeting, and `occurrences` are all.
    """

    id: str
    status: Status
    event_type_id: str
    title: str
    start_time: Instant
    end_time: Instant
    duration_minutes: int
    invitee_name: str
    invitee_email: str | None
    invitee_timezone: str
    notes: str
    location: Place
    meeting_url: str | None
    host_id: str
    assigned_host: AssignedHost | None
    answers: list[QuestionAnswer]
    guests: list[GuestAnswer]
    attendee_count: int
    total_capacity: int | None
    waitlist: Waitlisted | None
    attendees: list[AttendeeAnswer] | None
    metadata: dict[str, Value] | None
    cancel_token: str | None
    cancelled_at: Instant | None
    cancel_reason: str | None
    cancelled_by: Actor | None
    is_test: bool
    recurring: RecurringAnswer | None
    occurrences: list[OccurrenceAnswer]
    created_at: Instant
    updated_at: Instant


class BookingPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some bookings; the next page starts after the last of them."""

    data: list[BookingAnswer]
    has_more: bool


class Validated(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of a booking: nothing was written."""

    status: Status
    start_time: Instant
    end_time: Instant
    valid: bool = True


class ManageLink(msgspec.Struct, frozen=True, kw_only=True):
    """What opens a booking from now on; what was handed out before opens nothing. `url` is null without a public address."""

    url: str | None
    cancel_token: str


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request was refused; `code` is stable, `details` say what is wrong where, or what would be right."""

    code: str
    message: str
    details: dict[str, str | int | list[str]]
    request_id: str


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a request that was refused."""

    error: Fault


def answer_texts(value: str | float | bool | list[str]) -> tuple[str, ...]:
    """Return an answer as a form would send it: numbers as text, a ticked box as a word, one that is not as nothing."""
    match value:
        case bool():
            return ("yes",) if value else ()
        case list():
            return tuple(value)
        case _:
            return (str(value),)


def parse(body: bytes, into: type[S]) -> S:
    """Return `body` (JSON) as `into`; raises Invalid that names every field that is missing or wrong, not the first."""
    try:
        raw = msgspec.json.decode(body or b"{}")
    except msgspec.DecodeError as error:
        raise Invalid("The body must be a JSON object.", {"body": str(error)}) from error
    if not isinstance(raw, dict):
        raise Invalid("The body must be a JSON object.", {"body": "is not an object"})
    return _as(raw, into, strict=True)


def parse_query(query: Mapping[str, str], into: type[S]) -> S:
    """Return the parameters of a query as `into`; raises Invalid that names every one that is wrong."""
    return _as(dict(query), into, strict=False)


def _as(raw: Mapping[str, object], into: type[S], *, strict: bool) -> S:
    try:
        return msgspec.convert(raw, into, strict=strict)
    except msgspec.ValidationError:
        faults = _faults(raw, into, strict=strict)
        if not faults:
            raise
    raise Invalid("Please check the named fields.", faults)


def _faults(raw: Mapping[str, object], into: type[msgspec.Struct], *, strict: bool) -> dict[str, str]:
    found = {}
    for field in msgspec.structs.fields(into):
        if field.encode_name not in raw:
            if field.required:
                found[field.encode_name] = "is required"
            continue
        try:
            msgspec.convert(raw[field.encode_name], field.type, strict=strict)
        except msgspec.ValidationError as error:
            found[field.encode_name] = str(error)
    return found
