"""Which starts are offered and why others are refused."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.hours import open_spans, parse_hours
from server.domain.intervals import Span, merge, overlaps
from server.domain.slots import Refusal, SlotRules, is_taken, nearest, offer, refusal

MINUTE = 60
DAY = 1440 * MINUTE
MONDAY = int(datetime(2026, 1, 5, tzinfo=UTC).timestamp())


def clock(text: str) -> int:
    hour, minute = text.split(":")
    return MONDAY + (int(hour) * 60 + int(minute)) * MINUTE


def span(text: str) -> Span:
    start, end = text.split("-")
    return clock(start), clock(end)


def spans(text: str) -> list[Span]:
    return [span(part) for part in text.split()]


def rules(duration: int = 30, step: int = 30, before: int = 0, after: int = 0) -> SlotRules:
    return SlotRules(
        duration_s=duration * MINUTE,
        step_s=step * MINUTE,
        buffer_before_s=before * MINUTE,
        buffer_after_s=after * MINUTE,
        earliest=MONDAY,
        latest=MONDAY + DAY,
    )


def offered(rules: SlotRules, open_: str, busy: str = "", held: str = "") -> str:
    starts = offer(rules, spans(open_), spans(busy), spans(held))
    return " ".join(datetime.fromtimestamp(start, UTC).strftime("%H:%M") for start in starts)


def test_slots_begin_with_the_window_and_end_within_it() -> None:
    """S1.5: the slots of a day."""
    assert offered(rules(), "09:00-11:00") == "09:00 09:30 10:00 10:30"


def test_a_window_that_begins_at_an_odd_minute_begins_the_grid() -> None:
    assert offered(rules(), "09:10-10:30") == "09:10 09:40"


def test_the_step_may_be_shorter_than_the_duration() -> None:
    assert offered(rules(duration=60, step=15), "09:00-10:30") == "09:00 09:15 09:30"


def test_the_step_may_be_longer_than_the_duration() -> None:
    assert offered(rules(duration=20, step=60), "09:00-11:20") == "09:00 10:00 11:00"


def test_each_window_has_its_own_grid() -> None:
    assert offered(rules(duration=45, step=45), "09:00-10:40 13:00-14:30") == "09:00 09:45 13:00 13:45"


def test_a_meeting_may_run_over_spans_that_touch_and_each_begins_its_own_grid() -> None:
    assert offered(rules(duration=45, step=45), "22:00-23:30 23:30-23:59") == "22:00 22:45"
    assert offered(rules(duration=50, step=50), "09:00-10:00 10:00-11:00") == "09:00 09:50 10:00"


def test_a_meeting_may_run_over_many_short_spans_that_touch() -> None:
    assert (
        offered(rules(duration=60, step=60), "09:00-09:20 09:20-09:40 09:40-10:00 10:00-10:20")
        == "09:00 09:20"
    )


def test_a_meeting_does_not_run_over_a_break() -> None:
    assert offered(rules(duration=45, step=45), "09:00-09:30 09:31-10:30") == "09:31"


def test_a_meeting_that_ends_when_a_slot_starts_does_not_block_it() -> None:
    assert offered(rules(), "09:00-10:30", busy="09:30-10:00") == "09:00 10:00"


def test_a_meeting_of_one_second_blocks_the_slot_it_is_in() -> None:
    start = clock("09:45")
    assert offer(rules(), [span("09:00-10:30")], [(start, start + 1)], []) == [clock("09:00"), clock("10:00")]


def test_an_empty_busy_span_blocks_nothing() -> None:
    assert offered(rules(), "09:00-10:00", busy="09:15-09:15", held="09:15-09:15") == "09:00 09:30"


def test_the_grid_stays_where_the_window_put_it_after_a_meeting() -> None:
    assert offered(rules(), "09:00-11:00", busy="09:40-09:50") == "09:00 10:00 10:30"


def test_a_buffer_keeps_away_from_meetings_on_both_sides() -> None:
    """S1.50: the buffers before and after are part of the conflict window."""
    assert offered(rules(before=10, after=5), "09:00-12:00", busy="10:05-10:25") == "09:00 09:30 11:00 11:30"
    assert offered(rules(before=10, after=5), "09:00-12:00", busy="10:04-10:21") == "09:00 11:00 11:30"


def test_a_buffer_may_overlap_another_meetings_buffer_but_not_the_meeting() -> None:
    """S1.50: with 15 minutes on either side of both, 15 minutes between the meetings are enough."""
    kept = "09:45-11:15"
    assert offered(rules(step=15, before=15, after=15), "09:00-12:00", busy="10:00-11:00", held=kept) == (
        "09:00 09:15 11:15 11:30"
    )


def test_a_buffer_may_reach_out_of_the_hours() -> None:
    assert offered(rules(before=60, after=60), "09:00-09:30") == "09:00"


def test_a_start_before_the_notice_is_over_is_too_soon() -> None:
    """S1.51: minimum notice; too close is rejected."""
    notice = replace(rules(), earliest=clock("09:10"))
    assert offered(notice, "09:00-10:30") == "09:30 10:00"
    assert refusal(notice, clock("09:00"), [span("09:00-10:30")], [], []) is Refusal.TOO_SOON


def test_a_start_just_when_the_notice_is_over_is_offered() -> None:
    assert offered(replace(rules(), earliest=clock("09:30")), "09:00-10:30") == "09:30 10:00"


def test_a_start_at_the_end_of_the_horizon_is_too_far() -> None:
    horizon = replace(rules(), latest=clock("10:00"))
    assert offered(horizon, "09:00-11:00") == "09:00 09:30"
    assert refusal(horizon, clock("10:00"), [span("09:00-11:00")], [], []) is Refusal.TOO_FAR


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        ("08:30", Refusal.OUTSIDE_HOURS),
        ("10:45", Refusal.OUTSIDE_HOURS),
        ("11:00", Refusal.OUTSIDE_HOURS),
        ("09:10", Refusal.OFF_GRID),
        ("09:30", Refusal.BUSY),
        ("10:30", Refusal.BUSY),
        ("10:00", None),
    ],
)
def test_a_refusal_says_which_rule_removed_the_start(start: str, reason: Refusal | None) -> None:
    found = refusal(rules(), clock(start), spans("09:00-11:00"), spans("09:30-10:00"), spans("10:30-10:40"))
    assert found is reason


def test_whether_a_start_is_taken_does_not_ask_hours_or_notice() -> None:
    """C36: a host may choose any free time; only a meeting refuses it."""
    past = replace(rules(before=10), earliest=clock("23:00"))
    assert not is_taken(past, clock("03:00"), spans("02:00-02:50"), [])
    assert is_taken(past, clock("03:00"), spans("02:00-02:51"), [])
    assert is_taken(past, clock("03:00"), [], spans("03:29-04:00"))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("10:00", "09:00 09:30 10:30"), ("08:00", "09:00 09:30 10:30"), ("23:00", "10:30 11:00 15:00")],
)
def test_the_nearest_starts_are_told_in_order_of_time(wanted: str, found: str) -> None:
    starts = [clock(text) for text in ("09:00", "09:30", "10:30", "11:00", "15:00")]
    assert nearest(starts, clock(wanted)) == [clock(text) for text in found.split()]


def test_of_two_starts_equally_near_the_earlier_is_taken() -> None:
    assert nearest([10, 20, 30, 40], 25, count=1) == [20]


def test_few_starts_are_all_near_and_none_are_none() -> None:
    assert nearest([10, 20], 15) == [10, 20]
    assert nearest([], 15) == []


@pytest.mark.parametrize(
    "change",
    [{"duration_s": 0}, {"step_s": 0}, {"step_s": -60}, {"buffer_before_s": -1}, {"buffer_after_s": -1}],
)
def test_rules_that_make_no_sense_cannot_be_made(change: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"at least one|negative"):
        replace(rules(), **change)


# The laws, on a day of 200 small units.

UNITS = 200
A_SPAN = st.tuples(st.integers(-20, UNITS), st.integers(0, 40)).map(lambda s: (s[0], s[0] + s[1]))
TAKEN = st.lists(A_SPAN, max_size=6)
OPEN = st.lists(st.integers(0, UNITS), max_size=8, unique=True).map(
    lambda bounds: list(zip(sorted(bounds), sorted(bounds)[1:], strict=False))
)
SOME_OPEN = OPEN.flatmap(
    lambda chain: st.lists(st.sampled_from(chain), unique=True).map(sorted) if chain else st.just([])
)
RULES = st.builds(
    SlotRules,
    duration_s=st.integers(1, 60),
    step_s=st.integers(1, 60),
    buffer_before_s=st.integers(0, 15),
    buffer_after_s=st.integers(0, 15),
    earliest=st.integers(-10, UNITS),
    latest=st.integers(-10, UNITS + 10),
)


@given(RULES, SOME_OPEN, TAKEN, TAKEN)
def test_no_offered_slot_meets_a_meeting_or_what_a_meeting_holds(
    rules: SlotRules, open_: list[Span], busy: list[Span], held: list[Span]
) -> None:
    for start in offer(rules, open_, busy, held):
        assert not any(overlaps(rules.held(start), other) for other in busy)
        assert not any(overlaps(rules.meeting(start), other) for other in held)


@given(RULES, SOME_OPEN, TAKEN, TAKEN)
def test_every_offered_slot_lies_within_open_time_and_bounds(
    rules: SlotRules, open_: list[Span], busy: list[Span], held: list[Span]
) -> None:
    for start in offer(rules, open_, busy, held):
        assert rules.earliest <= start < rules.latest
        assert any(a <= start and start + rules.duration_s <= b for a, b in merge(open_))


@given(RULES, SOME_OPEN, TAKEN, TAKEN)
def test_a_start_is_offered_if_and_only_if_it_is_not_refused(
    rules: SlotRules, open_: list[Span], busy: list[Span], held: list[Span]
) -> None:
    """S1.6: every slot offered can be booked, and no other."""
    accepted = [at for at in range(-30, UNITS + 60) if refusal(rules, at, open_, busy, held) is None]
    assert offer(rules, open_, busy, held) == accepted


@given(RULES, SOME_OPEN, TAKEN, TAKEN, TAKEN, st.none() | st.lists(st.integers(0, UNITS + 60), unique=True))
def test_so_it_is_with_periods_that_are_full_and_where_only_the_first_of_a_day_counts(
    rules: SlotRules,
    open_: list[Span],
    busy: list[Span],
    held: list[Span],
    full: list[Span],
    midnights: list[int] | None,
) -> None:
    """S1.6, S5.9: one arithmetic for offer and refusal, limits included."""
    days = None
    if midnights is not None:
        days = list(pairwise([-100, *sorted(midnights), UNITS + 200]))
    accepted = [
        at
        for at in range(-30, UNITS + 60)
        if refusal(rules, at, open_, busy, held, full=full, days=days) is None
    ]
    assert offer(rules, open_, busy, held, full=full, days=days) == accepted
    assert not any(first <= at < stop for at in accepted for first, stop in full)
    assert all(sum(first <= at < stop for at in accepted) <= 1 for first, stop in days or ())


@given(RULES, SOME_OPEN, TAKEN, TAKEN, st.integers(1, 7))
def test_how_busy_time_is_split_or_ordered_does_not_matter(
    rules: SlotRules, open_: list[Span], busy: list[Span], held: list[Span], size: int
) -> None:
    def split(spans: list[Span]) -> list[Span]:
        return [(at, min(at + size, end)) for start, end in reversed(spans) for at in range(start, end, size)]

    whole = offer(rules, open_, busy, held)
    assert offer(rules, open_, merge(busy), merge(held)) == whole
    assert offer(rules, open_, split(busy), split(held)) == whole


@given(RULES, SOME_OPEN, TAKEN, TAKEN, A_SPAN)
def test_another_meeting_never_adds_a_slot(
    rules: SlotRules, open_: list[Span], busy: list[Span], held: list[Span], another: Span
) -> None:
    before = set(offer(rules, open_, busy, held))
    assert before.issuperset(offer(rules, open_, [*busy, another], held))
    assert before.issuperset(offer(rules, open_, busy, [*held, another]))


@given(RULES, SOME_OPEN, TAKEN, TAKEN)
def test_once_booked_a_slot_and_all_that_would_meet_it_are_gone(
    rules: SlotRules, open_: list[Span], busy: list[Span], held: list[Span]
) -> None:
    for start in offer(rules, open_, busy, held):
        left = offer(rules, open_, [*busy, rules.meeting(start)], [*held, rules.held(start)])
        assert all(not _too_close(rules, start, other) for other in left)


def _too_close(rules: SlotRules, one: int, other: int) -> bool:
    return overlaps(rules.held(one), rules.meeting(other)) or overlaps(rules.held(other), rules.meeting(one))


@given(st.lists(st.integers(0, 99), unique=True).map(sorted), st.integers(-5, 105), st.integers(0, 5))
def test_the_nearest_starts_are_nearer_than_all_others(starts: list[int], wanted: int, count: int) -> None:
    found = nearest(starts, wanted, count)
    assert len(found) == min(count, len(starts))
    assert found == sorted(found)
    rest = [abs(start - wanted) for start in starts if start not in found]
    assert all(abs(start - wanted) <= min(rest, default=10**9) for start in found)


# Weeks in which clocks change.

WEEKS = [
    ("Europe/Berlin", "2026-03-26"),
    ("Europe/Berlin", "2026-10-22"),
    ("Australia/Lord_Howe", "2026-04-02"),
    ("Australia/Lord_Howe", "2026-10-01"),
    ("America/New_York", "2026-03-05"),
    ("America/New_York", "2026-10-29"),
    ("Africa/Cairo", "2026-04-21"),
    ("Africa/Cairo", "2026-10-27"),
]


def week_of(zone: ZoneInfo, first: str) -> Span:
    start = int(datetime.fromisoformat(first).replace(tzinfo=zone).timestamp())
    return start, start + 7 * DAY


def slots_between(text: str, zone: ZoneInfo, asked: Span, template: SlotRules) -> list[int]:
    """Return the slots as a page asks for them: starts in `asked`, hours far enough for the last meeting."""
    open_ = open_spans(parse_hours(text), (), zone, (asked[0], asked[1] + template.duration_s))
    return offer(replace(template, earliest=asked[0], latest=asked[1]), open_, [], [])


@pytest.mark.parametrize(("name", "first"), WEEKS)
def test_slots_keep_their_wall_time_in_a_week_of_a_clock_change(name: str, first: str) -> None:
    """S1.68: what the host's wall clock shows stays the same; the instants move."""
    zone = ZoneInfo(name)
    starts = slots_between("mon-sun 09:00-10:00", zone, week_of(zone, first), rules())
    shown = [datetime.fromtimestamp(start, zone).strftime("%H:%M") for start in starts]
    assert shown == ["09:00", "09:30"] * 7


@pytest.mark.parametrize(("name", "first"), WEEKS)
@settings(max_examples=30)
@given(
    text=st.sampled_from(
        ["always", "mon-sun 00:00-05:00", "mon-sun 20:00-24:00", "mon-sun 00:00-00:50,22:10-24:00"]
    ),
    duration=st.sampled_from([20, 45, 60, 90]),
    step=st.sampled_from([15, 25, 50, 60]),
    cut=st.integers(0, 7 * 96),
)
def test_a_week_asked_for_in_two_parts_gives_the_same_instants(
    name: str, first: str, text: str, duration: int, step: int, cut: int
) -> None:
    """S1.68: a guest's zone only moves the edges of what is asked for, so it cannot change the instants."""
    zone = ZoneInfo(name)
    start, end = week_of(zone, first)
    middle = start + cut * 15 * MINUTE
    template = rules(duration, step)
    whole = slots_between(text, zone, (start, end), template)
    parts = [slots_between(text, zone, part, template) for part in ((start, middle), (middle, end))]
    assert parts[0] + parts[1] == whole
