"""An event type as /v1 shows it, and what a wish makes of one."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from msgspec import UNSET, UnsetType

from server.domain.attendees import one_line
from server.domain.errors import Invalid
from server.domain.event_type import EventType, Location
from server.domain.identity import Home, Slug
from server.domain.limits import Caps, Period
from server.domain.reminders import Channel, Reminder
from server.ports import Ports
from server.usecases.team.find import find_owner
from server.web.api_v1.booking_json import member_id
from server.web.api_v1.event_type_shapes import (
    CapsWish,
    EventTypeAnswer,
    EventTypeChanges,
    EventTypePlace,
    PlaceWish,
)

T = TypeVar("T")
U = TypeVar("U")

PERIODS: Mapping[str, Period] = {
    "daily": Period.DAY,
    "weekly": Period.WEEK,
    "monthly": Period.MONTH,
    "yearly": Period.YEAR,
    "total": Period.TOTAL,
}
NAMES: Mapping[str, str] = {
    "duration_min": "duration_minutes",
    "step_min": "slot_interval_minutes",
    "buffer_before_min": "buffer_before_minutes",
    "buffer_after_min": "buffer_after_minutes",
    "notice_min": "minimum_notice_minutes",
    "cancel_deadline_min": "cancellation_deadline_minutes",
    "reschedule_deadline_min": "reschedule_deadline_minutes",
    "guests_max": "max_guests",
    "seats": "max_attendees",
    "reminders": "reminder_intervals",
    "caps": "booking_caps",
    "zone": "timezone",
    "strategy": "assignment_strategy",
}
"""How programs call what the domain finds wrong."""


def rendered(ports: Ports, event_type: EventType) -> EventTypeAnswer:
    """Return an event type as programs see it."""
    home, slug, caps = event_type.home, event_type.slug, event_type.caps
    first = next(
        ((name, most) for name, period in PERIODS.items() if (most := caps.of(period)) is not None), None
    )
    return EventTypeAnswer(
        id=event_type.id,
        number=event_type.number,
        host=home,
        slug=slug,
        title=event_type.title,
        description=event_type.description,
        duration_minutes=event_type.duration_min,
        duration_options=list(event_type.duration_options) or None,
        slot_interval_minutes=event_type.step_min,
        buffer_before_minutes=event_type.buffer_before_min,
        buffer_after_minutes=event_type.buffer_after_min,
        minimum_notice_minutes=event_type.notice_min,
        horizon_days=event_type.horizon_days,
        timezone=event_type.zone_name(find_owner(ports, home)),
        location=_place(event_type.location),
        location_options=[_place(one) for one in event_type.location_options],
        visibility=event_type.visibility,
        active=event_type.enabled,
        requires_confirmation=event_type.requires_confirmation,
        guest_reschedule_policy=event_type.guest_reschedule_policy,
        cancellation_deadline_minutes=event_type.cancel_deadline_min,
        reschedule_deadline_minutes=event_type.reschedule_deadline_min,
        max_guests=event_type.guests_max,
        max_attendees=event_type.seats,
        reminder_intervals=[one.minutes_before for one in event_type.reminders if _is_plain(one)],
        booking_caps=CapsWish(
            day=caps.per_day, week=caps.per_week, month=caps.per_month, year=caps.per_year, total=caps.total
        ),
        booking_cap=None if first is None else first[1],
        booking_cap_period=None if first is None else first[0],
        first_slot_only=event_type.first_slot_only,
        assignment_strategy=event_type.strategy,
        rotation=event_type.rotation,
        hosts=None if event_type.hosts is None else _ids(ports, event_type.hosts),
        fixed_hosts=_ids(ports, event_type.fixed_hosts),
        url=ports.site.link("u" if ports.homes.team(home) is None else "team", home, slug),
    )


def changed(ports: Ports, wish: EventTypeChanges) -> Callable[[EventType], EventType]:
    """Return the pure function that makes an event type what `wish` says; raises Invalid for what cannot be read."""
    hosts = _given(wish.hosts, lambda names: None if names is None else _homes(ports, "hosts", names))
    fixed = _given(wish.fixed_hosts, lambda names: _homes(ports, "fixed_hosts", names))
    durations = _given(wish.duration_options, lambda minutes: tuple(minutes or ()))
    caps = _caps(wish)

    def change(present: EventType) -> EventType:
        return replace(
            _placed(wish, present),
            title=one_line(_or(wish.title, present.title)),
            slug=Slug(_or(wish.slug, present.slug)),
            description=_or(wish.description, present.description).strip(),
            duration_min=_or(wish.duration_minutes, present.duration_min),
            duration_options=_or(durations, present.duration_options),
            step_min=_or(wish.slot_interval_minutes, present.step_min),
            buffer_before_min=_or(wish.buffer_before_minutes, present.buffer_before_min),
            buffer_after_min=_or(wish.buffer_after_minutes, present.buffer_after_min),
            notice_min=_or(wish.minimum_notice_minutes, present.notice_min),
            horizon_days=_or(wish.horizon_days, present.horizon_days),
            zone=_or(wish.timezone, present.zone),
            visibility=_or(wish.visibility, present.visibility),
            enabled=_or(wish.active, present.enabled),
            requires_confirmation=_or(wish.requires_confirmation, present.requires_confirmation),
            guest_reschedule_policy=_or(wish.guest_reschedule_policy, present.guest_reschedule_policy),
            cancel_deadline_min=_or(wish.cancellation_deadline_minutes, present.cancel_deadline_min),
            reschedule_deadline_min=_or(wish.reschedule_deadline_minutes, present.reschedule_deadline_min),
            guests_max=_or(wish.max_guests, present.guests_max),
            seats=_or(wish.max_attendees, present.seats),
            reminders=_reminders(wish, present),
            caps=caps(present.caps),
            first_slot_only=_or(wish.first_slot_only, present.first_slot_only),
            strategy=_or(wish.assignment_strategy, present.strategy),
            rotation=_or(wish.rotation, present.rotation),
            hosts=_or(hosts, present.hosts),
            fixed_hosts=_or(fixed, present.fixed_hosts),
        )

    return change


def renamed(error: Invalid) -> Invalid:
    """Return a refusal of the domain in the words of /v1."""
    return Invalid(error.message, {NAMES.get(name, name): wrong for name, wrong in error.fields.items()})


def _or(wished: T | UnsetType, present: T) -> T:
    return present if isinstance(wished, UnsetType) else wished


def _given(wished: T | UnsetType, read: Callable[[T], U]) -> U | UnsetType:
    return UNSET if isinstance(wished, UnsetType) else read(wished)


def _placed(wish: EventTypeChanges, present: EventType) -> EventType:
    place = _given(wish.location, _location)
    options = _given(wish.location_options, lambda places: tuple(map(_location, places)))
    return replace(
        present,
        location=_or(place, present.location),
        location_options=_or(options, present.location_options),
    )


def _location(wish: PlaceWish) -> Location:
    return Location(type=wish.type, value=wish.value.strip())


def _place(location: Location) -> EventTypePlace:
    return EventTypePlace(type=location.type, value=location.value)


def _caps(wish: EventTypeChanges) -> Callable[[Caps], Caps]:
    if not isinstance(wish.booking_caps, UnsetType):
        said = wish.booking_caps
        caps = Caps(
            per_day=said.day, per_week=said.week, per_month=said.month, per_year=said.year, total=said.total
        )
        return lambda _: caps
    if isinstance(wish.booking_cap, UnsetType):
        return lambda present: present
    if wish.booking_cap is None:
        return lambda _: Caps()
    period = "daily" if isinstance(wish.booking_cap_period, UnsetType) else wish.booking_cap_period
    field = "total" if period == "total" else f"per_{PERIODS[period]}"
    one = replace(Caps(), **{field: wish.booking_cap})
    return lambda _: one


def _is_plain(reminder: Reminder) -> bool:
    return reminder.to_guests and reminder.channel is Channel.MAIL


def _reminders(wish: EventTypeChanges, present: EventType) -> tuple[Reminder, ...]:
    """Return the reminders: those by other ways, and to the host alone, are not said here and stay."""
    if isinstance(wish.reminder_intervals, UnsetType):
        return present.reminders
    wanted = set(wish.reminder_intervals)
    kept = [one for one in present.reminders if not _is_plain(one) or one.minutes_before in wanted]
    known = {one.minutes_before for one in kept if _is_plain(one)}
    return (*kept, *(Reminder(minutes_before=minutes) for minutes in sorted(wanted - known, reverse=True)))


def _ids(ports: Ports, homes: tuple[Home, ...]) -> list[str]:
    hosts = (ports.homes.host(home) for home in homes)
    return [member_id(host.number) for host in hosts if host is not None]


def _homes(ports: Ports, field: str, names: list[str]) -> tuple[Home, ...]:
    known = {member_id(host.number): host.home for host in ports.homes.hosts()}
    found = [known.get(name, Home(name)) for name in names]
    if any(ports.homes.host(home) is None for home in found):
        raise Invalid("This event type cannot be saved.", {field: "must each be a host's id or home"})
    return tuple(found)
