"""When a host may be booked: weekly hours in wall time, overrides for single dates, and their instants in a zone.

Knows the text form that people type ("mon-fri 09:00-12:00,13:00-17:00; sat 10:00-12:00") and how a wall clock maps to
instants. Refuses to know what is busy: that is `slots`.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from server.domain.intervals import Span, merge
from server.domain.local_days import DAY_S, local_dates, stretches, weekday

DAY_MIN = 1440
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WINDOWS_A_DAY_MAX = 48
HOURS_TEXT_MAX = 8_000

Special = tuple[int, tuple["Window", ...]]
"""A day by its number after 1970-01-01, and its windows."""

_EPOCH = date(1970, 1, 1).toordinal()
_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9])")


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A stretch of one day in minutes after local midnight, half-open; 1440 is the end of the day."""

    start_min: int
    end_min: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_min < self.end_min <= DAY_MIN:
            raise ValueError(f"a window must start before it ends, within one day: {_window_text(self)}")


@dataclass(frozen=True, slots=True)
class DateOverride:
    """The windows of one date, in place of what the week says; none at all closes the day.

    `reason` is the name of a holiday that was taken from a list of them; a date that the host set has none.
    """

    day: date
    windows: tuple[Window, ...]
    reason: str = ""

    def __post_init__(self) -> None:
        _demand_order(self.windows)


class _Hashed:
    """Room for a hash beside the fields of a dataclass, where no codec and no comparison sees it."""

    __slots__ = ("_hash",)
    _hash: int


@dataclass(frozen=True, slots=True)
class Hours(_Hashed):
    """The windows of each weekday, Monday first; sorted, and disjoint within a day."""

    days: tuple[tuple[Window, ...], ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash(self.days))
        if len(self.days) != len(DAY_NAMES):
            raise ValueError(f"hours need seven days, not {len(self.days)}")
        for windows in self.days:
            _demand_order(windows)

    def __hash__(self) -> int:
        return self._hash


class HoursError(ValueError):
    """Hours that cannot be read. `template` holds `%(name)s` for each of `values`: a face translates, then fills."""

    def __init__(self, template: str, **values: str) -> None:
        super().__init__(template % values)
        self.template = template
        self.values: Mapping[str, str] = values


def parse_hours(text: str) -> Hours:
    """Return the hours that `text` spells; raise HoursError with what is wrong and the words it is about.

    Clauses are separated by `;`: days ("mon", "mon-fri", "fri-mon", "mon,wed"), then windows ("09:00-12:00,13:00-17:00").
    A day that no clause names is closed. "always" and "never" stand alone.
    """
    if len(text) > HOURS_TEXT_MAX:
        raise HoursError("hours may be at most %(most)s characters long", most=str(HOURS_TEXT_MAX))
    words = " ".join(text.lower().replace("–", "-").split())
    if words in ("always", "never"):
        return ALWAYS if words == "always" else NEVER
    days: dict[int, tuple[Window, ...]] = {}
    for clause in filter(None, (part.strip() for part in words.split(";"))):
        for day, windows in _clause(clause).items():
            if day in days:
                raise HoursError(
                    "%(day)s is named twice, again in “%(clause)s”", day=DAY_NAMES[day], clause=clause
                )
            days[day] = windows
    if not days:
        raise HoursError("hours are missing: write for instance “%(sample)s”", sample="mon-fri 09:00-17:00")
    return Hours(tuple(days.get(day, ()) for day in range(7)))


def format_hours(hours: Hours) -> str:
    """Return the text that `parse_hours` reads as `hours`; days that have the same windows share a clause."""
    if hours in (ALWAYS, NEVER):
        return "always" if hours == ALWAYS else "never"
    days_of: dict[tuple[Window, ...], list[int]] = {}
    for day, windows in enumerate(hours.days):
        if windows:
            days_of.setdefault(windows, []).append(day)
    return "; ".join(f"{_days_text(days)} {format_windows(windows)}" for windows, days in days_of.items())


def parse_windows(text: str) -> tuple[Window, ...]:
    """Return the windows of one day, sorted ("09:00-12:00,13:00-17:00"); empty text is a closed day."""
    windows = tuple(sorted(_window(part.strip()) for part in text.split(","))) if text.strip() else ()
    if len(windows) > WINDOWS_A_DAY_MAX:
        raise HoursError("a day may have at most %(most)s windows", most=str(WINDOWS_A_DAY_MAX))
    for first, second in pairwise(windows):
        if second.start_min < first.end_min:
            raise HoursError("%(a)s overlaps %(b)s", a=_window_text(first), b=_window_text(second))
    return windows


def format_windows(windows: Sequence[Window]) -> str:
    """Return the text that `parse_windows` reads as `windows`."""
    return ",".join(_window_text(window) for window in windows)


