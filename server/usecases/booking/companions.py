"""Bring somebody along to a booking that there is already, or take them off it: quiet changes, the others keep their links."""

from datetime import datetime

from server.domain import companions
from server.domain.booking import Actor, Booking, Status
from server.domain.changes import joined, left, refuse_ended
from server.domain.companions import Companion
from server.domain.errors import Conflict, Forbidden, GuestsNotAllowed, Invalid, NotFound
from server.domain.event_type import GUESTS_MAX, EventType
from server.ports import Ports
from server.usecases.booking import seat_guest, seats
from server.usecases.booking.change import change, plan_of
from server.usecases.booking.commit import Plan
from server.usecases.booking.guard import refuse_unwelcome
from server.usecases.booking.look import OWNER, Looked


async def bring(ports: Ports, looked: Looked, companion: Companion, actor: Actor, now: datetime) -> Booking:
    """Add an additional guest and return the booking; one who takes part already is not added again.

    Raises Forbidden for who did not book, GuestsNotAllowed, Invalid (with `name` and `email`), AlreadyCancelled, Conflict
    when it is over or another time waits for the host, NotFound, ChangedMeanwhile.
    """
    if looked.booking.is_seated:
        return await seat_guest.add(ports, looked, companion, actor, now)
    refuse_companion(looked, actor)

    def decide(seen: Looked) -> Plan | None:
        booking = seen.booking
        _refuse_state(booking, actor, now)
        if booking.status is Status.PENDING and booking.is_invited:
            raise Conflict("Another time waits for an answer. Guests can be added when it is there.")
        if any(_is(one.email, companion.email) for one in booking.companions):
            return None
        wrong = companions.faults([companion], [booking.guest.email])
        if wrong:
            raise Invalid(
                "Please check the marked fields.",
                {name.rpartition(".")[2]: words for name, words in wrong.items()},
            )
        refuse_too_many(seen.event_type, len(booking.companions) + 1, actor)
        if actor is not Actor.HOST:
            refuse_unwelcome(ports, seen.hosts, [companion.email])
        attendee = companions.attendee(companion, booking.next_person, booking.guest)
        at, sent = now.replace(microsecond=0), seen.record.sent_sequence
        return plan_of(seen, joined(booking, attendee, actor=actor, at=at, sent=sent), forced=True)

    return await change(ports, looked, decide)


async def take_off(ports: Ports, looked: Looked, person: int, actor: Actor, now: datetime) -> Booking:
    """Take an additional guest off the booking and return it; one who is off it already is no error.

    A companion may take off nobody but themselves. Raises Forbidden, NotFound for the one who booked, AlreadyCancelled,
    Conflict when it has begun, ChangedMeanwhile.
    """
    if actor is Actor.GUEST and looked.person not in {OWNER, person}:
        raise Forbidden("You can take nobody but yourself off this meeting.")
    if looked.booking.is_seated:
        if actor is Actor.GUEST and looked.person != person:
            raise Forbidden("You can take nobody but yourself off this meeting.")
        if person < OWNER:
            raise NotFound("There is no such guest.")
        return await seats.leave(ports, looked, person, actor, now)
    if person <= OWNER:
        raise NotFound("There is no such guest.")

    def decide(seen: Looked) -> Plan | None:
        booking = seen.booking
        if all(one.number != person for one in booking.companions):
            return None
        _refuse_state(booking, actor, now)
        at, sent = now.replace(microsecond=0), seen.record.sent_sequence
        return plan_of(seen, left(booking, person, actor=actor, at=at, sent=sent), forced=True)

    return await change(ports, looked, decide)


def may_bring(event_type: EventType | None, booking: Booking) -> bool:
    """Tell whether the guest may bring one more along now."""
    waits = booking.status is Status.PENDING and booking.is_invited
    return event_type is not None and len(booking.companions) < event_type.guests_max and not waits


def refuse_companion(looked: Looked, actor: Actor) -> None:
    """Raise Forbidden for the link of somebody who was brought along: the whole booking is not theirs (C32)."""
    if actor is Actor.GUEST and looked.booking.is_seated:
        raise Forbidden(
            "Only the host can change the meeting of all. You can change or cancel your own seat."
        )
    if actor is Actor.GUEST and looked.person != OWNER:
        raise Forbidden("Only who booked this meeting can change it. You can say that you cannot come.")


def refuse_too_many(event_type: EventType | None, count: int, actor: Actor) -> None:
    """Raise GuestsNotAllowed for more than the event type allows; hosts are bound by what one booking can hold at all."""
    most = 0 if event_type is None else event_type.guests_max
    if actor is Actor.HOST and (event_type is None or event_type.seats == 1):
        most = GUESTS_MAX
    if count > most:
        words = f"may be {most}, not {count}" if most else "cannot be brought along to this meeting"
        raise GuestsNotAllowed("So many guests cannot be brought along.", {"guests": words})


def _refuse_state(booking: Booking, actor: Actor, now: datetime) -> None:
    refuse_ended(booking)
    if booking.over_at <= now or (actor is Actor.GUEST and not booking.coming(now)):
        raise Conflict("This meeting has begun or is over. Its guests can no longer be changed.")


def _is(email: str, other: str) -> bool:
    return email.strip().casefold() == other.strip().casefold()
