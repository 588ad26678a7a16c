"""Invitations and cancellations as they leave by mail: RFC 5546 (iTIP) in the form that clients were measured to read.

A guest's object lists no other guest, so that nobody learns who else was invited; the host's lists all. The organizer is
the host's own address, or the team's in whose name a host meets; it stays for the life of a UID, because clients take an
update from another organizer for a forgery. A team's hosts attend, the one who holds the meeting as its chair (C37).
DTSTAMP is the time of the change and not of the sending: a mail that is repeated is the same to the byte.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

from icalendar import Calendar, Event, vCalAddress, vRecur, vText, vUri

from server.domain.booking import Attendee, Booking, Partstat, Status
from server.domain.host import Host
from server.domain.plain import line, paragraphs
from server.domain.series import Occurrence
from server.ical import booking_times
from server.ical.addresses import common_name, mailto
from server.ical.booking_shown import conference_params, conference_url, said
from server.ical.parts import Part, alone, parts
from server.ical.scan import Component, serialise
from server.ical.vevent import PRODUCT, STATUSES


class Method(StrEnum):
    """What a mailed object asks of its reader."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def request(
    booking: Booking,
    host: Host,
    attendee: Attendee | None,
    link: str | None,
    co_hosts: Sequence[Host] = (),
) -> bytes:
    """Return the invitation for `attendee`, None being the host; `link` leads to this person's own page of the booking.

    The host's copy shows the host as an attendee who has accepted, so that mail programs ask for no answer (C32).
    """
    return _object(Method.REQUEST, booking, (host, *co_hosts), attendee, link)


def cancel(booking: Booking, host: Host, attendee: Attendee | None, co_hosts: Sequence[Host] = ()) -> bytes:
    """Return the cancellation for `attendee`, None being the host, with the reason as its comment."""
    return _object(Method.CANCEL, booking, (host, *co_hosts), attendee, None)


def only(
    booking: Booking,
    occurrence: Occurrence,
    host: Host,
    attendee: Attendee | None,
    link: str | None,
    co_hosts: Sequence[Host] = (),
) -> tuple[Method, bytes]:
    """Return what tells of one occurrence of a series alone: its new time, or that it does not take place (RFC 5546 §3.2.5).

    To be read by who knows the series. One object tells of one occurrence: of several, Thunderbird 153 takes over the last.
    """
    part, hosts = alone(booking, occurrence), (host, *co_hosts)
    method = Method.REQUEST if occurrence.takes_place else Method.CANCEL
    return method, _object(method, part.booking, hosts, attendee, link, only=part)


def uninvite(booking: Booking, host: Host, attendee: Attendee | None) -> bytes:
    """Return the cancellation for one who comes no more, of a meeting that goes on: it has no STATUS (RFC 5546 §3.2.5).

    None is the `host`, whose place another host takes.
    """
    return _object(Method.CANCEL, booking, (host,), attendee, None, goes_on=True)


def _object(
    method: Method,
    booking: Booking,
    hosts: Sequence[Host],
    attendee: Attendee | None,
    link: str | None,
    *,
    goes_on: bool = False,
    only: Part | None = None,
) -> bytes:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    # Who is told that all is over need not be told of each that was moved.
    told = [only] if only else parts(booking)[: 1 if method is Method.CANCEL else None]
    zones = []
    for part in told:
        vevent = Event()
        zones.append(_add_times(vevent, part))
        _add_words(vevent, part.booking, hosts, attendee, link)
        _add_people(vevent, part.booking, hosts, _as_asked(part, attendee), goes_on=goes_on)
        if goes_on:
            vevent.pop("status")
        if method is Method.CANCEL and booking.reason:
            vevent.add("comment", paragraphs(booking.reason))
        calendar.add_component(vevent)
    return _with_vtimezone(calendar.to_ical(), zones[0])


def _as_asked(part: Part, attendee: Attendee | None) -> Attendee | None:
    """Return the attendee with the answer that is known for this component."""
    if attendee is None or part.of is None:
        return attendee
    return next((one for one in part.booking.attendees if one.number == attendee.number), attendee)


