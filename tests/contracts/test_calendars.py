"""What every Calendars adapter promises: the same suite for the one in memory and the one over Radicale's storage."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from server.domain.booking_row import row_of
from server.domain.errors import Unavailable
from server.domain.identity import HISTORY, CalendarPath, Etag, Home, Href, Uid
from server.ical import vevent
from server.ports import Busy, CalendarChange, Calendars, EtagMismatch, MustBeFree, ObjectWrite
from tests import builders
from tests.builders import booking, host, span, spans

ALICE = Home("alice")
CALENDAR = builders.calendar("alice")
PAST = builders.calendar("alice", HISTORY)
ONE = Href("one.ics")
TWO = Href("two.ics")


def meeting(wanted: str, uid: str = "one", *lines: str) -> str:
    """Return an object at UTC times on the builders' day: `meeting("10:00-11:00")` is meant in Berlin."""
    start, end = span(wanted)
    return text(uid, f"DTSTART:{stamp(start)}", f"DTEND:{stamp(end)}", *lines)


def text(uid: str, *lines: str) -> str:
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", "BEGIN:VEVENT", f"UID:{uid}")
    tail = ("DTSTAMP:20260101T000000Z", "SUMMARY:Hello, world", "END:VEVENT", "END:VCALENDAR", "")
    return "\r\n".join((*head, *lines, *tail))


