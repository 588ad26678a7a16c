"""A booking as a line in a list: what listings and searches need, so that they open no file."""

from dataclasses import dataclass

from server.domain.booking import Booking, Status
from server.domain.identity import BookingId, EventTypeId
from server.domain.intervals import Span

WORDS_MAX = 500
"""How much of a booking's text can be searched; the index keeps it in memory for every booking there is."""


@dataclass(frozen=True, slots=True)
class BookingRow:
    """What a list shows of a booking. `people` are names and addresses, who booked first; `created_at` epoch seconds."""

    id: BookingId
    event_type: EventTypeId
    status: Status
    span: Span
    created_at: int
    people: tuple[tuple[str, str], ...]
    words: str

    @property
    def guest(self) -> str:
        """Return the mail address of who booked, case-folded: as caps tell guests apart."""
        return self.people[0][1].casefold()

    def mentions(self, text: str) -> bool:
        """Tell whether every word of `text` occurs in people, title, place, answers or notes, in whatever case."""
        return all(word in self.words for word in text.casefold().split())


def row_of(booking: Booking) -> BookingRow:
    """Return the line of a booking."""
    people = tuple((attendee.name, attendee.email) for attendee in booking.attendees)
    texts = (
        *(text for person in people for text in person),
        booking.title,
        booking.location.value,
        *(answer.text for answer in booking.answers),
        booking.notes,
    )
    return BookingRow(
        id=booking.id,
        event_type=booking.event_type_id,
        status=booking.status,
        span=booking.span,
        created_at=int(booking.created_at.timestamp()),
        people=people,
        words=" ".join(texts).casefold()[:WORDS_MAX],
    )
