"""Knows when the components of one calendar object overlap a time range: the tables of RFC 4791 §9.9."""

from collections.abc import Iterator
from datetime import UTC, tzinfo

from radicale_plugin.expand import KINDS, as_vevents
from server.domain.intervals import Span
from server.ical.moments import Placing
from server.ical.occurrences import is_opaque, occurrences
from server.ical.scan import Component, Property
from server.ical.timezones import epoch, zones_of
from server.ical.values import Duration, parse_duration, parse_moment

DAY_S = 86_400
REPEATS_MAX = 100
"""How often an alarm is looked at, however often it says that it rings."""

_FORBIDS_NOTHING = (ValueError, OverflowError)


class Ranges:
    """The times of one object; floating times and dates are read in `zone`."""

    def __init__(self, calendar: Component, zone: tzinfo) -> None:
        self._calendar = calendar
        self._zone = zone
        self._placing = Placing(zones_of(calendar), zone)
        self._found: dict[tuple[str, Span], list[tuple[int, int, Component]]] = {}

    def overlaps(self, component: Component, parent: Component | None, span: Span) -> bool:
        """Tell whether a component, which stands in `parent`, takes place in `span`; a VCALENDAR does when one in it does."""
        if component.name == "VCALENDAR":
            return any(
                self.overlaps(one, component, span) for one in component.components if one.name in KINDS
            )
        if component.name == "VALARM":
            return parent is not None and self._rings(component, parent, span)
        if component.name == "VTODO":
            return self._is_due(component, span)
        return any(one is component for _, _, one in self._occurrences(component.name, span))

    def has(self, item: Property, span: Span) -> bool:
        """Tell whether the time that a property says is in `span`; a date lasts all day."""
        try:
            placed = self._placing.place(item)
        except _FORBIDS_NOTHING:
            return False
        return placed.epoch < span[1] and placed.epoch + (DAY_S if placed.is_date else 1) > span[0]

    def _occurrences(self, kind: str, span: Span) -> list[tuple[int, int, Component]]:
        """Return start, end and component of what takes place; what is not understood may."""
        known = self._found.get((kind, span))
        if known is None:
            renamed, written = as_vevents(self._calendar, kind)
            expansion = occurrences(renamed, *span, self._zone)
            known = [(one.start, one.end, written[id(one.component)]) for one in expansion.occurrences]
            if expansion.complex:
                known += [(*span, one) for one in written.values() if is_opaque(one)]
            self._found[kind, span] = known
        return known

    def _is_due(self, todo: Component, span: Span) -> bool:
        start, end = span
        if todo.first("DTSTART") is not None:
            # A task is asked for at both its ends too; an occurrence that ends when the span starts is found from there.
            near = self._occurrences("VTODO", (start - 1, end + 1))
            return any(one is todo and _task_overlaps(first, last, todo, span) for first, last, one in near)
        times = {name: self._instant(todo.first(name)) for name in ("DUE", "COMPLETED", "CREATED")}
        due, completed, created = times["DUE"], times["COMPLETED"], times["CREATED"]
        if due is not None:
            return start < due <= end
        if completed is not None and created is not None:
            return start <= max(completed, created) and end >= min(completed, created)
        if completed is not None:
            return start <= completed <= end
        return created is None or end > created

    def _instant(self, item: Property | None) -> int | None:
        try:
            return None if item is None else self._placing.place(item).epoch
        except _FORBIDS_NOTHING:
            return None

    def _rings(self, alarm: Component, parent: Component, span: Span) -> bool:
        trigger = alarm.first("TRIGGER")
        if trigger is None:
            return False
        for later in _repeats(alarm):
            window = (span[0] - later, span[1] - later)
            try:
                if _is_absolute(trigger):
                    if window[0] <= epoch(parse_moment(trigger.value).naive, UTC) < window[1]:
                        return True
                elif self._rings_for(trigger, parse_duration(trigger.value), parent, window):
                    return True
            except _FORBIDS_NOTHING:
                return False
        return False

    def _rings_for(self, trigger: Property, before: Duration, parent: Component, window: Span) -> bool:
        offset = before.days * DAY_S + before.seconds
        start, end = window[0] - offset, window[1] - offset
        is_end = (trigger.param("RELATED") or "").upper() == "END"
        if parent.name == "VTODO" and parent.first("DTSTART") is None:
            due = self._instant(parent.first("DUE"))
            return due is not None and start <= due < end
        return any(
            one is parent and start <= (last if is_end else first) < end
            for first, last, one in self._occurrences(parent.name, (start - 1, end))
        )


def _task_overlaps(first: int, last: int, todo: Component, span: Span) -> bool:
    start, end = span
    if todo.first("DURATION") is not None:
        return start <= last and (end > first or end >= last)
    if todo.first("DUE") is not None:
        return (start < last or start <= first) and (end > first or end >= last)
    return start <= first < end


def _repeats(alarm: Component) -> Iterator[int]:
    """Give after how many seconds an alarm rings: at once, and as often again as REPEAT says."""
    yield 0
    repeat, every = alarm.first("REPEAT"), alarm.first("DURATION")
    if repeat is None or every is None or not repeat.value.strip().isdecimal():
        return
    try:
        duration = parse_duration(every.value)
    except ValueError:
        return
    for number in range(1, min(int(repeat.value.strip()[:6]), REPEATS_MAX) + 1):
        yield number * (duration.days * DAY_S + duration.seconds)


def _is_absolute(trigger: Property) -> bool:
    return "P" not in trigger.value.upper()
