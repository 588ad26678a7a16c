"""What goes in and out of /v1, as types: they parse requests, render answers and will describe both."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

import msgspec

from server.domain.booking import Booking
from server.domain.errors import Invalid
from server.domain.event_type import LocationType
from server.domain.limits import Period
from server.ports import BookingRecord

S = TypeVar("S", bound=msgspec.Struct)

BODY_MAX = 64 * 1024


class GuestWish(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to be brought along."""

    email: str
    name: str = ""


class BookingWish(msgspec.Struct, frozen=True, kw_only=True):
    """POST /v1/bookings; `guests` are brought along. `event_type_id` is an `evt_…` id or `host/slug`; `start_time` is ISO 8601 with an offset.

    `invite` is the token at the end of an invite's link. `challenge` and `solution` answer GET /v1/challenge, where that is asked.
    """

    event_type_id: str
    start_time: datetime
    invitee_name: str
    invitee_email: str
    invitee_timezone: str
    notes: str = ""
    language: str = "en"
    duration_minutes: int | None = None
    location: str = ""
    location_value: str = ""
    answers: dict[str, str | int | float | bool | list[str]] = {}
    guests: list[GuestWish] = []
    invite: str = ""
    challenge: str = ""
    solution: str = ""


class CancelWish(msgspec.Struct, frozen=True, kw_only=True):
    """POST /v1/bookings/{id}/cancel."""

    reason: str = ""


class RescheduleWish(msgspec.Struct, frozen=True, kw_only=True):
    """POST /v1/bookings/{id}/reschedule."""

    new_start_time: datetime
    reason: str = ""


class Slot(msgspec.Struct, frozen=True):
    """A bookable slot, UTC."""

    start_time: datetime
    end_time: datetime


class CappedPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """A day, week, month or year in which no more can be booked, in UTC; a `total` that is reached has no bounds."""

    period: Period
    start_time: datetime | None
    end_time: datetime | None


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
    """Somebody who is brought along."""

    name: str
    email: str


class BookingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A booking as its guest may see it."""

    id: str
    status: str
    event_type_id: str
    title: str
    start_time: datetime
    end_time: datetime
    invitee_name: str
    invitee_email: str
    invitee_timezone: str
    notes: str
    location: Place
    answers: list[QuestionAnswer]
    guests: list[GuestAnswer]
    cancel_token: str
    cancelled_at: datetime | None
    cancel_reason: str | None
    created_at: datetime
    updated_at: datetime


def booking_answer(booking: Booking, record: BookingRecord, token: str) -> BookingAnswer:
    """Return a booking in the form that /v1 answers with."""
    guest, ended = booking.guest, not booking.is_active
    return BookingAnswer(
        id=booking.id,
        status=booking.status.value,
        event_type_id=record.event_type,
        title=booking.title,
        start_time=booking.start,
        end_time=booking.end,
        invitee_name=guest.name,
        invitee_email=guest.email,
        invitee_timezone=guest.zone,
        notes=booking.notes,
        location=Place(type=booking.location.type, value=booking.location.value, url=booking.location.url),
        answers=[QuestionAnswer(id=one.id, label=one.label, values=one.values) for one in booking.answers],
        guests=[GuestAnswer(name=one.name, email=one.email) for one in booking.companions],
        cancel_token=token,
        cancelled_at=booking.changed_at if ended else None,
        cancel_reason=(booking.reason or None) if ended else None,
        created_at=booking.created_at,
        updated_at=booking.changed_at,
    )


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
    faults = _faults(raw, into)
    if faults:
        raise Invalid("Please check the named fields.", faults)
    return msgspec.convert(raw, into)


def _faults(raw: Mapping[str, object], into: type[msgspec.Struct]) -> dict[str, str]:
    found = {}
    for field in msgspec.structs.fields(into):
        if field.encode_name not in raw:
            if field.required:
                found[field.encode_name] = "is required"
            continue
        try:
            value = msgspec.convert(raw[field.encode_name], field.type)
        except msgspec.ValidationError as error:
            found[field.encode_name] = str(error)
            continue
        if isinstance(value, datetime) and value.tzinfo is None:
            found[field.encode_name] = "needs an offset, like 2026-03-02T09:00:00Z"
    return found
