"""Which bookings a query means: states, event types, hosts and days, as programs name them."""

from zoneinfo import ZoneInfo

from server.domain.booking import Status
from server.domain.errors import Invalid, NotFound
from server.domain.event_type import EventType
from server.domain.identity import BookingId, EventTypeId, Home
from server.domain.intervals import Span
from server.domain.permissions import Acting, Permission
from server.domain.zones import is_zone
from server.ports import Ports
from server.usecases.booking.paging import VIEWS, Wanted
from server.usecases.event_type.allowed import find_as
from server.web.api_v1.days import WRONG, instant
from server.web.api_v1.shapes import BookingQuery

ENDLESS = 2**40
STATES = (*(status.value for status in Status), *VIEWS)
NOTHING = EventTypeId("")
NOBODY = Home("")


def wanted(ports: Ports, acting: Acting, query: BookingQuery) -> Wanted:
    """Return what the query means; raises Invalid that names every parameter that means nothing."""
    faults: dict[str, str] = {}
    types = [_event_type(ports, name) for name in _words(query.event_type_id)]
    zone = _zone(ports, acting, types, query.timezone)
    found = Wanted(
        states=_states(query.status, faults),
        event_types=frozenset(NOTHING if one is None else one.id for one in types),
        span=_span(query, zone, faults),
        host=host_named(ports, query.assigned_host_id) if query.assigned_host_id else None,
        person=query.attendee_email.strip().casefold(),
        after=BookingId(query.starting_after) if query.starting_after else None,
        offset=query.offset,
        limit=query.limit,
    )
    if zone is None:
        faults["timezone"] = "must be an IANA name, like Europe/Berlin"
    if faults:
        raise Invalid("Please check the named parameters.", faults)
    return found


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _states(text: str, faults: dict[str, str]) -> frozenset[str]:
    words = frozenset(word.lower() for word in _words(text))
    if not words <= set(STATES):
        faults["status"] = f"must be of {', '.join(STATES)}"
    return words


def _event_type(ports: Ports, name: str) -> EventType | None:
    """Return the event type that an id or `host/slug` names; of one that is not there nothing was booked that is listed."""
    home, slash, slug = name.partition("/")
    return ports.homes.event_type(home, slug) if slash else ports.homes.event_type_by_id(name)


def host_named(ports: Ports, name: str) -> Home:
    """Return the home of a host that is named by its id or its home; one that nobody has where there is none."""
    number = name.removeprefix("mem_")
    hosts = ports.homes.hosts()
    found = (one.home for one in hosts if name == one.home or (number != name and number == str(one.number)))
    return next(found, NOBODY)


def _zone(ports: Ports, acting: Acting, types: list[EventType | None], said: str) -> ZoneInfo | None:
    """Return the zone whose days are meant: the one that is said, the event type's, or that of whose key it is.

    The zone of an event type that is not for them to see is not for them to learn either.
    """
    if said:
        return ZoneInfo(said) if is_zone(said) else None
    first = next((one for one in types if one is not None and _may_see(ports, acting, one)), None)
    host = ports.homes.host(first.home if first is not None else acting.home or NOBODY)
    if first is not None and first.zone is not None:
        return ZoneInfo(first.zone)
    return ZoneInfo("UTC" if host is None else host.zone)


def _may_see(ports: Ports, acting: Acting, event_type: EventType) -> bool:
    try:
        find_as(ports, acting, event_type.id, Permission.VIEW)
    except NotFound:
        return False
    return True


def _span(query: BookingQuery, zone: ZoneInfo | None, faults: dict[str, str]) -> Span | None:
    bounds = [0, ENDLESS]
    for at, (name, text) in enumerate((("start_date", query.start_date), ("end_date", query.end_date))):
        if not text:
            continue
        try:
            bounds[at] = instant(text, zone or ZoneInfo("UTC"), at)
        except (ValueError, OverflowError):
            faults[name] = WRONG
    return (bounds[0], bounds[1]) if query.start_date or query.end_date else None
