"""What goes in and out of /v1/event-types, as types."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from server.domain.event_type import LocationType, ReschedulePolicy, Visibility
from server.domain.hosts import Rotation, Strategy
from server.web.api_v1.shapes import LIMIT_MAX

CLOCK = r"^([01][0-9]|2[0-4]):[0-5][0-9](:00)?$"
Clock = Annotated[str, Meta(pattern=CLOCK)]
"""A time of the day: 09:00 or 09:00:00; 24:00 is its end."""


class PlaceWish(msgspec.Struct, frozen=True, kw_only=True):
    """Where to meet; of `guest_phone` and `guest_place` the guest says the value."""

    type: LocationType
    value: str = ""


class CapsWish(msgspec.Struct, frozen=True, kw_only=True):
    """The most bookings that may begin in one period; null where there is no cap."""

    day: int | None = None
    week: int | None = None
    month: int | None = None
    year: int | None = None
    total: int | None = None


class EventTypeChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What of an event type is changed: what is not named stays. Minutes, unless the name says otherwise.

    `slot_interval_minutes` null offers a start every `duration_minutes`, `timezone` null means the host's. `booking_cap` with
    `booking_cap_period` is a short word for one of `booking_caps`. `reminder_intervals` are for guests, by mail.
    `max_attendees` above 1 lets so many book the same meeting. `hosts` and `fixed_hosts` name members of a team by id or home.
    """

    title: str | UnsetType = UNSET
    slug: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    duration_minutes: int | UnsetType = UNSET
    duration_options: list[int] | UnsetType | None = UNSET
    slot_interval_minutes: int | UnsetType | None = UNSET
    buffer_before_minutes: int | UnsetType = UNSET
    buffer_after_minutes: int | UnsetType = UNSET
    minimum_notice_minutes: int | UnsetType = UNSET
    horizon_days: int | UnsetType = UNSET
    timezone: str | UnsetType | None = UNSET
    location: PlaceWish | UnsetType = UNSET
    location_options: list[PlaceWish] | UnsetType = UNSET
    visibility: Visibility | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    requires_confirmation: bool | UnsetType = UNSET
    guest_reschedule_policy: ReschedulePolicy | UnsetType = UNSET
    cancellation_deadline_minutes: int | UnsetType = UNSET
    reschedule_deadline_minutes: int | UnsetType = UNSET
    max_guests: int | UnsetType = UNSET
    max_attendees: int | UnsetType = UNSET
    reminder_intervals: list[int] | UnsetType = UNSET
    booking_caps: CapsWish | UnsetType = UNSET
    booking_cap: int | UnsetType | None = UNSET
    booking_cap_period: Annotated[str, Meta(pattern="^(daily|weekly|monthly|yearly|total)$")] | UnsetType = (
        UNSET
    )
    first_slot_only: bool | UnsetType = UNSET
    assignment_strategy: Strategy | UnsetType = UNSET
    rotation: Rotation | UnsetType = UNSET
    hosts: list[str] | UnsetType | None = UNSET
    fixed_hosts: list[str] | UnsetType = UNSET


class EventTypeWish(EventTypeChanges, frozen=True, kw_only=True):
    """An event type to be made; `host` is the home of a host or a team, by default of whose key it is."""

    title: str
    slug: str
    duration_minutes: int
    host: str = ""


class EventTypeQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which event types, oldest first: of one `host` or team, after the last one of the page before."""

    host: str = ""
    starting_after: str = ""
    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX)] = 10


class EventTypePlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where to meet."""

    type: LocationType
    value: str


class EventTypeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An event type; `timezone` is the one in which its days and hours are meant, `url` its page, null without an address.

    `booking_cap` and `booking_cap_period` are the first of `booking_caps`, null where there is none.
    """

    id: str
    number: int
    host: str
    slug: str
    title: str
    description: str
    duration_minutes: int
    duration_options: list[int] | None
    slot_interval_minutes: int | None
    buffer_before_minutes: int
    buffer_after_minutes: int
    minimum_notice_minutes: int
    horizon_days: int
    timezone: str
    location: EventTypePlace
    location_options: list[EventTypePlace]
    visibility: Visibility
    active: bool
    requires_confirmation: bool
    guest_reschedule_policy: ReschedulePolicy
    cancellation_deadline_minutes: int
    reschedule_deadline_minutes: int
    max_guests: int
    max_attendees: int
    reminder_intervals: list[int]
    booking_caps: CapsWish
    booking_cap: int | None
    booking_cap_period: str | None
    first_slot_only: bool
    assignment_strategy: Strategy
    rotation: Rotation
    hosts: list[str] | None
    fixed_hosts: list[str]
    url: str | None


class EventTypePage(msgspec.Struct, frozen=True, kw_only=True):
    """Some event types; the next page starts after the last of them."""

    data: list[EventTypeAnswer]
    has_more: bool


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of one weekday, in wall time; 0 is Sunday."""

    day_of_week: Annotated[int, Meta(ge=0, le=6)]
    start_time: Clock
    end_time: Clock


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of one date, in wall time."""

    start_time: Clock
    end_time: Clock


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """What holds on one date, in place of the week's rules; without windows the day is closed."""

    date: date
    windows: list[Stretch] = []


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """When an event type can be booked. `rules` null are those of its host; `timezone` null is its host's."""

    rules: list[Rule] | None
    timezone: str | None = None
    overrides: list[Override] = []
