"""All occurrences of the VEVENTs of one calendar object in a window: series, overrides, and what was not understood.

Errs on one side only: a time that cannot be read, or would cost too much to work out, is in `complex` and counts as
busy. Says nothing about whether an occurrence makes its owner busy; freebusy.py does.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from operator import itemgetter
from typing import NamedTuple

from server.domain.intervals import Span, clip, merge
from server.ical.moments import DAY, Length, Placed, Placing
from server.ical.recurrence import Budget
from server.ical.scan import Component
from server.ical.series import Instance, Series, day_of, instances, read_series
from server.ical.timezones import epoch, zones_of

COMPONENTS_MAX = 5_000
# A wall time in an unknown zone is that far from where it was guessed, at most: offsets go from -12 to +14 hours.
UNKNOWN_S = 14 * 3600
_OF_SERIES = frozenset(("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"))
_START_AND_END = itemgetter(0, 1)


class Occurrence(NamedTuple):
    """One occurrence, in epoch seconds; `recurrence_id` is the start it has in its series, None outside a series."""

    start: int
    end: int
    recurrence_id: int | None
    component: Component
    all_day: bool


class Expansion(NamedTuple):
    """What a calendar object has in a window.

    `complex` is time that is taken as busy because it was not understood: merged, inside the window. No occurrence
    starts before `first` or ends after `last`; None means that there is no such bound, or that it is not known. `local`
    tells that in another default zone all this could be different.
    """

    occurrences: list[Occurrence]
    complex: list[Span]
    first: int | None
    last: int | None
    recurring: bool
    local: bool = False


def occurrences(calendar: Component, after: int, before: int, default_zone: tzinfo) -> Expansion:
    """Return what the VEVENTs of `calendar` have in [after, before), epoch seconds.

    Floating times and whole days are read in `default_zone`. An occurrence without length is in the window when it
    starts there.
    """
    vevents = [one for one in calendar.components if one.name == "VEVENT"]
    if len(vevents) > COMPONENTS_MAX:
        return Expansion([], [(after, before)], None, None, recurring=True)
    placing = Placing(zones_of(calendar), default_zone)
    if len(vevents) == 1 and (single := _single(vevents[0], placing, (after, before))) is not None:
        return single
    reading = _Reading(placing, after, before)
    by_uid: dict[str, list[Component]] = defaultdict(list)
    for component in vevents:
        uid = component.first("UID")
        by_uid[uid.value if uid else ""].append(component)
    for components in by_uid.values():
        _read_uid(components, reading)
    return reading.result()


def _single(component: Component, placing: Placing, window: Span) -> Expansion | None:
    """Return what a VEVENT has that is no part of a series; None where that is not plain, and is asked of a `_Reading`.

    Most objects are such, and each write pays for the reading of one.
    """
    item = component.first("DTSTART")
    if item is None or not _OF_SERIES.isdisjoint([one.name for one in component.properties]):
        return None
    try:
        placed = placing.place(item)
        length = placing.length(component, placed)
        end = length.end(placed.naive, placed.zone, placed.epoch)
    except (ValueError, OverflowError):
        return None
    if not placed.known:
        return None
    start, (after, before) = placed.epoch, window
    found = []
    if start < before and (end > after or start == end == after):
        found.append(Occurrence(start, end, None, component, placed.is_date))
    return Expansion(found, [], start, end, recurring=False, local=placing.asked_default)


@dataclass(frozen=True, slots=True)
class _Override:
    """A VEVENT with a RECURRENCE-ID; `shift` and `length` hold for later occurrences too when `following`."""

    component: Component
    of: Placed
    start: Placed
    length: Length
    following: bool


@dataclass(slots=True)
class _Reading:
    """What has been found so far in one window."""

    placing: Placing
    after: int
    before: int
    budget: Budget = field(default_factory=Budget)
    found: list[Occurrence] = field(default_factory=list)
    unread: list[Span] = field(default_factory=list)
    firsts: list[int | None] = field(default_factory=list)
    lasts: list[int | None] = field(default_factory=list)
    recurring: bool = False

    def add(
        self,
        start: int,
        end: int,
        recurrence_id: int | None,
        component: Component,
        *,
        all_day: bool,
        known: bool,
    ) -> None:
        """Take an occurrence if it is in the window, and what it may cover when its zone is not known."""
        if start < self.before and (end > self.after or start == end == self.after):
            self.found.append(Occurrence(start, end, recurrence_id, component, all_day))
        if not known:
            self.give_up(component, start - UNKNOWN_S, end + UNKNOWN_S)

    def give_up(self, component: Component, start: int | None, end: int | None) -> None:
        """Take the time as not understood, from `start` to `end`, None: the window's; never for what is not busy."""
        if is_opaque(component):
            self.unread.append((self.after if start is None else start, self.before if end is None else end))

    def bound(self, first: int | None, last: int | None) -> None:
        """Take that nothing more is before `first` or after `last`."""
        self.firsts.append(first)
        self.lasts.append(last)

    def result(self) -> Expansion:
        """Return what was found."""
        firsts = [first for first in self.firsts if first is not None]
        lasts = [last for last in self.lasts if last is not None]
        return Expansion(
            occurrences=sorted(self.found, key=_START_AND_END),
            complex=clip(merge(self.unread), (self.after, self.before)),
            first=min(firsts) if firsts and len(firsts) == len(self.firsts) else None,
            last=max(lasts) if lasts and len(lasts) == len(self.lasts) else None,
            recurring=self.recurring,
            local=self.placing.asked_default,
        )


