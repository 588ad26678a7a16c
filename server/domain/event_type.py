"""What a host offers: an event type and the rules that shape its slots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from server.domain.away import Away
from server.domain.away import fault as fault_of_away
from server.domain.host import Host
from server.domain.hosts import Rotation, Strategy
from server.domain.hours import DateOverride, Hours, open_spans
from server.domain.identity import CalendarPath, EventTypeId, Home, Slug, calendar_path, is_slug
from server.domain.intervals import Span
from server.domain.limits import NO_CAPS, Caps
from server.domain.limits import fault as fault_of_caps
from server.domain.questions import Question, is_web_address
from server.domain.questions import faults as fault_of_questions
from server.domain.reminders import Reminder
from server.domain.reminders import fault as fault_of_reminders
from server.domain.rooms import Room
from server.domain.rooms import fault as fault_of_room
from server.domain.series import SeriesRules
from server.domain.series import fault as fault_of_series
from server.domain.slots import SlotRules
from server.domain.team import MEMBERS_MAX

DURATION_MAX_MIN = 24 * 60
DURATION_OPTIONS_MAX = 10
PLACES_MAX = 10
THANKS_CHARS_MAX = 2_000
REDIRECT_CHARS_MAX = 1_000
BUFFER_MAX_MIN = 24 * 60
HORIZON_MAX_DAYS = 730
DEADLINE_MAX_MIN = 365 * 1440
FIXED_MAX = 10
GUESTS_MAX = 20
"""The most that one booking can bring along; every one of them is mailed at each change."""
SEATS_MAX = 200
"""The most that can book one meeting, each for themselves."""
WAITLIST_MAX = 100
HOLD_MAX_MIN = 14 * 1440


class LocationType(StrEnum):
    """How host and guest meet.

    ROOM stands for a video room of the booking's own; on a booking it says that the room's address is still awaited. Of
    GUEST_PHONE and GUEST_PLACE the value is the guest's to say: where to be called, where to meet.
    """

    NONE = "none"
    LINK = "link"
    PHONE = "phone"
    IN_PERSON = "in_person"
    TEXT = "text"
    ROOM = "room"
    GUEST_PHONE = "guest_phone"
    GUEST_PLACE = "guest_place"


ASKED = frozenset({LocationType.GUEST_PHONE, LocationType.GUEST_PLACE})
"""The places of which the guest says the value."""


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


class ReschedulePolicy(StrEnum):
    """What becomes of a guest's wish for another time: the host approves it, it holds at once, or as with a new booking."""

    APPROVE = "approve"
    AUTO = "auto"
    SAME_AS_BOOKING = "same_as_booking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where a meeting takes place; `url` is the value if it is an http(s) address and not a guest's word (S2.21)."""

    type: LocationType = LocationType.NONE
    value: str = ""

    @property
    def url(self) -> str | None:
        """Return the value when it parses as http or https; anything else is never made a link."""
        if self.type in ASKED:
            return None
        try:
            parts = urlsplit(self.value)
        except ValueError:
            return None
        return self.value if parts.scheme in {"http", "https"} and parts.hostname else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """A kind of meeting that guests can book; durations in minutes, `None` means "as the host has it".

    With `seats` above 1 so many guests book the same meeting, each for themselves: they read one another's names if `seats_shown`, and
    the last one who leaves ends it unless it `keeps_empty`. Of those who find it full `waitlist_max` may wait; a seat that
    becomes free is the next one's for `waitlist_hold_min`. `co_hosts` take part where it is booked by the address of a group; they belong to that address, and are never saved.
    Of a team's: `hosts` are the members who take part, None meaning all, `fixed_hosts` those who always do, beside the one whose
    turn it is. `cast` are the hosts of one booking, who meet whatever has become of the team; they are never saved.
    """

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
    confirm_address: bool = False
    requires_confirmation: bool = False
    confirm_within_min: int | None = None
    pending_holds_slot: bool = True
    pending_in_calendar: bool = True
    guest_reschedule_policy: ReschedulePolicy = ReschedulePolicy.AUTO
    cancel_deadline_min: int = 0
    reschedule_deadline_min: int = 0
    guests_max: int = 0
    reminders: tuple[Reminder, ...] = ()
    visibility: Visibility = Visibility.PUBLIC
    duration_options: tuple[int, ...] = ()
    questions: tuple[Question, ...] = ()
    location_options: tuple[Location, ...] = ()
    room: Room | None = None
    redirect_url: str = ""
    redirect_particulars: bool = False
    thanks: str = ""
    caps: Caps = NO_CAPS
    guest_caps: Caps = NO_CAPS
    first_slot_only: bool = False
    away: tuple[Away, ...] = ()
    series: SeriesRules | None = None
    seats: int = 1
    seats_shown: bool = False
    keeps_empty: bool = False
    waitlist_max: int = 0
    waitlist_hold_min: int = 1440
    strategy: Strategy = Strategy.INDIVIDUAL
    rotation: Rotation = Rotation.LEAST_RECENT
    hosts: tuple[Home, ...] | None = None
    fixed_hosts: tuple[Home, ...] = ()
    revision: int = 0
    co_hosts: tuple[Home, ...] = ()
    cast: tuple[Home, ...] | None = None

    @property
    def is_team(self) -> bool:
        """Tell whether it is a team's: a strategy, not its home, says who meets."""
        return self.strategy is not Strategy.INDIVIDUAL or self.hosts is not None

    @property
    def durations(self) -> tuple[int, ...]:
        """Return the durations that a guest may choose from, in minutes and ascending; one when there is no choice."""
        return tuple(sorted(self.duration_options)) or (self.duration_min,)

    @property
    def places(self) -> tuple[Location, ...]:
        """Return the places that a guest may choose from; one when there is no choice."""
        return (self.location, *self.location_options)

    def lasting(self, minutes: int) -> "EventType":
        """Return the same event type for meetings of `minutes`: a chosen duration, or what a booking has come to last.

        Without a step of its own, the grid is that of a duration that can be chosen.
        """
        if minutes == self.duration_min:  # as nearly always, and a copy costs as much as to offer a week
            return self
        step = minutes if minutes in self.durations else self.duration_min
        return replace(self, duration_min=minutes, step_min=self.step_min or step)

    @property
    def is_listed(self) -> bool:
        """Tell whether strangers may know of it; any other answers them as if it did not exist."""
        return self.enabled and self.visibility is Visibility.PUBLIC

    @property
    def approves_moves(self) -> bool:
        """Tell whether a guest's wish for another time of a confirmed booking waits for the host (C1)."""
        if self.guest_reschedule_policy is ReschedulePolicy.SAME_AS_BOOKING:
            return self.requires_confirmation
        return self.guest_reschedule_policy is ReschedulePolicy.APPROVE

    def zone_name(self, host: Host) -> str:
        """Return the IANA zone in which this event type's hours and days are meant."""
        return self.zone or host.zone

    def open_hours(self, host: Host) -> Hours:
        """Return the weekly hours that apply: its own, else the host's."""
        return self.hours or host.hours

    def date_overrides(self, host: Host) -> tuple[DateOverride, ...]:
        """Return the date overrides that apply; its own day wins over the host's same day."""
        if not self.overrides:
            return host.overrides
        own = {override.day for override in self.overrides}
        return self.overrides + tuple(o for o in host.overrides if o.day not in own)

    def away_ranges(self, host: Host) -> tuple[Away, ...]:
        """Return the ranges of dates on which it cannot be booked: its own before the host's."""
        return self.away + host.away

    def open_spans(self, host: Host, span: Span) -> list[Span]:
        """Return when it may be booked, busy time aside: every open span that shares an instant with `span`, whole."""
        return open_spans(
            self.open_hours(host),
            self.date_overrides(host),
            ZoneInfo(self.zone_name(host)),
            span,
            closed=[one.dates for one in self.away_ranges(host)] if self.away or host.away else (),
        )

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
        return calendar_path(host.home, self.receiving or host.receiving)


