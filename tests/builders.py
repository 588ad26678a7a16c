"""Values for tests, in the notation in which a guest or a host would say them.

A wall time without a date is meant on Monday, 2 March 2026, and one without a zone in Berlin.
"""

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.domain.booking import Action, Actor, Attendee, Booking
from server.domain.event_type import EventType, Location, LocationType
from server.domain.host import Host
from server.domain.hours import DateOverride, Hours, parse_hours, parse_windows
from server.domain.identity import (
    DEFAULT_CALENDAR,
    BookingId,
    CalendarPath,
    Etag,
    EventTypeId,
    Home,
    Href,
    Slug,
    Uid,
    calendar_path,
)
from server.domain.intervals import Span
from server.domain.invites import Invite, InviteId
from server.domain.team import Member, Team
from server.ports import (
    HOST_RECIPIENT,
    Claim,
    Intent,
    MailKind,
    Ports,
    Settlement,
    StagedWrite,
)

BERLIN = "Europe/Berlin"
DAY = "2026-03-02"
"""A Monday without a clock change near it."""


def at(text: str, zone: str = BERLIN) -> datetime:
    """Return the aware UTC instant of a wall time: `at("2026-03-02 09:00", "Europe/Berlin")`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def epoch(text: str, zone: str = BERLIN) -> int:
    """Return the same instant in epoch seconds."""
    return int(at(text, zone).timestamp())


def span(text: str, day: str = DAY, zone: str = BERLIN) -> Span:
    """Return the span of wall times on one day: `span("09:00-10:30")`; 24:00 is the end of the day."""
    start, end = (_instant(part, day, zone) for part in text.split("-"))
    return start, end


def spans(text: str, day: str = DAY, zone: str = BERLIN) -> list[Span]:
    """Return several spans of one day: `spans("09:00-10:00 13:00-14:00")`."""
    return [span(part, day, zone) for part in text.split()]


def starts(text: str, day: str = DAY, zone: str = BERLIN) -> list[int]:
    """Return wall times of one day in epoch seconds: `starts("09:00 09:30")`."""
    return [_instant(part, day, zone) for part in text.split()]


def clock_times(instants: Sequence[int], zone: str = BERLIN) -> str:
    """Return instants as wall times, the reverse of `starts`."""
    return " ".join(f"{datetime.fromtimestamp(at_, ZoneInfo(zone)):%H:%M}" for at_ in instants)


def hours(text: str) -> Hours:
    """Return weekly hours: `hours("mon-fri 09:00-17:00")`."""
    return parse_hours(text)


def override(day: str, windows: str = "") -> DateOverride:
    """Return the windows of one date; none closes it."""
    return DateOverride(date.fromisoformat(day), parse_windows(windows))


NOW = at(f"{DAY} 08:00")
"""Monday morning, an hour before anybody works."""


def host(
    home: str = "alice",
    *,
    number: int = 1,
    name: str = "Alice Example",
    zone: str = BERLIN,
    weekly: str = "mon-fri 09:00-17:00",
    overrides: Sequence[DateOverride] = (),
    blocking: tuple[str, ...] | None = None,
    disabled: bool = False,
) -> Host:
    """Return a host that was never saved; `replace` changes what is not named here."""
    return Host(
        home=Home(home),
        number=number,
        name=name,
        email=f"{home}@example.org",
        zone=zone,
        hours=parse_hours(weekly),
        overrides=tuple(overrides),
        blocking=blocking,
        disabled=disabled,
    )


def team(
    home: str = "sales",
    *members: str | Member,
    number: int = 900,
    name: str = "Sales",
    private: bool = False,
    disabled: bool = False,
) -> Team:
    """Return a team that was never saved, of the members named; `replace` changes what is not named here."""
    return Team(
        home=Home(home),
        number=number,
        name=name,
        email=f"{home}@example.org",
        zone=BERLIN,
        private=private,
        members=tuple(one if isinstance(one, Member) else Member(home=Home(one)) for one in members),
        disabled=disabled,
    )


def event_type(
    slug: str = "intro",
    *,
    home: str = "alice",
    number: int = 2,
    title: str = "Introduction",
    minutes: int = 30,
    step: int | None = None,
    buffers: tuple[int, int] = (0, 0),
    notice_min: int = 0,
    horizon_days: int = 60,
    weekly: str | None = None,
    location: str = "",
    enabled: bool = True,
) -> EventType:
    """Return an event type that was never saved; `location` is a link when it looks like one."""
    return EventType(
        id=event_type_id(number),
        number=number,
        home=Home(home),
        slug=Slug(slug),
        title=title,
        duration_min=minutes,
        step_min=step,
        buffer_before_min=buffers[0],
        buffer_after_min=buffers[1],
        notice_min=notice_min,
        horizon_days=horizon_days,
        hours=None if weekly is None else parse_hours(weekly),
        location=_location(location),
        enabled=enabled,
    )


def guest(
    name: str = "Gus Guest",
    email: str = "gus@example.net",
    *,
    number: int = 1,
    zone: str = BERLIN,
    language: str = "en",
) -> Attendee:
    """Return the attendee who booked."""
    return Attendee(number=number, name=name, email=email, zone=zone, language=language)


def booking(
    wanted: str = "10:00-10:30",
    day: str = DAY,
    *,
    kind: EventType | None = None,
    number: int = 1,
    zone: str = BERLIN,
    calendar: str = DEFAULT_CALENDAR,
    attendees: Sequence[Attendee] = (),
    notes: str = "",
    created: datetime = NOW,
) -> Booking:
    """Return a confirmed booking at the wall times `wanted`: `booking("10:00-10:30")`."""
    kind = kind or event_type()
    start, end = span(wanted, day, zone)
    return Booking(
        id=booking_id(number),
        number=number,
        uid=uid(number),
        home=kind.home,
        calendar=calendar_path(kind.home, calendar),
        event_type_id=kind.id,
        slug=kind.slug,
        title=kind.title,
        description=kind.description,
        location=kind.location,
        start=datetime.fromtimestamp(start, UTC),
        end=datetime.fromtimestamp(end, UTC),
        zone=zone,
        attendees=tuple(attendees) or (guest(),),
        buffer_before_min=kind.buffer_before_min,
        buffer_after_min=kind.buffer_after_min,
        notes=notes,
        created_at=created,
        changed_at=created,
    )


def invite(
    number: int = 1,
    *,
    kind: EventType | None = None,
    name: str = "Ivy Invited",
    email: str = "ivy@example.net",
    message: str = "Come and see.",
    days: int = 30,
    uses_max: int = 1,
) -> Invite:
    """Return an invite of the event type's own host, made at NOW and never saved."""
    kind = kind or event_type()
    return Invite(
        id=invite_id(number),
        home=kind.home,
        event_type=kind.id,
        made_by=kind.home,
        made_at=NOW,
        expires_at=NOW + timedelta(days=days),
        name=name,
        email=email,
        message=message,
        uses_max=uses_max,
    )