def is_opaque(component: Component) -> bool:
    """Tell whether the component takes up its owner's time: neither TRANSPARENT nor cancelled, RFC 5545 §3.8.2.7."""
    transp, status = component.first("TRANSP"), component.first("STATUS")
    if transp is not None and transp.value.strip().upper() == "TRANSPARENT":
        return False
    return status is None or status.value.strip().upper() != "CANCELLED"


def _read_uid(components: list[Component], reading: _Reading) -> None:
    overrides: list[_Override] = []
    masters: list[Component] = []
    for component in components:
        if component.first("RECURRENCE-ID") is None:
            masters.append(component)
        elif override := _read_override(component, reading):
            overrides.append(override)
    for component in masters:
        _read_master(component, overrides, reading)


def _read_override(component: Component, reading: _Reading) -> _Override | None:
    """Return the override; None when its times cannot be read: the occurrence it replaces then stays as it was."""
    of, start = component.first("RECURRENCE-ID"), component.first("DTSTART")
    if of is None or start is None:
        return None
    placed: Placed | None = None
    try:
        placed = reading.placing.place(start)
        override = _Override(
            component=component,
            of=reading.placing.place(of),
            start=placed,
            length=reading.placing.length(component, placed),
            following=(of.param("RANGE") or "").upper() == "THISANDFUTURE",
        )
        _add_override(override, reading)
    except (ValueError, OverflowError):
        _give_up_from(component, placed, reading)
        return None
    return override


def _add_override(override: _Override, reading: _Reading) -> None:
    start = override.start.epoch
    end = override.length.end(override.start.naive, override.start.zone, start)
    all_day, known = override.start.is_date, override.start.known
    reading.add(start, end, override.of.epoch, override.component, all_day=all_day, known=known)
    reading.recurring = True
    slack = 0 if override.start.known else UNKNOWN_S
    reading.bound(start - slack, end + slack)


def _read_master(component: Component, overrides: list[_Override], reading: _Reading) -> None:
    item = component.first("DTSTART")
    if item is None:
        # Without DTSTART an event is at no time: no client shows it anywhere.
        return
    start: Placed | None = None
    try:
        start = reading.placing.place(item)
        series = read_series(component, start, reading.placing)
        if series.recurring or overrides:
            reading.recurring |= series.recurring
            _bound(series, overrides, reading)
            _add_series(series, overrides, reading)
        else:
            _add_single(series, reading)
    except (ValueError, OverflowError):
        reading.recurring = True
        _give_up_from(component, start, reading)


def _give_up_from(component: Component, start: Placed | None, reading: _Reading) -> None:
    first = start.epoch - (0 if start.known else UNKNOWN_S) if start else None
    reading.give_up(component, first, None)
    reading.bound(first, None)


def _add_single(series: Series, reading: _Reading) -> None:
    placed = series.start
    start = placed.epoch
    # An EXDATE is not looked at: without a series there is nothing that it could be an exception from.
    end = series.length.end(placed.naive, placed.zone, start)
    slack = 0 if placed.known else UNKNOWN_S
    reading.bound(start - slack, end + slack)
    reading.add(start, end, None, series.component, all_day=placed.is_date, known=placed.known)


def _bound(series: Series, overrides: list[_Override], reading: _Reading) -> None:
    slack = (0 if series.start.known else UNKNOWN_S) + int(_reach(overrides).total_seconds())
    last = series.last()
    reading.bound(series.first() - slack, None if last is None else last + slack)


def _reach(overrides: list[_Override]) -> timedelta:
    """Return how far an override of the following occurrences can carry one, its length included."""
    following = [override for override in overrides if override.following]
    return max(
        (abs(_shift(override)) + override.length.most + DAY for override in following), default=timedelta(0)
    )


def _add_series(series: Series, overrides: list[_Override], reading: _Reading) -> None:
    component, all_day, known = series.component, series.start.is_date, series.start.known
    reach = (0 if known else UNKNOWN_S) + int(_reach(overrides).total_seconds())
    found = instances(series, reading.after - reach, reading.before + reach, reading.budget)
    if overrides:
        found = _not_replaced(found, series, overrides, reading)
    for _, start, end in found:
        reading.add(start, end, start, component, all_day=all_day, known=known)


def _not_replaced(
    found: Iterator[Instance], series: Series, overrides: list[_Override], reading: _Reading
) -> Iterator[Instance]:
    """Give the instances that no override stands for; those that one of THISANDFUTURE moves are added moved."""
    following = sorted((each for each in overrides if each.following), key=lambda each: each.of.epoch)
    since = [each.of.epoch for each in following]
    replaced = {each.of.epoch for each in overrides if not each.of.is_date and not series.start.is_date}
    replaced_days = {
        day_of(each.of, series.start.zone) for each in overrides if each.of.is_date or series.start.is_date
    }
    for one in found:
        if one.start in replaced or one.naive.replace(hour=0, minute=0, second=0) in replaced_days:
            continue
        moved_by = bisect_right(since, one.start)
        if moved_by:
            _add_moved(following[moved_by - 1], one, series, reading)
        else:
            yield one


def _shift(override: _Override) -> timedelta:
    """Return by how much, on the wall, an override moves what follows it."""
    return override.start.naive - override.of.moved_to(override.start.zone)


def _add_moved(override: _Override, found: Instance, series: Series, reading: _Reading) -> None:
    zone = override.start.zone
    naive = Placed(found.naive, series.start.zone, found.start, series.start.is_date).moved_to(zone) + _shift(
        override
    )
    start = epoch(naive, zone)
    end = override.length.end(naive, zone, start)
    all_day, known = override.start.is_date, override.start.known
    reading.add(start, end, found.start, override.component, all_day=all_day, known=known)
