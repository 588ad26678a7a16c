"""The meetings of a series, as its manage page lists them."""

from dataclasses import dataclass

from server.domain.booking import Booking
from server.domain.event_type import EventType
from server.domain.series import Occurrence, OccurrenceStatus
from server.i18n.repetition import repetition
from server.usecases.booking.deadline import may_cancel, may_move
from server.usecases.booking.move_occurrence import may_move_one
from server.web.guest.held import Held
from server.web.reading import wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One of them: `state` is "coming", "moved", "cancelled" or "over", `was` when a moved one was to be.

    `move` and `cancel` are the addresses to do so, "" where its reader cannot.
    """

    day: str
    time: str
    zone: str
    iso: str
    state: str
    was: str
    reason: str
    move: str
    cancel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meetings:
    """All meetings of a series that somebody wanted, and its rule in words; `coming` is how many are yet to begin.

    `can_move` tells whether those can be moved all together.
    """

    rule: str
    coming: int
    can_move: bool
    each: tuple[Meeting, ...]


def meetings_of(held: Held) -> Meetings | None:
    """Return the meetings of a series, None for what is none."""
    booking = held.booking
    if booking.series is None:
        return None
    shown = [one for one in booking.occurrences if one.status is not OccurrenceStatus.SKIPPED]
    return Meetings(
        rule=repetition(booking, held.reader, held.attendee.zone),
        coming=len(booking.coming(held.now)) if booking.is_active else 0,
        can_move=_can_move_all(held),
        each=tuple(_meeting(held, one) for one in sorted(shown, key=lambda one: one.start)),
    )


def path_of(held: Held, occurrence: Occurrence) -> str:
    """Return the path of one meeting's pages: by the day of its original start (C41)."""
    return f"{held.path}/on/{occurrence.day(held.booking.zone).isoformat()}"


def _meeting(held: Held, one: Occurrence) -> Meeting:
    booking, event_type = held.booking, held.looked.event_type
    alone, path = booking.alone(one), path_of(held, one)
    is_open = one.takes_place and one.start > held.now and booking.is_active and not held.is_companion
    when = wording.when(
        held.reader,
        one.start,
        one.end,
        zone=held.attendee.zone,
        host_zone=booking.zone,
        twelve=held.twelve,
    )
    return Meeting(
        day=when.day,
        time=when.time,
        zone=when.zone,
        iso=when.iso,
        state=_state(held, one),
        was=_was(held, one),
        reason=one.reason if one.status is not OccurrenceStatus.SCHEDULED else "",
        move=f"{path}/reschedule"
        if is_open and event_type is not None and _may_move(alone, event_type, held)
        else "",
        cancel=f"{path}/cancel" if is_open and may_cancel(alone, event_type, held.now) else "",
    )


def _can_move_all(held: Held) -> bool:
    booking, event_type = held.booking, held.looked.event_type
    coming = booking.coming(held.now)
    if not (booking.is_active and coming) or held.is_companion or event_type is None:
        return False
    return _may_move(booking.alone(min(coming, key=lambda one: one.start)), event_type, held)


def _may_move(alone: Booking, event_type: EventType, held: Held) -> bool:
    return may_move_one(event_type, alone) and may_move(alone, event_type, held.now)


def _state(held: Held, one: Occurrence) -> str:
    if not one.takes_place:
        return "cancelled"
    if one.start <= held.now:
        return "over"
    return "moved" if one.status is OccurrenceStatus.MOVED else "coming"


def _was(held: Held, one: Occurrence) -> str:
    if one.status is not OccurrenceStatus.MOVED or one.start == one.original:
        return ""
    when = held.when(one.original)
    return f"{when.day}, {when.time}"