def stamp(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y%m%dT%H%M%SZ")


async def put(
    calendars: Calendars,
    content: str | None,
    *,
    at: Href = ONE,
    calendar: CalendarPath = CALENDAR,
    etag: Etag | None = None,
    free: Sequence[MustBeFree] = (),
) -> Etag | None:
    staged = await calendars.stage(ALICE, [ObjectWrite(calendar, at, etag, content)])
    await calendars.swap(ALICE, "intent", staged, free)
    return staged[0].new_etag


async def test_a_swapped_text_is_stored_to_the_byte(calendars: Calendars) -> None:
    written = meeting("10:00-11:00")
    etag = await put(calendars, written)
    stored = await calendars.get(CALENDAR, ONE)
    assert stored is not None
    assert (stored.text, stored.etag) == (written, etag)


async def test_a_staged_text_is_seen_by_nobody_before_it_is_swapped(calendars: Calendars) -> None:
    version = calendars.version(ALICE)
    await calendars.stage(ALICE, [ObjectWrite(CALENDAR, ONE, None, meeting("10:00-11:00"))])
    assert await calendars.all(CALENDAR) == []
    assert calendars.busy([CALENDAR], span("00:00-24:00")) == []
    assert calendars.version(ALICE) == version


async def test_a_meeting_makes_its_time_busy_until_it_is_removed(calendars: Calendars) -> None:
    etag = await put(calendars, meeting("10:00-11:00"))
    assert calendars.busy([CALENDAR], span("09:00-17:00")) == [span("10:00-11:00")]
    await put(calendars, None, etag=etag)
    assert calendars.busy([CALENDAR], span("09:00-17:00")) == []


async def test_busy_spans_of_several_objects_and_calendars_are_merged(calendars: Calendars) -> None:
    await put(calendars, meeting("10:00-11:00", "one"))
    await put(calendars, meeting("10:30-12:00", "two"), at=TWO)
    await put(calendars, meeting("14:00-15:00", "three"), calendar=PAST)
    assert calendars.busy([CALENDAR, PAST], span("09:00-17:00")) == spans("10:00-12:00 14:00-15:00")


async def test_an_unknown_calendar_is_empty(calendars: Calendars) -> None:
    unknown = builders.calendar("alice", "nowhere")
    assert calendars.busy([unknown], span("09:00-17:00")) == []
    assert await calendars.all(unknown) == []
    assert await calendars.get(unknown, ONE) is None


async def test_only_what_overlaps_the_window_is_returned(calendars: Calendars) -> None:
    await put(calendars, meeting("10:00-11:00"))
    assert calendars.busy([CALENDAR], span("11:00-12:00")) == []
    assert calendars.busy([CALENDAR], span("09:00-10:00")) == []
    assert len(calendars.busy([CALENDAR], span("10:59-12:00"))) == 1


async def test_a_whole_day_is_busy_from_midnight_to_midnight_in_the_zone_of_the_home(
    calendars: Calendars,
) -> None:
    await put(calendars, text("one", "DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260303"))
    day = span("00:00-24:00")
    inside = calendars.busy([CALENDAR], day)
    assert (inside[0][0] <= day[0], inside[-1][1] >= day[1], len(inside)) == (True, True, 1)
    assert calendars.busy([CALENDAR], (day[0] - 3600, day[0])) == []
    assert calendars.busy([CALENDAR], (day[1], day[1] + 3600)) == []


async def test_a_transparent_or_cancelled_meeting_makes_nobody_busy(calendars: Calendars) -> None:
    await put(calendars, meeting("10:00-11:00", "one", "TRANSP:TRANSPARENT"))
    await put(calendars, meeting("12:00-13:00", "two", "STATUS:CANCELLED"), at=TWO)
    assert calendars.busy([CALENDAR], span("00:00-24:00")) == []


async def test_a_text_that_nobody_understands_is_busy_never_free(calendars: Calendars) -> None:
    await put(calendars, "this is no calendar")
    (found,) = calendars.busy([CALENDAR], span("10:00-11:00"))
    assert found[0] <= span("10:00-11:00")[0]
    assert found[1] >= span("10:00-11:00")[1]


async def test_an_endless_series_is_busy_in_years_that_nobody_has_asked_for_yet(calendars: Calendars) -> None:
    await put(calendars, meeting("10:00-11:00", "one", "RRULE:FREQ=WEEKLY"))
    start, end = span("10:00-11:00", "2031-03-03")
    assert calendars.busy([CALENDAR], (start - 3600, end + 3600)) == [(start, end)]


async def test_a_booking_does_not_stand_in_its_own_way(calendars: Calendars) -> None:
    await put(calendars, meeting("10:00-11:00", "one"))
    await put(calendars, meeting("10:30-12:00", "two"), at=TWO)
    assert calendars.busy([CALENDAR], span("10:00-11:00"), without=Uid("two")) == [span("10:00-11:00")]
    assert calendars.busy([CALENDAR], span("10:00-10:30"), without=Uid("one")) == []


async def test_a_swap_into_taken_time_changes_nothing(calendars: Calendars) -> None:
    await put(calendars, meeting("10:00-11:00", "one"))
    version = calendars.version(ALICE)
    wanted = MustBeFree((CALENDAR,), span("10:30-11:30"), Uid("two"))
    with pytest.raises(Busy):
        await put(calendars, meeting("10:30-11:30", "two"), at=TWO, free=[wanted])
    assert await calendars.get(CALENDAR, TWO) is None
    assert calendars.version(ALICE) == version


async def test_a_swap_moves_a_meeting_into_time_that_only_it_holds(calendars: Calendars) -> None:
    etag = await put(calendars, meeting("10:00-11:00"))
    wanted = MustBeFree((CALENDAR,), span("10:30-11:30"), Uid("one"))
    await put(calendars, meeting("10:30-11:30"), etag=etag, free=[wanted])
    assert calendars.busy([CALENDAR], span("00:00-24:00")) == [span("10:30-11:30")]


async def test_a_swap_over_another_text_than_expected_changes_nothing(calendars: Calendars) -> None:
    await put(calendars, meeting("10:00-11:00"))
    for expected in (None, Etag('"another"')):
        with pytest.raises(EtagMismatch):
            await put(calendars, meeting("12:00-13:00"), etag=expected)
    stored = await calendars.get(CALENDAR, ONE)
    assert stored is not None
    assert stored.text == meeting("10:00-11:00")


async def test_a_swap_of_what_is_gone_is_refused(calendars: Calendars) -> None:
    with pytest.raises(EtagMismatch):
        await put(calendars, None, etag=Etag('"once"'))


async def test_of_several_writes_all_are_done_or_none(calendars: Calendars) -> None:
    etag = await put(calendars, meeting("10:00-11:00", "one"))
    writes = [
        ObjectWrite(PAST, ONE, None, meeting("10:00-11:00", "one")),
        ObjectWrite(CALENDAR, ONE, Etag('"another"'), None),
    ]
    staged = await calendars.stage(ALICE, writes)
    with pytest.raises(EtagMismatch):
        await calendars.swap(ALICE, "intent", staged, ())
    assert await calendars.all(PAST) == []
    assert await calendars.etag(CALENDAR, ONE) == etag


async def test_a_swap_that_was_refused_can_be_done_later(calendars: Calendars) -> None:
    staged = await calendars.stage(ALICE, [ObjectWrite(CALENDAR, ONE, None, meeting("10:00-11:00"))])
    etag = await put(calendars, meeting("10:00-11:00", "two"), at=TWO)
    wanted = MustBeFree((CALENDAR,), span("10:00-11:00"), Uid("one"))
    with pytest.raises(Busy):
        await calendars.swap(ALICE, "intent", staged, [wanted])
    await put(calendars, None, at=TWO, etag=etag)
    await calendars.swap(ALICE, "intent", staged, [wanted])
    assert await calendars.etag(CALENDAR, ONE) == staged[0].new_etag


async def test_a_sweep_removes_the_staged_texts_that_no_intent_names(calendars: Calendars) -> None:
    kept = await calendars.stage(ALICE, [ObjectWrite(CALENDAR, ONE, None, meeting("10:00-11:00", "one"))])
    await calendars.stage(ALICE, [ObjectWrite(CALENDAR, TWO, None, meeting("12:00-13:00", "two"))])
    assert kept[0].staged is not None
    assert await calendars.sweep(frozenset({kept[0].staged})) == 1
    await calendars.swap(ALICE, "intent", kept, ())
    assert await calendars.sweep(frozenset()) == 0


async def test_nothing_can_be_staged_in_a_home_that_does_not_exist(calendars: Calendars) -> None:
    with pytest.raises(Unavailable):
        await calendars.stage(Home("nobody"), [ObjectWrite(CALENDAR, ONE, None, meeting("10:00-11:00"))])


async def test_making_a_home_again_keeps_what_is_in_it(calendars: Calendars) -> None:
    await put(calendars, meeting("10:00-11:00"))
    await calendars.create_home(ALICE)
    assert len(await calendars.all(CALENDAR)) == 1


async def test_the_history_is_not_among_the_calendars_that_make_a_host_busy(calendars: Calendars) -> None:
    assert calendars.names(ALICE) == ("calendar",)
    assert calendars.names(Home("nobody")) == ()


async def test_listeners_get_each_change_with_its_intent_and_both_texts(calendars: Calendars) -> None:
    changes: list[CalendarChange] = []
    calendars.subscribe(changes.append)
    old, new = meeting("10:00-11:00"), meeting("12:00-13:00")
    first = await put(calendars, old)
    second = await put(calendars, new, etag=first)
    await put(calendars, None, etag=second)
    assert [(change.old_etag, change.new_etag) for change in changes] == [
        (None, first),
        (first, second),
        (second, None),
    ]
    assert [(change.old_text, change.new_text) for change in changes] == [
        (None, old),
        (old, new),
        (new, None),
    ]
    assert {(change.intent, change.uid, change.calendar, change.href) for change in changes} == {
        ("intent", "one", CALENDAR, ONE)
    }


async def test_the_version_of_a_home_rises_with_every_change(calendars: Calendars) -> None:
    before = calendars.version(ALICE)
    etag = await put(calendars, meeting("10:00-11:00"))
    between = calendars.version(ALICE)
    await put(calendars, None, etag=etag)
    assert before < between < calendars.version(ALICE)


async def test_the_version_of_all_homes_rises_with_every_change_in_any(calendars: Calendars) -> None:
    versions = [calendars.version(None)]
    etag = await put(calendars, meeting("10:00-11:00"))
    versions.append(calendars.version(None))
    await put(calendars, None, etag=etag)
    versions.append(calendars.version(None))
    assert versions == sorted(set(versions))


async def test_a_booking_is_listed_where_it_stands_with_its_time_and_status(calendars: Calendars) -> None:
    made = booking("10:00-10:30")
    etag = await put(calendars, vevent.stored(made, host()))
    (row,) = calendars.rows(ALICE)
    assert (row.shown, row.uid) == (row_of(made), made.uid)
    assert (row.calendar, row.href, row.etag) == (CALENDAR, ONE, etag)
    assert calendars.find(ALICE, made.uid) == (CALENDAR, ONE, etag)


async def test_a_copy_of_a_booking_under_another_uid_is_no_booking(calendars: Calendars) -> None:
    made = booking("10:00-10:30")
    await put(calendars, vevent.stored(made, host()).replace(made.uid, "a-copy", 1))
    assert calendars.rows(ALICE) == []


async def test_a_booking_in_the_history_is_listed_but_stands_nowhere(calendars: Calendars) -> None:
    made = booking("10:00-10:30")
    await put(calendars, vevent.stored(made, host()), calendar=PAST)
    assert [row.calendar for row in calendars.rows(ALICE)] == [PAST]
    assert calendars.find(ALICE, made.uid) is None


async def test_a_cancellation_moves_the_booking_into_the_history_at_once(calendars: Calendars) -> None:
    """S1.26, S5.17: the VEVENT leaves the calendar and its time is free."""
    content = meeting("10:00-11:00")
    etag = await put(calendars, content)
    writes = [ObjectWrite(PAST, ONE, None, content), ObjectWrite(CALENDAR, ONE, etag, None)]
    await calendars.swap(ALICE, "intent", await calendars.stage(ALICE, writes), ())
    assert [stored.calendar for stored in [*await calendars.all(PAST), *await calendars.all(CALENDAR)]] == [
        PAST
    ]
    assert calendars.busy([CALENDAR], span("00:00-24:00")) == []


async def test_a_swap_writes_to_several_homes_at_once_or_to_none(calendars: Calendars) -> None:
    """C22: a booking with several hosts stands with all of them, or nowhere."""
    bob, theirs = Home("bob"), builders.calendar("bob")
    await calendars.create_home(bob)
    before = calendars.version(bob)
    writes = [ObjectWrite(path, ONE, None, meeting("10:00-11:00")) for path in (theirs, CALENDAR)]
    staged = await calendars.stage(ALICE, writes)
    await calendars.swap(
        ALICE, "intent", staged, [MustBeFree((CALENDAR, theirs), span("10:00-11:00"), Uid("one"))]
    )
    assert [calendars.busy([path], span("00:00-24:00")) for path in (CALENDAR, theirs)] == [
        spans("10:00-11:00")
    ] * 2
    assert calendars.version(bob) > before
    wanted = [ObjectWrite(path, TWO, None, meeting("11:00-12:00", "two")) for path in (CALENDAR, theirs)]
    staged = await calendars.stage(ALICE, wanted)
    with pytest.raises(Busy):
        await calendars.swap(
            ALICE, "other", staged, [MustBeFree((CALENDAR, theirs), span("10:30-12:00"), Uid("two"))]
        )
    assert [len(await calendars.all(path)) for path in (CALENDAR, theirs)] == [1, 1]


async def test_a_staged_text_that_is_gone_changes_nothing(calendars: Calendars) -> None:
    staged = await calendars.stage(ALICE, [ObjectWrite(CALENDAR, ONE, None, meeting("10:00-11:00"))])
    await calendars.discard(ALICE, staged)
    with pytest.raises(EtagMismatch):
        await calendars.swap(ALICE, "intent", staged, ())
    assert await calendars.all(CALENDAR) == []
