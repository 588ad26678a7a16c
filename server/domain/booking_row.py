"""A booking as a line in a list: what listings and searches need, so that they open no file."""

from dataclasses import dataclass

from server.domain.booking import Attendance, Booking, Status
from server.domain.identity import BookingId, EventTypeId, Home, home_of
from server.domain.intervals import Span

WORDS_MAX = 500
"""How much of a booking's text can be searched; the index keeps it in memory for every booking there is."""


@dataclass(frozen=True, slots=True)
class Seating:
    """What a list knows of a booking by seats: how many there are and are taken, until when others are held, and who waits."""

    total: int
    taken: int
    held: tuple[int, ...]
    waits: int


@dataclass(frozen=True, slots=True)
class BookingRow:
    """What a list shows of a booking. `people` are names and addresses, who booked first; `created_at` epoch seconds.

    `home` is the organizer's, `team` the one whose meeting it is, and it `is_copy` where it stands with another host; `no_show` says that who booked did not come.

    `meetings` are those of a series that take place, by start, None for a single meeting.
    """

    id: BookingId
    event_type: EventTypeId
    status: Status
    span: Span
    created_at: int
    people: tuple[tuple[str, str], ...]
    words: str
    seating: Seating | None = None
    meetings: tuple[Span, ...] | None = None
    home: Home = Home("")
    is_copy: bool = False
    no_show: bool = False
    team: Home | None = None

    @property
    def guests(self) -> tuple[str, ...]:
        """Return the mail addresses of those who booked, each once and case-folded: as caps tell guests apart."""
        booked = self.people[:1] if self.seating is None else self.people
        return tuple({address.casefold(): None for _, address in booked})

    @property
    def starts(self) -> tuple[int, ...]:
        """Return when it begins: of a series each meeting counts."""
        return self.span[:1] if self.meetings is None else tuple(start for start, _ in self.meetings)

    @property
    def ends(self) -> int:
        """Return when the last of it is over."""
        return self.span[1] if not self.meetings else max(end for _, end in self.meetings)

    def next_span(self, at: int) -> Span:
        """Return the meeting that is next at an instant, or under way; the last one when all are over."""
        if not self.meetings:
            return self.span
        return next((span for span in self.meetings if span[1] > at), self.meetings[-1])

    def mentions(self, text: str) -> bool:
        """Tell whether every word of `text` occurs in people, title, place, answers or notes, in whatever case."""
        return all(word in self.words for word in text.casefold().split())


def row_of(booking: Booking) -> BookingRow:
    """Return the line of a booking."""
    people = tuple((attendee.name, attendee.email) for attendee in booking.attendees)
    texts = (
        *(text for one in booking.everybody for text in (one.name, one.email)),
        booking.title,
        booking.location.value,
        *(answer.text for answer in booking.answers),
        booking.notes,
        *(text for one in booking.attendees for text in (*(said.text for said in one.answers), one.notes)),
    )
    return BookingRow(
        id=booking.id,
        event_type=booking.event_type_id,
        status=booking.status,
        span=booking.span,
        created_at=int(booking.created_at.timestamp()),
        home=booking.home,
        is_copy=home_of(booking.calendar) != booking.home,
        no_show=booking.guest.attendance is Attendance.ABSENT,
        team=booking.team,
        people=people,
        words=" ".join(texts).casefold()[: WORDS_MAX * booking.seats],
        seating=_seating(booking) if booking.is_seated else None,
        meetings=None if booking.series is None else tuple(sorted(one.span for one in booking.meetings)),
    )


def _seating(booking: Booking) -> Seating:
    held = [one.held_until for one in booking.waiting if one.held_until is not None]
    return Seating(
        total=booking.seats,
        taken=len(booking.attendees),
        held=tuple(int(until.timestamp()) for until in held),
        waits=len(booking.waiting) - len(held),
    )
