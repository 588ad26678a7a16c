"""When members of a team are free: many hosts at once, a bit a minute. It says what `slots` says of each party by itself.

When a host is busy on a day is kept until one of their calendars, claims or their profile changes; so are the starts
that hours leave. Everything is read from memory.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from server.domain import cells, slots
from server.domain.booking import Booking
from server.domain.cells import DAY_CELLS
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.hours import ALWAYS, open_spans
from server.domain.identity import Home
from server.domain.intervals import Span, intersect, meets, merge
from server.domain.local_days import DAY_S
from server.domain.slots import Refusal, SlotRules
from server.ports import Ports
from server.usecases.booking.lineup import Lineup, Party, blocking, lineup

DAYS_KEPT_MAX = 400
"""How many days of one host are kept; two years of slots can be asked for, a few weeks are."""
SPANS_KEPT_MAX = 64
"""For how many weeks, durations and buffers it is kept what a host's meetings, or their hours, mean for them."""

Masks = tuple[int, int]
"""When a host is in meetings, and when with what these keep free around them."""


class Diary(NamedTuple):
    """What is known of a host's meetings: day by day, and as starts that are refused in a span by certain rules."""

    days: dict[int, Masks]
    refused: dict[tuple[int, int, int, int, int], int]


class Opening(NamedTuple):
    """The hours that a party has in common, and every start on their grid as a bit."""

    spans: tuple[Span, ...]
    starts: int


class Board(NamedTuple):
    """What stands around the starts of a team's event type: `days`, as bits from `base` on; `grid` are starts by hours."""

    event_type: EventType
    lineup: Lineup
    rules: SlotRules
    days: range
    without: Booking | None
    grid: dict[tuple[object, ...], Opening]

    @property
    def base(self) -> int:
        """Return the instant of the first bit."""
        return self.days.start * DAY_S

    @property
    def span(self) -> Span:
        """Return the days as instants."""
        return self.base, self.days.stop * DAY_S


