"""What mails say of a meeting by seats: to hosts how many there are and whose seat it is about, to each guest their own."""

from dataclasses import dataclass

from server.domain.plain import line
from server.domain.questions import Answer
from server.i18n.translator import Translator
from server.ports import Letter, MailKind


@dataclass(frozen=True, slots=True)
class SeatPart:
    """With whom hosts meet, in words; whose notes and answers a letter has; and how many seats are taken, "" without any."""

    guest: str
    notes_by: str
    notes: str
    answers: tuple[Answer, ...]
    count: str = ""


def seat_part(letter: Letter, speaks: Translator) -> SeatPart:
    """Return what a letter says of seats; of a booking without them, who booked and what they wrote."""
    booking = letter.booking
    first = line(booking.guest.name or booking.guest.email)
    if not booking.is_seated or letter.attendee is not None:
        return SeatPart(first, first, booking.notes, booking.answers)
    many = speaks.count("%(num)d guest", "%(num)d guests", len(booking.attendees))
    is_first = letter.kind is MailKind.CONFIRMED or len(booking.attendees) == 1
    about = letter.about or (booking.guest if is_first else None)
    count = speaks.text("%(taken)d of %(total)d", taken=len(booking.attendees), total=booking.seats)
    if about is None:
        return SeatPart(many, "", "", (), count)
    return SeatPart(
        first if is_first else many, line(about.name or about.email), about.notes, about.answers, count
    )
