"""From the times that stand in a component to instants: zones, floating times, whole days, lengths.

Knows one calendar object at a time: what its TZIDs mean, and in which zone its floating times and whole days are read.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from server.ical.scan import Component, Property
from server.ical.timezones import Zones, epoch
from server.ical.values import Duration, Moment, parse_duration, parse_moment, parse_period

DAY = timedelta(days=1)
ZERO = timedelta(0)


class Placed(NamedTuple):
    """A wall time in its zone and the instant it is; for a whole day its midnight.

    `known` is False when the TZID could not be read and the zone is a guess.
    """

    naive: datetime
    zone: tzinfo
    epoch: int
    is_date: bool = False
    known: bool = True

    def moved_to(self, zone: tzinfo) -> datetime:
        """Return the naive wall time of the same instant in another zone."""
        if self.is_date or zone is self.zone:
            return self.naive
        return self.naive.replace(tzinfo=self.zone).astimezone(zone).replace(tzinfo=None, fold=0)


def placed_at(naive: datetime, zone: tzinfo, *, is_date: bool = False, known: bool = True) -> Placed:
    """Return the wall time with the instant that it is."""
    return Placed(naive, zone, epoch(naive, zone), is_date, known)


class Length(NamedTuple):
    """How long an occurrence is: `wall` follows the clock on the wall, then `exact_s` seconds; never below `least_s`."""

    wall: timedelta = ZERO
    exact_s: int = 0
    least_s: int = 0

    def end(self, naive: datetime, zone: tzinfo, start: int) -> int:
        """Return the epoch second of the end of what starts at `naive`, which is `start`; never before `start`."""
        end = (epoch(naive + self.wall, zone) if self.wall else start) + self.exact_s
        least = start + self.least_s
        return end if end > least else least

    @property
    def most(self) -> timedelta:
        """More than any occurrence lasts, a change of the clocks included."""
        return self.wall + timedelta(seconds=self.exact_s) + DAY


class Placing:
    """What the times in one calendar object mean; `asked_default` tells whether any of them meant the default zone."""

    def __init__(self, zones: Zones, default_zone: tzinfo) -> None:
        self._zones = zones
        self._default_zone = default_zone
        self.asked_default = False

    def place(self, item: Property, moment: Moment | None = None) -> Placed:
        """Return the property's value, or `moment` as one of its values, in its zone; ValueError when it is no time."""
        moment = moment or parse_moment(item.value)
        if moment.is_date:
            return placed_at(moment.naive, self._default(), is_date=True)
        if moment.utc:
            return placed_at(moment.naive, UTC)
        tzid = item.param("TZID")
        if tzid is None:
            return placed_at(moment.naive, self._default())
        zone = self._zones(tzid)
        return placed_at(moment.naive, zone or self._default(), known=zone is not None)

    def place_all(self, item: Property) -> Iterator[tuple[Placed, Placed | Duration | None]]:
        """Give each value of an RDATE or EXDATE in its zone, a PERIOD with its end or duration."""
        for text in item.value.split(","):
            if "/" in text:
                period = parse_period(text)
                end = self.place(item, period.end) if isinstance(period.end, Moment) else period.end
                yield self.place(item, period.start), end
            elif text.strip():
                yield self.place(item, parse_moment(text)), None

    def length(self, component: Component, start: Placed) -> Length:
        """Return how long the component's occurrences are, RFC 5545 §3.6.1; ValueError when it ends before it starts."""
        end = component.first("DTEND")
        if end is not None:
            return self._until(start, self.place(end))
        duration = component.first("DURATION")
        if duration is not None:
            return lasting(parse_duration(duration.value), start)
        return Length(DAY if start.is_date else ZERO)

    def _default(self) -> tzinfo:
        self.asked_default = True
        return self._default_zone

    def _until(self, start: Placed, end: Placed) -> Length:
        if start.is_date and end.is_date:
            # Google once wrote DTEND equal to DTSTART for one whole day.
            return Length(max(end.naive - start.naive, DAY) if end.naive >= start.naive else _refuse())
        exact_s = end.epoch - start.epoch
        if exact_s < 0:
            _refuse()
        wall = end.moved_to(start.zone) - start.naive
        # Clients show the end on the clock, RFC 5545 §3.8.5.3 asks for the same exact length: the later one is busy.
        return Length(max(wall, ZERO), least_s=exact_s)


def lasting(duration: Duration, start: Placed) -> Length:
    """Return the length that a DURATION says; ValueError when it is negative."""
    if duration.days < 0 or duration.seconds < 0:
        raise ValueError("a duration below zero")
    wall = timedelta(days=duration.days)
    if start.is_date and not (wall or duration.seconds):
        wall = DAY
    return Length(wall, duration.seconds)


def _refuse() -> timedelta:
    raise ValueError("it ends before it starts")
