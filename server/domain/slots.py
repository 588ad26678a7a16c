"""Which starts a guest is offered, and why another start is refused: one arithmetic for both.

Works on epoch seconds. A meeting M = [start, start + duration) is held with its buffers as H = [start - before, end +
after). It is refused if H overlaps a meeting, or if M overlaps what another meeting holds: a buffer may overlap a buffer,
never a meeting. Knows no zone, calendar or clock; what becomes of open and busy time is its callers' business.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from server.domain.intervals import Span, overlaps


class Refusal(StrEnum):
    """Why a start cannot be booked; of several reasons the first in this order is told."""

    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"
    OUTSIDE_HOURS = "outside_hours"
    OFF_GRID = "off_grid"
    CAPPED = "capped"
    BUSY = "busy"
    NOT_FIRST = "not_first"


@dataclass(frozen=True, slots=True)
class SlotRules:
    """What shapes the slots of one event type at one moment; a start lies in `[earliest, latest)`, epoch seconds."""

    duration_s: int
    step_s: int
    buffer_before_s: int
    buffer_after_s: int
    earliest: int
    latest: int

    def __post_init__(self) -> None:
        if self.duration_s < 1 or self.step_s < 1:
            raise ValueError("duration and step must be at least one second")
        if self.buffer_before_s < 0 or self.buffer_after_s < 0:
            raise ValueError("buffers cannot be negative")

    def within(self, span: Span) -> "SlotRules":
        """Return the same rules for those starts only that lie in `span`."""
        return SlotRules(
            self.duration_s,
            self.step_s,
            self.buffer_before_s,
            self.buffer_after_s,
            max(self.earliest, span[0]),
            min(self.latest, span[1]),
        )

    def meeting(self, start: int) -> Span:
        """Return the span of a meeting that begins at `start`."""
        return (start, start + self.duration_s)

    def held(self, start: int) -> Span:
        """Return the span that a meeting at `start` keeps free of other meetings: itself and its buffers."""
        return (start - self.buffer_before_s, start + self.duration_s + self.buffer_after_s)


def offer(
    rules: SlotRules,
    open_: Sequence[Span],
    busy: Sequence[Span],
    held: Sequence[Span],
    *,
    full: Sequence[Span] = (),
    days: Sequence[Span] | None = None,
) -> list[int]:
    """Return every start that can be booked, sorted.

    `open_` is sorted and disjoint, as `hours.open_spans` returns it. Starts stand on the grid that begins with each open
    span; the whole meeting is inside open time, its buffers need not be. Spans that touch are one stretch of open time
    with a grid for each. Cutting a span short moves its grid: to ask for one week, narrow `earliest` and `latest`.
    `busy` are meetings, `held` meetings with their buffers; both in any order, overlapping or not. No start lies in `full`,
    periods that a cap has closed. With `days`, sorted and disjoint, only the first start of each is offered, and to know
    which that is, whole days must be asked for.
    """
    grid = candidates(tuple(open_), rules.duration_s, rules.step_s)
    at = bisect_left(grid, rules.earliest)
    end = bisect_left(grid, rules.latest)
    starts: list[int] = []
    for first, stop in _refused_starts(rules, busy, held, full):
        if at >= end:
            break
        free_until = bisect_left(grid, first, at, end)
        starts += grid[at:free_until]
        at = bisect_left(grid, stop, free_until, end)
    starts += grid[at:end]
    return starts if days is None else first_of_each(days, starts)


def refusal(
    rules: SlotRules,
    start: int,
    open_: Sequence[Span],
    busy: Sequence[Span],
    held: Sequence[Span],
    *,
    full: Sequence[Span] = (),
    days: Sequence[Span] | None = None,
) -> Refusal | None:
    """Return why a meeting cannot begin at `start`, or None exactly when `offer` lists it for the same arguments."""
    if start < rules.earliest:
        return Refusal.TOO_SOON
    if start >= rules.latest:
        return Refusal.TOO_FAR
    at = bisect_right(open_, start, key=_start) - 1
    if (
        at < 0
        or open_[at][1] <= start
        or _stretch_end(open_, at, start + rules.duration_s) < start + rules.duration_s
    ):
        return Refusal.OUTSIDE_HOURS
    if (start - open_[at][0]) % rules.step_s:
        return Refusal.OFF_GRID
    if any(first <= start < stop for first, stop in full):
        return Refusal.CAPPED
    if is_taken(rules, start, busy, held):
        return Refusal.BUSY
    if days is not None and start not in offer(rules, open_, busy, held, full=full, days=days):
        return Refusal.NOT_FIRST
    return None


def is_taken(rules: SlotRules, start: int, busy: Sequence[Span], held: Sequence[Span]) -> bool:
    """Tell whether a meeting at `start` meets other meetings; hours, notice and grid are not asked."""
    meeting, keeps = rules.meeting(start), rules.held(start)
    return any(overlaps(keeps, span) for span in busy) or any(overlaps(meeting, span) for span in held)


def nearest(starts: Sequence[int], wanted: int, count: int = 3) -> list[int]:
    """Return the `count` starts closest to `wanted`, in order of time; of two equally close the earlier is taken.

    `starts` is sorted. For a guest whose slot somebody else has just taken.
    """
    middle = bisect_left(starts, wanted)
    close = starts[max(0, middle - count) : middle + count]
    return sorted(sorted(close, key=lambda start: (abs(start - wanted), start))[:count])


def first_of_each(days: Sequence[Span], starts: Sequence[int]) -> list[int]:
    """Return the first start of each day; both are sorted."""
    found = []
    for first, stop in days:
        at = bisect_left(starts, first)
        if at < len(starts) and starts[at] < stop:
            found.append(starts[at])
    return found


def _refused_starts(
    rules: SlotRules, busy: Sequence[Span], held: Sequence[Span], full: Sequence[Span]
) -> list[Span]:
    """Turn what is taken into the spans of starts that would meet it, sorted; they may overlap."""
    lead_s = rules.duration_s + rules.buffer_after_s - 1
    before_s, length_s = rules.buffer_before_s, rules.duration_s - 1
    refused = [(start - lead_s, end + before_s) for start, end in busy if start < end]
    refused += [(start - length_s, end) for start, end in held if start < end]
    refused += full
    refused.sort()
    return refused


@lru_cache(maxsize=64)
def candidates(open_: tuple[Span, ...], duration_s: int, step_s: int) -> tuple[int, ...]:
    """Return every start on the grid of open time, sorted; kept, since the same few weeks are asked for all the time."""
    found: list[int] = []
    for at, (anchor, end) in enumerate(open_):
        last = _stretch_end(open_, at, end + duration_s) - duration_s
        found.extend(range(anchor, min(end, last + 1), step_s))
    return tuple(found)


def _stretch_end(open_: Sequence[Span], at: int, enough: int) -> int:
    """Return where the open time that span `at` belongs to ends, looking no further than `enough`."""
    end = open_[at][1]
    while end < enough and at + 1 < len(open_) and open_[at + 1][0] <= end:
        at += 1
        end = open_[at][1]
    return end


def _start(span: Span) -> int:
    return span[0]
