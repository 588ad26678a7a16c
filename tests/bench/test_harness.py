from itertools import cycle

import pytest

from tests.bench.harness import alike, alternate, at_least, at_most, below, compare, faster, figure


def test_a_row_holds_up_to_its_bar_and_not_beyond() -> None:
    assert at_most("", 4.0, 1.0, 4).holds
    assert not at_most("", 4.1, 1.0, 4).holds
    assert at_least("", 25.0, 100.0, 0.25).holds
    assert not at_least("", 24.0, 100.0, 0.25).holds
    assert below("", 5e-5, 5e-5).holds
    assert not below("", 6e-5, 5e-5).holds


def test_faster_counts_how_many_times_the_reference_takes() -> None:
    row = faster("", measured=0.001, reference=0.06, bar=50)
    assert (round(row.ratio), row.holds) == (60, True)
    assert not faster("", 0.001, 0.04, 50).holds


def test_alike_is_the_same_seen_from_either_side() -> None:
    assert alike("", 1.0, 1.19).holds
    assert alike("", 1.19, 1.0).holds
    assert not alike("", 1.0, 1.3).holds
    assert not alike("", 1.3, 1.0).holds


def test_alternate_takes_the_medians_so_that_one_disturbed_round_does_not_count() -> None:
    disturbed = cycle([1.0, 1.0, 99.0, 1.0, 1.0])
    assert alternate(lambda: next(disturbed), lambda: 2.0, runs=5) == (1.0, 2.0)


def test_compare_sees_which_of_two_functions_does_more() -> None:
    more, less = compare(lambda: sum(range(5000)), lambda: sum(range(50)))
    assert more > 5 * less


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1.5, "s", "1.5 s"),
        (0.0123, "s", "12.3 ms"),
        (4.4e-6, "s", "4.4 µs"),
        (3012.4, "/s", "3,012/s"),
        (0.9, " kB", "0.9 kB"),
    ],
)
def test_a_figure_is_read_in_the_unit_that_suits_it(value: float, unit: str, text: str) -> None:
    assert figure(value, unit) == text
