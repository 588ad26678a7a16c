"""The algebra of half-open spans, checked against sets of integers."""

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from server.domain.intervals import Span, clip, intersect, merge, overlaps, subtract

A_SPAN = st.tuples(st.integers(-40, 40), st.integers(-40, 40))
SPANS = st.lists(A_SPAN, max_size=8)


def instants(spans: list[Span]) -> set[int]:
    return {at for start, end in spans for at in range(start, end)}


def is_merged(spans: list[Span]) -> bool:
    bounds = [bound for span in spans for bound in span]
    return all(left < right for left, right in pairwise(bounds))


@given(SPANS)
def test_merging_keeps_every_instant_and_leaves_sorted_disjoint_spans(spans: list[Span]) -> None:
    merged = merge(spans)
    assert instants(merged) == instants(spans)
    assert is_merged(merged)


@given(SPANS)
def test_merging_is_idempotent(spans: list[Span]) -> None:
    assert merge(merge(spans)) == merge(spans)


@given(SPANS, st.randoms(use_true_random=False))
def test_the_order_of_spans_does_not_matter_to_merging(spans: list[Span], random: Random) -> None:
    shuffled = list(spans)
    random.shuffle(shuffled)
    assert merge(shuffled) == merge(spans)


def test_spans_that_touch_become_one() -> None:
    assert merge([(5, 9), (1, 5)]) == [(1, 9)]


@given(SPANS, SPANS)
def test_subtracting_leaves_the_instants_that_were_not_taken(spans: list[Span], taken: list[Span]) -> None:
    left = subtract(merge(spans), merge(taken))
    assert instants(left) == instants(spans) - instants(taken)
    assert is_merged(left)


@given(SPANS, SPANS)
def test_intersecting_leaves_the_instants_of_both(some: list[Span], others: list[Span]) -> None:
    both = intersect(merge(some), merge(others))
    assert instants(both) == instants(some) & instants(others)
    assert all(start < end for start, end in both)


@given(A_SPAN, A_SPAN)
def test_two_spans_overlap_when_they_share_an_instant(span: Span, other: Span) -> None:
    assert overlaps(span, other) == bool(instants([span]) & instants([other]))


@given(SPANS, A_SPAN)
def test_clipping_leaves_what_is_inside_the_window(spans: list[Span], window: Span) -> None:
    clipped = clip(merge(spans), window)
    assert instants(clipped) == instants(spans) & instants([window])
    assert is_merged(clipped)