def claim(of: Booking, *, by_guest: bool = True) -> Claim:
    """Return the time that a booking holds."""
    return Claim(of.id, of.revision, of.home, of.span, of.held, by_guest)


def intent(
    after: Booking,
    action: Action = Action.CREATE,
    *,
    key: str | None = None,
    begun: datetime = NOW,
    mails: Sequence[tuple[MailKind, int]] = ((MailKind.CONFIRMED, 1), (MailKind.CONFIRMED, HOST_RECIPIENT)),
    writes: Sequence[StagedWrite] = (),
) -> Intent:
    """Return the intent to bring a booking to the state `after`; a first revision is expected to be new."""
    etag = Etag(f'"{after.uid}-{after.revision}"')
    settlement = Settlement(
        booking=after.id,
        number=after.number,
        home=after.home,
        uid=after.uid,
        event_type=after.event_type_id,
        calendar=after.calendar,
        href=Href(f"{after.uid}.ics"),
        etag=etag,
        status=after.status,
        revision=after.revision,
        sequence=after.sequence,
        action=action,
        actor=Actor.GUEST,
        at=int(begun.timestamp()),
        ends=after.span[1],
        mails=tuple(mails),
    )
    return Intent(
        id=f"{after.id}-{after.revision}-{key}",
        home=after.home,
        writes=tuple(writes),
        settlement=settlement,
        expected_revision=after.revision - 1 if after.revision else None,
        key=key,
        begun_at=int(begun.timestamp()),
    )


def booking_id(number: int) -> BookingId:
    """Return the id of the booking with this number."""
    return BookingId(f"bk_{_base32(number)}")


def invite_id(number: int) -> InviteId:
    """Return the id of the invite with this number."""
    return InviteId(f"inv_{_base32(number)}")


def event_type_id(number: int) -> EventTypeId:
    """Return the id of the event type with this number."""
    return EventTypeId(f"evt_{_base32(number)}")


def uid(number: int) -> Uid:
    """Return the UID of the booking with this number."""
    return Uid(f"5f0c6d0e-7d5a-4a57-9c3e-{number:012x}")


def calendar(home: str = "alice", name: str = DEFAULT_CALENDAR) -> CalendarPath:
    """Return the path of a calendar, the host's default one unless named."""
    return calendar_path(Home(home), name)


async def settle_in(ports: Ports, person: Host, *kinds: EventType) -> Host:
    """Save a new host with a home and event types, and return the host as saved."""
    await ports.calendars.create_home(person.home)
    saved = await ports.homes.save_host(person)
    for kind in kinds:
        await ports.homes.save_event_type(replace(kind, home=person.home))
    return saved


def _instant(clock: str, day: str, zone: str) -> int:
    if clock == "24:00":
        following = date.fromisoformat(day) + timedelta(days=1)
        return int(datetime.combine(following, time(), ZoneInfo(zone)).timestamp())
    return epoch(f"{day} {clock}", zone)


def _location(text: str) -> Location:
    if not text:
        return Location()
    return Location(type=LocationType.LINK if "://" in text else LocationType.IN_PERSON, value=text)


def _base32(number: int) -> str:
    return base64.b32encode(number.to_bytes(10, "big")).decode("ascii").lower()
