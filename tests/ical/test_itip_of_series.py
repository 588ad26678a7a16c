"""What mails say of a series, read again: whole, one occurrence of it, and what is left of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.domain.booking import Booking, Status
from server.domain.intervals import Span
from server.domain.series import (
    Deviation,
    Frequency,
    Occurrence,
    OccurrenceStatus,
    Recurrence,
    Series,
    originals,
)
from server.ical import itip
from server.ical.occurrences import occurrences
from server.ical.scan import Component, scan
from tests.builders import BERLIN, at
from tests.review import ADA, ALICE, REVIEW

START = at("2026-03-10 10:00")
HOUR = timedelta(hours=1)
RULE = Recurrence(frequency=Frequency.WEEKLY, interval=3, count=12)
FIRSTS = originals(RULE, START, BERLIN)


def series(
    *exceptions: Deviation, rule: Recurrence = RULE, start: datetime = START, **more: object
) -> Booking:
    made = Series(recurrence=rule, exceptions=exceptions, **more)  # type: ignore[arg-type]
    return replace(REVIEW, start=start, end=start + HOUR, series=made, sequence=3)


def moved(number: int, hours: int = 4, *, by_guest: bool = True) -> Deviation:
    start = FIRSTS[number] + hours * HOUR
    return Deviation(original=FIRSTS[number], start=start, end=start + HOUR, by_guest=by_guest)


def off(number: int) -> Deviation:
    return Deviation(original=FIRSTS[number], reason="We are ill.")


CHANGED = series(moved(2), off(5), skipped=(FIRSTS[7],))


def vevents(message: bytes) -> list[Component]:
    return list(scan(message.decode()).children("VEVENT"))


def said(vevent: Component, *names: str) -> list[str]:
    """Return the values of properties, "" for one that is not there."""
    found = [vevent.first(name) for name in names]
    return ["" if one is None else one.text() for one in found]


def param(vevent: Component, name: str, key: str) -> str | None:
    found = vevent.first(name)
    return None if found is None else found.param(key)


def shown(message: bytes) -> list[Span]:
    """Return when it takes place, by the reading that Daybook has of foreign calendars."""
    found = occurrences(scan(message.decode()), 0, 2**33, UTC)
    assert found.complex == []
    return sorted((one.start, one.end) for one in found.occurrences)


def meant(booking: Booking) -> list[Span]:
    return sorted(one.span for one in booking.meetings)


def one_of(booking: Booking, number: int) -> Occurrence:
    return booking.occurrences[number]


@pytest.mark.parametrize(
    "booking",
    [
        series(),
        CHANGED,
        series(rule=Recurrence(frequency=Frequency.WEEKLY, until=at("2026-04-28").date())),
        series(rule=Recurrence(frequency=Frequency.MONTHLY, count=14), start=at("2026-01-31 10:00")),
        series(rule=Recurrence(frequency=Frequency.YEARLY, count=4), start=at("2028-02-29 23:30")),
        replace(series(), zone="UTC"),
        replace(series(), zone="Africa/Casablanca"),
        replace(CHANGED, zone="America/Santiago"),
    ],
    ids=lambda booking: f"{booking.zone} {booking.series.recurrence.frequency}",
)
def test_a_series_is_invited_to_whole_and_keeps_the_hosts_hour(booking: Booking) -> None:
    """S3.30: over both changes of the clocks."""
    message = itip.request(booking, ALICE, ADA, None)
    assert shown(message) == meant(booking)
    assert len(shown(message)) > 3


def test_the_invitation_to_a_series_has_one_rule_and_a_component_for_each_meeting_that_was_moved() -> None:
    master, exception = vevents(itip.request(CHANGED, ALICE, ADA, None))
    assert said(master, "RECURRENCE-ID", "RRULE") == ["", "FREQ=WEEKLY;COUNT=12;INTERVAL=3"]
    assert said(exception, "RECURRENCE-ID", "RRULE") == ["20260421T100000", ""]
    assert [one.value for one in master.all("EXDATE")] == ["20260623T100000", "20260804T100000"]
    zones = {param(one, name, "TZID") for one, name in ((master, "EXDATE"), (exception, "RECURRENCE-ID"))}
    assert zones == {BERLIN}
    assert [said(one, "UID", "SEQUENCE") for one in (master, exception)] == [[CHANGED.uid, "3"]] * 2


def test_a_meeting_that_was_moved_is_told_by_itself() -> None:
    """itip.md 1.6, one instance moved: REQUEST with RECURRENCE-ID, its original start."""
    method, message = itip.only(CHANGED, one_of(CHANGED, 2), ALICE, ADA, None)
    (vevent,) = vevents(message)
    assert method is itip.Method.REQUEST
    assert said(vevent, "STATUS", "SEQUENCE", "RRULE") == ["CONFIRMED", "3", ""]
    assert said(vevent, "RECURRENCE-ID", "DTSTART") == ["20260421T100000", "20260421T140000"]
    assert [param(vevent, "ATTENDEE", name) for name in ("PARTSTAT", "RSVP")] == ["ACCEPTED", "FALSE"]


def test_a_guest_is_asked_again_about_the_meeting_that_the_host_moved_and_about_no_other() -> None:
    found = vevents(itip.request(series(moved(2, by_guest=False)), ALICE, ADA, None))
    assert [param(one, "ATTENDEE", "PARTSTAT") for one in found] == ["ACCEPTED", "NEEDS-ACTION"]


def test_a_meeting_that_is_cancelled_is_told_by_itself_with_the_reason() -> None:
    """S3.32; itip.md 1.6, one instance cancelled: CANCEL with RECURRENCE-ID, and the series goes on."""
    method, message = itip.only(CHANGED, one_of(CHANGED, 5), ALICE, ADA, None)
    (vevent,) = vevents(message)
    assert method is itip.Method.CANCEL
    assert said(vevent, "STATUS", "TRANSP", "COMMENT") == ["CANCELLED", "TRANSPARENT", "We are ill."]
    assert said(vevent, "RECURRENCE-ID") == ["20260623T100000"]


def test_a_series_that_is_over_is_cancelled_by_its_uid_alone() -> None:
    ended = replace(CHANGED, status=Status.CANCELLED, reason="We move away.")
    (vevent,) = vevents(itip.cancel(ended, ALICE, ADA))
    assert said(vevent, "RECURRENCE-ID", "STATUS", "COMMENT", "UID") == [
        "",
        "CANCELLED",
        "We move away.",
        ended.uid,
    ]


def test_what_is_left_of_a_series_is_told_by_its_last_start_with_all_that_was_changed_in_it() -> None:
    """S3.33; itip.md 1.6, series ended early: REQUEST with another UNTIL; clients forget exceptions that it lacks."""
    cut = series(moved(2), off(5), rule=replace(RULE, count=None, until=FIRSTS[8].date()))
    message = itip.request(cut, ALICE, ADA, None)
    master, _ = vevents(message)
    assert said(master, "RRULE") == ["FREQ=WEEKLY;UNTIL=20260825T080000Z;INTERVAL=3"]
    assert shown(message) == meant(cut)
    assert len(shown(message)) == 8


def test_what_a_calendar_program_made_of_the_rule_is_told_date_by_date() -> None:
    listed = (
        Occurrence(FIRSTS[0], FIRSTS[0], FIRSTS[0] + HOUR),
        Occurrence(FIRSTS[1], FIRSTS[1] + HOUR, FIRSTS[1] + 2 * HOUR, OccurrenceStatus.MOVED),
        Occurrence(FIRSTS[2], FIRSTS[2], FIRSTS[2] + HOUR, OccurrenceStatus.CANCELLED),
        Occurrence(FIRSTS[3], FIRSTS[3], FIRSTS[3] + HOUR),
    )
    booking = series(listed=listed)
    assert shown(itip.request(booking, ALICE, ADA, None)) == meant(booking)


@pytest.mark.parametrize("number", range(12))
def test_the_zone_of_one_meeting_covers_the_day_that_it_was_moved_from_and_the_day_it_is_on(
    number: int,
) -> None:
    """Over the turn of the year, and from one offset to the other."""
    far = FIRSTS[number] + timedelta(days=200)
    booking = series(Deviation(original=FIRSTS[number], start=far, end=far + HOUR))
    _, message = itip.only(booking, one_of(booking, number), ALICE, ADA, None)
    assert shown(message) == [one_of(booking, number).span]
    assert [said(one, "TZID") for one in scan(message.decode()).children("VTIMEZONE")] == [[BERLIN]]
