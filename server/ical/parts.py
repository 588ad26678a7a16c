"""A booking as the components of one calendar object: a meeting, or the rule of a series and what has left the rule."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from server.domain.booking import Booking, Partstat, Status
from server.domain.changes import answering
from server.domain.series import Frequency, Occurrence, OccurrenceStatus, Recurrence, Series, originals


@dataclass(frozen=True, slots=True)
class Part:
    """One component: `booking` as it shows it. `of` is the original start of an occurrence that stands by itself.

    `rule` is the value of RRULE; `excluded` are originals that the rule gives and nobody keeps, `added` starts beside it.
    """

    booking: Booking
    of: datetime | None = None
    rule: str = ""
    excluded: tuple[datetime, ...] = ()
    added: tuple[datetime, ...] = ()


def parts(booking: Booking) -> Sequence[Part]:
    """Return all components of a booking, the master of a series first.

    A series is told whole: a client that takes over a new rule forgets what it knew of single occurrences (Thunderbird 153).
    """
    series = booking.series
    if series is None:
        return [Part(booking)]
    moved = [one for one in booking.meetings if one.status is OccurrenceStatus.MOVED]
    return [_master(booking, series), *(alone(booking, one) for one in moved)]


def alone(booking: Booking, occurrence: Occurrence) -> Part:
    """Return the component of one occurrence of a series, wherever and whether it takes place.

    Who moved it has accepted its new time; all others are asked again.
    """
    shown = replace(booking.alone(occurrence), reason=occurrence.reason)
    if not occurrence.takes_place:
        shown = replace(shown, status=Status.CANCELLED)
    elif occurrence.status is OccurrenceStatus.MOVED:
        answer = Partstat.ACCEPTED if occurrence.by_guest else Partstat.NEEDS_ACTION
        shown = replace(shown, attendees=answering(booking, answer))
    return Part(shown, occurrence.original)


def rule_text(recurrence: Recurrence, start: datetime, zone: str) -> str:
    """Return RRULE for a series that begins with `start`; UNTIL is its last start in UTC (RFC 5545 §3.3.10)."""
    words = {Frequency.WEEKLY: "WEEKLY", Frequency.MONTHLY: "MONTHLY", Frequency.YEARLY: "YEARLY"}
    text = f"FREQ={words[recurrence.frequency]}"
    if recurrence.interval > 1:
        text += f";INTERVAL={recurrence.interval}"
    if recurrence.until is None:
        return f"{text};COUNT={recurrence.count}"
    last = originals(recurrence, start, zone)[-1]
    return f"{text};UNTIL={last.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _master(booking: Booking, series: Series) -> Part:
    gone = {OccurrenceStatus.CANCELLED, OccurrenceStatus.SKIPPED}
    if series.listed is None:
        # What a cancelled booking had is still what its cancellation is about.
        planned = series.occurrences(booking.start, booking.end, booking.zone)
        excluded = tuple(one.original for one in planned if one.status in gone)
        return Part(booking, None, rule_text(series.recurrence, booking.start, booking.zone), excluded)
    kept = [one for one in series.listed if one.status not in gone]
    if not kept:
        return Part(booking)
    first, *others = kept
    begins = replace(booking, start=first.original, end=first.original + (booking.end - booking.start))
    return Part(begins, added=tuple(one.original for one in others))
