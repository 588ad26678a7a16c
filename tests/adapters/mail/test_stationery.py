"""The words of mails: what each says to whom, in text and in HTML."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from server.adapters.mail.stationery import TemplateStationery
from server.domain.booking import Actor, Status
from server.domain.changes import cancelled, rescheduled
from server.domain.event_type import Location, LocationType
from server.domain.questions import Answer
from server.domain.site import Site
from server.ports import Letter, MailKind, Words
from server.resources import templates_dir
from tests.review import ADA, ALICE, REVIEW

SITE = Site(name="Daybook", base_url="https://book.example", mail_address="daybook@book.example")
LINK = "https://book.example/b/review/manage/m_abc"
LATER = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

CONFIRMED = Letter(
    kind=MailKind.CONFIRMED, booking=REVIEW, host=ALICE, attendee=ADA, actor=Actor.GUEST, link=LINK
)


def write(letter: Letter) -> Words:
    return TemplateStationery(SITE, templates_dir()).write(letter)


def called_off(actor: Actor, *, host: bool, reason: str = "") -> Letter:
    booking = cancelled(REVIEW, reason, actor=actor, at=LATER, sent=0).after
    attendee = None if host else booking.guest
    return Letter(kind=MailKind.CANCELLED, booking=booking, host=ALICE, attendee=attendee, actor=actor)


def moved_by(actor: Actor, *, host: bool) -> Letter:
    start = REVIEW.start + timedelta(days=1)
    booking = rescheduled(REVIEW, start, actor=actor, at=LATER, sent=0, reason="The room is taken").after
    attendee = None if host else booking.guest
    return Letter(
        kind=MailKind.RESCHEDULED, booking=booking, host=ALICE, attendee=attendee, actor=actor, before=REVIEW
    )


def waits(kind: MailKind, *, host: bool, linked: bool) -> Letter:
    """Return a letter about a request, or about what became of one; its links are there or not."""
    booking = replace(REVIEW, answer_by=LATER, reason="I am on site.")
    return Letter(
        kind=kind,
        booking=booking,
        host=ALICE,
        attendee=None if host else booking.guest,
        actor=Actor.HOST,
        before=replace(REVIEW, start=REVIEW.start - timedelta(days=7), end=REVIEW.end - timedelta(days=7)),
        link=LINK if linked and not host else None,
        answer=("https://book.example/b/r/approve/a_1", "https://book.example/b/r/decline/a_1")
        if linked and host
        else None,
    )


def seen(html: str) -> str:
    body = html[html.index("<body") :]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def handed_on(kind: MailKind, *, host: bool, waiting: bool = False) -> Letter:
    """Return a letter about a meeting that bob takes over from alice."""
    return replace(
        waits(kind, host=host, linked=True),
        booking=replace(REVIEW, status=Status.PENDING if waiting else Status.CONFIRMED, answer_by=None),
        before=None,
        handed=("Alice Example", "Bob Example"),
    )


LETTERS = {
    "reassigned": handed_on(MailKind.REASSIGNED, host=False),
    "reassigned, host": handed_on(MailKind.REASSIGNED, host=True),
    "assigned": handed_on(MailKind.ASSIGNED, host=True),
    "assigned, waiting": handed_on(MailKind.ASSIGNED, host=True, waiting=True),
    "unassigned": handed_on(MailKind.UNASSIGNED, host=True),
    "confirmed": CONFIRMED,
    "confirmed, host": replace(CONFIRMED, attendee=None, link=None),
    "rescheduled": moved_by(Actor.GUEST, host=False),
    "rescheduled, host": moved_by(Actor.GUEST, host=True),
    "cancelled": called_off(Actor.HOST, host=False),
    "cancelled, host": called_off(Actor.HOST, host=True),
    **{
        f"{kind.value}{', host' if is_host else ''}{', no links' if is_host and not linked else ''}": waits(
            kind, host=is_host, linked=linked
        )
        for kind in (
            MailKind.REQUESTED,
            MailKind.RESCHEDULE_REQUESTED,
            MailKind.APPROVED,
            MailKind.DECLINED,
            MailKind.EXPIRED,
            MailKind.KEPT,
        )
        for is_host, linked in ((False, True), (True, True), (True, False))
    },
}


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS.keys())
def test_every_mail_says_what_when_where_and_what_was_noted(letter: Letter) -> None:
    """S1.64: title, date, time, time zone, location, notes; S1.63: in text as in HTML."""
    words = write(letter)
    day = {True: "December 2, 2026", False: "December 1, 2026"}[letter.kind is MailKind.RESCHEDULED]
    time = "2:00\u202fPM" if letter.attendee is None else "8:00\u202fAM"
    zone = "Central European Standard Time" if letter.attendee is None else "Eastern Standard Time"
    for text in (words.text, unescape(words.html)):
        for fact in (REVIEW.title, day, time, zone, REVIEW.location.value, REVIEW.notes):
            assert fact in text


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS.keys())
def test_the_text_says_all_that_the_html_says(letter: Letter) -> None:
    """S1.63"""
    words = write(letter)
    said = re.sub(r"\s+", " ", words.text)
    for piece in re.split(r"<[^>]+>", words.html[words.html.index("<body") :]):
        assert re.sub(r"\s+", " ", unescape(piece)).strip() in said


@pytest.mark.parametrize(
    ("actor", "host", "sentence"),
    [
        (Actor.GUEST, False, "You cancelled this meeting."),
        (Actor.GUEST, True, "Ada Lovelace cancelled this meeting."),
        (Actor.HOST, False, "Alice Example cancelled this meeting."),
        (Actor.HOST, True, "You cancelled this meeting."),
        (Actor.API_KEY, False, "Alice Example cancelled this meeting."),
        (Actor.SYSTEM, False, "This meeting was cancelled."),
    ],
)
def test_a_cancellation_says_who_cancelled(actor: Actor, host: bool, sentence: str) -> None:
    """S1.31"""
    words = write(called_off(actor, host=host))
    assert sentence in words.text
    assert sentence in seen(words.html)


def test_a_cancellation_gives_the_reason() -> None:
    """S1.28."""
    assert "I am ill" in write(called_off(Actor.HOST, host=False, reason="I am ill")).text


def test_a_reschedule_names_both_times_and_the_reason() -> None:
    """S1.42"""
    text = write(moved_by(Actor.HOST, host=False)).text
    assert "Alice Example moved the meeting" in text
    assert "When: Wednesday, December 2, 2026" in text
    assert "Previous time: Tuesday, December 1, 2026" in text
    assert "The room is taken" in text


def test_a_guest_can_cancel_and_reschedule_from_the_mail() -> None:
    """S1.27, S1.33"""
    words = write(CONFIRMED)
    for action in ("cancel", "reschedule"):
        assert f"{LINK}/{action}" in words.text
        assert f'href="{LINK}/{action}"' in words.html


def test_without_a_base_url_a_mail_has_no_links_and_names_the_host() -> None:
    """S1.23"""
    words = write(replace(CONFIRMED, link=None, booking=replace(REVIEW, location=Location())))
    assert "http" not in words.text
    assert "href" not in words.html
    assert "reply to this mail: it reaches Alice Example" in words.text


def test_a_mail_fits_phones_and_dark_screens_without_fetching_anything() -> None:
    """S1.65"""
    html = write(CONFIRMED).html
    assert "prefers-color-scheme: dark" in html
    assert 'name="color-scheme" content="light dark"' in html
    assert "max-width: 480px" in html
    assert '<html lang="en" dir="ltr"' in html
    assert not re.search(r"<img|<link|url\(|@import|src=", html)


def test_styles_are_written_into_the_tags() -> None:
    assert re.search(r'<h1 style="[^"]*font-size', write(CONFIRMED).html)


def test_what_a_guest_types_is_text_and_never_markup() -> None:
    """pitfalls 4.1: HTML injection."""
    typed = '<a href="https://evil.example">click</a><script>x</script>'
    guest = replace(ADA, name=typed)
    booking = replace(REVIEW, notes=typed, reason=typed, attendees=(guest,))
    for attendee in (guest, None):
        html = write(replace(CONFIRMED, booking=booking, attendee=attendee, link=None)).html
        assert "<script" not in html
        assert [link for link in re.findall(r"<a\s[^>]*>", html) if "evil" in link] == []
        assert "https://evil.example" in unescape(html)


def test_only_a_web_address_becomes_a_link() -> None:
    """S2.21"""
    place = Location(type=LocationType.TEXT, value="javascript:alert(1)")
    html = write(replace(CONFIRMED, link=None, booking=replace(REVIEW, location=place))).html
    assert "javascript:alert(1)" in html
    assert "href" not in html


def test_a_name_that_turns_text_around_is_shown_straight() -> None:
    guest = replace(ADA, name="\u202eecila")
    booking = replace(REVIEW, attendees=(guest,))
    assert "\u202e" not in write(replace(CONFIRMED, booking=booking, attendee=None)).text


def test_the_same_letter_has_the_same_words() -> None:
    assert write(CONFIRMED) == write(replace(CONFIRMED))


def test_times_follow_the_readers_region() -> None:
    british = replace(ADA, language="en-GB", zone="Europe/London")
    assert "13:00 – 14:00" in write(replace(CONFIRMED, attendee=british)).text


def test_answers_stand_in_the_mails_of_guest_and_host_and_of_nobody_else() -> None:
    friend = replace(ADA, number=2, name="Fay Friend", email="fay@example.com")
    answers = (
        Answer(id="topic", label="What is <it> about?", values=("Bridges & tunnels",)),
        Answer(id="days", label="Days", values=("Mon", "Tue")),
    )
    booking = replace(REVIEW, attendees=(ADA, friend), answers=answers)
    for reader, told in ((ADA, True), (None, True), (friend, False)):
        words = write(replace(CONFIRMED, booking=booking, attendee=reader))
        for text in (words.text, seen(words.html)):
            assert ("What is <it> about?" in text and "Bridges & tunnels" in text) is told
            assert ("Mon, Tue" in text) is told


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Location(type=LocationType.ROOM), "Video call; the link will follow."),
        (Location(type=LocationType.GUEST_PHONE, value="+49 30 1234567"), "Phone call to +49 30 1234567"),
        (Location(type=LocationType.GUEST_PLACE, value="https://not.example"), "https://not.example"),
    ],
)
def test_a_mail_says_where_to_meet_when_that_is_said_for_each_booking(place: Location, words: str) -> None:
    mail = write(replace(CONFIRMED, booking=replace(REVIEW, location=place)))
    assert f"Where: {words}" in mail.text
    assert words in seen(mail.html)
    assert 'href="https://not.example"' not in mail.html


def test_a_room_that_came_late_is_told_to_guest_and_host_and_one_that_never_came_to_the_host() -> None:
    for kind, reader, words in (
        (MailKind.ROOM, ADA, "The link for your meeting with Alice Example is ready."),
        (MailKind.ROOM, None, "The video room for your meeting with Ada Lovelace is ready."),
        (MailKind.ROOM_MISSING, None, "has not answered and will not be asked again"),
    ):
        mail = write(replace(CONFIRMED, kind=kind, attendee=reader))
        assert words in mail.text.replace("\n", " ")
        assert words in seen(mail.html)
