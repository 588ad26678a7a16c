"""Series in /v1, as types: how they are asked for, and what is told of their meetings."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from server.domain.booking import Booking
from server.domain.series import INTERVAL_MAX, Frequency, OccurrenceStatus, Recurrence
from server.web.api_v1.instants import Instant


class RecurringWish(msgspec.Struct, frozen=True, kw_only=True):
    """A series to be made: each `interval`-th week, month or year, `count` times or until a day.

    It is booked without the days to `skip`: those of the series, in the zone of its host.
    """

    frequency: Annotated[str, Meta(pattern="^(weekly|monthly|yearly|WEEKLY|MONTHLY|YEARLY)$")]
    interval: Annotated[int, Meta(ge=1, le=INTERVAL_MAX)] = 1
    count: int | None = None
    until: date | None = None
    skip: list[date] = []

    @property
    def recurrence(self) -> Recurrence:
        """Return the rule."""
        frequency = Frequency(self.frequency.lower())
        return Recurrence(frequency=frequency, interval=self.interval, count=self.count, until=self.until)


class RecurringAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How a series repeats."""

    frequency: Frequency
    interval: int
    count: int | None
    until: date | None


class OccurrenceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One meeting of a series. `date` names it: the day of its original start in the zone of its host (C41)."""

    date: date
    status: OccurrenceStatus
    start_time: Instant
    end_time: Instant
    reason: str | None


class OccurrenceList(msgspec.Struct, frozen=True, kw_only=True):
    """The meetings of a series by their original start, none of what does not repeat."""

    data: list[OccurrenceAnswer]


class CancelFutureWish(msgspec.Struct, frozen=True, kw_only=True):
    """How to cancel what is to come of a series from a day on, as one booking is cancelled."""

    from_date: date
    reason: str = ""
    cancelled_by: Annotated[str, Meta(pattern="^(host|attendee)$")] = "host"
    notify_attendee: bool = True


class MoveOneWish(msgspec.Struct, frozen=True, kw_only=True):
    """Where to move one meeting of a series."""

    new_start_time: Instant
    reason: str = ""
    notify_attendee: bool = True


def recurring(booking: Booking) -> RecurringAnswer | None:
    """Return how a booking repeats, None where it does not."""
    if booking.series is None:
        return None
    rule = booking.series.recurrence
    return RecurringAnswer(
        frequency=rule.frequency, interval=rule.interval, count=rule.count, until=rule.until
    )


def occurrences(booking: Booking) -> list[OccurrenceAnswer]:
    """Return the meetings of a series."""
    if booking.series is None:
        return []
    return [
        OccurrenceAnswer(
            date=one.day(booking.zone),
            status=one.status,
            start_time=one.start,
            end_time=one.end,
            reason=one.reason or None,
        )
        for one in booking.occurrences
    ]
