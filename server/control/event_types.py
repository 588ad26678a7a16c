"""Commands about event types."""

from collections.abc import Callable
from dataclasses import replace

from msgspec import UNSET, UnsetType, structs

from server.control import choices, texts
from server.control.acting import ActingCommand, refuse_event_type, refuse_home, who
from server.control.choices import ChoiceFields
from server.control.event_type_view import EventTypeView
from server.control.texts import Texts, given
from server.domain.attendees import one_line
from server.domain.event_type import EventType, ReschedulePolicy, View, Visibility
from server.domain.hosts import Rotation, Strategy
from server.domain.identity import EventTypeId, Home, Slug
from server.domain.limits import parse_caps
from server.domain.permissions import Permission
from server.domain.rooms import secret
from server.domain.series import parse_rules
from server.domain.signatures import secret_text
from server.ports import Ports
from server.usecases.event_type.create import create
from server.usecases.event_type.delete import delete
from server.usecases.event_type.edit import edit
from server.usecases.event_type.find import find
from server.usecases.host.away import event_type_of_today
from server.usecases.team.find import every_home, find_owner


class EventTypeFields(ChoiceFields, kw_only=True):
    """What can be said of an event type; what is unset stays as it is. A step of 0 is the duration.

    A `confirm_within_min` of 0 lets requests wait until the meeting begins.
    """

    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    new_slug: str | UnsetType = UNSET
    duration_min: int | UnsetType = UNSET
    step_min: int | UnsetType = UNSET
    buffer_before_min: int | UnsetType = UNSET
    buffer_after_min: int | UnsetType = UNSET
    notice_min: int | UnsetType = UNSET
    horizon_days: int | UnsetType = UNSET
    hours: str | UnsetType = UNSET
    overrides: list[str] | UnsetType = UNSET
    location: str | UnsetType = UNSET
    blocking: str | UnsetType = UNSET
    receiving: str | UnsetType = UNSET
    zone: str | UnsetType = UNSET
    view: View | UnsetType = UNSET
    guests_max: int | UnsetType = UNSET
    reminders: list[str] | UnsetType = UNSET
    caps: str | UnsetType = UNSET
    guest_caps: str | UnsetType = UNSET
    first_slot_only: bool | UnsetType = UNSET
    strategy: Strategy | UnsetType = UNSET
    rotation: Rotation | UnsetType = UNSET
    hosts: str | UnsetType = UNSET
    fixed_hosts: str | UnsetType = UNSET
    seats: int | UnsetType = UNSET
    seats_shown: bool | UnsetType = UNSET
    keeps_empty: bool | UnsetType = UNSET
    waitlist_max: int | UnsetType = UNSET
    waitlist_hold_min: int | UnsetType = UNSET
    confirm_address: bool | UnsetType = UNSET
    requires_confirmation: bool | UnsetType = UNSET
    confirm_within_min: int | UnsetType = UNSET
    pending_holds_slot: bool | UnsetType = UNSET
    pending_in_calendar: bool | UnsetType = UNSET
    guest_reschedule_policy: ReschedulePolicy | UnsetType = UNSET
    cancel_deadline_min: int | UnsetType = UNSET
    reschedule_deadline_min: int | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    visibility: Visibility | UnsetType = UNSET
    series: str | UnsetType = UNSET


class CreateEventType(EventTypeFields, tag="event_type.create"):
    """Create an event type."""

    home: str
    slug: str


class EditEventType(EventTypeFields, tag="event_type.edit"):
    """Change an event type."""

    home: str
    slug: str


class ListEventTypes(ActingCommand, tag="event_type.list"):
    """List the event types of a home, or of all."""

    home: str | None = None


class ShowEventType(ActingCommand, tag="event_type.show"):
    """Show one event type."""

    home: str
    slug: str


class DeleteEventType(ActingCommand, tag="event_type.delete"):
    """Delete an event type; its bookings stay."""

    home: str
    slug: str


async def create_event_type(ports: Ports, asked: CreateEventType) -> EventTypeView:
    """Create an event type."""
    refuse_home(ports, asked, asked.home, Permission.EDIT)
    slug = Slug(asked.slug)
    blank = EventType(
        id=EventTypeId(""),
        number=0,
        home=Home(asked.home),
        slug=slug,
        title=slug,
        strategy=Strategy.INDIVIDUAL if ports.homes.team(asked.home) is None else Strategy.ROUND_ROBIN,
        guest_reschedule_policy=ReschedulePolicy.APPROVE,  # as for all that people make by hand (C1)
    )
    return _shown_once(ports, asked, await create(ports, _change(asked)(blank)))


async def edit_event_type(ports: Ports, asked: EditEventType) -> EventTypeView:
    """Change an event type."""
    refuse_event_type(ports, asked, asked.home, asked.slug, Permission.EDIT)
    wanted, owner, now = _change(asked), find_owner(ports, asked.home), ports.clock.now()

    def changed(present: EventType) -> EventType:
        return event_type_of_today(wanted(present), owner, now)

    return _shown_once(ports, asked, await edit(ports, asked.home, asked.slug, changed))


async def list_event_types(ports: Ports, asked: ListEventTypes) -> list[EventTypeView]:
    """Return the event types of a home, or of all homes."""
    home = asked.home or who(ports, asked).home
    if home is not None:
        refuse_home(ports, asked, home, Permission.VIEW)
    homes = every_home(ports) if home is None else [find_owner(ports, home).home]
    return [EventTypeView.of(ports, one) for owner in homes for one in ports.homes.event_types(owner)]


