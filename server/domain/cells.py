"""Times as bits: one bit a minute, from a base on, in one Python integer; for many hosts at once.

Says exactly what `slots` says with spans, as long as starts, durations and buffers are whole minutes, which they are: busy
time that is not is rounded outwards. Knows no zone, calendar or clock.
"""

from collections.abc import Iterable
from functools import lru_cache

from server.domain.intervals import Span
from server.domain.slots import SlotRules, candidates

CELL_S = 60
DAY_CELLS = 1_440


def mask(spans: Iterable[Span], base: int, cells: int) -> int:
    """Return the minutes that share an instant with any of `spans`, of `cells` minutes from `base` on."""
    found = 0
    for start, end in spans:
        first, stop = max((start - base) // CELL_S, 0), min(-((base - end) // CELL_S), cells)
        if first < stop and start < end:
            found |= ((1 << (stop - first)) - 1) << first
    return found


def joined(days: Iterable[int]) -> int:
    """Return the minutes of days that follow one another as one mask."""
    found = 0
    for at, day in enumerate(days):
        if day:
            found |= day << at * DAY_CELLS
    return found


def refused(rules: SlotRules, busy: int, held: int) -> int:
    """Return the starts at which a meeting would meet what is `busy`, or what another meeting has `held`."""
    duration, after = rules.duration_s // CELL_S, rules.buffer_after_s // CELL_S
    found = _down(held, duration - 1) if held else 0
    if busy:
        found |= _up(_down(busy, duration + after - 1), rules.buffer_before_s // CELL_S)
    return found


@lru_cache(maxsize=1_024)
def starts(open_: tuple[Span, ...], duration_s: int, step_s: int, base: int) -> int:
    """Return every start on the grid of open time, from `base` on; hosts with equal hours share it."""
    wanted = candidates(open_, duration_s, step_s)
    if not wanted:
        return 0
    room = bytearray((wanted[-1] - base) // CELL_S // 8 + 1) if wanted[-1] >= base else bytearray()
    for at in wanted:
        if at >= base:
            bit = (at - base) // CELL_S
            room[bit >> 3] |= 1 << (bit & 7)
    return int.from_bytes(room, "little")


def instants(found: int, base: int, span: Span) -> list[int]:
    """Return the starts of a mask that lie in `span`, ascending."""
    first, stop = max(-((base - span[0]) // CELL_S), 0), -((base - span[1]) // CELL_S)
    if first >= stop:
        return []
    text = bin((found & ((1 << stop) - 1)) >> first)[:1:-1]
    base += first * CELL_S
    at, listed = text.find("1"), []
    while at >= 0:
        listed.append(base + at * CELL_S)
        at = text.find("1", at + 1)
    return listed


def has(found: int, base: int, at: int) -> bool:
    """Tell whether an instant is among the starts of a mask."""
    return at >= base and (at - base) % CELL_S == 0 and bool(found >> (at - base) // CELL_S & 1)


def seconds(found: int) -> int:
    """Return how long all the minutes of a mask are together."""
    return found.bit_count() * CELL_S


def _down(found: int, cells: int) -> int:
    """Return the minutes from which one of `found` is at most `cells` ahead."""
    done = 0
    while done < cells:
        step = min(done + 1, cells - done)
        found |= found >> step
        done += step
    return found


def _up(found: int, cells: int) -> int:
    """Return the minutes from which one of `found` is at most `cells` back."""
    done = 0
    while done < cells:
        step = min(done + 1, cells - done)
        found |= found << step
        done += step
    return found
