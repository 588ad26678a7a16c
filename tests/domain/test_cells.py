"""Times as bits say what times as spans say."""

from hypothesis import given
from hypothesis import strategies as st

from server.domain import cells, slots
from server.domain.intervals import Span, merge
from server.domain.slots import SlotRules

BASE = 20_000 * 86_400
DAYS = 3
CELLS = DAYS * cells.DAY_CELLS
END = BASE + CELLS * cells.CELL_S

seconds = st.integers(BASE - 7_200, END + 7_200)
minutes = st.integers(0, CELLS).map(lambda minute: BASE + minute * 60)
spans = st.lists(st.tuples(seconds, seconds).map(lambda pair: (min(pair), max(pair))), max_size=12)
"""Some are empty, some begin and end at odd seconds, some reach over the edges."""


@st.composite
def rules(draw: st.DrawFn) -> SlotRules:
    length = st.integers(1, 300).map(lambda minute: minute * 60)
    buffer = st.integers(0, 120).map(lambda minute: minute * 60)
    earliest = draw(st.integers(BASE, END))
    return SlotRules(
        draw(length), draw(length), draw(buffer), draw(buffer), earliest, draw(st.integers(earliest, END))
    )


@st.composite
def open_times(draw: st.DrawFn) -> list[Span]:
    drawn = draw(st.lists(st.tuples(minutes, minutes).map(lambda pair: (min(pair), max(pair))), max_size=6))
    return merge(drawn)


@given(rules(), open_times(), spans, spans)
def test_what_is_offered_by_bits_is_what_is_offered_by_spans(
    given_rules: SlotRules, open_: list[Span], busy: list[Span], held: list[Span]
) -> None:
    reach = given_rules.duration_s + given_rules.buffer_after_s + given_rules.buffer_before_s
    base, number = BASE - 86_400, CELLS + 2 * cells.DAY_CELLS
    assert reach < 86_400
    free = cells.starts(tuple(open_), given_rules.duration_s, given_rules.step_s, base) & ~cells.refused(
        given_rules, cells.mask(busy, base, number), cells.mask(held, base, number)
    )
    asked = (given_rules.earliest, given_rules.latest)
    assert cells.instants(free, base, asked) == slots.offer(given_rules, open_, busy, held)


@given(spans)
def test_days_that_are_joined_are_one_mask(drawn: list[Span]) -> None:
    days = [cells.mask(drawn, BASE + day * 86_400, cells.DAY_CELLS) for day in range(DAYS)]
    assert cells.joined(days) == cells.mask(drawn, BASE, CELLS)


@given(spans, minutes, st.tuples(seconds, seconds))
def test_instants_are_those_of_the_minutes(drawn: list[Span], at: int, asked: Span) -> None:
    found = cells.mask(drawn, BASE, CELLS)
    listed = cells.instants(found, BASE, asked)
    wanted = [
        minute
        for minute in range(BASE, END, 60)
        if asked[0] <= minute < asked[1] and any(max(minute, s) < min(minute + 60, e) for s, e in drawn)
    ]
    assert listed == wanted
    assert cells.has(found, BASE, at) == (at in cells.instants(found, BASE, (BASE, END)))
    assert not cells.has(found, BASE, at + 1)
    assert cells.seconds(found) == 60 * len(cells.instants(found, BASE, (BASE, END)))
