"""A booking as the VEVENT that stands in the host's calendar, and back.

Two kinds of properties carry it. What calendar programs understand is written for them and may come back changed:
instants, status and place are read from there. Everything else is read from the X-DAYBOOK properties of
`server.ical.booking_data`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from server.domain.booking import Booking, Status
from server.domain.event_type import Location, LocationType
from server.domain.host import Host
from server.domain.identity import HISTORY, CalendarPath, calendar_path, home_of
from server.domain.plain import paragraphs
from server.ical import booking_data, booking_series, booking_shown, booking_times
from server.ical.scan import BadCalendar, Component, Property, escape, scan, serialise
from server.ical.values import written_utc

PRODUCT = "-//Daybook//Daybook//EN"

STATUSES = {
    Status.PENDING_PAYMENT: "TENTATIVE",
    Status.PENDING: "TENTATIVE",
    Status.CONFIRMED: "CONFIRMED",
    Status.CANCELLED: "CANCELLED",
    Status.DECLINED: "CANCELLED",
}
"""How the states of a booking show in a calendar."""

SEQUENCE_MAX = 2**31 - 1

_HEAD = (Property("VERSION", "2.0"), Property("PRODID", PRODUCT))
_TIMES = frozenset({"DTSTART", "DTEND", "DURATION"})
_PEOPLE = frozenset({"ORGANIZER", "ATTENDEE"})
_OURS = booking_data.PROPERTIES | {"LOCATION", "CONFERENCE"}


def stored(booking: Booking, host: Host, hosts: Sequence[Host] = ()) -> str:
    """Return the calendar object of `booking` for its host's calendar; equal bookings give equal texts.

    With several `hosts`, the organizer first, it is the copy of one of them.
    """
    times, vtimezone = booking_times.written(booking)
    rule = [] if booking.series is None else booking_series.rule(booking)
    properties = (
        Property("UID", escape(booking.uid)),
        Property("CREATED", written_utc(booking.created_at)),
        *_facts(booking),
        *times,
        *rule,
        *booking_shown.words(booking),
        _transparency(booking),
        *booking_shown.people(booking, host, hosts),
    )
    zones = () if vtimezone is None else (vtimezone,)
    vevent = Component("VEVENT", properties)
    vevents = (
        (vevent,) if booking.series is None else booking_series.with_overrides((vevent,), vevent, booking)
    )
    return serialise(Component("VCALENDAR", _HEAD, (*zones, *vevents)))


def revised(text: str, booking: Booking, host: Host, hosts: Sequence[Host] = ()) -> str:
    """Return `text` with the facts of `booking` written over; alarms, foreign properties and foreign people stay.

    Title and description stay too when the host has reworded them, and the times as they are written when they mean the
    booking's instants. A text that is not the booking's is replaced whole.
    """
    calendar = _scanned(text)
    vevent = calendar and _find(calendar, booking)
    if calendar is None or vevent is None:
        return stored(booking, host, hosts)
    facts = [*_facts(booking), *booking_shown.unless_reworded(vevent, booking)]
    facts += booking_shown.strange_conferences(vevent, booking)
    before = booking_data.last_written(vevent, booking.calendar)
    if before is None or before.status is not booking.status:
        facts.append(_transparency(booking))  # what was approved is busy; else the host may call it free
    if host.attendees_in_calendar:
        facts += [
            *booking_shown.people(booking, host, hosts),
            *booking_shown.strangers(vevent, booking, hosts or (host,)),
        ]
    drop = _PEOPLE | _OURS
    if booking.series is not None:
        facts += _rule(calendar, vevent, booking)
        drop |= booking_series.RULE
    return _rewritten(calendar, vevent, booking, facts, drop=drop, repeats=booking.series is not None)


def superseded(text: str, booking_before: Booking) -> str:
    """Return the history object of what a booking was before a change: UID `<uid>-r<revision>`, never busy."""
    uid = Property("UID", escape(f"{booking_before.uid}-r{booking_before.revision}"))
    return _history(text, booking_before, [uid, Property("RELATED-TO", escape(booking_before.uid))])


def ended(text: str, booking: Booking) -> str:
    """Return the history object of a cancelled or declined booking: the same UID, CANCELLED, never busy."""
    return _history(text, booking, [Property("UID", escape(booking.uid))])


def read(text: str, calendar: CalendarPath) -> Booking | None:
    """Return the booking that `text`, an object of `calendar`, is; None when it is none of ours.

    Instants, status, place and SEQUENCE are those that the calendar shows now. A superseded revision is read as the
    booking that it was.
    """
    tree = _scanned(text)
    return None if tree is None else read_tree(tree, calendar)


def last_written(text: str, calendar: CalendarPath) -> Booking | None:
    """Return the booking as Daybook last wrote it into `text`, whatever its host's client made of it since."""
    tree = _scanned(text)
    found = (
        () if tree is None else (booking_data.last_written(one, calendar) for one in tree.children("VEVENT"))
    )
    return next(filter(None, found), None)


def read_tree(tree: Component, calendar: CalendarPath) -> Booking | None:
    """Return what `read` returns, of an object that is scanned already."""
    for vevent in tree.children("VEVENT"):
        if vevent.first("RECURRENCE-ID") is None:
            written = booking_data.last_written(vevent, calendar)
            if written is not None:
                return _as_shown(tree, vevent, written)
    return None