def faults(event_type: EventType) -> Mapping[str, str]:
    """Return what is wrong with an event type, field by field; empty when all is well."""
    bounds = {
        "duration_min": (event_type.duration_min, 1, DURATION_MAX_MIN),
        "step_min": (event_type.step_min or 1, 1, DURATION_MAX_MIN),
        "buffer_before_min": (event_type.buffer_before_min, 0, BUFFER_MAX_MIN),
        "buffer_after_min": (event_type.buffer_after_min, 0, BUFFER_MAX_MIN),
        "notice_min": (event_type.notice_min, 0, 365 * 1440),
        "horizon_days": (event_type.horizon_days, 1, HORIZON_MAX_DAYS),
        "confirm_within_min": (event_type.confirm_within_min or 1, 1, DEADLINE_MAX_MIN),
        "guests_max": (event_type.guests_max, 0, GUESTS_MAX),
        "waitlist_max": (event_type.waitlist_max, 0, WAITLIST_MAX),
        "waitlist_hold_min": (event_type.waitlist_hold_min, 1, HOLD_MAX_MIN),
        "cancel_deadline_min": (event_type.cancel_deadline_min, 0, DEADLINE_MAX_MIN),
        "reschedule_deadline_min": (event_type.reschedule_deadline_min, 0, DEADLINE_MAX_MIN),
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
    parts = {
        "location": _location_fault(event_type.location),
        "location_options": _places_fault(event_type),
        "duration_options": _durations_fault(event_type),
        "questions": fault_of_questions(event_type.questions),
        "room": _room_fault(event_type),
        "redirect_url": _redirect_fault(event_type.redirect_url),
        "thanks": _text_fault(event_type.thanks, THANKS_CHARS_MAX),
        "reminders": fault_of_reminders(event_type.reminders),
        "caps": fault_of_caps(event_type.caps),
        "guest_caps": fault_of_caps(event_type.guest_caps),
        "seats": _seats_fault(event_type),
        "away": fault_of_away(event_type.away, event_type.home),
        "hosts": _hosts_fault(event_type.hosts or ()),
        "fixed_hosts": _fixed_hosts_fault(event_type),
        "series": fault_of_series(event_type.series),
    }
    return found | {name: wrong for name, wrong in parts.items() if wrong is not None}


def _seats_fault(event_type: EventType) -> str | None:
    """Return what keeps guests from sharing one meeting: it has one length and one place, and no host who chooses among them."""
    if not 1 <= event_type.seats <= SEATS_MAX:
        return f"must be between 1 and {SEATS_MAX}, not {event_type.seats}"
    if event_type.seats == 1:
        return "are needed where people may wait for one" if event_type.waitlist_max else None
    against = {
        "additional guests": event_type.guests_max > 0,
        "approval by the host": event_type.requires_confirmation,
        "a choice of durations": bool(event_type.duration_options),
        "a choice of places": bool(event_type.location_options),
        "a place that each guest says": event_type.location.type in ASKED,
        "repetitions": event_type.series is not None,
        "several hosts": event_type.is_team,
    }
    found = ", ".join(words for words, is_so in against.items() if is_so)
    return f"cannot be together with {found}" if found else None


def _hosts_fault(hosts: Sequence[Home]) -> str | None:
    if len(set(hosts)) < len(hosts):
        return "may each be named once"
    return f"may be {MEMBERS_MAX}, not {len(hosts)}" if len(hosts) > MEMBERS_MAX else None


def _fixed_hosts_fault(event_type: EventType) -> str | None:
    if not event_type.fixed_hosts:
        return None
    if event_type.strategy not in {Strategy.ROUND_ROBIN, Strategy.MANAGED}:
        return "are beside one whose turn it is, or whom the guest chooses: here is neither"
    if len(event_type.fixed_hosts) > FIXED_MAX:
        return f"may be {FIXED_MAX}, not {len(event_type.fixed_hosts)}"
    return _hosts_fault(event_type.fixed_hosts)


def _location_fault(location: Location) -> str | None:
    if location.type is LocationType.LINK and location.url is None:
        return "must be an http or https address"
    if location.type in {*ASKED, LocationType.ROOM} and location.value:
        return "is said for each booking, and has no value here"
    return None


def _places_fault(event_type: EventType) -> str | None:
    options = event_type.location_options
    if len(options) > PLACES_MAX:
        return f"may be {PLACES_MAX}, not {len(options)}"
    if options and any(place.type is LocationType.NONE for place in event_type.places):
        return "must each say how to meet, and so must the location"
    if len(set(event_type.places)) < len(event_type.places):
        return "must differ, from one another and from the location"
    return next(filter(None, map(_location_fault, options)), None)


def _durations_fault(event_type: EventType) -> str | None:
    options = event_type.duration_options
    if not options:
        return None
    if len(options) > DURATION_OPTIONS_MAX or len(set(options)) < len(options):
        return f"may be {DURATION_OPTIONS_MAX}, each once"
    if not all(1 <= minutes <= DURATION_MAX_MIN for minutes in options):
        return f"must each be between 1 and {DURATION_MAX_MIN}"
    if event_type.duration_min not in options:
        return f"must hold the duration that applies without a choice: {event_type.duration_min}"
    return None


def _room_fault(event_type: EventType) -> str | None:
    is_place = any(place.type is LocationType.ROOM for place in event_type.places)
    if event_type.room is None:
        return "is needed where the place is a room" if is_place else None
    return fault_of_room(event_type.room) or (None if is_place else "needs a place that is a room")


def _redirect_fault(address: str) -> str | None:
    if not address:
        return None
    if len(address) > REDIRECT_CHARS_MAX or not is_web_address(address):
        return f"must be an http or https address of at most {REDIRECT_CHARS_MAX} characters"
    return None


def _text_fault(text: str, chars_max: int) -> str | None:
    return f"may have {chars_max} characters, not {len(text)}" if len(text) > chars_max else None
