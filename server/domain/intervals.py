"""Half-open intervals of epoch seconds, and the set algebra on sorted lists of them.

Knows integers only: no zone, no calendar, no clock. Every function but `merge` and `overlaps` asks for spans that are
sorted, disjoint and not empty, as `merge` returns them, and gives back such a list, so that calls can be nested.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

Span = tuple[int, int]


def meets(spans: Sequence[Span], span: Span) -> bool:
    """Tell whether `span` shares an instant with any of `spans`, which are sorted and disjoint."""
    at = bisect_left(spans, (span[1],)) - 1
    return at >= 0 and spans[at][1] > span[0]


def merge(spans: Iterable[Span]) -> list[Span]:
    """Return the same instants as sorted disjoint spans; spans that touch become one, empty ones vanish."""
    merged: list[Span] = []
    start, end = 0, 0
    for next_start, next_end in sorted(spans):
        if next_end <= next_start:
            continue
        if start == end:
            start, end = next_start, next_end
        elif next_start > end:
            merged.append((start, end))
            start, end = next_start, next_end
        elif next_end > end:
            end = next_end
    if start != end:
        merged.append((start, end))
    return merged


def subtract(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """Return the instants of `spans` that are in none of `taken`."""
    left: list[Span] = []
    first = 0
    for start, end in spans:
        while first < len(taken) and taken[first][1] <= start:
            first += 1
        at = first
        while at < len(taken) and taken[at][0] < end:
            if taken[at][0] > start:
                left.append((start, taken[at][0]))
            start = max(start, taken[at][1])
            at += 1
        if start < end:
            left.append((start, end))
    return left


def intersect(some: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """Return the instants that are in both."""
    both: list[Span] = []
    at, other = 0, 0
    while at < len(some) and other < len(others):
        start = max(some[at][0], others[other][0])
        end = min(some[at][1], others[other][1])
        if start < end:
            both.append((start, end))
        if some[at][1] < others[other][1]:
            at += 1
        else:
            other += 1
    return both


def overlaps(span: Span, other: Span) -> bool:
    """Tell whether two spans share an instant; spans that only touch do not, an empty span overlaps nothing."""
    return max(span[0], other[0]) < min(span[1], other[1])


def clip(spans: Sequence[Span], window: Span) -> list[Span]:
    """Return the instants of `spans` that are inside `window`."""
    start, end = window
    if start >= end:
        return []
    at = bisect_right(spans, start, key=_end)
    clipped: list[Span] = []
    while at < len(spans) and spans[at][0] < end:
        clipped.append((max(start, spans[at][0]), min(end, spans[at][1])))
        at += 1
    return clipped


def _end(span: Span) -> int:
    return span[1]
