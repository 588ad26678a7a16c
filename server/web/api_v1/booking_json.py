"""A booking as /v1 answers with it: whole for keys, for guests what they may see of it."""

from server.domain.booking import Attendee, Booking
from server.domain.companions import as_seen_by
from server.domain.hosts import Strategy
from server.domain.questions import Answer
from server.domain.seats import person_of, place_in_line, waiter_of
from server.ports import Ports
from server.usecases.booking import links
from server.usecases.booking.look import OWNER, Looked
from server.web.api_v1.series_shapes import occurrences, recurring
from server.web.api_v1.shapes import (
    AssignedHost,
    AttendeeAnswer,
    BookingAnswer,
    GuestAnswer,
    Place,
    QuestionAnswer,
    Waitlisted,
)

HOST = 0
"""For whose eyes an answer is that shows all: no guest's."""


def rendered(ports: Ports, looked: Looked, eyes: int, *, with_token: bool = False) -> BookingAnswer:
    """Return a booking for the guest with the number `eyes`, or for a key; `with_token` its bearer can cancel and move it."""
    booking = looked.booking if eyes == HOST else as_seen_by(looked.booking, eyes)
    person, is_ended = _subject(booking, looked.person), not booking.is_active
    return BookingAnswer(
        id=booking.id,
        status=booking.status,
        event_type_id=looked.record.event_type,
        title=booking.title,
        start_time=booking.start,
        end_time=booking.end,
        duration_minutes=int((booking.end - booking.start).total_seconds()) // 60,
        invitee_name=person.name,
        invitee_email=_address(person, eyes),
        invitee_timezone=person.zone,
        notes=person.notes if booking.is_seated else booking.notes,
        location=Place(type=booking.location.type, value=booking.location.value, url=booking.location.url),
        meeting_url=booking.location.url,
        host_id=member_id(looked.host.number),
        assigned_host=_assigned(looked),
        answers=[
            QuestionAnswer(id=one.id, label=one.label, values=one.values) for one in _answers(booking, person)
        ],
        guests=[GuestAnswer(name=one.name, email=_address(one, eyes)) for one in booking.companions],
        attendee_count=len(booking.attendees),
        total_capacity=booking.seats if booking.is_seated else None,
        waitlist=_waitlist(looked.booking, person.number),
        attendees=[_attendee(one) for one in booking.attendees] if eyes == HOST else None,
        metadata=dict(booking.metadata) if eyes == HOST else None,
        cancel_token=_token(ports, looked, eyes or person.number) if with_token else None,
        cancelled_at=booking.changed_at if is_ended else None,
        cancel_reason=(booking.reason or None) if is_ended else None,
        cancelled_by=booking.ended_by if is_ended else None,
        is_test=booking.is_test,
        recurring=recurring(booking),
        occurrences=occurrences(booking),
        created_at=booking.created_at,
        updated_at=booking.changed_at,
    )


def member_id(number: int) -> str:
    """Return how programs name a host."""
    return f"mem_{number}"


def _address(attendee: Attendee, eyes: int) -> str | None:
    """Return an attendee's address; guests who did not book see their own alone."""
    return (attendee.email or None) if eyes in {HOST, OWNER, attendee.number} else None


def _answers(booking: Booking, person: Attendee) -> tuple[Answer, ...]:
    return person.answers if booking.is_seated else booking.answers


def _subject(booking: Booking, person: int) -> Attendee:
    """Return whose booking it is: who made it, or of many who each have a seat, the one who asks."""
    return (person_of(booking, person) if booking.is_seated else None) or booking.guest


def _waitlist(booking: Booking, person: int) -> Waitlisted | None:
    """Return where somebody stands who waits for a seat."""
    waiter = waiter_of(booking, person)
    if waiter is None:
        return None
    return Waitlisted(position=place_in_line(booking, person), held_until=waiter.held_until)


def _attendee(attendee: Attendee) -> AttendeeAnswer:
    return AttendeeAnswer(
        id=attendee.number,
        name=attendee.name,
        email=attendee.email,
        timezone=attendee.zone,
        is_primary=attendee.number == OWNER,
        response=attendee.partstat,
        attendance=attendee.attendance,
    )


def _assigned(looked: Looked) -> AssignedHost | None:
    """Return whose turn it is, where hosts of a team take turns; null elsewhere (S5.37)."""
    takes_turns = looked.event_type is None or looked.event_type.strategy is Strategy.ROUND_ROBIN
    if looked.record.team is None or not takes_turns:
        return None
    host = looked.host
    return AssignedHost(member_id=member_id(host.number), name=host.name or None, email=host.email)


def _token(ports: Ports, looked: Looked, person: int) -> str:
    """Return what opens the booking; before its guest's address is proven one that dies of that, as the link of a form does."""
    booking: Booking = looked.booking
    if booking.awaiting_address:
        return links.manage_token(ports, booking, looked.record, person)
    return links.api_token(ports, looked.record, person)
