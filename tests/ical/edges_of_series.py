"""Series over the changes of the clocks, with meetings moved, cancelled and skipped, and what is written of each."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from server.domain.booking import Booking
from server.domain.series import Deviation, Frequency, Recurrence, Series, originals
from server.ical import itip, vevent
from tests.ical.edges import ZONES
from tests.review import ADA, ALICE, REVIEW

HOUR = timedelta(hours=1)
RULES = (
    Recurrence(frequency=Frequency.WEEKLY, count=12),
    Recurrence(frequency=Frequency.WEEKLY, interval=5, count=12),
    Recurrence(frequency=Frequency.MONTHLY, count=12),
    Recurrence(frequency=Frequency.YEARLY, count=3),
)
STARTS = (datetime(2026, 1, 5, 10), datetime(2026, 9, 29, 17, 30), datetime(2027, 1, 31, 23, 30))
"""On walls: from winter to summer and back, and before months that have no such day."""


@dataclass(frozen=True, slots=True)
class WrittenSeries:
    """One calendar object: what it is, and all that takes place (epoch seconds)."""

    name: str
    text: str
    spans: tuple[tuple[int, int], ...]


@cache
def written() -> list[WrittenSeries]:
    """Return the objects of series in every zone: mailed and stored."""
    return [one for zone in ZONES for booking in _bookings(zone) for one in _objects(booking)]


def _bookings(zone: str) -> Iterator[Booking]:
    for rule in RULES:
        for wall in STARTS:
            start = wall.replace(tzinfo=ZoneInfo(zone))
            plain = replace(REVIEW, zone=zone, start=start, end=start + HOUR, series=Series(recurrence=rule))
            yield plain
            yield _changed(plain, rule)


def _changed(booking: Booking, rule: Recurrence) -> Booking:
    """Return the series with one meeting skipped, one moved, one cancelled, and its last ones gone."""
    starts = originals(rule, booking.start, booking.zone)
    if len(starts) < 8:
        return booking
    moved = Deviation(original=starts[2], start=starts[2] + 27 * HOUR, end=starts[2] + 28 * HOUR)
    last = starts[-3].astimezone(ZoneInfo(booking.zone)).date()
    made = Series(
        recurrence=replace(rule, count=None, until=last),
        skipped=(starts[1],),
        exceptions=(moved, Deviation(original=starts[4])),
    )
    return replace(booking, series=made, sequence=3)


def _objects(booking: Booking) -> Iterator[WrittenSeries]:
    spans = tuple(sorted(one.span for one in booking.meetings))
    assert booking.series is not None
    name = f"{booking.zone} {booking.series.recurrence.frequency} {booking.start:%Y-%m-%d %H:%M}"
    yield WrittenSeries(f"REQUEST {name}", itip.request(booking, ALICE, ADA, None).decode(), spans)
    yield WrittenSeries(f"stored {name}", vevent.stored(booking, ALICE), spans)
