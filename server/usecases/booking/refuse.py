"""The one place that refuses a start, for new bookings and moved ones alike."""

from collections.abc import Sequence

from server.domain.booking import Actor, Booking
from server.domain.errors import Invalid, SlotUnavailable
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.slots import Refusal
from server.ports import Ports
from server.usecases.booking import caps, offer

SENTENCES = {
    Refusal.TOO_SOON: "This time is too soon to be booked.",
    Refusal.TOO_FAR: "This time is further ahead than can be booked.",
    Refusal.OUTSIDE_HOURS: "This time is outside the hours that can be booked.",
    Refusal.OFF_GRID: "No slot starts at this time.",
    Refusal.CAPPED: caps.FULL,
    Refusal.BUSY: "This time is no longer free.",
    Refusal.NOT_FIRST: "Only the first free time of each day can be booked.",
}


def refuse(
    ports: Ports,
    host: Host,
    event_type: EventType,
    start: int,
    now: int,
    actor: Actor,
    *,
    without: Booking | None = None,
) -> None:
    """Raise Invalid for a start that is past or too soon, SlotUnavailable for one that cannot be had.

    A host may choose any future time that is free (C36); everybody else only what `offer` lists.
    """
    if start <= now:
        raise Invalid("This time has passed.", {"start": "must lie in the future"})
    reason = (
        taken(ports, host, event_type, start, now, without)
        if actor is Actor.HOST
        else offer.refusal(ports, host, event_type, start, now, without=without)
    )
    if reason is None:
        return
    if reason is Refusal.TOO_SOON:
        raise Invalid(SENTENCES[reason], {"start": f"must be at least {event_type.notice_min} minutes ahead"})
    free = offer.nearest(ports, host, event_type, start, now, without=without)
    if reason is Refusal.CAPPED:
        by_guest = not caps.full(ports, host, event_type, (start, start + 1), without)
        raise caps.reached(free, by_guest=by_guest)
    raise SlotUnavailable(SENTENCES[reason], reason, free)


def overtaken(free: Sequence[int]) -> SlotUnavailable:
    """Return the refusal of a start that was free a moment ago; `free` are the nearest that still are."""
    return SlotUnavailable("Somebody else was faster: this time is taken.", Refusal.BUSY, free)


def taken(
    ports: Ports, host: Host, event_type: EventType, start: int, now: int, without: Booking | None
) -> Refusal | None:
    """Return BUSY for a start whose time is not free, None for one that a host may choose."""
    rules = offer.rules_of(event_type, now, without)
    seen = offer.situation(ports, host, event_type, rules, rules.meeting(start), without=without)
    return Refusal.BUSY if seen.is_taken(rules, start) else None