def _add_times(vevent: Event, part: Part) -> Component | None:
    """Write when it is, and return the VTIMEZONE that this names, if it does."""
    booking, times = part.booking, booking_times.wall_times(part.booking)
    vtimezone = times.vtimezone
    _add_time(vevent, "dtstart", times.start, times.tzid)
    _add_time(vevent, "dtend", times.end, times.tzid)
    if part.of is not None:
        original = booking_times.original_time(booking, part.of)
        _add_time(vevent, "recurrence-id", original.start, original.tzid)
        vtimezone = original.vtimezone
    if part.rule:
        vevent.add("rrule", vRecur.from_ical(part.rule))
    for name, instants in (("exdate", part.excluded), ("rdate", part.added)):
        for instant in instants:
            original = booking_times.original_time(booking, instant)
            _add_time(vevent, name, original.start, original.tzid)
    vevent.add("dtstamp", booking.changed_at)
    vevent.add("created", booking.created_at)
    vevent.add("last-modified", booking.changed_at)
    return vtimezone


def _add_time(vevent: Event, name: str, wall: datetime, tzid: str | None) -> None:
    if tzid is None:
        vevent.add(name, wall.replace(tzinfo=UTC))
    else:
        vevent.add(name, wall, parameters={"TZID": tzid})


def _add_words(
    vevent: Event, booking: Booking, hosts: Sequence[Host], attendee: Attendee | None, link: str | None
) -> None:
    to_host = "" if booking.is_seated else booking.guest.name
    with_whom = to_host if attendee is None else ", ".join(line(host.name) for host in hosts)
    vevent.add("uid", booking.uid)
    vevent.add("sequence", booking.sequence)
    vevent.add("status", STATUSES[booking.status])
    vevent.add("transp", "TRANSPARENT" if booking.status is Status.CANCELLED else "OPAQUE")
    vevent.add("summary", " – ".join(filter(None, (line(booking.title), line(with_whom)))))
    place = paragraphs(booking.location.value).strip()
    if place:
        vevent.add("location", place)
    url = conference_url(booking)
    if url:
        vevent.add("conference", vUri(url), dict(conference_params(booking)))
    # What the guest told the host is not for those whom they bring along.
    is_companion = attendee is not None and attendee.number != booking.guest.number
    # Gmail and Apple show the description, Outlook the mail: the link belongs in both.
    words = (
        "" if is_companion else said(booking),
        paragraphs(booking.notes).strip(),
        paragraphs(booking.description).strip(),
        link,
    )
    description = "\n\n".join(filter(None, words))
    if description:
        vevent.add("description", description)
    if link:
        vevent.add("url", link)


def _add_people(
    vevent: Event,
    booking: Booking,
    hosts: Sequence[Host],
    attendee: Attendee | None,
    *,
    goes_on: bool,
) -> None:
    organizer = booking.organizer or hosts[0]
    vevent.add("organizer", _address(organizer.email, organizer.name))
    # Of a meeting that goes on, whom a CANCEL names is who leaves it, and nobody else.
    with_hosts = attendee is None or (booking.organizer is not None and not goes_on)
    for at, host in enumerate(hosts if with_hosts else ()):
        role = "CHAIR" if at == 0 and booking.organizer is not None else "REQ-PARTICIPANT"
        vevent.add("attendee", _attending(_address(host.email, host.name), Partstat.ACCEPTED, role))
    everybody = () if goes_on else booking.attendees
    for guest in everybody if attendee is None else (attendee,):
        vevent.add("attendee", _attending(_address(guest.email, guest.name), guest.partstat))
    # An answer with another time would reach a mailbox that cannot move the booking; the link can.
    vevent.add("x-microsoft-disallow-counter", "TRUE")


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(mailto(email))
    for param, values in common_name(name).items():
        address.params[param] = vText(values[0])
    return address


def _attending(address: vCalAddress, partstat: Partstat, role: str = "REQ-PARTICIPANT") -> vCalAddress:
    address.params["CUTYPE"] = vText("INDIVIDUAL")
    address.params["ROLE"] = vText(role)
    address.params["PARTSTAT"] = vText(partstat.value)
    address.params["RSVP"] = vText("TRUE" if partstat is Partstat.NEEDS_ACTION else "FALSE")
    return address


def _with_vtimezone(text: bytes, vtimezone: Component | None) -> bytes:
    if vtimezone is None:
        return text
    # No text of a person stands before the first VEVENT.
    return text.replace(b"BEGIN:VEVENT\r\n", serialise(vtimezone).encode() + b"BEGIN:VEVENT\r\n", 1)
