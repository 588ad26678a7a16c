"""What a guest is told about an event type or a booking, in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.domain.booking import Booking
from server.domain.event_type import EventType, Location, LocationType
from server.domain.host import Host
from server.i18n.translator import Translator
from server.ports import Ports
from server.usecases.booking.groups import names
from server.usecases.team.address import page_of_type
from server.usecases.team.listed import profile_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a meeting is: `kind` in words, its `value`, and the address if the value is one (S2.21)."""

    kind: str
    value: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """An event type as its card shows it."""

    host: str
    host_href: str
    title: str
    description: str
    duration: str
    place: Place | None
    href: str


def particulars(
    ports: Ports, host: Host, event_type: EventType, reader: Translator, others: Sequence[Host] = ()
) -> Particulars:
    """Return what to tell about an event type; a link to the meeting itself is for those who have booked.

    `others` are the hosts who take part beside the first.
    """
    return Particulars(
        host=names(host, others),
        host_href=profile_of(ports, host.home),
        title=event_type.title,
        description=event_type.description,
        duration=duration(event_type.duration_min, reader),
        place=_places_offered(event_type, reader),
        href=page_of_type(ports, event_type),
    )


def undecided(ports: Ports, host: Host, event_type: EventType, reader: Translator) -> Particulars:
    """Return what to tell about an event type of which nothing is chosen yet: all its durations."""
    lengths = " / ".join(duration(minutes, reader) for minutes in event_type.durations)
    return replace(particulars(ports, host, event_type, reader), duration=lengths)


def _places_offered(event_type: EventType, reader: Translator) -> Place | None:
    if event_type.location_options:
        kinds = dict.fromkeys(place_offered(place, reader).kind for place in event_type.places)
        return Place(kind=" / ".join(kinds), value="", url=None)
    return (
        None if event_type.location.type is LocationType.NONE else place_offered(event_type.location, reader)
    )


def place_offered(location: Location, reader: Translator) -> Place:
    """Return a place as strangers are told of it: how to meet, and where if that is no secret."""
    place = place_of(location, reader) or Place(kind="", value="", url=None)
    if location.type in {LocationType.LINK, LocationType.PHONE, LocationType.ROOM}:
        return Place(kind=place.kind, value="", url=None)
    return place


def of_booking(
    ports: Ports, host: Host, booking: Booking, reader: Translator, others: Sequence[Host] = ()
) -> Particulars:
    """Return what to tell about a booking to those whose it is: of a team's, whom they meet, and the way to the team."""
    team = None if booking.team is None else ports.homes.team(booking.team)
    met = names(host, others)
    minutes = int((booking.end - booking.start).total_seconds()) // 60
    return Particulars(
        host=met if team is None else f"{met} ({team.name})",
        host_href=profile_of(ports, booking.team or host.home),
        title=booking.title,
        description=booking.description,
        duration=duration(minutes, reader),
        place=place_of(booking.location, reader),
        href="/" + "/".join(booking.page),
    )


def place_of(location: Location, reader: Translator) -> Place | None:
    """Return where a meeting is, if that is said."""
    kinds = {
        LocationType.LINK: reader.text("Video call"),
        LocationType.PHONE: reader.text("Phone call"),
        LocationType.IN_PERSON: reader.text("In person"),
        LocationType.TEXT: reader.text("Place"),
        LocationType.ROOM: reader.text("Video call"),
        LocationType.GUEST_PHONE: reader.text("Phone call to your number"),
        LocationType.GUEST_PLACE: reader.text("Place of your choice"),
    }
    kind = kinds.get(location.type)
    if kind is None:
        return None
    value = reader.text("the link will follow") if location.type is LocationType.ROOM else location.value
    return Place(kind=kind, value=value, url=location.url)


def duration(minutes: int, reader: Translator) -> str:
    """Return "1 hour 30 minutes" in the reader's words."""
    hours, rest = divmod(minutes, 60)
    words = []
    if hours:
        words.append(reader.count("%(num)d hour", "%(num)d hours", hours))
    if rest or not hours:
        words.append(reader.count("%(num)d minute", "%(num)d minutes", rest))
    return " ".join(words)
