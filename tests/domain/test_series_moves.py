"""What becomes of a series when one of its meetings, the rest, or all are moved or cancelled."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from server.domain.booking import Actor, Booking
from server.domain.changes import cancelled, cancelled_one, cut, rescheduled, rescheduled_one
from server.domain.errors import AlreadyCancelled, Conflict, Invalid, NotFound
from server.domain.series import (
    Deviation,
    Frequency,
    Occurrence,
    OccurrenceStatus,
    Recurrence,
    Series,
)
from server.domain.series_moves import occurrence, on_day
from server.domain.zones import zone_of
from tests.builders import BERLIN, NOW, at, booking

HOUR = timedelta(hours=1)
SIX = Recurrence(frequency=Frequency.WEEKLY, count=6)
MADE = replace(booking("09:00-10:00"), series=Series(recurrence=SIX))
"""Six Mondays from 2 March 2026; the clocks change before the fifth."""

AFTER_TWO = at("2026-03-10 12:00")


def when(made: Booking) -> list[str]:
    """Return the starts of what takes place, as the host's clock shows them."""
    return [one.start.astimezone(zone_of(BERLIN)).strftime("%m-%d %H:%M") for one in made.meetings]


def nth(made: Booking, number: int) -> Occurrence:
    return made.occurrences[number]


def move_one(made: Booking, number: int, start: datetime, actor: Actor = Actor.HOST) -> Booking:
    return rescheduled_one(made, nth(made, number).original, start, actor=actor, at=NOW, sent=0).after


def cancel_one(made: Booking, number: int, now: datetime = NOW) -> Booking:
    original = nth(made, number).original
    return cancelled_one(made, original, "ill", actor=Actor.GUEST, at=now, sent=0).after


def cut_from(made: Booking, first: str, now: datetime = NOW) -> Booking:
    return cut(made, date.fromisoformat(first), "", actor=Actor.HOST, at=now, sent=0).after


def move_all(made: Booking, start: datetime, now: datetime = NOW) -> Booking:
    return rescheduled(made, start, actor=Actor.HOST, at=now, sent=0).after


def test_a_day_names_the_occurrence_that_the_rule_has_on_it_wherever_that_one_was_moved() -> None:
    """C41"""
    made = move_one(MADE, 1, at("2026-03-10 15:00"))
    assert on_day(made, date(2026, 3, 9)).start == at("2026-03-10 15:00")
    with pytest.raises(NotFound):
        on_day(made, date(2026, 3, 10))


def test_the_day_is_that_of_the_bookings_zone() -> None:
    """C41"""
    late = replace(booking("23:30-23:45"), series=Series(recurrence=SIX), zone="Asia/Tokyo")
    assert on_day(late, date(2026, 3, 3)).original == at("2026-03-02 23:30")


def test_what_the_guest_skipped_was_never_a_meeting() -> None:
    skipped = Series(recurrence=SIX, skipped=(nth(MADE, 1).original,))
    with pytest.raises(NotFound):
        on_day(replace(MADE, series=skipped), date(2026, 3, 9))


def test_one_occurrence_moves_and_the_others_stay() -> None:
    made = move_one(MADE, 1, at("2026-03-10 15:00"), Actor.GUEST)
    assert when(made) == ["03-02 09:00", "03-10 15:00", *when(MADE)[2:]]
    assert (made.sequence, made.revision, made.start) == (1, 1, MADE.start)
    assert nth(made, 1).status is OccurrenceStatus.MOVED
    assert nth(made, 1).by_guest
    assert made.series is not None
    assert made.series.concerns == nth(MADE, 1).original


def test_an_occurrence_that_moves_back_is_as_the_rule_has_it() -> None:
    there = move_one(MADE, 1, at("2026-03-10 15:00"))
    back = move_one(there, 1, nth(MADE, 1).start)
    assert back.series is not None
    assert back.series.exceptions == ()


def test_one_occurrence_is_cancelled_and_the_others_take_place() -> None:
    """S3.32"""
    made = cancel_one(MADE, 1)
    assert when(made) == [*when(MADE)[:1], *when(MADE)[2:]]
    assert (nth(made, 1).status, nth(made, 1).reason) == (OccurrenceStatus.CANCELLED, "ill")
    assert made.is_active


@pytest.mark.parametrize("number", [0, 1])
def test_what_has_begun_is_neither_moved_nor_cancelled(number: int) -> None:
    with pytest.raises(Conflict):
        cancel_one(MADE, number, AFTER_TWO)


def test_what_is_cancelled_is_not_cancelled_or_moved_again() -> None:
    made = cancel_one(MADE, 1)
    with pytest.raises(AlreadyCancelled):
        cancel_one(made, 1)
    with pytest.raises(AlreadyCancelled):
        move_one(made, 1, at("2026-03-10 15:00"))


def test_no_occurrence_goes_to_where_it_is_or_into_the_past() -> None:
    for start in (nth(MADE, 1).start, NOW - HOUR):
        with pytest.raises(Invalid):
            move_one(MADE, 1, start)


