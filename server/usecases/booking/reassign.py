"""Hand a booking to another host of its team: it leaves one calendar and stands in another, and guests keep their meeting (S4.38)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from server.domain.booking import Actor, Booking, Organizer
from server.domain.changes import reassigned, refuse_ended, unannounced
from server.domain.errors import ChangedMeanwhile, Conflict, HostUnavailable
from server.domain.host import Host
from server.domain.hosts import Wheel
from server.domain.identity import HISTORY, CalendarPath, Home, Href, calendar_path
from server.ical import vevent
from server.ports import Busy, ObjectWrite, Ports, Taken, TurnMoved
from server.usecases.booking import copies, look
from server.usecases.booking.assign import turn_of
from server.usecases.booking.change import ATTEMPTS_MAX, change
from server.usecases.booking.commit import Plan
from server.usecases.booking.look import Looked
from server.usecases.booking.successors import NOT_FREE, Successor, must_be_free, named, next_in_turn


async def reassign(
    ports: Ports,
    looked: Looked,
    actor: Actor,
    now: datetime,
    *,
    to: Home | None = None,
    reason: str = "",
    notify: bool = True,
) -> Booking:
    """Hand the booking to the member `to`, or to the one whose turn it is among those who are free, and return it.

    Who is named may be asked outside their hours; a busy time is refused to everybody. Handing it to who has it changes
    nothing. Without `notify` guests get no notice, and their calendars are told all the same; hosts always hear of it. Raises
    HostUnavailable, Invalid for who is no host of the team, Conflict for a booking of no team and for what is over,
    AlreadyCancelled, NotFound or ChangedMeanwhile.
    """
    wish = _Wish(actor, now, to, reason, notify)
    # In line with those who book: the wheel is read by one at a time, or all but one would read it again.
    return await ports.tasks.turn(turn_of(looked.record.event_type), lambda: _in_turn(ports, looked, wish))


@dataclass(frozen=True, slots=True)
class _Wish:
    actor: Actor
    now: datetime
    to: Home | None
    reason: str
    notify: bool


async def _in_turn(ports: Ports, looked: Looked, wish: _Wish) -> Booking:
    for _ in range(ATTEMPTS_MAX):
        decide = _decider(ports, wish, await ports.ledger.wheel(looked.record.event_type))
        try:
            return await change(ports, looked, decide)
        except (Taken, Busy) as error:
            if wish.to is not None:
                raise HostUnavailable(NOT_FREE) from error
        except TurnMoved:
            pass  # taken by what a caller who went away had begun
        looked = await look.by_id(ports, looked.record.id)
    raise ChangedMeanwhile("Other meetings of this team are being booked. Please try again.")


def _decider(ports: Ports, wish: _Wish, wheel: Wheel) -> Callable[[Looked], Plan | None]:
    def decide(seen: Looked) -> Plan | None:
        _refuse_state(seen.booking, wish.now)
        to = wish.to
        heir = (
            next_in_turn(ports, seen, wheel, wish.now)
            if to is None
            else named(ports, seen, to, wheel, wish.now)
        )
        return None if heir is None else _plan(ports, seen, heir, wish)

    return decide


def _refuse_state(booking: Booking, now: datetime) -> None:
    refuse_ended(booking)
    if booking.is_test:
        raise Conflict("What a test key booked is nobody's meeting, and cannot be handed to another host.")
    if booking.team is None:
        raise Conflict("Only a meeting with a team can be handed to another host.")
    if booking.over_at <= now:
        raise Conflict("This meeting is over. It can no longer be handed to another host.")


def _plan(ports: Ports, seen: Looked, heir: Successor, wish: _Wish) -> Plan:
    booking, stored, host = seen.booking, seen.stored, heir.host
    made = reassigned(
        booking,
        _calendar(seen, host),
        Organizer(seen.host.name, seen.host.email),
        actor=wish.actor,
        at=wish.now.replace(microsecond=0),
        sent=seen.record.sent_sequence,
        reason=wish.reason,
    )
    made = made if wish.notify else unannounced(made)
    after, href = made.after, Href(f"{booking.uid}.ics")
    return Plan(
        change=made,
        calendar=after.calendar,
        href=href,
        writes=(
            *copies.writes(after, host, seen.co_hosts, seen.copies),
            ObjectWrite(
                calendar_path(booking.home, HISTORY),
                look.history_href(booking.uid, booking.revision),
                None,
                vevent.superseded(stored.text, booking),
            ),
            # Written anew: what the former host noted in it, and when their telephone rings, is their own.
            *_in_place_of_a_copy(ports, after, href, vevent.stored(after, host, (host, *seen.co_hosts))),
            ObjectWrite(stored.calendar, stored.href, stored.etag, None),
        ),
        free=must_be_free(ports, host, after),
        turn=heir.turn,
    )


def _in_place_of_a_copy(ports: Ports, after: Booking, href: Href, text: str) -> list[ObjectWrite]:
    """Return what writes the object for the new host, who may have kept a copy of the invitation under the same UID."""
    copy = ports.calendars.find(after.home, after.uid)
    if copy is None:
        return [ObjectWrite(after.calendar, href, None, text)]
    calendar, its_href, etag = copy
    if (calendar, its_href) == (after.calendar, href):
        return [ObjectWrite(calendar, href, etag, text)]
    return [ObjectWrite(calendar, its_href, etag, None), ObjectWrite(after.calendar, href, None, text)]


def _calendar(seen: Looked, host: Host) -> CalendarPath:
    if seen.booking.is_hidden:
        return calendar_path(host.home, HISTORY)
    if seen.event_type is None:
        return calendar_path(host.home, host.receiving)
    return seen.event_type.receives(host)
