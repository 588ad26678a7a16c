"""Everything that can be asked of /v1: the routes are made of this table, and so is what describes them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPMethod
from typing import TypeAlias

import msgspec
from aiohttp import web

from server.domain.permissions import Permission
from server.web.api_v1 import (
    availability,
    bookings,
    challenge,
    changes,
    event_type_routes,
    ics,
    notes,
    series,
)
from server.web.api_v1.challenge import Challenge
from server.web.api_v1.event_type_shapes import (
    EventTypeAnswer,
    EventTypeChanges,
    EventTypePage,
    EventTypeQuery,
    EventTypeWish,
    Rules,
)
from server.web.api_v1.series_shapes import CancelFutureWish, MoveOneWish, OccurrenceList
from server.web.api_v1.shapes import (
    AttendanceWish,
    AttendeeEmail,
    Availability,
    AvailabilityQuery,
    BookingAnswer,
    BookingChanges,
    BookingPage,
    BookingQuery,
    BookingWish,
    CancelWish,
    DeclineWish,
    GuestWish,
    ManageLink,
    NoteList,
    NoteWish,
    NoWish,
    RescheduleWish,
    Validated,
)

Shape: TypeAlias = type[msgspec.Struct]
Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Access(Enum):
    """Who may ask: anybody, the bearer of the booking's token or a key, a key alone (S5.41)."""

    PUBLIC = auto()
    TOKEN = auto()
    KEY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be asked: how it is named, what it takes, and what it answers with.

    `answer` None is a calendar file. `checked` is what it answers with 200 when it only validates; `codes` are the refusals of
    the state of things that it knows (409).
    """

    method: HTTPMethod
    path: str
    handler: Handler
    access: Access
    answer: Shape | None
    permission: Permission | None = None
    query: Shape | None = None
    body: Shape | None = None
    status: int = 200
    checked: Shape | None = None
    codes: tuple[str, ...] = ()


GET, POST, PATCH = HTTPMethod.GET, HTTPMethod.POST, HTTPMethod.PATCH
PUT, DELETE = HTTPMethod.PUT, HTTPMethod.DELETE
VIEW, EDIT, TAKE_AWAY = Permission.VIEW, Permission.EDIT, Permission.DELETE
PUBLIC, TOKEN, KEY = Access.PUBLIC, Access.TOKEN, Access.KEY
TAKEN = ("conflict", "booking_cap_reached")
ENDED = ("conflict", "already_cancelled")
BOOKING, TYPE = "/v1/bookings/{id}", "/v1/event-types/{id}"


def _op(
    method: HTTPMethod, path: str, handler: Handler, access: Access, answer: Shape | None, **more: object
) -> Operation:
    return Operation(
        method=method,
        path=path,
        handler=handler,
        access=access,
        answer=answer,
        **more,  # type: ignore[arg-type]
    )


OPERATIONS = (
    _op(GET, "/v1/availability", availability.get, PUBLIC, Availability, query=AvailabilityQuery),
    _op(GET, "/v1/challenge", challenge.get, PUBLIC, Challenge),
    _op(
        POST,
        "/v1/bookings",
        bookings.post,
        PUBLIC,
        BookingAnswer,
        body=BookingWish,
        permission=EDIT,
        status=201,
        checked=Validated,
        codes=(*TAKEN, "meetings_unavailable", "not_accepted"),
    ),
    _op(GET, "/v1/bookings", bookings.list_, KEY, BookingPage, query=BookingQuery, permission=VIEW),
    _op(GET, BOOKING, bookings.get, TOKEN, BookingAnswer, permission=VIEW),
    _op(GET, f"{BOOKING}/occurrences", series.get, TOKEN, OccurrenceList, permission=VIEW),
    _op(
        POST,
        f"{BOOKING}/occurrences/{{date}}/cancel",
        series.post_cancel,
        TOKEN,
        BookingAnswer,
        body=CancelWish,
        permission=TAKE_AWAY,
        codes=(*ENDED, "cancellation_deadline_passed"),
    ),
    _op(
        POST,
        f"{BOOKING}/occurrences/{{date}}/reschedule",
        series.post_reschedule,
        TOKEN,
        BookingAnswer,
        body=MoveOneWish,
        permission=EDIT,
        codes=(*TAKEN, "already_cancelled", "reschedule_deadline_passed"),
    ),
    _op(
        POST,
        f"{BOOKING}/cancel-future",
        series.post_cancel_future,
        TOKEN,
        BookingAnswer,
        body=CancelFutureWish,
        permission=TAKE_AWAY,
        codes=(*ENDED, "cancellation_deadline_passed"),
    ),
    _op(GET, f"{BOOKING}/ics", ics.get, TOKEN, None, permission=VIEW),
    _op(GET, f"{BOOKING}/notes", notes.get, TOKEN, NoteList, permission=VIEW),
    _op(
        POST,
        f"{BOOKING}/notes",
        notes.post,
        KEY,
        NoteList,
        body=NoteWish,
        permission=EDIT,
        status=201,
        codes=ENDED,
    ),
    _op(PATCH, BOOKING, changes.patch, KEY, BookingAnswer, body=BookingChanges, permission=EDIT, codes=ENDED),
    _op(
        POST,
        f"{BOOKING}/cancel",
        changes.post_cancel,
        TOKEN,
        BookingAnswer,
        body=CancelWish,
        permission=TAKE_AWAY,
        codes=("conflict", "cancellation_deadline_passed"),
    ),
    _op(
        POST,
        f"{BOOKING}/reschedule",
        changes.post_reschedule,
        TOKEN,
        BookingAnswer,
        body=RescheduleWish,
        permission=EDIT,
        checked=Validated,
        codes=(*TAKEN, "already_cancelled", "reschedule_deadline_passed"),
    ),
    _op(
        POST,
        f"{BOOKING}/confirm",
        changes.post_confirm,
        KEY,
        BookingAnswer,
        body=NoWish,
        permission=EDIT,
        codes=ENDED,
    ),
    _op(
        POST,
        f"{BOOKING}/decline",
        changes.post_decline,
        KEY,
        BookingAnswer,
        body=DeclineWish,
        permission=EDIT,
        codes=ENDED,
    ),
    _op(
        POST,
        f"{BOOKING}/attendees",
        changes.post_attendee,
        KEY,
        BookingAnswer,
        body=GuestWish,
        permission=EDIT,
        codes=(*ENDED, "not_accepted"),
    ),
    _op(
        DELETE,
        f"{BOOKING}/attendees",
        changes.delete_attendee,
        KEY,
        BookingAnswer,
        query=AttendeeEmail,
        permission=EDIT,
        codes=ENDED,
    ),
    _op(
        POST,
        f"{BOOKING}/attended",
        changes.post_attended,
        KEY,
        BookingAnswer,
        body=AttendanceWish,
        permission=EDIT,
        codes=ENDED,
    ),
    _op(
        POST,
        f"{BOOKING}/no-show",
        changes.post_no_show,
        KEY,
        BookingAnswer,
        body=AttendanceWish,
        permission=EDIT,
        codes=ENDED,
    ),
    _op(
        POST,
        f"{BOOKING}/manage-link",
        changes.post_manage_link,
        KEY,
        ManageLink,
        body=AttendanceWish,
        permission=EDIT,
    ),
    _op(
        GET,
        "/v1/event-types",
        event_type_routes.list_,
        KEY,
        EventTypePage,
        query=EventTypeQuery,
        permission=VIEW,
    ),
    _op(
        POST,
        "/v1/event-types",
        event_type_routes.post,
        KEY,
        EventTypeAnswer,
        body=EventTypeWish,
        permission=EDIT,
        status=201,
    ),
    _op(GET, TYPE, event_type_routes.get, KEY, EventTypeAnswer, permission=VIEW),
    _op(
        PATCH,
        TYPE,
        event_type_routes.patch,
        KEY,
        EventTypeAnswer,
        body=EventTypeChanges,
        permission=EDIT,
        codes=("conflict",),
    ),
    _op(
        DELETE,
        TYPE,
        event_type_routes.delete,
        KEY,
        EventTypeAnswer,
        permission=TAKE_AWAY,
        codes=("conflict",),
    ),
    _op(GET, f"{TYPE}/availability", event_type_routes.get_rules, KEY, Rules, permission=VIEW),
    _op(
        PUT,
        f"{TYPE}/availability",
        event_type_routes.put_rules,
        KEY,
        Rules,
        body=Rules,
        permission=EDIT,
        codes=("conflict",),
    ),
)
