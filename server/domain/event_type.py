"""What a host offers: an event type and the rules that shape its slots."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from server.domain.host import Host
from server.domain.hours import DateOverride, Hours
from server.domain.identity import CalendarPath, EventTypeId, Home, Slug, calendar_path, is_slug
from server.domain.slots import SlotRules

DURATION_MAX_MIN = 24 * 60
BUFFER_MAX_MIN = 24 * 60
HORIZON_MAX_DAYS = 730


class LocationType(StrEnum):
    """How host and guest meet."""

    NONE = "none"
    LINK = "link"
    PHONE = "phone"
    IN_PERSON = "in_person"
    TEXT = "text"


class View(StrEnum):
    """How the booking page lays out its slots."""

    WEEK = "week"
    MONTH = "month"
    LIST = "list"


class Visibility(StrEnum):
    """Who may book: everybody, who has an invite from any host of this server, or who has one from its own host."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where a meeting takes place; `url` is the value if, and only if, it is an http(s) address."""

    type: LocationType = LocationType.NONE
    value: str = ""

    @property
    def url(self) -> str | None:
        """Return the value when it parses as http or https; anything else is never made a link."""
        try:
            parts = urlsplit(self.value)
        except ValueError:
            return None
        return self.value if parts.scheme in {"http", "https"} and parts.hostname else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """A kind of meeting that guests can book; durations in minutes, `None` means "as the host has it"."""

    id: EventTypeId
    number: int
    home: Home
    slug: Slug
    title: str
    description: str = ""
    duration_min: int = 30
    step_min: int | None = None
    buffer_before_min: int = 0
    buffer_after_min: int = 0
    notice_min: int = 60
    horizon_days: int = 60
    hours: Hours | None = None
    overrides: tuple[DateOverride, ...] = ()
    location: Location = Location()
    blocking: tuple[str, ...] | None = None
    receiving: str | None = None
    zone: str | None = None
    zone_locked: bool = False
    view: View = View.WEEK
    enabled: bool = True
    visibility: Visibility = Visibility.PUBLIC
    revision: int = 0

    @property
    def is_listed(self) -> bool:
        """Tell whether strangers may know of it; any other answers them as if it did not exist."""
        return self.enabled and self.visibility is Visibility.PUBLIC

    def zone_name(self, host: Host) -> str:
        """Return the IANA zone in which this event type's hours and days are meant."""
        return self.zone or host.zone

    def open_hours(self, host: Host) -> Hours:
        """Return the weekly hours that apply: its own, else the host's."""
        return self.hours or host.hours

    def date_overrides(self, host: Host) -> tuple[DateOverride, ...]:
        """Return the date overrides that apply; its own day wins over the host's same day."""
        own = {override.day for override in self.overrides}
        return self.overrides + tuple(o for o in host.overrides if o.day not in own)

    def rules(self, now: int) -> SlotRules:
        """Return what `slots.offer` needs, for a page asked for at `now` (epoch seconds)."""
        return SlotRules(
            duration_s=self.duration_min * 60,
            step_s=(self.step_min or self.duration_min) * 60,
            buffer_before_s=self.buffer_before_min * 60,
            buffer_after_s=self.buffer_after_min * 60,
            earliest=now + self.notice_min * 60,
            latest=now + self.horizon_days * 86_400,
        )

    def receives(self, host: Host) -> CalendarPath:
        """Return the calendar that a booking of this event type is written to."""
        return calendar_path(self.home, self.receiving or host.receiving)


def faults(event_type: EventType) -> Mapping[str, str]:
    """Return what is wrong with an event type, field by field; empty when all is well."""
    bounds = {
        "duration_min": (event_type.duration_min, 1, DURATION_MAX_MIN),
        "step_min": (event_type.step_min or 1, 1, DURATION_MAX_MIN),
        "buffer_before_min": (event_type.buffer_before_min, 0, BUFFER_MAX_MIN),
        "buffer_after_min": (event_type.buffer_after_min, 0, BUFFER_MAX_MIN),
        "notice_min": (event_type.notice_min, 0, 365 * 1440),
        "horizon_days": (event_type.horizon_days, 1, HORIZON_MAX_DAYS),
    }
    found = {
        name: f"must be between {least} and {most}, not {value}"
        for name, (value, least, most) in bounds.items()
        if not least <= value <= most
    }
    if not is_slug(event_type.slug):
        found["slug"] = "may hold a-z, 0-9 and hyphens, and starts with a letter or digit"
    if not 1 <= len(event_type.title.strip()) <= 255:
        found["title"] = "must be 1 to 255 characters long"
    if event_type.location.type is LocationType.LINK and event_type.location.url is None:
        found["location"] = "must be an http or https address"
    return found
