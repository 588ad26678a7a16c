"""Book a slot."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from server.domain.booking import Actor, Booking
from server.domain.changes import unproven, waiting
from server.domain.choices import Chosen, choose, of_duration
from server.domain.errors import LinkReplaced, NotFound, Unavailable
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.identity import BookingId
from server.domain.invites import InviteState, InviteUse
from server.domain.seats import opened
from server.domain.series import originals
from server.domain.transitions import PROVES
from server.ports import Busy, Full, Ports, Repeated, Taken, UsedUp
from server.usecases.booking import (
    assign,
    caps,
    groups,
    lineup,
    look,
    occurrences,
    offer,
    seats,
    verify,
)
from server.usecases.booking.commit import commit
from server.usecases.booking.companions import refuse_too_many
from server.usecases.booking.draft import draft, plan_of_new
from server.usecases.booking.guard import refuse_too_many_open, refuse_unwelcome
from server.usecases.booking.refuse import overtaken, refuse
from server.usecases.booking.terms import terms
from server.usecases.booking.wish import NewBooking, fingerprint, refuse_faults
from server.usecases.invite.open import over, prove
from server.usecases.room.open import with_room

__all__ = ["NewBooking", "create"]


class _Order(NamedTuple):
    """A wish whose particulars are right: what is chosen of which host's event type, and under which keys it is written."""

    wish: NewBooking
    host: Host
    chosen: Chosen
    use: InviteUse | None
    actor: Actor
    now: datetime
    intent_id: str
    key: str | None


async def create(ports: Ports, wish: NewBooking, actor: Actor, now: datetime) -> Booking:
    """Book the wished slot and return the booking, or the one that the same key made before; it may wait for the host.

    Raises NotFound, InviteOver, Invalid (with fields), SlotUnavailable (with the nearest free starts), BookingCapReached,
    Unavailable, or LinkReplaced for a key whose booking waited for its guest's address, which was proven since. A host may book any future time that is free; everybody else gets what `offer` offers, within the caps.
    """
    key = fingerprint(ports, wish.key) if wish.key else None
    made = await ports.ledger.booking_by_key(key) if key else None
    intent_id = key or ports.ids.secret()
    if made is not None and not ports.tasks.holds(intent_id):
        return await _made_before(ports, made, key)
    return await ports.tasks.run(intent_id, lambda: _create(ports, wish, actor, now, intent_id, key))


async def _create(
    ports: Ports, wish: NewBooking, actor: Actor, now: datetime, intent_id: str, key: str | None
) -> Booking:
    host, event_type, use = _found(ports, wish, actor, now)
    event_type = of_duration(_met(ports, wish, host, event_type), wish.duration_min)
    chosen, wrong = choose(event_type, wish.place, wish.answers, is_host=actor is Actor.HOST)
    refuse_faults(wish, wrong)
    refuse_too_many(event_type, len(wish.guests), actor)
    wish = _repeating(wish, host, event_type, actor)
    if actor is not Actor.HOST:
        refuse_unwelcome(
            ports,
            (host, *groups.co_hosts(ports, event_type.co_hosts)),
            _addresses(wish),
        )
        if event_type.is_team:
            assign.refuse_unwelcome(ports, event_type, _addresses(wish))
        refuse_too_many_open(ports, host, wish.email, now)
    order = _Order(wish, host, chosen, use, actor, now, intent_id, key)
    if event_type.seats == 1 or wish.is_test:
        return await _book(ports, order)
    return await _seat(ports, order)


async def _book(ports: Ports, order: "_Order") -> Booking:
    """Write the booking of an order whose particulars are right: alone at its time."""
    host, event_type = order.host, order.chosen.event_type
    start, at = int(order.wish.start.timestamp()), int(order.now.timestamp())
    refuse(ports, host, event_type, start, at, order.actor)
    if order.wish.recurring is not None:
        planned = draft(ports, order.wish, host, order.chosen, order.now, number=0)
        occurrences.refuse_conflicts(ports, host, event_type, planned, order.now, order.actor)
    try:
        return await (_with_team(ports, order) if event_type.is_team else _alone(ports, order))
    except UsedUp as error:
        raise over(InviteState.USED_UP) from error
    except Full as error:
        free = offer.nearest(ports, host, event_type, start, at)
        raise caps.reached(free, by_guest=error.by_guest) from error
    except (Taken, Busy) as error:
        free = offer.nearest(ports, host, event_type, start, at)
        raise overtaken(free) from error
    except Repeated as error:
        return await _made_before(ports, error.booking, order.key)


async def _alone(ports: Ports, order: "_Order") -> Booking:
    """Write the booking of one host, or of a group of them who are all named."""
    wish, host, chosen, use, actor, now, intent_id, key = order
    event_type = chosen.event_type
    booking = replace(draft(ports, wish, host, chosen, now), invite=None if use is None else use.invite)
    booking = await _begun(ports, wish, booking, host, event_type, actor, now)
    booking = opened(booking, event_type) if event_type.seats > 1 else booking
    if not wish.validate_only:
        await commit(ports, intent_id, plan_of_new(ports, booking, host, event_type, actor, key, use))
    return booking


