"""Seats: a meeting that several guests book, each for themselves, and those who wait for one of them.

A booking by seats has the people of its VEVENT as attendees, each with a number, links, notes and answers of their own. Who
waits stands there too, in order. A seat that becomes free is held for the next of them, who takes it by a word or lets it pass.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.domain.booking import Attendee, Booking, Waiter
from server.domain.event_type import EventType


@dataclass(frozen=True, slots=True)
class Spots:
    """What somebody who comes now finds: so many seats of `total`, and `places` in the line of those who wait."""

    free: int
    total: int
    places: int = 0

    @property
    def are_offered(self) -> bool:
        """Tell whether there is anything to be had."""
        return self.free > 0 or self.places > 0


def opened(booking: Booking, event_type: EventType) -> Booking:
    """Return a booking that is to be created as one by seats; what its guest wrote is that guest's, not the meeting's."""
    guest = replace(booking.guest, notes=booking.notes, answers=booking.answers, invite=booking.invite)
    return replace(
        booking,
        seats=event_type.seats,
        seats_shown=event_type.seats_shown,
        attendees=(guest,),
        notes="",
        answers=(),
        invite=None,
    )


def sized(booking: Booking, event_type: EventType | None) -> Booking:
    """Return the booking with as many seats as its event type has by now; nobody who has one loses it."""
    if event_type is None or event_type.seats < 2 or event_type.seats == booking.seats:
        return booking
    return replace(booking, seats=event_type.seats)


def spots(booking: Booking, waitlist_max: int, now: datetime) -> Spots:
    """Return what somebody who comes `now` finds: nothing is free for them while others wait."""
    held = sum(one.held_until is not None and one.held_until > now for one in booking.waiting)
    waits = sum(one.held_until is None for one in booking.waiting)
    return found(booking.seats, len(booking.attendees) + held, waits, waitlist_max)


def found(total: int, taken: int, waits: int, waitlist_max: int) -> Spots:
    """Return what somebody finds where so many seats are taken or held, and so many people wait."""
    free = 0 if waits else max(0, total - taken)
    return Spots(free, total, 0 if free else max(0, waitlist_max - waits))


def seat(booking: Booking, person: Attendee) -> Booking:
    """Return the booking with one seat more taken."""
    return replace(booking, attendees=(*booking.attendees, person))


def wait(
    booking: Booking, person: Attendee, now: datetime, *, unproven_until: datetime | None = None
) -> Booking:
    """Return the booking with one more at the end of the line, or for whom a seat is held until their address is proven."""
    waiter = Waiter(
        person=person, since=now, held_until=unproven_until, is_unproven=unproven_until is not None
    )
    return replace(booking, waiting=(*booking.waiting, waiter))


def take(booking: Booking, number: int) -> Booking:
    """Return the booking in which one who waited has taken their seat.

    Who had yet to prove their address gets another number: the links of whoever typed it end there.
    """
    waiter = waiter_of(booking, number)
    assert waiter is not None
    person = replace(waiter.person, number=booking.next_person) if waiter.is_unproven else waiter.person
    return seat(without(booking, number), person)


def without(booking: Booking, number: int) -> Booking:
    """Return the booking without one of its people; their number is not given again."""
    return replace(
        booking,
        attendees=tuple(one for one in booking.attendees if one.number != number),
        waiting=tuple(one for one in booking.waiting if one.person.number != number),
        last_person=booking.next_person - 1,
    )


def turned(booking: Booking, hold_min: int, now: datetime) -> Booking:
    """Return the booking as it is the turn of those who wait: holds that lapsed are gone, and free seats held for the next.

    A seat is held for half of the time that is left at most, so that whoever comes after has some too.
    """
    there = [one for one in booking.waiting if one.held_until is None or one.held_until > now]
    spare = booking.seats - len(booking.attendees) - sum(one.held_until is not None for one in there)
    left = booking.start - now
    until = now + min(timedelta(minutes=hold_min), max(left / 2, min(left, timedelta(minutes=1))))
    waiting = []
    for one in there:
        if one.held_until is None and spare > 0 and left > timedelta():
            spare -= 1
            one = replace(one, held_until=until.replace(microsecond=0))
        waiting.append(one)
    if tuple(waiting) == booking.waiting:
        return booking
    return replace(booking, waiting=tuple(waiting), last_person=booking.next_person - 1)


def is_deserted(booking: Booking) -> bool:
    """Tell whether nobody has a seat, or a claim on one."""
    return not booking.attendees and not booking.waiting


def waiter_of(booking: Booking, number: int) -> Waiter | None:
    """Return one of those who wait."""
    return next((one for one in booking.waiting if one.person.number == number), None)


def person_of(booking: Booking, number: int) -> Attendee | None:
    """Return one of its people, whether they have a seat or wait for one."""
    return next((one for one in booking.everybody if one.number == number), None)


def there_already(booking: Booking, email: str) -> Attendee | None:
    """Return who of its people has a mail address."""
    wanted = email.strip().casefold()
    return next((one for one in booking.everybody if one.email.casefold() == wanted), None)


def place_in_line(booking: Booking, number: int) -> int:
    """Return the how-manieth of those who wait somebody is, from 1; 0 for who does not."""
    line = [one.person.number for one in booking.waiting if one.held_until is None]
    return line.index(number) + 1 if number in line else 0


def as_seen_by(booking: Booking, number: int) -> Booking:
    """Return a booking by seats as one of its guests may see it: as theirs, beside at most the names of others.

    Those who wait see themselves alone. To hosts nothing is hidden.
    """
    own = person_of(booking, number)
    waiter = waiter_of(booking, number)
    others = booking.attendees if booking.seats_shown and waiter is None and own is not None else ()
    shown = (
        replace(one, email="", phone="", notes="", answers=(), invite=None, attendance=None)
        for one in others
        if one.number != number
    )
    return replace(
        booking,
        attendees=(() if own is None else (own,)) + tuple(shown),
        waiting=() if waiter is None else (waiter,),
        notes="" if own is None else own.notes,
        answers=() if own is None else own.answers,
    )
