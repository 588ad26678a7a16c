"""Register somebody for a seat at a meeting that stands already: what "add a guest" is where each guest has their own (C20)."""

from datetime import datetime

from server.domain import companions
from server.domain.booking import Actor, Attendee, Booking
from server.domain.companions import Companion
from server.domain.errors import GuestsNotAllowed, Invalid, NotFound
from server.ports import Ports
from server.usecases.booking.guard import refuse_too_many_open, refuse_unwelcome
from server.usecases.booking.look import Looked
from server.usecases.booking.seats import Taking, join


async def add(ports: Ports, looked: Looked, companion: Companion, actor: Actor, now: datetime) -> Booking:
    """Take a seat for somebody and return the booking; who has one is not given another.

    A guest may do so only where everybody could: by an event type that is listed. Raises GuestsNotAllowed, Invalid, and what
    taking a seat does.
    """
    event_type, booking = looked.event_type, looked.booking
    if event_type is None:
        raise NotFound("This kind of meeting is not offered any more.")
    if actor is Actor.GUEST and not event_type.is_listed:
        raise GuestsNotAllowed("Nobody else can be brought along.", {"guests": "cannot be brought along"})
    wrong = companions.faults([companion], [])
    if wrong:
        raise Invalid(
            "Please check the marked fields.",
            {name.rpartition(".")[2]: words for name, words in wrong.items()},
        )
    if actor is Actor.GUEST:
        refuse_unwelcome(ports, looked.hosts, [companion.email])
        refuse_too_many_open(ports, looked.host, companion.email, now)
    nobody = Attendee(number=0, name="", email="", zone=booking.zone, language=looked.host.language)
    return await join(
        ports,
        looked,
        Taking(
            host=looked.host,
            event_type=event_type,
            start=booking.start,
            person=companions.attendee(companion, 0, nobody),
            actor=actor,
            now=now,
            has_one=True,
        ),
    )