def test_a_meeting_that_does_not_repeat_has_no_occurrences_to_change() -> None:
    with pytest.raises(Conflict):
        occurrence(booking(), booking().start)


def test_a_series_ends_before_a_day_and_keeps_what_was_before() -> None:
    """S3.33"""
    made = cut_from(MADE, "2026-03-16")
    assert when(made) == when(MADE)[:2]
    assert made.series is not None
    assert made.series.recurrence == Recurrence(frequency=Frequency.WEEKLY, until=date(2026, 3, 15))


def test_what_has_begun_stays_also_where_it_was_moved_before_the_day() -> None:
    """S3.33"""
    early = move_one(MADE, 3, at("2026-03-09 15:00"))
    made = cut_from(early, "2026-03-16", AFTER_TWO)
    assert when(made) == ["03-02 09:00", "03-09 09:00", "03-09 15:00"]
    assert [one.status for one in made.occurrences[2:]] == [
        OccurrenceStatus.CANCELLED,
        OccurrenceStatus.MOVED,
    ]


def test_a_cut_forgets_what_was_made_of_what_is_no_more() -> None:
    made = cut_from(cancel_one(move_one(MADE, 4, at("2026-03-30 15:00")), 1), "2026-03-23")
    assert made.series is not None
    assert [one.original for one in made.series.exceptions] == [nth(MADE, 1).original]


def test_a_series_that_has_not_begun_moves_as_a_whole_on_the_hosts_wall() -> None:
    made = move_all(MADE, at("2026-03-03 14:00"))
    days = ["03-03", "03-10", "03-17", "03-24", "03-31", "04-07"]
    assert when(made) == [f"{one} 14:00" for one in days]


def test_what_was_cancelled_stays_so_in_a_series_that_moves_and_what_was_moved_follows_the_rule() -> None:
    series = Series(
        recurrence=SIX,
        skipped=(nth(MADE, 2).original,),
        exceptions=(
            Deviation(original=nth(MADE, 1).original),
            Deviation(
                original=nth(MADE, 3).original, start=at("2026-03-25 09:00"), end=at("2026-03-25 10:00")
            ),
        ),
    )
    made = move_all(replace(MADE, series=series), at("2026-03-03 09:00"))
    assert when(made) == ["03-03 09:00", "03-24 09:00", "03-31 09:00", "04-07 09:00"]
    assert [one.status for one in made.occurrences[1:3]] == [
        OccurrenceStatus.CANCELLED,
        OccurrenceStatus.SKIPPED,
    ]


def test_a_last_day_moves_with_its_series() -> None:
    made = replace(MADE, series=Series(recurrence=replace(SIX, count=None, until=date(2026, 4, 6))))
    assert len(move_all(made, at("2026-03-04 14:00")).meetings) == len(made.meetings) == 6


def test_of_a_series_that_has_begun_what_is_to_come_moves_and_the_past_stays() -> None:
    made = move_all(MADE, at("2026-03-17 14:00"), AFTER_TWO)
    assert when(made) == [
        "03-02 09:00",
        "03-09 09:00",
        "03-17 14:00",
        "03-24 14:00",
        "03-31 14:00",
        "04-07 14:00",
    ]
    assert made.start == MADE.start


def test_nothing_of_a_series_that_is_over_can_be_moved() -> None:
    with pytest.raises(Conflict):
        move_all(MADE, at("2026-06-01 09:00"), at("2026-05-01 09:00"))


def test_a_later_change_of_all_is_about_none_alone() -> None:
    made = cancelled(cancel_one(MADE, 1), "", actor=Actor.HOST, at=NOW, sent=0).after
    assert made.series is not None
    assert made.series.concerns is None


def test_what_a_calendar_shows_is_changed_by_its_own_originals() -> None:
    days = tuple(MADE.start + timedelta(days=number) for number in range(4))
    listed = tuple(Occurrence(one, one, one + HOUR) for one in days)
    made = replace(MADE, series=Series(recurrence=SIX, listed=listed))
    assert when(cancel_one(made, 1)) == ["03-02 09:00", "03-04 09:00", "03-05 09:00"]
    assert when(cut_from(made, "2026-03-04")) == ["03-02 09:00", "03-03 09:00"]
    assert when(move_one(made, 3, at("2026-03-09 15:00")))[3] == "03-09 15:00"
    assert when(move_all(made, at("2026-03-02 11:00"))) == [f"03-0{n} 11:00" for n in (2, 3, 4, 5)]


def test_a_series_moves_by_the_first_of_its_rule_wherever_others_were_moved() -> None:
    early = move_one(MADE, 1, at("2026-03-02 12:00"))
    made = move_all(move_one(early, 0, at("2026-03-05 09:00")), at("2026-03-03 09:00"))
    assert when(made) == [f"{day} 09:00" for day in ("03-03", "03-10", "03-17", "03-24", "03-31", "04-07")]
