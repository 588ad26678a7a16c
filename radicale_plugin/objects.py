"""Knows what makes a text one calendar object: RFC 4791 §4.1, and what of RFC 5545 tells when it takes place.

What says nothing of that is the client's own: an alarm without action, a stamp that is no date, a second SUMMARY.
"""

from collections.abc import Callable
from datetime import UTC

from radicale_plugin.expand import KINDS
from server.ical.moments import Placed, Placing
from server.ical.scan import Component, Property
from server.ical.series import DATES_MAX
from server.ical.timezones import zones_of
from server.ical.values import Duration, parse_duration, parse_moment, parse_period

INVALID = "C:valid-calendar-data"
NO_OBJECT = "C:valid-calendar-object-resource"
UNSUPPORTED = "C:supported-calendar-component"

_ENDS = {"VEVENT": "DTEND", "VTODO": "DUE"}
"""What ends a component in the place of a DURATION."""


class Refused(Exception):
    """The text may not be stored; `precondition` is the element of RFC 4791 §5.3.2.1 that says why."""

    def __init__(self, precondition: str, reason: str) -> None:
        super().__init__(reason)
        self.precondition = precondition


def examine_object(calendar: Component) -> tuple[str, str]:
    """Return UID and kind of the one object that a VCALENDAR holds; raises Refused."""
    parts = [one for one in calendar.components if one.name != "VTIMEZONE"]
    if not parts:
        raise Refused(NO_OBJECT, "there is nothing but time zones in it")
    kind = parts[0].name
    if any(one.name != kind for one in parts):
        raise Refused(NO_OBJECT, f"it has components of two kinds, {kind} and another")
    if kind not in KINDS:
        raise Refused(UNSUPPORTED, f"a calendar holds no {kind}")
    uid = _uid(parts[0])
    if any(_uid(one) != uid for one in parts[1:]):
        raise Refused(NO_OBJECT, "it has components of two UIDs")
    placing = Placing(zones_of(calendar), UTC)
    for one in parts:
        _check_times(one)
        _check_length(one, placing)
    if len(parts) > 1:
        _check_distinct(parts)
    return uid, kind


def examine_kind(components: object, kind: str) -> None:
    """Refuse a kind that is not among those a calendar was made for: its supported-calendar-component-set, none for any."""
    if isinstance(components, str) and components and kind not in components.upper().split(","):
        raise Refused(UNSUPPORTED, f"this calendar holds no {kind}")


def _uid(part: Component) -> str:
    found = part.first("UID")
    uid = found.text().strip() if found else ""
    if not uid:
        raise Refused(NO_OBJECT, f"a {part.name} without UID")
    return uid


def _check_times(part: Component) -> None:
    """Refuse what would be read at another time, or at none, by each who reads it."""
    once: dict[str, Property] = {}
    for item in part.properties:
        check = _CHECKS.get(item.name)
        if check is None:
            continue
        if item.name not in _REPEATED and once.setdefault(item.name, item) is not item:
            raise Refused(INVALID, f"a {part.name} with two of {item.name}")
        try:
            check(item.value)
        except (ValueError, OverflowError) as bad:
            raise Refused(INVALID, f"{item.name}: {bad}") from bad
    if part.name == "VEVENT" and "DTSTART" not in once:
        raise Refused(INVALID, "a VEVENT without DTSTART")
    length, end = once.get("DURATION"), _ENDS.get(part.name)
    # Lightning leaves DURATION:PT0S beside the DTEND of an occurrence that was moved.
    if length is not None and end in once and parse_duration(length.value) != Duration(0, 0):
        raise Refused(INVALID, f"a {part.name} with both {end} and DURATION")


def _check_length(part: Component, placing: Placing) -> None:
    """Refuse a VEVENT that ends before it starts, RFC 5545 §3.8.2.2; one that ends as it starts many clients write."""
    start, end = part.first("DTSTART"), part.first("DTEND")
    if part.name != "VEVENT" or start is None:
        return
    try:
        begins = placing.place(start)
        if end is not None and not _are_comparable(start, begins, end, placing.place(end)):
            return
        placing.length(part, begins)
    except ValueError as bad:
        raise Refused(INVALID, f"{'DURATION' if end is None else 'DTEND'}: {bad}") from bad
    except OverflowError:
        return


def _are_comparable(start: Property, begins: Placed, end: Property, ends: Placed) -> bool:
    """Tell whether it is the same in every zone which of two times is the earlier one."""
    are_fixed = [_is_fixed(start, begins), _is_fixed(end, ends)]
    return all(are_fixed) or (not any(are_fixed) and start.param("TZID") == end.param("TZID"))


def _is_fixed(item: Property, placed: Placed) -> bool:
    """Tell whether a time is an instant whoever reads it; dates, floating times and unknown zones are not."""
    if placed.is_date or not placed.known:
        return False
    return item.param("TZID") is not None or parse_moment(item.value).utc


def _check_distinct(parts: list[Component]) -> None:
    """Refuse two components for one occurrence: each reader would take the one that it likes."""
    seen: set[object] = set()
    for part in parts:
        of = part.first("RECURRENCE-ID")
        which = of and (parse_moment(of.value), of.param("TZID"), (of.param("RANGE") or "").upper())
        if which in seen:
            named = f"the RECURRENCE-ID {of.value.strip()}" if of else "no RECURRENCE-ID"
            raise Refused(NO_OBJECT, f"it has two components of {named}")
        seen.add(which)


def _check_text(_value: str) -> None:
    """Accept any text."""


def _check_dates(value: str) -> None:
    """Raise ValueError for what is no list of dates and periods; of very many the rest is not looked at."""
    for text in value.split(",", DATES_MAX)[:DATES_MAX]:
        if "/" in text:
            parse_period(text)
        elif text.strip():
            parse_moment(text)


_REPEATED = frozenset({"RDATE", "EXDATE"})
_CHECKS: dict[str, Callable[[str], object]] = {
    "UID": _check_text,
    "DTSTART": parse_moment,
    "DTEND": parse_moment,
    "DUE": parse_moment,
    "DURATION": parse_duration,
    "RECURRENCE-ID": parse_moment,
    "RDATE": _check_dates,
    "EXDATE": _check_dates,
}
