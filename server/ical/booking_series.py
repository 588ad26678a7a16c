"""A series in a calendar object: its master and its overrides as they are written, and what a client has made of them.

What the calendar shows holds. Where it shows a rule that Daybook has no words for, the series is the list of what it shows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from server.domain.booking import Booking
from server.domain.series import (
    OCCURRENCES_MAX,
    YEARS_MAX,
    Deviation,
    Frequency,
    Occurrence,
    OccurrenceStatus,
    Recurrence,
    Series,
    originals,
)
from server.domain.zones import zone_of
from server.ical import booking_data, booking_times
from server.ical import occurrences as calendar
from server.ical.occurrences import Expansion
from server.ical.parts import parts
from server.ical.recurrence import Freq, Rule, TooComplex, parse_rule
from server.ical.scan import Component, Property
from server.ical.timezones import epoch
from server.ical.values import written_utc

RULE = frozenset({"RRULE", "RDATE", "EXDATE"})
REACH_S = (YEARS_MAX + 1) * 366 * 86_400
"""How far before its beginning and after its end a series is read."""

_OF_MASTER = RULE | booking_data.PROPERTIES | {"DTSTART", "DTEND", "DURATION", "RECURRENCE-ID"}
_SHARED = frozenset(
    (
        "UID",
        "DTSTAMP",
        "LAST-MODIFIED",
        "SEQUENCE",
        "STATUS",
        "LOCATION",
        "CONFERENCE",
        "ORGANIZER",
        "ATTENDEE",
    )
)
_FREQUENCIES = {Freq.WEEKLY: Frequency.WEEKLY, Freq.MONTHLY: Frequency.MONTHLY, Freq.YEARLY: Frequency.YEARLY}


def rule(booking: Booking) -> list[Property]:
    """Return RRULE and EXDATE of a series that has not been made another one by a client."""
    master = parts(booking)[0]
    found = [Property("RRULE", master.rule)] if master.rule else []
    return found + [_at("EXDATE", booking, one) for one in master.excluded]


def with_overrides(
    components: Iterable[Component], master: Component, booking: Booking
) -> tuple[Component, ...]:
    """Return the components of the object with an override for each occurrence that was moved.

    What clients have written of an occurrence that takes place stays, its times aside; of any other it goes.
    """
    theirs = dict(_overrides(components, booking))
    found = [one for one in components if not any(one is each for each in theirs.values())]
    for one in booking.meetings:
        own = theirs.get(int(one.original.timestamp()))
        if own is not None or one.status is OccurrenceStatus.MOVED:
            found.append(_override(master, own, booking, one))
    return tuple(found)


def listed_rule(vevent: Component, shown: Booking, booking: Booking) -> list[Property]:
    """Return RRULE, RDATE and EXDATE of a series that a client has made another one, without what `booking` lacks of it."""
    kept = {one.original for one in booking.meetings}
    gone = [one.original for one in shown.meetings if one.original not in kept]
    last = max(kept, default=shown.start)
    found = [item for item in vevent.properties if item.name in RULE]
    if any(one > last for one in gone):
        found = [_until(item, last) if item.name == "RRULE" else item for item in found]
    return found + [_at("EXDATE", shown, one) for one in gone]


def shown(tree: Component, vevent: Component, written: Booking) -> Series | None:
    """Return the series as `tree` shows it; None where a client has made a single meeting of it.

    `written` is the booking with the start and end that the calendar shows, and the series as Daybook last wrote it.
    """
    series = written.series
    if series is None or RULE.isdisjoint([item.name for item in vevent.properties]):
        return None
    recurrence = _recurrence(vevent, written)
    on_rule = [] if recurrence is None else originals(recurrence, written.start, written.zone)
    start, last = written.span[0], int(max([written.start, *on_rule]).timestamp())
    found = calendar.occurrences(
        _of_uid(tree, vevent), start - REACH_S, last + REACH_S, zone_of(written.zone)
    )
    if found.complex:
        return series
    meetings = _meetings(found)
    if recurrence is not None and meetings.keys() <= set(on_rule):
        return _on_rule(series, recurrence, on_rule, meetings, written)
    return replace(series, listed=tuple(meetings[key] for key in sorted(meetings)[:OCCURRENCES_MAX]))


def _on_rule(
    series: Series,
    recurrence: Recurrence,
    on_rule: Sequence[datetime],
    meetings: Mapping[datetime, Occurrence],
    written: Booking,
) -> Series:
    """Return the series of a rule that Daybook knows, with what the calendar shows of each of its occurrences."""
    known = {one.original: one for one in series.exceptions}
    skipped = {one for one in series.skipped if one not in meetings}
    plain = Series(recurrence=recurrence).occurrences(written.start, written.end, written.zone)
    exceptions = []
    for one in plain:
        seen = meetings.get(one.original)
        if one.original in skipped or (seen is not None and _is_plain(seen, one)):
            continue
        exceptions.append(_deviation(one.original, seen, known.get(one.original)))
    return replace(
        series,
        recurrence=recurrence,
        skipped=tuple(one for one in on_rule if one in skipped),
        exceptions=tuple(exceptions),
    )


def _is_plain(seen: Occurrence, plain: Occurrence) -> bool:
    if seen.status is OccurrenceStatus.SCHEDULED:
        return True
    return seen.takes_place and (seen.start, seen.end) == (plain.start, plain.end)


def _deviation(original: datetime, seen: Occurrence | None, known: Deviation | None) -> Deviation:
    """Return what became of an occurrence; what Daybook knows better than the calendar is by whom and why."""
    times = (None, None) if seen is None or not seen.takes_place else (seen.start, seen.end)
    if known is not None and (known.start, known.end) == times:
        return known
    return Deviation(original=original, start=times[0], end=times[1])


def _meetings(found: Expansion) -> Mapping[datetime, Occurrence]:
    """Return what the calendar shows, by the originals; an override that is cancelled is there as such."""
    meetings = {}
    for one in found.occurrences:
        original = _instant(one.start if one.recurrence_id is None else one.recurrence_id)
        is_override = one.component.first("RECURRENCE-ID") is not None
        status = OccurrenceStatus.MOVED if is_override else OccurrenceStatus.SCHEDULED
        if is_override and _is_cancelled(one.component):
            status = OccurrenceStatus.CANCELLED
        meetings[original] = Occurrence(original, _instant(one.start), _instant(one.end), status)
    return meetings


def _is_cancelled(component: Component) -> bool:
    status = component.first("STATUS")
    return status is not None and status.value.strip().upper() == "CANCELLED"


def _recurrence(vevent: Component, written: Booking) -> Recurrence | None:
    """Return the rule that RRULE says, None when Daybook makes none like it."""
    rules = list(vevent.all("RRULE"))
    if len(rules) != 1 or vevent.first("RDATE") is not None or written.series is None:
        return None
    try:
        said = parse_rule(rules[0].value)
    except TooComplex:
        return None
    if not _is_plain_rule(said, written):
        return None
    recurrence = Recurrence(
        frequency=_FREQUENCIES[said.freq],
        interval=said.interval,
        count=said.count,
        until=None if said.until is None else _last_day(said, written),
    )
    before = written.series.recurrence
    if originals(before, written.start, written.zone) == originals(recurrence, written.start, written.zone):
        return before
    return recurrence


def _is_plain_rule(said: Rule, written: Booking) -> bool:
    """Tell whether a rule has one start in each of its periods, on the day that its first one is on."""
    first = written.start.astimezone(zone_of(written.zone))
    same = {
        Freq.WEEKLY: Rule(freq=said.freq, by_day=((0, first.weekday()),)),
        Freq.MONTHLY: Rule(freq=said.freq, by_month_day=(first.day,)),
        Freq.YEARLY: Rule(freq=said.freq, by_month_day=(first.day,), by_month=(first.month,)),
    }.get(said.freq)
    bare = replace(said, interval=1, count=None, until=None, week_start=0)
    is_bounded = (said.count is None) is not (said.until is None)
    return same is not None and is_bounded and bare in {same, Rule(freq=said.freq)}


def _last_day(said: Rule, written: Booking) -> date:
    assert said.until is not None
    if said.until.is_date or not said.until.utc:
        return said.until.naive.date()
    return _instant(epoch(said.until.naive, UTC)).astimezone(zone_of(written.zone)).date()


def _of_uid(tree: Component, vevent: Component) -> Component:
    """Return the object without what else stands in it."""
    uid = vevent.first("UID")
    kept = [
        one
        for one in tree.components
        if one.name != "VEVENT" or (one.first("UID") or _NONE).value == (uid or _NONE).value
    ]
    return Component(tree.name, tree.properties, tuple(kept))


_NONE = Property("UID", "")


def _overrides(components: Iterable[Component], booking: Booking) -> Iterable[tuple[int, Component]]:
    """Give the overrides of a booking by the instants that they stand for; of an unreadable one that is 0."""
    tree = Component("VCALENDAR", (), tuple(components))
    for one in tree.children("VEVENT"):
        of, uid = one.first("RECURRENCE-ID"), one.first("UID")
        if of is not None and uid is not None and uid.text().strip() == booking.uid:
            item = Property("DTSTART", of.value, of.params)
            at = booking_times.instants(tree, Component("VEVENT", (item,)), booking.zone)
            yield (0 if at is None else int(at[0].timestamp())), one


def _override(
    master: Component, theirs: Component | None, booking: Booking, occurrence: Occurrence
) -> Component:
    """Return the override that shows an occurrence where it was moved, else as the master, alarms too."""
    meeting = booking.alone(occurrence)
    of = _at("RECURRENCE-ID", booking, occurrence.original)
    times, _ = booking_times.written(meeting)
    if theirs is None:
        common = [item for item in master.properties if item.name not in _OF_MASTER]
        return Component("VEVENT", (*common, of, *times), master.components)
    facts = [item for item in master.properties if item.name in _SHARED]
    own = [item for item in theirs.properties if item.name not in _SHARED | _OF_MASTER]
    return Component("VEVENT", (*facts, of, *times, *own), theirs.components)


def _at(name: str, booking: Booking, original: datetime) -> Property:
    """Return a property with the original start of an occurrence, in the form that DTSTART has."""
    times = booking_times.original_time(booking, original)
    if times.tzid is None:
        return Property(name, written_utc(times.start))
    return Property(name, times.start.strftime("%Y%m%dT%H%M%S"), {"TZID": (times.tzid,)})


def _until(item: Property, last: datetime) -> Property:
    kept = [one for one in item.value.split(";") if one.partition("=")[0].strip().upper() not in _BOUNDS]
    return Property(item.name, ";".join((*kept, f"UNTIL={written_utc(last.astimezone(UTC))}")), item.params)


_BOUNDS = frozenset({"COUNT", "UNTIL"})


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)