async def show_event_type(ports: Ports, asked: ShowEventType) -> EventTypeView:
    """Return one event type."""
    refuse_event_type(ports, asked, asked.home, asked.slug, Permission.VIEW)
    return EventTypeView.of(ports, find(ports, asked.home, asked.slug))


async def delete_event_type(ports: Ports, asked: DeleteEventType) -> EventTypeView:
    """Delete an event type and return what it was."""
    refuse_event_type(ports, asked, asked.home, asked.slug, Permission.DELETE)
    return EventTypeView.of(ports, await delete(ports, asked.home, asked.slug))


def _change(fields: EventTypeFields) -> Callable[[EventType], EventType]:
    """Return the pure function that makes an event type what `fields` say; raises Invalid for what cannot be read."""
    read = Texts()
    hours = read.read("hours", texts.hours_or_inherited, fields.hours)
    overrides = read.read("overrides", texts.overrides, fields.overrides)
    reminders = read.read("reminders", texts.reminders, fields.reminders)
    caps = read.read("caps", parse_caps, fields.caps)
    guest_caps = read.read("guest_caps", parse_caps, fields.guest_caps)
    series = read.read("series", parse_rules, fields.series)
    read.refuse()
    place = UNSET if fields.location is UNSET else texts.location(fields.location)
    blocking = UNSET if fields.blocking is UNSET else texts.calendars_or_inherited(fields.blocking)
    choose = choices.change(fields)

    def change(present: EventType) -> EventType:
        placed = choose(replace(present, location=given(place, present.location)))
        return replace(
            _agreed(fields, _meeting(fields, placed)),
            slug=Slug(given(fields.new_slug, present.slug)),
            title=one_line(given(fields.title, present.title)),
            description=given(fields.description, present.description).strip(),
            duration_min=given(fields.duration_min, present.duration_min),
            step_min=given(fields.step_min, present.step_min or 0) or None,
            buffer_before_min=given(fields.buffer_before_min, present.buffer_before_min),
            buffer_after_min=given(fields.buffer_after_min, present.buffer_after_min),
            notice_min=given(fields.notice_min, present.notice_min),
            horizon_days=given(fields.horizon_days, present.horizon_days),
            hours=given(hours, present.hours),
            overrides=texts.merged(present.overrides, given(overrides, {})),
            blocking=given(blocking, present.blocking),
            receiving=_own(given(fields.receiving, present.receiving)),
            zone=_own(given(fields.zone, present.zone)),
            view=given(fields.view, present.view),
            guests_max=given(fields.guests_max, present.guests_max),
            reminders=given(reminders, present.reminders),
            caps=given(caps, present.caps),
            guest_caps=given(guest_caps, present.guest_caps),
            first_slot_only=given(fields.first_slot_only, present.first_slot_only),
            enabled=given(fields.enabled, present.enabled),
            visibility=given(fields.visibility, present.visibility),
            series=given(series, present.series),
        )

    return change


def _meeting(fields: EventTypeFields, present: EventType) -> EventType:
    """Return the event type with who meets as `fields` say: which hosts, and how many guests."""
    fixed = UNSET if fields.fixed_hosts is UNSET else texts.homes(fields.fixed_hosts)
    return replace(
        present,
        strategy=given(fields.strategy, present.strategy),
        rotation=given(fields.rotation, present.rotation),
        hosts=present.hosts if fields.hosts is UNSET else texts.homes_or_all(fields.hosts),
        fixed_hosts=given(fixed, present.fixed_hosts),
        seats=given(fields.seats, present.seats),
        seats_shown=given(fields.seats_shown, present.seats_shown),
        keeps_empty=given(fields.keeps_empty, present.keeps_empty),
        waitlist_max=given(fields.waitlist_max, present.waitlist_max),
        waitlist_hold_min=given(fields.waitlist_hold_min, present.waitlist_hold_min),
    )


def _agreed(fields: EventTypeFields, present: EventType) -> EventType:
    """Return the event type with what has to be agreed on as `fields` say: confirmations, deadlines, moves."""
    return replace(
        present,
        confirm_address=given(fields.confirm_address, present.confirm_address),
        requires_confirmation=given(fields.requires_confirmation, present.requires_confirmation),
        confirm_within_min=given(fields.confirm_within_min, present.confirm_within_min or 0) or None,
        pending_holds_slot=given(fields.pending_holds_slot, present.pending_holds_slot),
        pending_in_calendar=given(fields.pending_in_calendar, present.pending_in_calendar),
        guest_reschedule_policy=given(fields.guest_reschedule_policy, present.guest_reschedule_policy),
        cancel_deadline_min=given(fields.cancel_deadline_min, present.cancel_deadline_min),
        reschedule_deadline_min=given(fields.reschedule_deadline_min, present.reschedule_deadline_min),
    )


def _shown_once(ports: Ports, asked: EventTypeFields, saved: EventType) -> EventTypeView:
    """Return the view of what was saved, with the secret of a webhook that was just named."""
    view = EventTypeView.of(ports, saved)
    if saved.room is None or not saved.room.is_asked_for or asked.room_webhook is UNSET:
        return view
    key = secret(ports.secret_key, saved.id, saved.room.generation)
    return structs.replace(view, room_secret=secret_text(key))


def _own(text: str | None) -> str | None:
    """Return an own value of the event type, None where it says "inherit"."""
    return None if text is None or text.strip().lower() == texts.INHERIT else text
