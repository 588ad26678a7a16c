"""What a series is after one of its occurrences, the rest of them, or all were moved or taken out; nothing of who is told.

Occurrences that have begun stay as they are, whatever is done to the series.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from server.domain.booking import Booking
from server.domain.errors import AlreadyCancelled, Conflict, NotFound
from server.domain.series import (
    Deviation,
    Occurrence,
    OccurrenceStatus,
    Recurrence,
    Series,
    originals,
    shifted,
    wall_shift,
)
from server.domain.zones import zone_of


def series_of(booking: Booking) -> Series:
    """Return the series that a booking is; raises Conflict for one that does not repeat."""
    if booking.series is None:
        raise Conflict("This meeting does not repeat.")
    return booking.series


def on_day(booking: Booking, day: date) -> Occurrence:
    """Return the occurrence whose original start is on a day of the booking's zone (C41); raises NotFound."""
    series_of(booking)
    for one in booking.occurrences:
        if one.status is not OccurrenceStatus.SKIPPED and one.day(booking.zone) == day:
            return one
    raise NotFound("This series has no meeting on that day.")


def occurrence(booking: Booking, original: datetime) -> Occurrence:
    """Return the occurrence that is known by `original`; raises NotFound."""
    series_of(booking)
    for one in booking.occurrences:
        if one.status is not OccurrenceStatus.SKIPPED and one.original == original:
            return one
    raise NotFound("This series has no such meeting.")


def to_come(booking: Booking, original: datetime, at: datetime) -> Occurrence:
    """Return an occurrence that can be changed; raises NotFound, AlreadyCancelled, or Conflict when it has begun."""
    found = occurrence(booking, original)
    if not found.takes_place:
        raise AlreadyCancelled("This meeting of the series was cancelled. The others take place.")
    if found.start <= at:
        raise Conflict("This meeting of the series has begun or is over. It can no longer be changed.")
    return found


def with_moved(
    booking: Booking, found: Occurrence, start: datetime, *, by_guest: bool, reason: str
) -> Booking:
    """Return the booking with one occurrence at `start`; one that goes back to the rule's time is none of its exceptions."""
    end = start + (found.end - found.start)
    made = Deviation(original=found.original, start=start, end=end, by_guest=by_guest, reason=reason)
    return _with(booking, [made], concerns=found.original, by_guest=by_guest)


def without(booking: Booking, found: Occurrence, *, by_guest: bool, reason: str) -> Booking:
    """Return the booking with one occurrence cancelled."""
    made = Deviation(original=found.original, by_guest=by_guest, reason=reason)
    return _with(booking, [made], concerns=found.original, by_guest=by_guest)


def cut_at(booking: Booking, day: date, at: datetime, *, by_guest: bool, reason: str) -> Booking:
    """Return the booking as a series that ends before `day`; what has begun stays, also where it was moved back from later.

    At least one of its occurrences must be left.
    """
    series = series_of(booking)
    later = [one for one in booking.occurrences if one.day(booking.zone) >= day]
    stays = [one.day(booking.zone) for one in later if one.takes_place and one.start <= at]
    until = max(stays, default=day - timedelta(days=1))
    off = [
        Deviation(original=one.original, by_guest=by_guest, reason=reason)
        for one in later
        if one.takes_place and one.start > at and one.day(booking.zone) <= until
    ]
    left = _with(booking, off, concerns=None, by_guest=by_guest)
    known = {one.original for one in left.occurrences if one.day(booking.zone) <= until}
    assert left.series is not None
    cut = replace(
        left.series,
        recurrence=replace(series.recurrence, count=None, until=until),
        skipped=tuple(one for one in left.series.skipped if one in known),
        exceptions=tuple(one for one in left.series.exceptions if one.original in known),
        listed=None if series.listed is None else tuple(o for o in left.occurrences if o.original in known),
    )
    return replace(booking, series=cut)


def shifted_to(booking: Booking, start: datetime, at: datetime, *, by_guest: bool) -> Booking:
    """Return the booking with the first of its rule that is to come at `start`, and all others moved alike on the host's wall.

    While none has begun, the rule itself is moved: what was cancelled stays so, and what was moved follows the rule again.
    Later each one that is to come is moved by itself, so that the past stays where it was. Raises Conflict when none is left.
    """
    series, coming = series_of(booking), booking.coming(at)
    if not coming:
        raise Conflict("No meeting of this series is left to be moved.")
    by = wall_shift(coming[0].original, start, booking.zone)
    if len(coming) == len(booking.meetings) and series.listed is None:
        return _with_rule_moved(booking, series, by, by_guest=by_guest)
    moved = []
    for one in coming:
        begins = shifted(one.original, by, booking.zone)
        end = begins + (booking.end - booking.start)
        moved.append(Deviation(original=one.original, start=begins, end=end, by_guest=by_guest))
    return _with(booking, moved, concerns=None, by_guest=by_guest)


def next_start(booking: Booking, at: datetime) -> datetime:
    """Return the start by which a booking is moved: that of its first meeting to come, its own when none is left."""
    return next((one.start for one in booking.coming(at)), booking.start)


def _with_rule_moved(booking: Booking, series: Series, by: timedelta, *, by_guest: bool) -> Booking:
    before = originals(series.recurrence, booking.start, booking.zone)
    start = shifted(booking.start, by, booking.zone)
    recurrence = _moved_rule(series.recurrence, booking, start)
    after = originals(recurrence, start, booking.zone)
    moved = dict(zip(before, after, strict=False))
    exceptions = [
        replace(one, original=moved[one.original])
        for one in series.exceptions
        if one.start is None and one.original in moved
    ]
    return replace(
        booking,
        start=start,
        end=start + (booking.end - booking.start),
        series=replace(
            series,
            recurrence=recurrence,
            skipped=tuple(moved[one] for one in series.skipped if one in moved),
            exceptions=tuple(exceptions),
            concerns=None,
            by_guest=by_guest,
        ),
    )


def _moved_rule(recurrence: Recurrence, booking: Booking, start: datetime) -> Recurrence:
    if recurrence.until is None:
        return recurrence
    zone = zone_of(booking.zone)
    days = start.astimezone(zone).date() - booking.start.astimezone(zone).date()
    return replace(recurrence, until=recurrence.until + days)


def _with(booking: Booking, made: list[Deviation], *, concerns: datetime | None, by_guest: bool) -> Booking:
    series = series_of(booking)
    by_original = {one.original: one for one in (*series.exceptions, *made)}
    plain = replace(series, exceptions=(), listed=None)
    on_rule = {
        one.original: (one.start, one.end)
        for one in plain.occurrences(booking.start, booking.end, booking.zone)
    }
    kept = [one for one in by_original.values() if series.listed is not None or not _is_back(one, on_rule)]
    exceptions = tuple(sorted(kept, key=lambda one: one.original))
    listed = None if series.listed is None else tuple(_listed(one, by_original) for one in series.listed)
    return replace(
        booking,
        series=replace(series, exceptions=exceptions, listed=listed, concerns=concerns, by_guest=by_guest),
    )


def _is_back(made: Deviation, on_rule: dict[datetime, tuple[datetime, datetime]]) -> bool:
    return made.start is not None and on_rule.get(made.original) == (made.start, made.end)


def _listed(one: Occurrence, made: dict[datetime, Deviation]) -> Occurrence:
    deviation = made.get(one.original)
    if deviation is None:
        return one
    if deviation.start is None or deviation.end is None:
        return replace(one, status=OccurrenceStatus.CANCELLED, by_guest=deviation.by_guest)
    return replace(one, start=deviation.start, end=deviation.end, status=OccurrenceStatus.MOVED)
