"""What happened to a booking between two of its revisions, as far as they tell: of a trail that was lost no more is known."""

from server.domain.booking import Action, Actor, Attendance, Booking, Partstat, Status
from server.domain.event_type import LocationType
from server.domain.intervals import Span

ONE_OR_THE_REST = frozenset({Action.RESCHEDULE_ONE, Action.CANCEL_ONE, Action.CUT})
"""What is done to part of a series, which keeps whose doing it was."""


def action_between(booking: Booking, before: Booking | None) -> Action:
    """Return what happened between two revisions, as far as they tell."""
    if before is None:
        return Action.CREATE
    plain = _handed_on(booking, before) or _proof(booking, before) or _quiet(booking, before)
    plain = plain or _of_series(booking, before)
    if plain is not None:
        return plain
    match booking.status:
        case Status.CANCELLED:
            return Action.CANCEL
        case Status.DECLINED:
            return Action.EXPIRE if booking.ended_by is Actor.SYSTEM else Action.DECLINE
        case Status.PENDING:
            return Action.REQUEST
        case _ if before.status is not Status.PENDING:
            return Action.RESCHEDULE
        case _ if booking.start == before.start:
            return Action.CONFIRM
        case _:
            is_back = before.agreed is not None and before.agreed[0] == booking.start
            return Action.KEEP if is_back else Action.RESCHEDULE


def actor_of(booking: Booking, action: Action) -> Actor:
    """Return who did it, as far as the object tells: moved by anybody but a guest, everybody is asked again."""
    if action in {Action.CANCEL, Action.DECLINE, Action.EXPIRE}:
        return booking.ended_by or Actor.SYSTEM
    if action in {Action.CONFIRM, Action.KEEP, Action.REASSIGN}:
        return Actor.HOST
    if action in ONE_OR_THE_REST and booking.series is not None:
        return Actor.GUEST if booking.series.by_guest else Actor.HOST
    if action in {Action.ROOM, Action.TURN}:
        return Actor.SYSTEM
    asked = booking.guest.partstat is not Partstat.ACCEPTED
    return Actor.HOST if action is Action.RESCHEDULE and asked else Actor.GUEST


def waits_for_room(booking: Booking) -> bool:
    """Tell whether a booking has yet to get its video room."""
    return booking.is_active and booking.location.type is LocationType.ROOM


def _of_series(booking: Booking, before: Booking) -> Action | None:
    """Return what happened if one meeting of a series was moved or cancelled, or the series ended early."""
    if booking.series is None or before.series is None or booking.status is not before.status:
        return None
    concerns = booking.series.concerns
    if concerns is not None:
        # One that was moved back to where its rule has it is no exception any more.
        is_off = any(one.original == concerns and one.start is None for one in booking.series.exceptions)
        return Action.CANCEL_ONE if is_off else Action.RESCHEDULE_ONE
    is_shorter = len(booking.occurrences) < len(before.occurrences)
    return Action.CUT if is_shorter and booking.start == before.start else None


def _handed_on(booking: Booking, before: Booking) -> Action | None:
    """Return what happened if another host took over."""
    return Action.REASSIGN if booking.home != before.home else None


def _proof(booking: Booking, before: Booking) -> Action | None:
    """Return what happened if the guest proved their address."""
    if not before.awaiting_address or booking.awaiting_address:
        return None
    return Action.VERIFY if booking.status is Status.CONFIRMED else Action.SUBMIT


def _quiet(booking: Booking, before: Booking) -> Action | None:
    """Return what happened if state and time stayed: somebody joined or left, came or did not, or a room or metadata came."""
    if (booking.status, _spans(booking)) != (before.status, _spans(before)):
        return None
    if _people(booking) != _people(before):
        return Action.JOIN if _people(booking) > _people(before) else Action.LEAVE
    if booking.waiting != before.waiting:
        return _of_waiting(booking, before)
    if _attendance(booking) != _attendance(before):
        return Action.ATTEND
    if (booking.metadata, booking.last_note) != (before.metadata, before.last_note):
        return Action.ANNOTATE
    return Action.ROOM if waits_for_room(before) and not waits_for_room(booking) else None


def _of_waiting(booking: Booking, before: Booking) -> Action:
    """Return what happened if others wait for a seat, or one is held for them by now."""
    now, was = ({one.person.number for one in some.waiting} for some in (booking, before))
    if now - was:
        return Action.WAIT
    gone = [one for one in before.waiting if one.person.number not in now]
    is_turn = all(one.held_until is not None and one.held_until <= booking.changed_at for one in gone)
    return Action.TURN if is_turn else Action.WITHDRAW


def _spans(booking: Booking) -> list[Span]:
    return [one.span for one in booking.meetings]


def _attendance(booking: Booking) -> dict[int, Attendance | None]:
    return {attendee.number: attendee.attendance for attendee in booking.attendees}


def _people(booking: Booking) -> set[int]:
    return {attendee.number for attendee in booking.attendees}
