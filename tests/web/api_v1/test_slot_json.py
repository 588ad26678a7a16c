"""Encoded slots are what msgspec would have written, kept or not."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.web.api_v1.shapes import Slot
from server.web.api_v1.slot_json import SlotJson

MONDAY = int(datetime(2026, 3, 2, 8, tzinfo=UTC).timestamp())


def plain(starts: list[int], duration_s: int) -> bytes:
    moment = datetime.fromtimestamp
    return msgspec.json.encode([Slot(moment(at, UTC), moment(at + duration_s, UTC)) for at in starts])


@pytest.mark.parametrize("number", [0, 1, 2, 40])
def test_the_first_and_the_second_answer_are_what_msgspec_writes(number: int) -> None:
    starts = [MONDAY + 900 * at for at in range(number)]
    slots = SlotJson()
    for _ in range(2):
        assert msgspec.json.encode(slots.encoded(starts, 1800)) == plain(starts, 1800)


def test_slots_of_another_duration_end_at_another_time() -> None:
    slots = SlotJson()
    for duration_s in (1800, 3600, 1800):
        assert msgspec.json.encode(slots.encoded([MONDAY], duration_s)) == plain([MONDAY], duration_s)


@given(st.lists(st.tuples(st.lists(st.integers(0, 60), max_size=9), st.integers(1, 3)), max_size=12))
def test_what_is_forgotten_when_too_much_is_kept_is_made_again(asked: list[tuple[list[int], int]]) -> None:
    slots = SlotJson(kept_max=10)
    for minutes, duration in asked:
        starts = [MONDAY + 60 * minute for minute in minutes]
        assert msgspec.json.encode(slots.encoded(starts, duration)) == plain(starts, duration)
