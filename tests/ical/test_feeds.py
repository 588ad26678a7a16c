"""What stands in a feed, read back by icalendar, a parser of other hands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import icalendar
import pytest

from server.domain.booking import Booking, Status
from server.domain.event_type import Location, LocationType
from server.domain.identity import Uid
from server.ical.feeds import FeedHead, OpenSlot, bookings_feed, slots_feed
from server.ical.scan import scan
from tests.builders import booking, epoch, guest

HEAD = FeedHead(
    name="Introduction – Alice, Example; Ltd",
    source="https://book.example/feeds/alice/intro.ics",
    page="https://book.example/u/alice/intro",
)
SLOT = OpenSlot(
    uid=Uid("8e7ff0f4-3b0c-5c43-8f33-6d5b0f6a4a10"),
    start=epoch("2026-03-02 09:00"),
    end=epoch("2026-03-02 09:30"),
    since=epoch("2026-01-01 09:00"),
    url="https://book.example/u/alice/intro/book?start=2026-03-02T08:00:00Z",
)


def parsed(text: str) -> icalendar.Calendar:
    calendar = icalendar.Calendar.from_ical(text)
    assert not calendar.errors
    assert all(not item.errors for item in calendar.walk())
    return calendar


def the_slot(text: str) -> icalendar.Component:
    [vevent] = parsed(text).walk("VEVENT")
    return vevent


def test_an_open_slot_is_free_time_with_the_address_that_books_it() -> None:
    vevent = the_slot(slots_feed(HEAD, "Introduction", "A first talk.", 3, [SLOT]))
    assert vevent.decoded("DTSTART") == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert vevent.decoded("DTEND") == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    assert vevent["TRANSP"] == "TRANSPARENT"
    assert vevent["URL"] == SLOT.url
    assert vevent["DESCRIPTION"] == f"A first talk.\n\n{SLOT.url}"
    assert vevent["SUMMARY"] == "Introduction"
    assert vevent["UID"] == SLOT.uid
    assert vevent["SEQUENCE"] == 3


def test_a_slot_is_stamped_with_the_instant_at_which_it_came_into_the_horizon() -> None:
    assert the_slot(slots_feed(HEAD, "", "", 0, [SLOT])).decoded("DTSTAMP") == datetime(
        2026, 1, 1, 8, tzinfo=UTC
    )


def test_a_slot_of_an_installation_without_an_address_has_no_link() -> None:
    vevent = the_slot(slots_feed(HEAD, "Introduction", "", 0, [replace(SLOT, url=None)]))
    assert "URL" not in vevent
    assert "DESCRIPTION" not in vevent


def test_a_feed_says_its_name_and_how_often_to_ask_in_the_words_of_every_program() -> None:
    text = slots_feed(HEAD, "Introduction", "", 0, [])
    calendar = parsed(text)
    names = [item.text() for item in scan(text).properties if item.name in {"NAME", "X-WR-CALNAME"}]
    assert names == [HEAD.name, HEAD.name]
    assert calendar.decoded("REFRESH-INTERVAL") == timedelta(hours=1)
    assert calendar["X-PUBLISHED-TTL"] == "PT1H"
    assert calendar["SOURCE"] == HEAD.source
    assert calendar["URL"] == HEAD.page


def test_a_feed_is_no_scheduling_message() -> None:
    """RFC 5546 §1.4: METHOD makes an object a message; a subscription is none."""
    assert "METHOD" not in parsed(slots_feed(HEAD, "Introduction", "", 0, [SLOT]))
    assert "METHOD" not in parsed(bookings_feed(HEAD, [(SLOT.uid, booking())]))


def test_equal_facts_give_equal_bytes() -> None:
    assert slots_feed(HEAD, "a", "b", 0, [SLOT, SLOT]) == slots_feed(HEAD, "a", "b", 0, [SLOT, SLOT])


@pytest.mark.parametrize(
    "words", ["a\r\nATTENDEE:mailto:x@example.org", "a\nEND:VEVENT", "a\u2028b\x85c", '; , \\ : "']
)
def test_no_word_of_a_person_starts_a_line_of_the_calendar(words: str) -> None:
    vevent = the_slot(slots_feed(HEAD, words, words, 0, [SLOT]))
    assert "ATTENDEE" not in vevent
    assert "\n" not in str(vevent["SUMMARY"])
    meeting = replace(
        booking(notes=words, attendees=[guest(name=words)]),
        title=words,
        location=Location(type=LocationType.LINK, value="https://meet.example/" + words),
    )
    [shown] = parsed(bookings_feed(HEAD, [(SLOT.uid, meeting)])).walk("VEVENT")
    assert "ATTENDEE" not in shown


def test_lines_end_with_crlf_and_have_at_most_75_octets() -> None:
    text = slots_feed(HEAD, "Grüße " * 40, "", 0, [SLOT])
    lines = text.split("\r\n")
    assert lines[-1] == ""
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "\n" not in text.replace("\r\n", "")


def test_a_booking_is_shown_with_its_people_in_the_description_only() -> None:
    meeting = booking(
        "10:00-10:30", notes="Bring the plan.", attendees=[guest("Gus Guest", "gus@example.net")]
    )
    [vevent] = parsed(bookings_feed(HEAD, [(SLOT.uid, meeting)])).walk("VEVENT")
    assert vevent.decoded("DTSTART") == meeting.start
    assert vevent.decoded("DTEND") == meeting.end
    assert vevent["SUMMARY"] == "Introduction – Gus Guest"
    assert vevent["DESCRIPTION"] == "Gus Guest <gus@example.net>\n\nBring the plan."
    assert "ATTENDEE" not in vevent
    assert "ORGANIZER" not in vevent


def test_a_booking_is_shown_under_a_uid_of_the_feeds_own() -> None:
    text = bookings_feed(HEAD, [(SLOT.uid, booking())])
    [vevent] = parsed(text).walk("VEVENT")
    assert vevent["UID"] == SLOT.uid
    assert booking().uid not in text
    assert booking().id not in text


def test_a_booking_is_stamped_with_its_last_change() -> None:
    changed = datetime(2026, 2, 1, 12, tzinfo=UTC)
    [vevent] = parsed(
        bookings_feed(HEAD, [(SLOT.uid, replace(booking(), changed_at=changed, sequence=4))])
    ).walk("VEVENT")
    assert vevent.decoded("DTSTAMP") == vevent.decoded("LAST-MODIFIED") == changed
    assert vevent["SEQUENCE"] == 4


@pytest.mark.parametrize(
    ("status", "shown"),
    [(Status.CONFIRMED, "CONFIRMED"), (Status.PENDING, "TENTATIVE"), (Status.PENDING_PAYMENT, "TENTATIVE")],
)
def test_a_booking_that_waits_for_an_answer_is_tentative(status: Status, shown: str) -> None:
    waiting: Booking = replace(booking(), status=status)
    assert the_slot(bookings_feed(HEAD, [(SLOT.uid, waiting)]))["STATUS"] == shown


def test_a_booking_with_a_link_shows_it_as_place_and_address() -> None:
    link = Location(type=LocationType.LINK, value="https://meet.example/x;y,z")
    vevent = the_slot(bookings_feed(HEAD, [(SLOT.uid, replace(booking(), location=link))]))
    assert vevent["LOCATION"] == vevent["URL"] == link.value
