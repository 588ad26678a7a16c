"""An event type as the commands answer it."""

from collections.abc import Mapping
from typing import Self

import msgspec

from server.control.texts import location_text
from server.control.views import away_text, override_text
from server.domain.event_type import EventType
from server.domain.hours import format_hours
from server.domain.questions import Question
from server.ports import Ports
from server.usecases.team.address import absolute, page_of_type


class EventTypeView(msgspec.Struct, kw_only=True):
    """An event type as operators see it; durations in minutes, None means "as the host has it"."""

    id: str
    home: str
    slug: str
    title: str
    description: str
    duration_min: int
    step_min: int | None
    buffer_before_min: int
    buffer_after_min: int
    notice_min: int
    horizon_days: int
    hours: str | None
    overrides: list[str]
    location_type: str
    location: str
    blocking: list[str] | None
    receiving: str | None
    zone: str | None
    confirm_address: bool
    requires_confirmation: bool
    confirm_within_min: int | None
    pending_holds_slot: bool
    pending_in_calendar: bool
    guest_reschedule_policy: str
    cancel_deadline_min: int
    reschedule_deadline_min: int
    guests_max: int
    reminders: list[str]
    caps: str
    guest_caps: str
    first_slot_only: bool
    strategy: str
    rotation: str
    hosts: list[str] | None
    fixed_hosts: list[str]
    seats: int
    seats_shown: bool
    keeps_empty: bool
    waitlist_max: int
    waitlist_hold_min: int
    series: str
    away: list[str]
    duration_options: list[int]
    location_options: list[str]
    questions: list[Question]
    room_template: str
    room_webhook: str
    redirect_url: str
    redirect_particulars: bool
    thanks: str
    enabled: bool
    visibility: str
    page: str
    room_secret: str | None = None

    @classmethod
    def of(cls, ports: Ports, event_type: EventType) -> Self:
        """Return the view of an event type: what it is called there, with what is typed as text in the place of values."""
        values: Mapping[str, object] = msgspec.to_builtins(event_type)
        return msgspec.convert({**values, **_texts(event_type), "page": _page(ports, event_type)}, cls)


def _texts(event_type: EventType) -> Mapping[str, object]:
    """Return what is written otherwise than it is kept."""
    room = event_type.room
    return {
        "hours": None if event_type.hours is None else format_hours(event_type.hours),
        "overrides": [override_text(override) for override in event_type.overrides],
        "location_type": event_type.location.type.value,
        "location": event_type.location.value or location_text(event_type.location),
        "reminders": list(map(str, event_type.reminders)),
        "caps": str(event_type.caps),
        "guest_caps": str(event_type.guest_caps),
        "series": "none" if event_type.series is None else str(event_type.series),
        "away": [away_text(one) for one in event_type.away],
        "location_options": list(map(location_text, event_type.location_options)),
        "room_template": "" if room is None else room.template,
        "room_webhook": "" if room is None else room.webhook,
    }


def _page(ports: Ports, event_type: EventType) -> str:
    return absolute(ports, page_of_type(ports, event_type))