async def _with_team(ports: Ports, order: "_Order") -> Booking:
    """Write the booking for those of a team whose turn it is; when they turn out to be busy, for the next (S2.45)."""
    wish, face, chosen, use, actor, now, intent_id, key = order
    kind = chosen.event_type
    wanted = assign.Wanted(
        event_type=kind,
        starts=_starts(wish, face, kind),
        now=int(now.timestamp()),
        guests=_addresses(wish),
        any_hour=actor is Actor.HOST,
    )
    first = await assign.next_in_turn(ports, wanted)
    if first is None:
        raise Taken
    booking = replace(draft(ports, wish, first.host, chosen, now), invite=None if use is None else use.invite)
    booking = assign.given_to(booking, first, face, kind)
    booking = await _begun(ports, wish, booking, first.host, kind, actor, now)
    if wish.validate_only:
        return booking

    async def write(assigned: assign.Assigned) -> Booking:
        made = assign.given_to(booking, assigned, face, kind)
        plan = plan_of_new(ports, made, assigned.host, assigned.event_type, actor, key, use)
        await commit(ports, intent_id, replace(plan, turn=assigned.turn))
        return made

    if wish.is_test:
        return await write(replace(first, turn=None))
    return await assign.in_turn(ports, wanted, write)


def _repeating(wish: NewBooking, host: Host, event_type: EventType, actor: Actor) -> NewBooking:
    """Return the wish for the series that would be booked: from its first meeting on, and none where but one is left."""
    if wish.recurring is None:
        return wish
    found = occurrences.wished(event_type, host, wish.start.astimezone(UTC), wish.recurring, wish.skip, actor)
    return replace(wish, start=found.start, recurring=found.recurrence, skip=frozenset(found.skipped))


def _starts(wish: NewBooking, host: Host, event_type: EventType) -> list[int]:
    """Return when the wished meetings are."""
    if wish.recurring is None:
        return [int(wish.start.timestamp())]
    found = originals(wish.recurring, wish.start, event_type.zone_name(host))
    return [int(one.timestamp()) for one in found if one not in wish.skip]


def _addresses(wish: NewBooking) -> list[str]:
    return [wish.email, *(one.email for one in wish.guests)]


async def _seat(ports: Ports, order: "_Order") -> Booking:
    """Take a seat at the meeting that stands at the start, or open it."""
    start, now = int(order.wish.start.timestamp()), int(order.now.timestamp())
    try:
        return await seats.register(ports, _taking(ports, order), lambda: _book(ports, order))
    except UsedUp as error:
        raise over(InviteState.USED_UP) from error
    except Full as error:
        free = offer.nearest(ports, order.host, order.chosen.event_type, start, now)
        raise caps.reached(free, by_guest=error.by_guest) from error
    except Repeated as error:
        return await _made_before(ports, error.booking, order.key)


def _taking(ports: Ports, order: "_Order") -> seats.Taking:
    """Return who wants a seat, at a meeting that may stand already."""
    wish, event_type = order.wish, order.chosen.event_type
    booking = draft(ports, wish, order.host, order.chosen, order.now, number=0)
    booking = replace(booking, invite=None if order.use is None else order.use.invite)
    asked = wish.confirm_address
    return seats.Taking(
        host=order.host,
        event_type=event_type,
        start=booking.start,
        person=opened(booking, event_type).guest,
        actor=order.actor,
        now=order.now,
        waits=wish.waits,
        proves=verify.must_prove(ports, event_type, booking, order.actor, asked=asked),
        is_trial=wish.validate_only,
        key=order.key,
        use=order.use,
    )


async def _begun(
    ports: Ports,
    wish: NewBooking,
    booking: Booking,
    host: Host,
    event_type: EventType,
    actor: Actor,
    now: datetime,
) -> Booking:
    """Return the booking as it begins: unproven, waiting for its host, or with its room where it needs one."""
    if verify.must_prove(ports, event_type, booking, actor, asked=wish.confirm_address):
        return unproven(booking, verify.until(ports, booking.created_at))
    if event_type.requires_confirmation and actor is not Actor.HOST:
        asks = terms(host, event_type, booking.created_at)
        booking = waiting(booking, replace(asks, calendar=booking.calendar) if wish.is_test else asks)
    if wish.validate_only:
        return booking
    if wish.is_test:
        await ports.calendars.create_sandbox(host.home)
        return booking
    return await with_room(ports, booking, event_type, host, now)


def _met(ports: Ports, wish: NewBooking, host: Host, event_type: EventType) -> EventType:
    """Return the event type with the host whom the guest chose (S3.9); raises Invalid for one who cannot be."""
    if not wish.host or (not event_type.is_team and wish.host == host.home):
        return event_type
    return lineup.chosen(ports, event_type, wish.host)


def _found(
    ports: Ports, wish: NewBooking, actor: Actor, now: datetime
) -> tuple[Host, EventType, InviteUse | None]:
    """Return what is to be booked, and what the booking takes of an invite."""
    if not wish.invite:
        find = offer.find if actor is Actor.GUEST else offer.find_unlisted
        return (*find(ports, wish.home, wish.slug), None)
    invited = prove(ports, wish.invite, now)
    if (invited.host.home, invited.event_type.slug) != (wish.home, wish.slug):
        raise NotFound(offer.NOTHING)
    return invited.host, invited.event_type, invited.use


async def _made_before(ports: Ports, made: BookingId, key: str | None) -> Booking:
    if await ports.ledger.booking(made) is None:
        raise Unavailable("This booking is just being finished. Please try again in a minute.")
    # Who typed the form need not be who reads the mails: what the address was proven for is no longer the former's.
    person = look.OWNER if key is None else await ports.ledger.person_by_key(key)
    is_first = person == look.OWNER
    if is_first and any(entry.action in PROVES for entry in await ports.ledger.trail(made)):
        raise LinkReplaced(look.REPLACED)
    booking = (await look.by_id(ports, made)).booking
    return seats.of_person(booking, person) if booking.is_seated else booking
