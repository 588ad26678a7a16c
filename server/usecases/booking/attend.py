"""Say afterwards who came and who did not (S3.38, S3.39, C30)."""

from datetime import datetime

from server.domain.booking import Actor, Attendance, Booking
from server.domain.changes import attended
from server.domain.errors import Invalid
from server.ports import Ports
from server.usecases.booking.change import change, plan_of
from server.usecases.booking.commit import Plan
from server.usecases.booking.look import Looked


async def attend(
    ports: Ports, looked: Looked, email: str, attendance: Attendance, actor: Actor, now: datetime
) -> Booking:
    """Note whether the attendee with this address came, who booked without one, and return the booking.

    Saying the same again changes nothing. Raises Invalid for who takes no part, Conflict before the meeting and for what was
    never confirmed, AlreadyCancelled, NotFound or ChangedMeanwhile.
    """

    def decide(seen: Looked) -> Plan | None:
        booking = seen.booking
        wanted = email.strip().casefold() or booking.guest.email.casefold()
        who = next((one for one in booking.attendees if one.email.casefold() == wanted), None)
        if who is None:
            raise Invalid("Nobody with this address takes part.", {"attendee_email": "is no attendee's"})
        if booking.is_active and who.attendance is attendance:
            return None
        at, sent = now.replace(microsecond=0), seen.record.sent_sequence
        made = attended(booking, who.number, attendance, actor=actor, at=at, sent=sent)
        return plan_of(seen, made, forced=True)

    return await change(ports, looked, decide)
