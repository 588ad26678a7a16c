"""Invitations and cancellations as a recipient's program reads them: here through the icalendar library."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from server.domain.booking import Actor, Attendee, Booking, Organizer, Partstat, Status
from server.domain.changes import cancelled, rescheduled
from server.domain.event_type import Location, LocationType
from server.domain.identity import Home
from server.domain.questions import TICK, Answer
from server.ical import itip
from server.ical.itip import Method
from tests.review import ADA, ALICE, REVIEW

LINK = "https://book.example/b/review/manage/m_abc"
LATER = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
BOB = Attendee(number=2, name="Bob", email="bob@example.net", zone="Europe/London")

texts = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from("\r\n\x00\x0b\x85\u2028\u202e\ufeff\\;,:\"'<>"),
    max_size=60,
)


def opened(message: bytes) -> tuple[str, Event]:
    calendar = Calendar.from_ical(message)
    (vevent,) = calendar.walk("VEVENT")
    assert isinstance(vevent, Event)
    return str(calendar["METHOD"]), vevent


def attendees(vevent: Event) -> list[tuple[str, str, str]]:
    found = vevent["ATTENDEE"]
    people = found if isinstance(found, list) else [found]
    return [(str(person), str(person.params["PARTSTAT"]), str(person.params["RSVP"])) for person in people]


def moved_by(actor: Actor) -> Booking:
    start = datetime(2026, 12, 2, 13, 0, tzinfo=UTC)
    return rescheduled(REVIEW, start, actor=actor, at=LATER, sent=0).after


def called_off(reason: str = "") -> Booking:
    return cancelled(REVIEW, reason, actor=Actor.HOST, at=LATER, sent=0).after


def test_a_confirmed_booking_is_a_request_that_the_guest_has_accepted() -> None:
    """itip.md 1.6, booking confirmed: REQUEST, SEQUENCE 0, CONFIRMED, ACCEPTED without asking."""
    method, vevent = opened(itip.request(REVIEW, ALICE, ADA, LINK))
    assert (method, vevent["SEQUENCE"], vevent["STATUS"]) == ("REQUEST", 0, "CONFIRMED")
    assert attendees(vevent) == [("mailto:ada@example.com", "ACCEPTED", "FALSE")]
    assert vevent["ORGANIZER"] == "mailto:alice@example.org"


def test_a_guest_who_moves_the_meeting_is_not_asked_again() -> None:
    """S1.42, itip.md 1.6, reschedule by guest: the same UID, SEQUENCE +1, ACCEPTED."""
    method, vevent = opened(itip.request(moved_by(Actor.GUEST), ALICE, moved_by(Actor.GUEST).guest, LINK))
    assert (method, int(str(vevent["SEQUENCE"])), str(vevent["UID"])) == ("REQUEST", 1, str(REVIEW.uid))
    assert vevent.start == datetime(2026, 12, 2, 13, 0, tzinfo=UTC)
    assert attendees(vevent) == [("mailto:ada@example.com", "ACCEPTED", "FALSE")]


def test_a_guest_whose_meeting_the_host_moved_is_asked_again() -> None:
    """itip.md 1.6, reschedule by host: NEEDS-ACTION, RSVP=TRUE."""
    _, vevent = opened(itip.request(moved_by(Actor.HOST), ALICE, moved_by(Actor.HOST).guest, LINK))
    assert attendees(vevent) == [("mailto:ada@example.com", Partstat.NEEDS_ACTION, "TRUE")]


def test_a_cancellation_raises_sequence_and_says_why() -> None:
    """S1.25, S1.58, itip.md 1.6, cancel: CANCEL, SEQUENCE +1, STATUS CANCELLED."""
    method, vevent = opened(itip.cancel(called_off("I am ill"), ALICE, ADA))
    assert (method, vevent["SEQUENCE"], vevent["STATUS"]) == ("CANCEL", 1, "CANCELLED")
    assert vevent["UID"] == REVIEW.uid
    assert vevent["COMMENT"] == "I am ill"


def test_the_hosts_copy_offers_no_answer() -> None:
    """C32: the host as an attendee who has accepted, RSVP=FALSE."""
    _, vevent = opened(itip.request(REVIEW, ALICE, None, None))
    assert attendees(vevent)[0] == ("mailto:alice@example.org", "ACCEPTED", "FALSE")


def test_a_guest_does_not_learn_who_else_was_invited() -> None:
    """C32: one mail each, listing only its recipient."""
    two = replace(REVIEW, attendees=(ADA, BOB))
    for guest in two.attendees:
        assert b"bob@example.net" in itip.request(two, ALICE, BOB, LINK)
        _, vevent = opened(itip.request(two, ALICE, guest, LINK))
        assert [address for address, _, _ in attendees(vevent)] == [f"mailto:{guest.email}"]


SALES = Organizer("Sales", "sales@example.org")
OTHER = replace(ALICE, home=Home("carl"), name="Carl", email="carl@example.org")


def roles(vevent: Event) -> list[tuple[str, str]]:
    found = vevent["ATTENDEE"]
    people = found if isinstance(found, list) else [found]
    return [(str(person), str(person.params["ROLE"])) for person in people]


@pytest.mark.parametrize("method", Method)
def test_a_team_invites_in_its_own_name_and_its_host_takes_the_chair(method: Method) -> None:
    """C37: who holds the meeting may change, the organizer of a UID may not."""
    two = replace(REVIEW, organizer=SALES, attendees=(ADA, BOB))
    for host in (ALICE, OTHER):
        text = itip.request(two, host, ADA, LINK) if method is Method.REQUEST else itip.cancel(two, host, ADA)
        _, vevent = opened(text)
        assert vevent["ORGANIZER"] == "mailto:sales@example.org"
        assert vevent["ORGANIZER"].params["CN"] == "Sales"
        assert roles(vevent) == [
            (f"mailto:{host.email}", "CHAIR"),
            ("mailto:ada@example.com", "REQ-PARTICIPANT"),
        ]
        assert attendees(vevent)[0][1:] == ("ACCEPTED", "FALSE")


def test_a_teams_other_hosts_attend_without_the_chair() -> None:
    """S2.48, C37."""
    _, vevent = opened(itip.request(replace(REVIEW, organizer=SALES), ALICE, None, None, (OTHER,)))
    assert [role for _, role in roles(vevent)] == ["CHAIR", "REQ-PARTICIPANT", "REQ-PARTICIPANT"]


def test_a_host_whose_place_another_takes_alone_is_taken_off() -> None:
    """RFC 5546 §3.2.5: no STATUS, and nobody named who still comes."""
    method, vevent = opened(itip.uninvite(replace(REVIEW, organizer=SALES), ALICE, None))
    assert (method, "STATUS" in vevent) == ("CANCEL", False)
    assert [address for address, _ in roles(vevent)] == ["mailto:alice@example.org"]
    _, vevent = opened(itip.uninvite(replace(REVIEW, organizer=SALES), ALICE, ADA))
    assert [address for address, _ in roles(vevent)] == ["mailto:ada@example.com"]


@pytest.mark.parametrize("method", Method)
def test_a_mailed_object_says_nothing_about_who_schedules(method: Method) -> None:
    """RFC 6638 §7.1: SCHEDULE-AGENT does not leave the calendar; nor do our own properties."""
    text = (
        itip.request(REVIEW, ALICE, ADA, LINK)
        if method is Method.REQUEST
        else itip.cancel(REVIEW, ALICE, ADA)
    )
    assert b"SCHEDULE-" not in text
    assert b"X-DAYBOOK" not in text
    assert b"BEGIN:VALARM" not in text


def test_the_zone_stands_beside_the_time_that_names_it() -> None:
    """C11, RFC 5546 §3.2.2: VTIMEZONE where TZID is used."""
    text = itip.request(REVIEW, ALICE, ADA, LINK).decode()
    assert "DTSTART;TZID=Europe/Berlin:20261201T140000\r\n" in text
    assert text.index("TZID:Europe/Berlin\r\n") < text.index("BEGIN:VEVENT")


def test_a_booking_in_utc_needs_no_zone() -> None:
    text = itip.request(replace(REVIEW, zone="UTC"), ALICE, ADA, LINK).decode()
    assert "DTSTART:20261201T130000Z\r\n" in text
    assert "VTIMEZONE" not in text


@pytest.mark.parametrize("hour", [0, 1], ids=["first", "second"])
def test_a_time_that_the_clocks_show_twice_is_in_utc(hour: int) -> None:
    """RFC 5545 §3.3.5 means the first; libical 3.0 reads the second."""
    start = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    text = itip.request(replace(REVIEW, start=start, end=start.replace(hour=3)), ALICE, ADA, LINK).decode()
    assert f"DTSTART:20261025T0{hour}3000Z\r\n" in text


def test_the_link_is_in_the_calendar_too() -> None:
    _, vevent = opened(itip.request(REVIEW, ALICE, ADA, LINK))
    assert vevent["URL"] == LINK
    assert LINK in str(vevent["DESCRIPTION"])


def test_a_meeting_at_an_address_says_how_to_join() -> None:
    """RFC 7986 §5.11."""
    _, vevent = opened(itip.request(replace(REVIEW, title='The "big" one, again'), ALICE, ADA, LINK))
    conference = vevent["CONFERENCE"]
    assert str(conference) == REVIEW.location.url
    assert dict(conference.params) == {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": "The 'big' one, again"}
    elsewhere = replace(REVIEW, location=Location(type=LocationType.GUEST_PLACE, value="https://not.example"))
    _, vevent = opened(itip.request(elsewhere, ALICE, ADA, LINK))
    assert "CONFERENCE" not in vevent


def test_answers_stand_in_the_description() -> None:
    answers = (
        Answer(id="topic", label="What is it about?", values=("Bridges", "Tunnels")),
        Answer(id="terms", label="I have read the terms", values=(TICK,)),
    )
    _, vevent = opened(itip.request(replace(REVIEW, answers=answers), ALICE, ADA, LINK))
    assert "What is it about? Bridges, Tunnels\nI have read the terms: ✓" in str(vevent["DESCRIPTION"])


def test_without_a_link_there_is_none() -> None:
    _, vevent = opened(itip.request(REVIEW, ALICE, ADA, None))
    assert "URL" not in vevent


def test_a_repeated_object_is_the_same_to_the_byte() -> None:
    assert itip.request(REVIEW, ALICE, ADA, LINK) == itip.request(replace(REVIEW), ALICE, ADA, LINK)


@settings(max_examples=80, deadline=None)
@given(texts, texts)
def test_no_text_of_a_person_adds_a_line(name: str, words: str) -> None:
    ada = replace(ADA, name="A" + name)
    bent = replace(
        REVIEW,
        status=Status.CANCELLED,
        answers=(Answer(id="topic", label=words, values=(words, words)),),
        title="T" + words,
        notes="N" + words,
        description=words,
        reason="R" + words,
        location=Location(type=LocationType.TEXT, value="P" + words),
        attendees=(ada,),
    )
    place = Location(type=LocationType.TEXT, value="P")
    plain = replace(REVIEW, reason="R", status=Status.CANCELLED, location=place)
    _, usual = opened(itip.cancel(plain, ALICE, ADA))
    text = itip.cancel(bent, replace(ALICE, name="H" + name), ada)
    method, vevent = opened(text)
    assert method == "CANCEL"
    assert vevent.keys() == usual.keys()
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    assert b"\n" not in text.replace(b"\r\n", b"")


def test_what_a_guest_told_the_host_is_not_for_whom_they_bring_along() -> None:
    friend = replace(ADA, number=2, name="Fay Friend", email="fay@example.com")
    answers = (Answer(id="topic", label="What is it about?", values=("Bridges",)),)
    booking = replace(REVIEW, attendees=(ADA, friend), answers=answers)
    said = [b"Bridges" in itip.request(booking, ALICE, reader, None) for reader in (ADA, friend, None)]
    assert said == [True, False, True]
