"""A series in the host's calendar: what is written, what comes back, and what clients make of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.booking import Actor, Booking
from server.domain.changes import cancelled, cancelled_one, cut, rescheduled, rescheduled_one
from server.domain.identity import CalendarPath
from server.domain.intervals import Span
from server.domain.series import (
    Deviation,
    Frequency,
    OccurrenceStatus,
    Recurrence,
    Series,
    is_told_once,
    originals,
)
from server.ical import vevent
from server.ical.occurrences import occurrences
from server.ical.scan import Component, Property, scan, serialise
from tests.builders import at
from tests.review import ALICE, REVIEW

CALENDAR = REVIEW.calendar
HISTORY = CalendarPath("alice/history")
HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)

TWELVE = Recurrence(frequency=Frequency.WEEKLY, count=12)
MADE = replace(
    REVIEW,
    start=at("2027-02-01 10:00"),
    end=at("2027-02-01 11:00"),
    series=Series(recurrence=TWELVE),
)
"""Twelve Mondays over the end of March, when the clocks change."""

recurrences = st.builds(
    Recurrence,
    frequency=st.sampled_from(Frequency),
    interval=st.integers(1, 4),
    count=st.integers(2, 12),
)
fates = st.sampled_from(["plain", "plain", "skipped", "moved", "cancelled"])


@st.composite
def series(draw: st.DrawFn) -> Booking:
    start = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 50_000)) * 15)
    zone = draw(st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"]))
    if not is_told_once(start, zone):
        start += 3 * HOUR
    recurrence = draw(recurrences)
    skipped, exceptions = [], []
    for one in originals(recurrence, start, zone):
        fate = draw(fates)
        by_guest, reason = draw(st.booleans()), draw(st.text(max_size=10))
        if fate == "skipped":
            skipped.append(one)
        elif fate == "cancelled":
            exceptions.append(Deviation(original=one, by_guest=by_guest, reason=reason))
        elif fate == "moved":
            begins = one + draw(st.integers(1, 40)) * HOUR
            exceptions.append(
                Deviation(original=one, start=begins, end=begins + HOUR, by_guest=by_guest, reason=reason)
            )
    made = Series(
        recurrence=recurrence,
        skipped=tuple(skipped),
        exceptions=tuple(exceptions),
        concerns=draw(st.none() | st.just(start)),
        by_guest=draw(st.booleans()),
    )
    lasts = timedelta(minutes=draw(st.integers(1, 600)))
    return replace(REVIEW, start=start, end=start + lasts, zone=zone, series=made)


def busy(text: str) -> Sequence[Span]:
    """Return when an object makes its owner busy."""
    found = occurrences(scan(text), 0, 2**33, UTC)
    assert found.complex == []
    return sorted((one.start, one.end) for one in found.occurrences)


def meant(booking: Booking) -> Sequence[Span]:
    return sorted(one.span for one in booking.meetings)


def read(text: str, calendar: CalendarPath = CALENDAR) -> Booking:
    found = vevent.read(text, calendar)
    assert found is not None
    return found


def is_master(one: Component) -> bool:
    return one.name == "VEVENT" and one.first("RECURRENCE-ID") is None


def edited(text: str, *changes: tuple[str, str | None]) -> str:
    """Return the object as a client leaves it that gives the master other lines: a name and a value, None to remove."""
    tree = scan(text)
    components = []
    for one in tree.components:
        if is_master(one):
            kept = [item for item in one.properties if item.name not in {name for name, _ in changes}]
            kept += [_property(name, value) for name, value in changes if value is not None]
            one = Component(one.name, tuple(kept), one.components)
        components.append(one)
    return serialise(Component(tree.name, tree.properties, tuple(components)))


def _property(name: str, value: str) -> Property:
    is_wall = name in {"EXDATE", "RDATE", "DTSTART", "DTEND", "RECURRENCE-ID"} and not value.endswith("Z")
    return Property(name, value, {"TZID": ("Europe/Berlin",)} if is_wall else {})


def with_override(text: str, of: str, start: str, end: str, *more: tuple[str, str]) -> str:
    """Return the object with an override as Thunderbird writes one: bare, of the same UID."""
    tree = scan(text)
    lines = (
        Property("UID", REVIEW.uid),
        Property("SUMMARY", "Another time"),
        *(_property(*one) for one in (("RECURRENCE-ID", of), ("DTSTART", start), ("DTEND", end), *more)),
    )
    alarm = Component("VALARM", (Property("TRIGGER", "-PT15M"), Property("ACTION", "DISPLAY")))
    return serialise(
        Component(tree.name, tree.properties, (*tree.components, Component("VEVENT", lines, (alarm,))))
    )


def overrides(text: str) -> Sequence[Component]:
    return [one for one in scan(text).children("VEVENT") if one.first("RECURRENCE-ID") is not None]


def nth(booking: Booking, number: int) -> datetime:
    return booking.occurrences[number].original


def move_one(booking: Booking, number: int, by: timedelta = HOUR) -> Booking:
    start = booking.occurrences[number].start + by
    now = booking.changed_at + HOUR
    return rescheduled_one(booking, nth(booking, number), start, actor=Actor.GUEST, at=now, sent=0).after


def cancel_one(booking: Booking, number: int) -> Booking:
    now = booking.changed_at + HOUR
    return cancelled_one(booking, nth(booking, number), "ill", actor=Actor.HOST, at=now, sent=0).after


@given(series())
@settings(max_examples=50, deadline=None)
def test_a_series_comes_back_from_its_calendar_as_it_was_written(booking: Booking) -> None:
    text = vevent.stored(booking, ALICE)
    assert read(text) == booking
    assert busy(text) == meant(booking)


@given(series(), st.data())
@settings(max_examples=40, deadline=None)
def test_what_is_revised_says_what_is_written_anew(booking: Booking, data: st.DataObject) -> None:
    before = replace(booking, series=Series(recurrence=data.draw(recurrences)))
    text = vevent.revised(vevent.stored(before, ALICE), booking, ALICE)
    assert read(text) == booking
    assert busy(text) == meant(booking)


@given(series())
@settings(max_examples=50, deadline=None)
def test_the_history_keeps_a_series_and_makes_nobody_busy(booking: Booking) -> None:
    text = vevent.stored(booking, ALICE)
    after = cancelled(booking, "", actor=Actor.HOST, at=booking.changed_at, sent=0).after
    for kept, made in ((vevent.superseded(text, booking), booking), (vevent.ended(text, after), after)):
        found = read(kept, HISTORY)
        assert found.series is not None
        assert made.series is not None
        assert replace(found.series, concerns=None) == replace(made.series, concerns=None)
        assert all(one.first("RRULE") is None for one in scan(kept).children("VEVENT"))


def test_it_is_one_object_with_a_rule_exceptions_and_an_override() -> None:
    text = vevent.stored(cancel_one(move_one(MADE, 2), 5), ALICE)
    assert text.count("BEGIN:VEVENT") == 2
    assert "RRULE:FREQ=WEEKLY;COUNT=12" in text
    assert "EXDATE;TZID=Europe/Berlin:20270308T100000" in text
    (override,) = overrides(text)
    of = override.first("RECURRENCE-ID")
    assert of is not None
    assert (of.value, of.param("TZID")) == ("20270215T100000", "Europe/Berlin")
    assert not [item for item in override.properties if item.name.startswith("X-DAYBOOK")]
    assert override.first("SUMMARY") is not None


def test_an_alarm_of_the_series_rings_for_what_was_moved_too() -> None:
    tree = scan(vevent.stored(MADE, ALICE))
    alarm = Component("VALARM", (Property("TRIGGER", "-PT15M"),))
    components = [
        Component(one.name, one.properties, (alarm,)) if one.name == "VEVENT" else one
        for one in tree.components
    ]
    text = serialise(Component(tree.name, tree.properties, tuple(components)))
    (override,) = overrides(vevent.revised(text, move_one(read(text), 2), ALICE))
    assert override.components == (alarm,)


def test_an_occurrence_that_a_client_moves_is_moved() -> None:
    text = with_override(vevent.stored(MADE, ALICE), "20270215T100000", "20270216T150000", "20270216T160000")
    found = read(text)
    assert found.occurrences[2].status is OccurrenceStatus.MOVED
    assert found.occurrences[2].start == at("2027-02-16 15:00")
    assert busy(text) == meant(found)


def test_what_a_client_said_of_a_moved_occurrence_stays_when_another_one_moves() -> None:
    text = with_override(vevent.stored(MADE, ALICE), "20270215T100000", "20270216T150000", "20270216T160000")
    after = move_one(read(text), 4)
    again = vevent.revised(text, after, ALICE)
    assert read(again).occurrences == after.occurrences
    first, second = overrides(again)
    assert first.first("SUMMARY") == Property("SUMMARY", "Another time")
    assert len(first.components) == 1
    assert second.first("SUMMARY") != first.first("SUMMARY")
    assert busy(again) == meant(after)


def test_a_client_may_give_one_occurrence_another_title_and_leave_its_time() -> None:
    text = with_override(vevent.stored(MADE, ALICE), "20270215T100000", "20270215T100000", "20270215T110000")
    found = read(text)
    assert found == MADE
    assert len(overrides(vevent.revised(text, move_one(found, 4), ALICE))) == 2


def test_an_occurrence_that_a_client_removes_or_calls_cancelled_is_cancelled() -> None:
    removed = edited(vevent.stored(MADE, ALICE), ("EXDATE", "20270215T100000"))
    called = with_override(
        vevent.stored(MADE, ALICE),
        "20270215T100000",
        "20270215T100000",
        "20270215T110000",
        ("STATUS", "CANCELLED"),
    )
    for text in (removed, called):
        found = read(text)
        assert found.occurrences[2].status is OccurrenceStatus.CANCELLED
        assert len(found.meetings) == 11
        assert read(vevent.revised(text, found, ALICE)).occurrences == found.occurrences


def test_by_whom_and_why_is_not_forgotten_over_what_a_client_does_to_another_occurrence() -> None:
    before = cancel_one(MADE, 1)
    text = with_override(
        vevent.stored(before, ALICE), "20270215T100000", "20270216T150000", "20270216T160000"
    )
    assert read(text).occurrences[1].reason == "ill"


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("FREQ=WEEKLY;COUNT=5", 5),
        ("FREQ=WEEKLY;UNTIL=20270215T090000Z", 3),
        ("FREQ=WEEKLY;UNTIL=20270215;BYDAY=MO;WKST=SU", 3),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=12", 12),
        ("FREQ=MONTHLY;COUNT=4;BYMONTHDAY=1", 4),
        ("FREQ=YEARLY;COUNT=3", 3),
    ],
)
def test_a_rule_that_a_client_has_changed_holds(rule: str, count: int) -> None:
    text = edited(vevent.stored(MADE, ALICE), ("RRULE", rule))
    found = read(text)
    assert found.series is not None
    assert found.series.listed is None
    assert len(found.meetings) == count
    assert busy(text) == meant(found)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;COUNT=5",
        "FREQ=WEEKLY;COUNT=6;BYDAY=MO,WE",
        "FREQ=MONTHLY;COUNT=4;BYDAY=1MO",
        "FREQ=WEEKLY;UNTIL=20270215",
    ],
)
def test_of_a_rule_that_daybook_does_not_make_the_occurrences_are_known(rule: str) -> None:
    text = edited(vevent.stored(MADE, ALICE), ("RRULE", rule), ("RDATE", "20270202T170000"))
    found = read(text)
    assert found.series is not None
    assert found.series.listed is not None
    assert busy(text) == meant(found)
    after = cut(
        cancel_one(move_one(found, 1), 0),
        date(2027, 2, 4) if "DAILY" in rule else date(2027, 2, 9),
        "",
        actor=Actor.HOST,
        at=found.changed_at,
        sent=0,
    ).after
    again = vevent.revised(text, after, ALICE)
    assert busy(again) == meant(after)
    assert [one.span for one in read(again).meetings] == [one.span for one in after.meetings]


def test_an_endless_rule_is_known_as_far_as_a_series_may_reach() -> None:
    found = read(edited(vevent.stored(MADE, ALICE), ("RRULE", "FREQ=WEEKLY")))
    assert len(found.meetings) == 104


def test_a_client_that_moves_the_whole_series_moves_its_occurrences() -> None:
    text = edited(vevent.stored(MADE, ALICE), ("DTSTART", "20270202T140000"), ("DTEND", "20270202T150000"))
    found = read(text)
    assert found.meetings[0].start == at("2027-02-02 14:00")
    assert len(found.meetings) == 12
    assert busy(text) == meant(found)


def test_a_client_may_make_a_single_meeting_of_a_series() -> None:
    found = read(edited(vevent.stored(MADE, ALICE), ("RRULE", None)))
    assert found.series is None
    assert meant(found) == [MADE.span]


def test_a_series_that_moves_as_a_whole_leaves_nothing_of_its_old_times() -> None:
    before = cancel_one(move_one(MADE, 2), 5)
    after = rescheduled(
        before, at("2027-02-02 14:00"), actor=Actor.HOST, at=before.changed_at + HOUR, sent=1
    ).after
    text = vevent.revised(vevent.stored(before, ALICE), after, ALICE)
    assert read(text) == after
    assert overrides(text) == []
    assert busy(text) == meant(after)


def test_a_series_that_is_cut_has_its_last_start_as_until() -> None:
    """S3.33"""
    after = cut(MADE, date(2027, 3, 3), "", actor=Actor.GUEST, at=MADE.changed_at, sent=0).after
    text = vevent.revised(vevent.stored(MADE, ALICE), after, ALICE)
    assert "RRULE:FREQ=WEEKLY;UNTIL=20270301T090000Z" in text
    assert read(text) == after


def test_a_strangers_overrides_of_another_uid_are_left_alone() -> None:
    text = with_override(vevent.stored(MADE, ALICE), "20270215T100000", "20270216T150000", "20270216T160000")
    text = text.replace(f"UID:{REVIEW.uid}\r\nSUMMARY:Another", "UID:else\r\nSUMMARY:Another")
    assert read(text) == MADE
    assert "UID:else" in vevent.revised(text, move_one(MADE, 2), ALICE)


def test_what_a_client_moved_from_one_occurrence_on_is_known_and_stays_when_another_is_cancelled() -> None:
    text = with_override(vevent.stored(MADE, ALICE), "20270301T100000", "20270302T140000", "20270302T150000")
    text = text.replace("RECURRENCE-ID;TZID=", "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=")
    found = read(text)
    assert busy(text) == meant(found)
    assert found.meetings[-1].start == at("2027-04-20 14:00")
    after = cancel_one(found, 6)
    again = vevent.revised(text, after, ALICE)
    assert busy(again) == meant(after)
    assert read(again).meetings == after.meetings


def test_a_client_that_moves_a_series_with_exceptions_leaves_those_where_they_are() -> None:
    before = vevent.stored(cancel_one(move_one(MADE, 2), 5), ALICE)
    text = edited(before, ("DTSTART", "20270202T140000"), ("DTEND", "20270202T150000"))
    found = read(text)
    assert busy(text) == meant(found)
    after = cancel_one(found, 3)
    again = vevent.revised(text, after, ALICE)
    assert busy(again) == meant(after)


def test_of_a_series_whose_data_a_client_dropped_the_first_meeting_is_the_booking() -> None:
    text = "\r\n".join(
        one for one in vevent.stored(MADE, ALICE).split("\r\n") if not one.startswith("X-DAYBOOK-SERIES")
    )
    assert read(text).series is None
    broken = vevent.stored(MADE, ALICE).replace('"frequency":"weekly"', '"frequency":"daily"')
    assert vevent.read(broken, CALENDAR) is None
