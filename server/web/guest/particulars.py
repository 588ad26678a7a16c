"""What a guest is told about an event type or a booking, in words."""

from dataclasses import dataclass

from server.domain.booking import Booking
from server.domain.event_type import EventType, Location, LocationType
from server.domain.host import Host
from server.i18n.translator import Translator


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


def particulars(host: Host, event_type: EventType, reader: Translator) -> Particulars:
    """Return what to tell about an event type; a link to the meeting itself is for those who have booked."""
    place = place_of(event_type.location, reader)
    if place is not None and event_type.location.type in {LocationType.LINK, LocationType.PHONE}:
        place = Place(kind=place.kind, value="", url=None)
    return Particulars(
        host=host.name,
        host_href=f"/u/{host.home}",
        title=event_type.title,
        description=event_type.description,
        duration=duration(event_type.duration_min, reader),
        place=place,
        href=f"/u/{host.home}/{event_type.slug}",
    )


def of_booking(host: Host, booking: Booking, reader: Translator) -> Particulars:
    """Return what to tell about a booking to those whose it is."""
    minutes = int((booking.end - booking.start).total_seconds()) // 60
    return Particulars(
        host=host.name,
        host_href=f"/u/{host.home}",
        title=booking.title,
        description=booking.description,
        duration=duration(minutes, reader),
        place=place_of(booking.location, reader),
        href=f"/u/{host.home}/{booking.slug}",
    )


def place_of(location: Location, reader: Translator) -> Place | None:
    """Return where a meeting is, if that is said."""
    kinds = {
        LocationType.LINK: reader.text("Video call"),
        LocationType.PHONE: reader.text("Phone call"),
        LocationType.IN_PERSON: reader.text("In person"),
        LocationType.TEXT: reader.text("Place"),
    }
    kind = kinds.get(location.type)
    return None if kind is None else Place(kind=kind, value=location.value, url=location.url)


def duration(minutes: int, reader: Translator) -> str:
    """Return "1 hour 30 minutes" in the reader's words."""
    hours, rest = divmod(minutes, 60)
    words = []
    if hours:
        words.append(reader.count("%(num)d hour", "%(num)d hours", hours))
    if rest or not hours:
        words.append(reader.count("%(num)d minute", "%(num)d minutes", rest))
    return " ".join(words)