def _as_shown(tree: Component, vevent: Component, written: Booking) -> Booking:
    start, end = booking_times.instants(tree, vevent, written.zone) or (written.start, written.end)
    if written.series is not None and written.calendar != calendar_path(home_of(written.calendar), HISTORY):
        seen = replace(written, start=start, end=end)
        written = replace(written, series=booking_series.shown(tree, vevent, seen))
    return replace(
        written,
        start=start,
        end=end,
        status=_status(vevent, written.status),
        location=_location(vevent, written.location),
        sequence=_sequence(vevent, written.sequence),
    )


def _status(vevent: Component, written: Status) -> Status:
    """Return the state that STATUS says; a confirmed booking stays so when a client calls it tentative or says nothing."""
    shown = vevent.first("STATUS")
    says = "" if shown is None else shown.value.strip().upper()
    if says == "CANCELLED":
        return written if STATUSES[written] == "CANCELLED" else Status.CANCELLED
    if says == "CONFIRMED":
        return Status.CONFIRMED
    return written


def _location(vevent: Component, written: Location) -> Location:
    item = vevent.first("LOCATION")
    shown = "" if item is None else item.text()
    if booking_shown.same(shown, written.value):
        return written
    place = Location(type=LocationType.LINK, value=shown.strip())
    if place.url is None:
        place = replace(place, type=LocationType.TEXT if place.value else LocationType.NONE)
    return place


def _sequence(vevent: Component, written: int) -> int:
    item = vevent.first("SEQUENCE")
    value = "" if item is None else item.value.strip()
    shown = int(value) if value.isascii() and value.isdigit() and len(value) <= 10 else SEQUENCE_MAX + 1
    return shown if shown <= SEQUENCE_MAX else written


def _facts(booking: Booking) -> list[Property]:
    changed = written_utc(booking.changed_at)
    location = paragraphs(booking.location.value).strip()
    return [
        Property("DTSTAMP", changed),
        Property("LAST-MODIFIED", changed),
        Property("SEQUENCE", str(booking.sequence)),
        Property("STATUS", STATUSES[booking.status]),
        *([Property("LOCATION", escape(location))] if location else []),
        *booking_shown.conference(booking),
        *booking_data.written(booking),
    ]


def _transparency(booking: Booking) -> Property:
    is_free = booking.is_hidden or not booking.holds_time
    return Property("TRANSP", "TRANSPARENT" if is_free else "OPAQUE")


def _history(text: str, booking: Booking, overlay: list[Property]) -> str:
    calendar = _scanned(text) or Component("VCALENDAR")
    vevent = _find(calendar, booking) or Component("VEVENT", tuple(booking_shown.words(booking)))
    bare = Component("VEVENT", vevent.properties)  # an alarm of a meeting that is none would still ring
    kept = (*calendar.children("VTIMEZONE"), bare)
    overlay = [*overlay, *_facts(booking), Property("TRANSP", "TRANSPARENT")]
    drop = _OURS if booking.series is None else _OURS | booking_series.RULE
    return _rewritten(Component("VCALENDAR", (), kept), bare, booking, overlay, drop=drop)


def _rule(calendar: Component, vevent: Component, booking: Booking) -> list[Property]:
    """Return how a series repeats from now on; of a rule that a client has made, what is left of it."""
    written = booking_data.last_written(vevent, booking.calendar)
    if booking.series is None or booking.series.listed is None or written is None:
        return booking_series.rule(booking)
    return booking_series.listed_rule(vevent, _as_shown(calendar, vevent, written), booking)


def _rewritten(
    calendar: Component,
    vevent: Component,
    booking: Booking,
    facts: list[Property],
    drop: frozenset[str],
    *,
    repeats: bool = False,
) -> str:
    zones: tuple[Component, ...] = ()
    if booking_times.instants(calendar, vevent, booking.zone) != (booking.start, booking.end):
        times, vtimezone = booking_times.written(booking)
        zones = () if vtimezone is None else (vtimezone,)
        facts, drop = [*facts, *times], drop | _TIMES
    if repeats:  # what is written of single occurrences names our zone, whatever the rest does
        vtimezone = booking_times.wall_times(booking).vtimezone
        zones = () if vtimezone is None else (vtimezone,)
    changed = Component("VEVENT", tuple(_overlaid(vevent.properties, facts, drop)), vevent.components)
    kept = [changed if item is vevent else item for item in calendar.components if not _is_zone(item, zones)]
    if repeats:
        kept = list(booking_series.with_overrides((*zones, *kept), changed, booking))[len(zones) :]
    return serialise(Component("VCALENDAR", _HEAD, (*zones, *kept)))


def _overlaid(before: Iterable[Property], facts: list[Property], drop: frozenset[str]) -> Iterable[Property]:
    """Give `before` with `facts` in the places of the properties of their names, new ones at the end."""
    pending: dict[str, list[Property]] = {}
    for item in facts:
        pending.setdefault(item.name, []).append(item)
    gone = drop | pending.keys()
    for item in before:
        yield from pending.pop(item.name, ())
        if item.name not in gone:
            yield item
    for items in pending.values():
        yield from items


def _is_zone(component: Component, zones: tuple[Component, ...]) -> bool:
    names = {item.value for zone in zones for item in zone.all("TZID")}
    tzid = component.first("TZID") if component.name == "VTIMEZONE" else None
    return tzid is not None and tzid.value in names


def _find(calendar: Component, booking: Booking) -> Component | None:
    for vevent in calendar.children("VEVENT"):
        uid = vevent.first("UID")
        if uid and uid.text().strip() == booking.uid and vevent.first("RECURRENCE-ID") is None:
            return vevent
    return None


def _scanned(text: str) -> Component | None:
    try:
        return scan(text)
    except BadCalendar:
        return None