def board(
    ports: Ports, event_type: EventType, rules: SlotRules, span: Span, without: Booking | None = None
) -> Board:
    """Return what is needed to say who is free at the starts in `span`."""
    first = (span[0] - rules.buffer_before_s) // DAY_S
    stop = -(-(span[1] + rules.duration_s + rules.buffer_after_s) // DAY_S)
    grid: dict[tuple[object, ...], Opening] = {}
    if event_type.cast is None:
        state = (ports.homes, ports.homes.version(event_type.home))
        grid = ports.kept.get(("grid", event_type.id), state, dict)
    return Board(event_type, lineup(ports, event_type), rules, range(first, max(stop, first)), without, grid)


def offer(ports: Ports, seen: Board) -> list[int]:
    """Return every start at which a party is free, within its hours, ascending."""
    found = 0
    for _, mask in parties(ports, seen):
        found |= mask
    return cells.instants(found, seen.base, (seen.rules.earliest, seen.rules.latest))


def free_at(ports: Ports, seen: Board, start: int, *, any_hour: bool = False) -> list[Party]:
    """Return the parties that are free at `start`, at `any_hour` or within their hours and on their grid."""
    return [
        party for party, mask in parties(ports, seen, any_hour=any_hour) if cells.has(mask, seen.base, start)
    ]


def parties(ports: Ports, seen: Board, *, any_hour: bool = False) -> Iterator[tuple[Party, int]]:
    """Give each party with the starts at which it is free: within its hours and on their grid, or at `any_hour`."""
    shared = 0
    for host in seen.lineup.always:
        shared |= _refused(ports, seen, host)
    everything = (1 << len(seen.days) * DAY_CELLS) - 1
    for party in seen.lineup.parties:
        refused = shared | _refused(ports, seen, party[0]) if seen.lineup.is_open else shared
        yield party, (everything if any_hour else _opening(seen, party).starts) & ~refused


def refusal(seen: Board, start: int) -> Refusal:
    """Return why no party can have a start that none is free at: of the reasons of each, the one that came closest to it."""
    # Who has it within hours and on the grid is busy then: no calendar is read again to say so.
    reasons = {
        slots.refusal(seen.rules, start, _opening(seen, party).spans, (), ()) or Refusal.BUSY
        for party in seen.lineup.parties
    }
    return max(reasons, key=list(Refusal).index, default=Refusal.OUTSIDE_HOURS)


def chances(
    ports: Ports, seen: Board, starts: Sequence[int], *, any_hour: bool = False
) -> dict[int, frozenset[Home] | Refusal]:
    """Return for each of many starts who is free at it, by the first host of each party, or why nobody is.

    Over years a host is read but once for all of them; a board of minutes would be as long as these years.
    """
    found: dict[int, set[Home]] = {start: set() for start in starts}
    reasons = {start: {Refusal.OUTSIDE_HOURS} for start in starts}
    taken: dict[Home, frozenset[int]] = {}
    for party in seen.lineup.parties:
        opened = () if any_hour else _open(seen, party)
        closed = {} if any_hour else {one: slots.refusal(seen.rules, one, opened, (), ()) for one in starts}
        asked = [one for one in starts if closed.get(one) is None]
        for host in party if asked else ():
            if host.home not in taken:
                taken[host.home] = _taken_at(ports, seen, host, starts)
        for start in starts:
            if closed.get(start) is None and not any(start in taken[host.home] for host in party):
                found[start].add(party[0].home)
            reasons[start].add(closed.get(start) or Refusal.BUSY)
    order = list(Refusal)
    return {start: frozenset(free) or max(reasons[start], key=order.index) for start, free in found.items()}


def is_open(ports: Ports, event_type: EventType, party: Party, span: Span) -> bool:
    """Tell whether a party may be booked for the whole of `span`, which need not lie on the grid."""
    seen = board(ports, event_type, event_type.rules(span[0]), span)
    return any(start <= span[0] and span[1] <= end for start, end in merge(_open(seen, party)))


def opened(ports: Ports, event_type: EventType, span: Span) -> Sequence[Span]:
    """Return when any party may be booked, busy time aside: whole spans, that share an instant with `span`."""
    seen = board(ports, event_type, event_type.rules(span[0]), span)
    return merge(one for party in seen.lineup.parties for one in _open(seen, party))


def free_s(ports: Ports, event_type: EventType, host: Host, week: Span) -> int:
    """Return how much time within their hours a host has left in a week."""
    rules = SlotRules(cells.CELL_S, cells.CELL_S, 0, 0, *week)
    seen = board(ports, event_type, rules, week)
    busy, _ = _joined(ports, seen, host)
    hours = cells.mask(_open(seen, (host,)), seen.base, len(seen.days) * DAY_CELLS)
    asked = cells.mask([week], seen.base, len(seen.days) * DAY_CELLS)
    return cells.seconds(hours & asked & ~busy)


def _refused(ports: Ports, seen: Board, host: Host) -> int:
    if seen.without is not None:
        return cells.refused(seen.rules, *_joined(ports, seen, host))
    rules, known = seen.rules, _diary(ports, host).refused
    key = (rules.duration_s, rules.buffer_before_s, rules.buffer_after_s, seen.days.start, seen.days.stop)
    found = known.get(key)
    if found is None:
        if len(known) >= SPANS_KEPT_MAX:
            known.clear()
        found = known[key] = cells.refused(rules, *_joined(ports, seen, host))
    return found


def _joined(ports: Ports, seen: Board, host: Host) -> Masks:
    found = _masks(ports, seen, host)
    return cells.joined(busy for busy, _ in found), cells.joined(held for _, held in found)


def _masks(ports: Ports, seen: Board, host: Host) -> Sequence[Masks]:
    """Return when a host is busy on each of the days; a booking that moves does not stand in its own way."""
    if seen.without is not None:
        return _masks_of(ports, host, seen.days, seen.without)
    known = _diary(ports, host).days
    found = [known.get(day) for day in seen.days]
    if None not in found:
        return [one for one in found if one is not None]
    if len(known) > DAYS_KEPT_MAX:
        known.clear()
    fresh = _masks_of(ports, host, seen.days, None)
    known.update(zip(seen.days, fresh, strict=True))
    return fresh


def _diary(ports: Ports, host: Host) -> Diary:
    """Return what is known of a host's meetings since something changed for them, which is nothing at first."""
    home = host.home
    return ports.kept.get(
        ("diary", home),
        (
            *(ports.calendars, ports.ledger, ports.homes.version(home)),
            *(ports.calendars.version(home), ports.ledger.claims_version(home)),
        ),
        lambda: Diary({}, {}),
    )


def _masks_of(ports: Ports, host: Host, days: range, without: Booking | None) -> Sequence[Masks]:
    busy, held = _taken_by(ports, host, (days.start * DAY_S, days.stop * DAY_S), without)
    return [
        (cells.mask(busy, day * DAY_S, DAY_CELLS), cells.mask(held, day * DAY_S, DAY_CELLS)) for day in days
    ]


def _taken_by(
    ports: Ports, host: Host, span: Span, without: Booking | None
) -> tuple[Sequence[Span], Sequence[Span]]:
    claims = ports.ledger.claims(host.home, span, without=without.id if without else None)
    busy = ports.calendars.busy(blocking(ports, host), span, without=without.uid if without else None)
    return [*busy, *(claim.span for claim in claims)], [claim.held for claim in claims]


def _taken_at(ports: Ports, seen: Board, host: Host, starts: Sequence[int]) -> frozenset[int]:
    """Return at which of many starts a meeting would meet those of a host."""
    busy, held = (merge(spans) for spans in _taken_by(ports, host, seen.span, seen.without))
    rules = seen.rules
    return frozenset(
        start
        for start in starts
        if start % cells.CELL_S or meets(busy, rules.held(start)) or meets(held, rules.meeting(start))
    )


def _opening(seen: Board, party: Party) -> Opening:
    """Return the hours that a party has in common, and the starts on their grid."""
    rules, known = seen.rules, seen.grid
    whose = party[0].home if seen.lineup.is_open else tuple(host.home for host in party)
    key = (whose, rules.duration_s, rules.step_s, seen.days.start, seen.days.stop)
    found = known.get(key)
    if found is None:
        if len(known) >= SPANS_KEPT_MAX * max(len(seen.lineup.one_of), 1):
            known.clear()
        spans = tuple(_open(seen, party))
        found = Opening(spans, cells.starts(spans, rules.duration_s, rules.step_s, seen.base))
        known[key] = found
    return found


def _open(seen: Board, party: Party) -> Sequence[Span]:
    """Return when all of a party may be booked, within the hours of the team or of its event type."""
    found = _frame(seen)
    for host in party:
        closed = [one.dates for one in host.away]
        theirs = open_spans(host.hours, host.overrides, ZoneInfo(host.zone), seen.span, closed=closed)
        found = theirs if found is None else intersect(found, theirs)
    return found or ()


def _frame(seen: Board) -> Sequence[Span] | None:
    """Return the hours of the team or its event type, None where these bound nothing: midnight would begin a grid."""
    kind, face = seen.event_type, seen.lineup.face
    if kind.open_hours(face) == ALWAYS and not (kind.overrides or face.overrides or kind.away or face.away):
        return None
    return kind.open_spans(face, seen.span)
