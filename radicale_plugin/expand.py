"""Knows which part of a series a client is shown: RFC 4791 §9.6.5 and §9.6.6."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from server.domain.intervals import Span
from server.ical.moments import Placing
from server.ical.occurrences import Occurrence, occurrences
from server.ical.scan import Component, Property
from server.ical.timezones import zones_of
from server.ical.values import parse_duration, parse_moment, written_date, written_utc

KINDS = ("VEVENT", "VTODO", "VJOURNAL")
"""What can recur."""

_OF_SERIES = frozenset(("RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"))
_NOT_PLAIN = ("TZID", "VTIMEZONE", *sorted(_OF_SERIES))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def expand(calendar: Component, span: Span, zone: tzinfo) -> Component | None:
    """Return the occurrences in `span`, each as a component without rule, zone and reference to either; None: no such.

    Each of a series has its RECURRENCE-ID. Local times become UTC, floating ones and dates stay what they are. An object
    whose times are not understood is returned as it is: whoever asks may understand it.
    """
    shown: list[Component] = []
    for kind in KINDS:
        renamed, written = as_vevents(calendar, kind)
        if not written:
            continue
        expansion = occurrences(renamed, *span, zone)
        if expansion.complex:
            return calendar
        placing = Placing(zones_of(calendar), zone)
        shown += [_instance(one, written[id(one.component)], placing, zone) for one in expansion.occurrences]
        # A task need not have a start; it then is at no time, or always.
        shown += [one for one in written.values() if kind == "VTODO" and one.first("DTSTART") is None]
    return Component(calendar.name, calendar.properties, tuple(shown)) if shown else None


def expand_to(calendar: Component, spans: Sequence[Span], zone: tzinfo) -> Component:
    """Return what `expand` does of an object with one VEVENT, of which it is known when it takes place."""
    vevent = next(calendar.children("VEVENT"))
    start = vevent.first("DTSTART")
    assert start is not None
    is_series = vevent.first("RRULE") is not None
    all_day = parse_moment(start.value).is_date
    placing = Placing(zones_of(calendar), zone)
    shown = (Occurrence(*span, span[0] if is_series else None, vevent, all_day) for span in spans)
    instances = tuple(_instance(one, vevent, placing, zone) for one in shown)
    return Component(calendar.name, calendar.properties, instances)


def limit(calendar: Component, span: Span, zone: tzinfo) -> Component:
    """Return the object without those overrides that are outside `span`, and were before they were moved."""
    kept: set[int] = set()
    for kind in KINDS:
        renamed, written = as_vevents(calendar, kind)
        if not written:
            continue
        masters = tuple(one for one in renamed.components if one.first("RECURRENCE-ID") is None)
        plain = Component(calendar.name, calendar.properties, masters)
        placed = {one.recurrence_id for one in occurrences(plain, *span, zone).occurrences}
        shown = {id(written[id(one.component)]) for one in occurrences(renamed, *span, zone).occurrences}
        placing = Placing(zones_of(calendar), zone)
        kept |= {
            id(one)
            for one in written.values()
            if id(one) in shown or _stands(one.first("RECURRENCE-ID"), placed, placing)
        }
    return Component(
        calendar.name,
        calendar.properties,
        tuple(one for one in calendar.components if one.name not in KINDS or id(one) in kept),
    )


def as_vevents(calendar: Component, kind: str) -> tuple[Component, dict[int, Component]]:
    """Return the object with its components of one kind as VEVENTs, and by their id what these were written as."""
    of_kind = list(calendar.children(kind))
    if kind == "VEVENT":
        return calendar, {id(one): one for one in of_kind}
    renamed = [
        Component(
            "VEVENT",
            tuple(
                item._replace(name="DTEND") if item.name == "DUE" else item
                for item in one.properties
                if kind == "VTODO" or item.name not in ("DTEND", "DURATION")
            ),
        )
        for one in of_kind
    ]
    rest = [one for one in calendar.components if one.name == "VTIMEZONE"]
    written = {id(new): old for new, old in zip(renamed, of_kind, strict=True)}
    return Component(calendar.name, calendar.properties, (*rest, *renamed)), written


def is_plain(text: str) -> bool:
    """Tell whether the text of an object is what its expansion would be."""
    return not any(name in text for name in _NOT_PLAIN)


def _stands(of: Property | None, placed: set[int | None], placing: Placing) -> bool:
    """Tell whether a component is a master, holds for all that follows, or stands for an occurrence of `placed`."""
    if of is None or (of.param("RANGE") or "").upper() == "THISANDFUTURE":
        return True
    try:
        return placing.place(of).epoch in placed
    except (ValueError, OverflowError):
        return True


def _instance(one: Occurrence, written: Component, placing: Placing, zone: tzinfo) -> Component:
    return Component(written.name, tuple(_properties(one, written, placing, zone)), written.components)


def _properties(one: Occurrence, written: Component, placing: Placing, zone: tzinfo) -> Iterator[Property]:
    for item in written.properties:
        if item.name in _OF_SERIES:
            continue
        if item.name == "DTSTART":
            yield _at(item, one.start, zone)
            if one.recurrence_id is not None:
                form = written.first("RECURRENCE-ID") or item
                yield _at(form._replace(name="RECURRENCE-ID"), one.recurrence_id, zone)
        elif item.name in ("DTEND", "DUE"):
            yield _at(item, one.end, zone)
        elif item.name == "DURATION" and not _lasts(item, one):
            yield _end(one, written, zone)
        else:
            yield _in_utc(item, placing)
    if not any(item.name in ("DTEND", "DUE", "DURATION") for item in written.properties) and _is_longer(one):
        yield _end(one, written, zone)


def _lasts(item: Property, one: Occurrence) -> bool:
    """Tell whether a DURATION says how long the occurrence is: days are longer or shorter where clocks change."""
    try:
        duration = parse_duration(item.value)
    except ValueError:
        return True
    return duration.days * 86_400 + duration.seconds == one.end - one.start or one.all_day


def _is_longer(one: Occurrence) -> bool:
    """Tell whether an occurrence, without a word about it in its component, lasts: a PERIOD in an RDATE says so."""
    return not one.all_day and one.start < one.end


def _end(one: Occurrence, written: Component, zone: tzinfo) -> Property:
    start = written.first("DTSTART")
    assert start is not None
    return _at(start._replace(name="DUE" if written.name == "VTODO" else "DTEND"), one.end, zone)


def _at(form: Property, at: int, zone: tzinfo) -> Property:
    """Return a property of the same form, date, floating or instant, with another time."""
    params = {name: values for name, values in form.params.items() if name not in ("TZID", "RANGE")}
    moment = parse_moment(form.value)
    if moment.is_date:
        value = written_date(datetime.fromtimestamp(at, zone).date())
    elif moment.utc or form.param("TZID") is not None:
        value = written_utc(datetime.fromtimestamp(at, UTC))
    else:
        value = written_utc(datetime.fromtimestamp(at, zone))[:-1]
    return Property(form.name, value, params, form.group)


def _in_utc(item: Property, placing: Placing) -> Property:
    """Return the property with its local time in UTC, as it stands if it has none."""
    if item.param("TZID") is None:
        return item
    try:
        at = placing.place(item).epoch
    except (ValueError, OverflowError):
        return item
    return _at(item, at, UTC)
