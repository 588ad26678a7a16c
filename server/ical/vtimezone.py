"""A VTIMEZONE as a tzinfo, RFC 5545 §3.6.5.

Belongs to the one calendar object it stands in. Knows its observances only as far as they can be read in bounded work;
what cannot is refused, and the times that use it are then taken as busy around the clock's possible readings.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from server.ical.recurrence import Budget, Freq, Rule, TooComplex, bounded_by_until, expand, parse_rule
from server.ical.scan import Component
from server.ical.values import Moment, parse_moment, parse_offset

OBSERVANCES_MAX = 400
RULES_MAX = 60
ONSETS_MAX = 5_000
# A zone of two rules takes about 40 a year.
STEPS_MAX = 20_000
FIRST_YEAR, LAST_YEAR = 1950, 2150
ZERO = timedelta(0)
# How far back a rule is searched for its last onset before a year.
RULE_REACH = timedelta(days=366 * 9)


def read_vtimezone(component: Component) -> tzinfo:
    """Return the zone that the VTIMEZONE describes; ValueError or TooComplex when it cannot be read."""
    children = [child for child in component.components if child.name in ("STANDARD", "DAYLIGHT")]
    if not 0 < len(children) <= OBSERVANCES_MAX:
        raise ValueError("no observance, or too many")
    items = [item for child in children for item in child.properties]
    if sum(item.name == "RRULE" for item in items) > RULES_MAX:
        raise TooComplex(f"more than {RULES_MAX} rules in a VTIMEZONE")
    if sum(item.value.count(",") + 1 for item in items if item.name == "RDATE") > ONSETS_MAX:
        raise TooComplex(f"more than {ONSETS_MAX} onsets in a VTIMEZONE")
    return ObservedZone([_observance(child) for child in children])


@dataclass(frozen=True, slots=True)
class Observance:
    """One STANDARD or DAYLIGHT: `onsets` are the naive local times, before the change, that stand there by themselves."""

    onsets: tuple[datetime, ...]
    rules: tuple[Rule, ...]
    offset_from: timedelta
    offset_to: timedelta
    name: str
    is_daylight: bool


@dataclass(frozen=True, slots=True, order=True)
class _Change:
    at: datetime  # naive UTC
    offset_from: timedelta
    offset_to: timedelta
    name: str
    is_daylight: bool


class ObservedZone(tzinfo):
    """The zone that the observances of one VTIMEZONE make; TooComplex from a time whose offset costs too much to find."""

    def __init__(self, observances: list[Observance]) -> None:
        self._observances = observances
        self._budget = Budget(steps=STEPS_MAX)
        self._changes: dict[int, list[_Change]] = {}

    def utcoffset(self, at: datetime | None) -> timedelta:
        """Return the offset of the wall time; in a gap the one before it, in a fold the first, if fold is 0."""
        return self._in_force(at)[0]

    def tzname(self, at: datetime | None) -> str:
        """Return TZNAME of the observance in force."""
        return self._in_force(at)[1]

    def dst(self, at: datetime | None) -> timedelta:
        """Return one hour in daylight saving time: a VTIMEZONE does not say how much of the offset it is."""
        return timedelta(hours=1) if self._in_force(at)[2] else ZERO

    def fromutc(self, at: datetime) -> datetime:
        """Return the wall time of the UTC time that `at` holds."""
        naive = at.replace(tzinfo=None)
        changes = self._around(naive.year)
        last = next((change for change in reversed(changes) if change.at <= naive), None)
        offset = last.offset_to if last else changes[0].offset_from
        local = (naive + offset).replace(tzinfo=self)
        return local if self.utcoffset(local) == offset else local.replace(fold=1)

    def _in_force(self, at: datetime | None) -> tuple[timedelta, str, bool]:
        if at is None:
            return ZERO, "", False
        naive = at.replace(tzinfo=None, fold=0)
        choose = min if at.fold else max
        changes = self._around(naive.year)
        for change in reversed(changes):
            if naive - choose(change.offset_from, change.offset_to) >= change.at:
                return change.offset_to, change.name, change.is_daylight
        # Before the first onset that is known: what TZOFFSETFROM says was in force.
        return changes[0].offset_from, "", False

    def _around(self, year: int) -> list[_Change]:
        """Return the changes of the year before to the year after, and the last one before them."""
        year = min(max(year, FIRST_YEAR), LAST_YEAR)
        if year not in self._changes:
            since, end = _new_year(year - 1), _new_year(year + 2)
            changes = [
                change for each in self._observances for change in _changes(each, since, end, self._budget)
            ]
            changes.sort()
            first = bisect_left(changes, since, key=lambda change: change.at)
            self._changes[year] = changes[max(0, first - 1) :] or changes
        return self._changes[year]


def _observance(component: Component) -> Observance:
    start, offset_from, offset_to = (
        component.first(name) for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO")
    )
    if start is None or offset_to is None:
        raise ValueError("an observance without DTSTART or TZOFFSETTO")
    onset = parse_moment(start.value).naive
    dates = [parse_moment(text).naive for item in component.all("RDATE") for text in item.value.split(",")]
    rules = [
        _rule(item.value, onset, offset_from.value if offset_from else "") for item in component.all("RRULE")
    ]
    name = component.first("TZNAME")
    return Observance(
        onsets=tuple(sorted({onset, *dates})),
        rules=tuple(rules),
        offset_from=parse_offset((offset_from or offset_to).value),
        offset_to=parse_offset(offset_to.value),
        name=name.text() if name else "",
        is_daylight=component.name == "DAYLIGHT",
    )


def _rule(text: str, onset: datetime, offset_from: str) -> Rule:
    rule = parse_rule(text)
    if rule.freq > Freq.MONTHLY or rule.by_hour or rule.by_minute or rule.by_second:
        raise TooComplex("a rule of a VTIMEZONE that is not yearly or monthly")
    if rule.until is not None and rule.until.utc and offset_from:
        # RFC 5545 §3.6.5: UNTIL is in UTC there, the onsets are wall times before the change.
        rule = replace(rule, until=Moment(rule.until.naive + parse_offset(offset_from)))
    return bounded_by_until(rule, onset)


def _changes(observance: Observance, since: datetime, end: datetime, budget: Budget) -> list[_Change]:
    """Return the observance's changes in [since, end), UTC, and its last one before; a day more does no harm."""
    onsets = {onset for onset in observance.onsets if onset < end}
    for rule in observance.rules:
        onsets |= _rule_onsets(rule, observance.onsets[0], since, end, budget)
    earlier = [onset for onset in onsets if onset < since]
    kept = {onset for onset in onsets if onset >= since} | ({max(earlier)} if earlier else set())
    if not kept:
        # Every onset is still to come: the first of them says what was in force before.
        kept = {observance.onsets[0]}
    return [
        _Change(
            onset - observance.offset_from,
            observance.offset_from,
            observance.offset_to,
            observance.name,
            observance.is_daylight,
        )
        for onset in kept
    ]


def _rule_onsets(
    rule: Rule, onset: datetime, since: datetime, end: datetime, budget: Budget
) -> set[datetime]:
    last = end
    if rule.until is not None:
        last = min(end, rule.until.naive + timedelta(days=1))
    first = min(since, last) - RULE_REACH if last < since else since - timedelta(days=366)
    found = set(expand(rule, onset, max(first, onset), last, budget))
    return found or set(expand(rule, onset, max(since - RULE_REACH, onset), last, budget))


def _new_year(year: int) -> datetime:
    return datetime(year, 1, 1)
