"""Whose turn it is."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import hosts
from server.domain.hosts import LAG_TURNS, Candidate, Cursor, Rotation, Wheel
from server.domain.identity import Home
from server.domain.team import Member

MANY = 10_000

weights = st.lists(st.integers(1, 1000), min_size=2, max_size=12)


def candidates(given_weights: list[int]) -> list[Candidate]:
    return [
        Candidate(home=Home(f"h{number}"), number=number, weight=weight)
        for number, weight in enumerate(given_weights, 1)
    ]


def turned(wheel: Wheel, cursor: Cursor) -> Wheel:
    """Return the wheel with one host's cursor moved."""
    return Wheel((*(one for one in wheel.cursors if one.home != cursor.home), cursor))


def book(rotation: Rotation, free: list[Candidate], wheel: Wheel) -> tuple[Candidate, Wheel]:
    """Let the next of those who are free have their turn."""
    chosen = hosts.ranked(rotation, free, wheel)[0]
    return chosen, turned(wheel, hosts.after(wheel, chosen))


def shares(
    rotation: Rotation, people: list[Candidate], times: int, wheel: Wheel | None = None
) -> Counter[Home]:
    counted: Counter[Home] = Counter({one.home: 0 for one in people})
    wheel = wheel or Wheel()
    for _ in range(times):
        chosen, wheel = book(rotation, people, wheel)
        counted[chosen.home] += 1
    return counted


def order(rotation: Rotation, people: list[Candidate], wheel: Wheel | None = None) -> str:
    return " ".join(one.home for one in hosts.ranked(rotation, people, wheel or Wheel()))


def test_the_first_turn_is_of_the_greatest_weight_then_of_the_lowest_number() -> None:
    """S2.46."""
    assert order(Rotation.LEAST_RECENT, candidates([100, 300, 100, 300])) == "h2 h4 h1 h3"


def test_whose_turn_is_longest_ago_comes_first_whatever_the_weights() -> None:
    """S2.45: the least-recent rotation cursor, before the weight."""
    people = candidates([1000, 1, 1])
    wheel = Wheel()
    told = []
    for _ in range(7):
        chosen, wheel = book(Rotation.LEAST_RECENT, people, wheel)
        told.append(chosen.home)
    assert told == ["h1", "h2", "h3", "h1", "h2", "h3", "h1"]


def test_who_was_not_free_keeps_their_place() -> None:
    """S2.45."""
    people = candidates([100, 100, 100])
    chosen, wheel = book(Rotation.LEAST_RECENT, people[1:], Wheel())
    assert chosen.home == "h2"
    assert order(Rotation.LEAST_RECENT, people, wheel) == "h1 h3 h2"


@pytest.mark.parametrize("given_weights", [[100] * 5, [1, 50, 100, 1000], [7, 3]])
def test_ten_thousand_bookings_are_shared_equally_whatever_the_weights(given_weights: list[int]) -> None:
    """S2.45: with all hosts free, shares are equal within one."""
    counted = shares(Rotation.LEAST_RECENT, candidates(given_weights), MANY)
    assert max(counted.values()) - min(counted.values()) <= 1


@pytest.mark.parametrize("given_weights", [[100] * 5, [1, 50, 100, 1000], [7, 3], [100, 50, 25, 25]])
def test_by_weight_ten_thousand_bookings_follow_the_weights(given_weights: list[int]) -> None:
    """C21: shares follow the weights within 2 % (of the share, or one booking)."""
    people = candidates(given_weights)
    counted = shares(Rotation.WEIGHTED, people, MANY)
    for one in people:
        wanted = MANY * one.weight / sum(given_weights)
        assert abs(counted[one.home] - wanted) <= max(0.02 * wanted, 1)