def open_spans(
    hours: Hours,
    overrides: Sequence[DateOverride],
    zone: ZoneInfo,
    span: Span,
    *,
    closed: Sequence[tuple[date, date]] = (),
) -> list[Span]:
    """Return every open span that shares an instant with `span`, whole and sorted.

    A span holds exactly the instants at which a wall clock in `zone` shows a time within a window: a window in the gap of
    a clock change has none, one in the repeated hour is met twice. Windows that touch within a day are one span. Spans are
    not cut at the edges of `span`, and those that touch at midnight stay two: each day's slots start where its own window
    does, whichever week is asked for. Of two overrides for one day the last counts; none opens a day that lies in a range
    of dates that is `closed`, the last date included.
    """
    start, end = span
    if start >= end:
        return []
    days = local_dates(span)
    special = _special(overrides, closed, days) if overrides or closed else ()
    spans = _open_spans_of(hours, special, zone, days.start, days.stop)
    return list(spans[bisect_right(spans, start, key=_end) : bisect_left(spans, end, key=_start)])


def _demand_order(windows: Sequence[Window]) -> None:
    if len(windows) > WINDOWS_A_DAY_MAX:
        raise ValueError(f"a day may have at most {WINDOWS_A_DAY_MAX} windows")
    for first, second in pairwise(windows):
        if second.start_min < first.end_min:
            raise ValueError(f"windows must be sorted and disjoint: {format_windows(windows)}")


def _clause(clause: str) -> dict[int, tuple[Window, ...]]:
    names, _, times = re.sub(r"\s*([,-])\s*", r"\1", clause).partition(" ")
    if not times:
        raise HoursError("“%(clause)s” lacks days or times", clause=clause)
    windows = parse_windows(times)
    found: dict[int, tuple[Window, ...]] = {}
    for part in names.split(","):
        for day in _days(part, clause):
            if day in found:
                raise HoursError(
                    "%(day)s is named twice, again in “%(clause)s”", day=DAY_NAMES[day], clause=clause
                )
            found[day] = windows
    return found


def _days(part: str, clause: str) -> list[int]:
    first, dash, last = part.partition("-")
    for name in (first, last) if dash else (first,):
        if name not in DAY_NAMES:
            raise HoursError(
                "“%(name)s” in “%(clause)s” is no day: use %(days)s",
                name=name,
                clause=clause,
                days=" ".join(DAY_NAMES),
            )
    start = DAY_NAMES.index(first)
    count = (DAY_NAMES.index(last) - start) % 7 + 1 if dash else 1
    return [(start + ahead) % 7 for ahead in range(count)]


def _window(text: str) -> Window:
    start, dash, end = (part.strip() for part in text.partition("-"))
    if not dash:
        raise HoursError("“%(window)s” is no window: write it as 09:00-17:00", window=text)
    start_min, end_min = _minute(start), _minute(end)
    if start_min >= end_min:
        raise HoursError("“%(window)s” must end after it starts; 24:00 is the end of a day", window=text)
    return Window(start_min, end_min)


def _minute(text: str) -> int:
    match = _CLOCK.fullmatch(text)
    minute = int(match[1]) * 60 + int(match[2]) if match else DAY_MIN + 1
    if minute > DAY_MIN:
        raise HoursError("“%(time)s” is no time: write it as 09:30, at most 24:00", time=text)
    return minute


def _window_text(window: Window) -> str:
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (window.start_min, window.end_min))


def _days_text(days: Sequence[int]) -> str:
    parts: list[str] = []
    for day in days:
        if day - 1 not in days:
            last = day
            while last + 1 in days:
                last += 1
            parts.append(DAY_NAMES[day] if last == day else f"{DAY_NAMES[day]}-{DAY_NAMES[last]}")
    return ",".join(parts)


def _special(
    overrides: Sequence[DateOverride], closed: Sequence[tuple[date, date]], days: range
) -> tuple[Special, ...]:
    """Return what holds on those of `days` that are unlike their weekday; years of holidays cost no more than a look."""
    found = {
        day: override.windows for override in overrides if (day := override.day.toordinal() - _EPOCH) in days
    }
    for first, last in closed:
        since, until = first.toordinal() - _EPOCH, last.toordinal() - _EPOCH
        found |= dict.fromkeys(range(max(since, days.start), min(until + 1, days.stop)), ())
    return tuple(found.items())


@lru_cache(maxsize=1_024)
def _open_spans_of(
    hours: Hours, changed: tuple[Special, ...], zone: ZoneInfo, first: int, stop: int
) -> tuple[Span, ...]:
    """Return the open spans of whole days, from the day `first` up to `stop`; hosts with equal hours share them."""
    special = dict(changed)
    found: list[Span] = []
    for day in range(first, stop):
        windows = special.get(day)
        found += _instants(hours.days[weekday(day)] if windows is None else windows, day, zone)
    return tuple(found)


def _instants(windows: Sequence[Window], day: int, zone: ZoneInfo) -> list[Span]:
    midnight = day * DAY_S
    return merge(
        (max(start, midnight - offset_s + w.start_min * 60), min(end, midnight - offset_s + w.end_min * 60))
        for start, end, offset_s in stretches(zone, day)
        for w in windows
    )


def _start(span: Span) -> int:
    return span[0]


def _end(span: Span) -> int:
    return span[1]


ALWAYS = Hours(((Window(0, DAY_MIN),),) * 7)
NEVER = Hours(((),) * 7)
