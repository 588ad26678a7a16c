"""The words of mails about a series: its rule, its dates, and which of them changed, in the reader's zone."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from server.adapters.mail.stationery import TemplateStationery
from server.domain.booking import Actor, Booking, Status
from server.domain.series import Deviation, Frequency, Recurrence, Series, originals
from server.domain.site import Site
from server.ports import Letter, MailKind, Words
from server.resources import templates_dir
from tests.review import ADA, ALICE, REVIEW

SITE = Site(name="Daybook", base_url="https://book.example", mail_address="daybook@book.example")
LINK = "https://book.example/b/review/manage/m_abc"
LATER = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULE = Recurrence(frequency=Frequency.WEEKLY, interval=2, count=12)
FIRSTS = originals(RULE, REVIEW.start, REVIEW.zone)


def series(*exceptions: Deviation, rule: Recurrence = RULE) -> Booking:
    made = Series(recurrence=rule, exceptions=exceptions)
    return replace(REVIEW, series=made, changed_at=LATER, attendees=(replace(ADA, language="en-GB"),))


MOVED = Deviation(original=FIRSTS[2], start=FIRSTS[2] + 2 * HOUR, end=FIRSTS[2] + 3 * HOUR, by_guest=True)
OFF = Deviation(original=FIRSTS[5], reason="We are ill.")
BOOKED = Letter(
    kind=MailKind.CONFIRMED, booking=series(), host=ALICE, attendee=ADA, actor=Actor.GUEST, link=LINK
)


def letter(after: Booking, before: Booking, actor: Actor = Actor.GUEST, *, host: bool = False) -> Letter:
    reader = None if host else after.guest
    link = None if host else LINK
    told = replace(BOOKED, kind=MailKind.SERIES, booking=after, known=before, attendee=reader, link=link)
    return replace(told, actor=actor)


def write(one: Letter) -> Words:
    return TemplateStationery(SITE, templates_dir()).write(one)


LETTERS = {
    "booked": BOOKED,
    "booked, host": replace(BOOKED, attendee=None, link=None),
    "requested": replace(BOOKED, kind=MailKind.REQUESTED, booking=replace(series(), status=Status.PENDING)),
    "moved": letter(series(MOVED), series()),
    "moved, host": letter(series(MOVED), series(), host=True),
    "off": letter(series(OFF), series()),
    "both": letter(series(MOVED, OFF), series()),
    "cut": letter(
        series(MOVED, rule=replace(RULE, count=None, until=FIRSTS[7].date())), series(MOVED), Actor.HOST
    ),
    "cancelled": replace(BOOKED, kind=MailKind.CANCELLED, booking=replace(series(), status=Status.CANCELLED)),
    "all moved": replace(BOOKED, kind=MailKind.RESCHEDULED, booking=series(), before=REVIEW),
    "bare": replace(letter(series(MOVED), series()), kind=MailKind.SERIES_BARE),
}


@pytest.mark.parametrize("one", LETTERS.values(), ids=LETTERS.keys())
def test_the_text_says_all_that_the_html_says(one: Letter) -> None:
    """S1.63"""
    words = write(one)
    said = re.sub(r"\s+", " ", words.text)
    for piece in re.split(r"<[^>]+>", words.html[words.html.index("<body") :]):
        assert re.sub(r"\s+", " ", unescape(piece)).strip() in said


def test_a_series_is_told_by_its_rule_and_by_each_of_its_dates_in_the_readers_zone() -> None:
    """S3.30: over both changes of the clocks, which New York and Berlin do not make together."""
    text = write(replace(BOOKED, attendee=replace(ADA, language="en-GB"))).text
    assert "every 2 weeks, 12 times, from Tue, 1 Dec 2026 to Tue, 4 May 2027" in text
    dates = re.findall(r"^- (.+)$", text, re.MULTILINE)
    assert len(dates) == 12
    assert (dates[0], dates[7]) == ("Tue, 1 Dec 2026, 08:00 – 09:00", "Tue, 9 Mar 2027, 08:00 – 09:00")
    assert dates[8] == "Tue, 23 Mar 2027, 09:00 – 10:00"
    assert "Eastern Time" in text
    assert f"Move or cancel meetings: {LINK}\n" in text


def test_in_the_hosts_mail_the_same_dates_keep_their_hour() -> None:
    text = write(replace(BOOKED, attendee=None, link=None)).text
    hours = {line.partition(", 2")[2][5:] for line in re.findall(r"^- (.+)$", text, re.MULTILINE)}
    assert hours == {"2:00\u202fPM – 3:00\u202fPM"}


def test_one_meeting_that_was_moved_is_told_with_both_its_times_and_marked_among_the_others() -> None:
    words = write(letter(series(MOVED), series()))
    assert words.subject == "One meeting moved: Design review with Alice Example, now Tue, 29 Dec 2026"
    assert "You moved one meeting of the series. The others stay as they are." in words.text
    assert "When: Tuesday, 29 December 2026, 10:00 – 11:00" in words.text
    assert "Previous time: Tuesday, 29 December 2026, 08:00 – 09:00" in words.text
    assert "- Tue, 29 Dec 2026, 10:00 – 11:00 (instead of Tue, 29 Dec 2026, 08:00)" in words.text


def test_one_meeting_that_is_cancelled_is_told_with_the_reason_and_what_is_left() -> None:
    """S3.32"""
    words = write(letter(series(OFF), series(), Actor.HOST))
    assert words.subject == "One meeting cancelled: Design review with Alice Example, Tue, 9 Feb 2027"
    assert "Alice Example cancelled one meeting of the series. The others take place." in words.text
    assert "We are ill." in words.text
    assert "every 2 weeks, 11 times" in words.text
    assert "- Tue, 9 Feb 2027" not in words.text


def test_a_series_that_ends_early_is_told_by_the_dates_that_go() -> None:
    """S3.33"""
    words = write(LETTERS["cut"])
    assert words.subject == "Changed series: Design review with Alice Example"
    assert re.findall(r"^Cancelled: (.+?) 2027,", words.text, re.MULTILINE) == [
        "Tue, 23 Mar",
        "Tue, 6 Apr",
        "Tue, 20 Apr",
        "Tue, 4 May",
    ]
    assert len(re.findall(r"^- ", words.text, re.MULTILINE)) == 8


def test_a_series_that_is_cancelled_or_moved_is_called_one() -> None:
    words = write(LETTERS["cancelled"]).text
    assert "All meetings are cancelled" in words
    assert "You cancelled all meetings of this series." in words
    assert "Cancelled:\n- Tue, Dec 1, 2026" in words
    words = write(LETTERS["all moved"]).text
    assert "You moved all meetings of this series. This is when they take place now." in words
    words = write(replace(LETTERS["booked"], attendee=None, link=None)).text
    assert "Ada Lovelace booked a series of meetings with you." in words


def test_what_was_missed_of_an_earlier_change_is_told_too() -> None:
    text = write(letter(series(MOVED, OFF), series())).text
    assert "New time: Tue, 29 Dec 2026, 10:00 – 11:00 (before: Tue, 29 Dec 2026, 08:00)" in text
    assert "Cancelled: Tue, 9 Feb 2027" in text


def test_meetings_that_are_over_are_listed_no_more() -> None:
    after = replace(series(OFF), changed_at=FIRSTS[4])
    assert len(re.findall(r"^- ", write(letter(after, series())).text, re.MULTILINE)) == 7


@pytest.mark.parametrize(
    ("frequency", "interval", "words"),
    [
        (Frequency.WEEKLY, 1, "every week"),
        (Frequency.MONTHLY, 1, "every month"),
        (Frequency.MONTHLY, 3, "every 3 months"),
        (Frequency.YEARLY, 1, "every year"),
        (Frequency.YEARLY, 2, "every 2 years"),
    ],
)
def test_the_rhythm_is_said_in_words(frequency: Frequency, interval: int, words: str) -> None:
    rule = Recurrence(frequency=frequency, interval=interval, count=3)
    assert f"{words}, 3 times, from" in write(replace(BOOKED, booking=series(rule=rule))).text