@given(weights, st.integers(1, 400))
def test_by_weight_nobody_is_ever_far_from_their_share(given_weights: list[int], times: int) -> None:
    people = candidates(given_weights)
    counted = shares(Rotation.WEIGHTED, people, times)
    for one in people:
        assert abs(counted[one.home] - times * one.weight / sum(given_weights)) < len(people)


@given(weights, st.integers(0, 2**16))
def test_by_weight_shares_hold_over_time_though_hosts_are_busy_now_and_then(
    given_weights: list[int], seed: int
) -> None:
    random = Random(seed)
    people = candidates([100 + weight % 3 * 50 for weight in given_weights])
    wheel, counted = Wheel(), Counter[Home]()
    for _ in range(600):
        free = [one for one in people if random.random() < 0.9] or people
        chosen, wheel = book(Rotation.WEIGHTED, free, wheel)
        counted[chosen.home] += 1
    for one in people:
        wanted = 600 * one.weight / sum(each.weight for each in people)
        assert abs(counted[one.home] - wanted) <= max(0.05 * wanted, LAG_TURNS)


def test_by_weight_who_was_long_away_does_not_come_back_to_a_flood() -> None:
    people = candidates([100, 100, 100])
    wheel = Wheel()
    _, wheel = book(Rotation.WEIGHTED, people[2:], wheel)
    for _ in range(300):
        _, wheel = book(Rotation.WEIGHTED, people[:2], wheel)
    counted = shares(Rotation.WEIGHTED, people, 90, wheel)
    assert 30 <= counted[Home("h3")] <= 30 + LAG_TURNS


def test_by_weight_who_is_new_stands_where_the_others_do() -> None:
    people = candidates([100, 100, 100])
    wheel = Wheel()
    for _ in range(300):
        _, wheel = book(Rotation.WEIGHTED, people[:2], wheel)
    assert abs(shares(Rotation.WEIGHTED, people, 90, wheel)[Home("h3")] - 30) <= 1


def test_a_rotation_asks_first_for_what_it_is_named_after() -> None:
    """C21."""
    alice, bob, carl = (Home(name) for name in ("alice", "bob", "carl"))
    people = [
        Candidate(home=alice, number=1, priority=0, bookings=3, free_s=900),
        Candidate(home=bob, number=2, priority=2, bookings=3, free_s=3600),
        Candidate(home=carl, number=3, priority=1, bookings=0, free_s=900),
    ]
    assert order(Rotation.PRIORITY, people) == "bob carl alice"
    assert order(Rotation.LEAST_BUSY, people) == "carl alice bob"
    assert order(Rotation.AVAILABILITY_FIRST, people) == "bob alice carl"


@pytest.mark.parametrize("rotation", Rotation)
@given(given_weights=weights, times=st.integers(0, 30))
def test_of_equals_all_have_their_turn(rotation: Rotation, given_weights: list[int], times: int) -> None:
    people = candidates([100] * len(given_weights))
    counted = shares(rotation, people, times)
    assert max(counted.values()) - min(counted.values()) <= 1


@pytest.mark.parametrize("rotation", Rotation)
@given(given_weights=st.lists(st.integers(0, 3), min_size=1, max_size=6))
def test_who_has_no_weight_has_no_turn(rotation: Rotation, given_weights: list[int]) -> None:
    """C21."""
    listed = hosts.ranked(rotation, candidates(given_weights), Wheel())
    assert {one.home for one in listed} == {one.home for one in candidates(given_weights) if one.weight}


def test_who_takes_part_is_active_and_named() -> None:
    alice, bob, carl, dora = (Home(name) for name in ("alice", "bob", "carl", "dora"))
    members = [
        Member(home=alice),
        Member(home=bob, active=False),
        Member(home=carl, weight=0),
        Member(home=dora),
    ]
    assert [one.home for one in hosts.eligible(members, None)] == [alice, carl, dora]
    assert [one.home for one in hosts.eligible(members, None, rotates=True)] == [alice, dora]
    assert [one.home for one in hosts.eligible(members, (bob, carl))] == [carl]
