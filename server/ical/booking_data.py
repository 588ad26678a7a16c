"""The facts of a booking that no calendar program understands, as JSON text in X-DAYBOOK properties.

    X-DAYBOOK-BOOKING   the booking's id; together with the UID it says that the object is ours
    X-DAYBOOK-DATA      the facts that fit nowhere else, and the instants and texts as Daybook last wrote them
    X-DAYBOOK-PEOPLE    the guests with their languages, zones, answers and phone numbers; where each has a seat, with what they
                        wrote, and with those who wait for one, over as many properties as they need: X-DAYBOOK-PEOPLE-2, …
    X-DAYBOOK-NOTES     what the guest wrote
    X-DAYBOOK-ANSWERS   what the guest answered to the host's questions
    X-DAYBOOK-METADATA  what programs keep beside the booking
    X-DAYBOOK-SERIES    the rule of a series, and what was skipped, moved and cancelled of it

X- properties with text come back from every measured client, while Evolution drops STRUCTURED-DATA and DAVx5 attendee
parameters. They are several because DAVx5 keeps no unknown property longer than 25 kB.
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec

from server.domain import metadata
from server.domain.booking import Actor, Attendance, Attendee, Booking, Organizer, Partstat, Status, Waiter
from server.domain.event_type import Location, LocationType
from server.domain.identity import BookingId, CalendarPath, EventTypeId, Home, Slug, Uid, home_of
from server.domain.invites import InviteId
from server.domain.questions import Answer
from server.ical.scan import Component, Property, escape, unescape
from server.ical.series_data import SeriesFacts, facts_of, series_of

BOOKING = "X-DAYBOOK-BOOKING"
DATA = "X-DAYBOOK-DATA"
PEOPLE = "X-DAYBOOK-PEOPLE"
NOTES = "X-DAYBOOK-NOTES"
ANSWERS = "X-DAYBOOK-ANSWERS"
METADATA = "X-DAYBOOK-METADATA"
SERIES = "X-DAYBOOK-SERIES"
MORE_PEOPLE = tuple(f"{PEOPLE}-{number}" for number in range(2, 100))
PROPERTIES = frozenset({BOOKING, DATA, PEOPLE, *MORE_PEOPLE, NOTES, ANSWERS, METADATA, SERIES})
PEOPLE_BYTES_MAX = 16_000
"""How much of its people one property holds."""

T = TypeVar("T")

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class _Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    uid: str
    number: Count
    type: str
    slug: str
    title: str
    zone: str
    start: Instant
    end: Instant
    created: Instant
    changed: Instant
    status: Status
    revision: Count = 0
    sequence: Count = 0
    description: str = ""
    place: tuple[LocationType, str] = (LocationType.NONE, "")
    buffers: tuple[Count, Count] = (0, 0)
    reason: str = ""
    ended_by: Actor | None = None
    agreed: tuple[Instant, Instant] | None = None
    answer_by: Instant | None = None
    holds: bool = True
    invited: bool = True
    invite: str | None = None
    unproven: bool = False
    last_person: Count = 0
    last_note: Count = 0
    hosts: tuple[str, ...] = ()
    organizer: tuple[str, str] | None = None
    team: str | None = None
    seats: Count = 1
    shown: bool = False


class _Person(msgspec.Struct, frozen=True, omit_defaults=True):
    number: Count
    name: str
    email: str
    zone: str
    language: str = "en"
    answer: Partstat = Partstat.ACCEPTED
    phone: str = ""
    attendance: Attendance | None = None
    notes: str = ""
    answers: tuple[Answer, ...] = ()
    invite: str | None = None
    waits: Instant | None = None
    held: Instant | None = None
    unproven: bool = False


_facts = msgspec.json.Decoder(_Facts)
_people = msgspec.json.Decoder(tuple[_Person, ...])
_notes = msgspec.json.Decoder(str)
_answers = msgspec.json.Decoder(tuple[Answer, ...])
_metadata = msgspec.json.Decoder(dict[str, metadata.Value])
_series = msgspec.json.Decoder(SeriesFacts)
_encode = msgspec.json.Encoder().encode

# What JSON may hold as it is, but a line of iCalendar or the XML around it may not.
_UNSAFE = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def written(booking: Booking) -> list[Property]:
    """Return the X-DAYBOOK properties of a booking."""
    properties = [
        Property(BOOKING, escape(booking.id)),
        Property(DATA, _json(_facts_of(booking))),
        *_people_of(booking),
    ]
    if booking.notes:
        properties.append(Property(NOTES, _json(booking.notes)))
    if booking.answers:
        properties.append(Property(ANSWERS, _json(booking.answers)))
    if booking.metadata:
        properties.append(Property(METADATA, _json(dict(booking.metadata))))
    if booking.series is not None:
        properties.append(Property(SERIES, _json(facts_of(booking.series))))
    return properties


def last_written(vevent: Component, calendar: CalendarPath) -> Booking | None:
    """Return the booking as Daybook last wrote it into `vevent`; None when the component is not ours.

    A copy that a client made under another UID is not ours; a superseded revision (`<uid>-r<revision>`) is.
    """
    id_, uid = vevent.first(BOOKING), vevent.first("UID")
    data, people = vevent.first(DATA), vevent.first(PEOPLE)
    notes, answers, kept = (vevent.first(name) for name in (NOTES, ANSWERS, METADATA))
    if id_ is None or uid is None or data is None or people is None:
        return None
    try:
        facts = _decoded(_facts, data.value)
        guests = _people_in(vevent, facts, people)
        said = (
            "" if notes is None else _decoded(_notes, notes.value),
            () if answers is None else _decoded(_answers, answers.value),
            () if kept is None else _metadata_in(kept.value),
        )
        repeats = vevent.first(SERIES)
        series = None if repeats is None else series_of(_decoded(_series, repeats.value))
    except ValueError:
        return None
    if uid.text().strip() not in {facts.uid, f"{facts.uid}-r{facts.revision}"}:
        return None
    booking = _booking(BookingId(id_.text().strip()), facts, guests, said, calendar)
    return booking if series is None else replace(booking, series=series)


def _people_of(booking: Booking) -> list[Property]:
    people = [_person(attendee) for attendee in booking.attendees]
    if not booking.is_seated:
        return [Property(PEOPLE, _json(people))]
    people += [_waiting(waiter) for waiter in booking.waiting]
    pages: list[list[msgspec.Raw]] = [[]]
    room = PEOPLE_BYTES_MAX
    for person in people:
        text = _encode(person)
        if len(text) > room and pages[-1] and len(pages) <= len(MORE_PEOPLE):
            pages.append([])
            room = PEOPLE_BYTES_MAX
        room -= len(text)
        pages[-1].append(msgspec.Raw(text))
    return [Property(name, _json(page)) for name, page in zip((PEOPLE, *MORE_PEOPLE), pages, strict=False)]


def _people_in(vevent: Component, facts: _Facts, first: Property) -> tuple[_Person, ...]:
    """Return the people of a booking; raises ValueError where somebody has to be, and nobody is."""
    people = _decoded(_people, first.value)
    if facts.seats < 2:
        if not people:
            raise ValueError("a booking without its guest")
        return people
    for name in MORE_PEOPLE:
        item = vevent.first(name)
        if item is None:
            break
        people += _decoded(_people, item.value)
    return people


def _json(value: object) -> str:
    text = _encode(value).decode()
    if not text.isascii() or "\x7f" in text:
        text = _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return escape(text)


def _decoded(decoder: "msgspec.json.Decoder[T]", value: str) -> T:
    try:
        return decoder.decode(unescape(value))
    except msgspec.DecodeError:
        return decoder.decode(value)  # a client that took the value for unescaped text and wrote it back so


def _metadata_in(value: str) -> metadata.Metadata:
    found = _decoded(_metadata, value)
    return metadata.of(found)


def _facts_of(booking: Booking) -> _Facts:
    return _Facts(
        uid=booking.uid,
        number=booking.number,
        type=booking.event_type_id,
        slug=booking.slug,
        title=booking.title,
        zone=booking.zone,
        start=booking.start,
        end=booking.end,
        created=booking.created_at,
        changed=booking.changed_at,
        status=booking.status,
        revision=booking.revision,
        sequence=booking.sequence,
        description=booking.description,
        place=(booking.location.type, booking.location.value),
        buffers=(booking.buffer_before_min, booking.buffer_after_min),
        reason=booking.reason,
        ended_by=booking.ended_by,
        agreed=booking.agreed,
        answer_by=booking.answer_by,
        holds=booking.holds_while_pending,
        invited=booking.is_invited,
        invite=booking.invite,
        unproven=booking.awaiting_address,
        last_person=booking.last_person,
        last_note=booking.last_note,
        hosts=booking.homes if booking.co_hosts else (),
        organizer=None if booking.organizer is None else (booking.organizer.name, booking.organizer.email),
        team=booking.team,
        seats=booking.seats,
        shown=booking.seats_shown,
    )


def _person(attendee: Attendee) -> _Person:
    return _Person(
        number=attendee.number,
        name=attendee.name,
        email=attendee.email,
        zone=attendee.zone,
        language=attendee.language,
        answer=attendee.partstat,
        phone=attendee.phone,
        attendance=attendee.attendance,
        notes=attendee.notes,
        answers=attendee.answers,
        invite=attendee.invite,
    )


def _waiting(waiter: Waiter) -> _Person:
    return msgspec.structs.replace(
        _person(waiter.person), waits=waiter.since, held=waiter.held_until, unproven=waiter.is_unproven
    )


def _waiter(person: _Person, since: datetime) -> Waiter:
    return Waiter(person=_attendee(person), since=since, held_until=person.held, is_unproven=person.unproven)


def _attendee(person: _Person) -> Attendee:
    return Attendee(
        number=person.number,
        name=person.name,
        email=person.email,
        zone=person.zone,
        language=person.language,
        partstat=person.answer,
        phone=person.phone,
        attendance=person.attendance,
        notes=person.notes,
        answers=person.answers,
        invite=None if person.invite is None else InviteId(person.invite),
    )


def _booking(
    id_: BookingId,
    facts: _Facts,
    people: tuple[_Person, ...],
    said: tuple[str, tuple[Answer, ...], metadata.Metadata],
    calendar: CalendarPath,
) -> Booking:
    return Booking(
        id=id_,
        number=facts.number,
        uid=Uid(facts.uid),
        home=Home(facts.hosts[0]) if facts.hosts else home_of(calendar),
        calendar=calendar,
        event_type_id=EventTypeId(facts.type),
        slug=Slug(facts.slug),
        title=facts.title,
        start=facts.start,
        end=facts.end,
        zone=facts.zone,
        attendees=tuple(_attendee(person) for person in people if person.waits is None),
        created_at=facts.created,
        changed_at=facts.changed,
        description=facts.description,
        location=Location(type=facts.place[0], value=facts.place[1]),
        buffer_before_min=facts.buffers[0],
        buffer_after_min=facts.buffers[1],
        notes=said[0],
        answers=said[1],
        metadata=said[2],
        status=facts.status,
        revision=facts.revision,
        sequence=facts.sequence,
        reason=facts.reason,
        ended_by=facts.ended_by,
        agreed=facts.agreed,
        answer_by=facts.answer_by,
        holds_while_pending=facts.holds,
        is_invited=facts.invited,
        invite=None if facts.invite is None else InviteId(facts.invite),
        awaiting_address=facts.unproven,
        last_person=facts.last_person,
        last_note=facts.last_note,
        co_hosts=tuple(map(Home, facts.hosts[1:])),
        organizer=None if facts.organizer is None else Organizer(*facts.organizer),
        team=None if facts.team is None else Home(facts.team),
        seats=max(1, facts.seats),
        seats_shown=facts.shown,
        waiting=tuple(_waiter(person, person.waits) for person in people if person.waits is not None),
    )
