"""Who may be brought along, and what they may see."""

from dataclasses import replace

import pytest

from server.domain.booking import Actor, Partstat
from server.domain.changes import joined, left, rescheduled
from server.domain.companions import Companion, as_seen_by, attendee, faults
from server.domain.event_type import Location, LocationType
from server.domain.questions import Answer
from tests.builders import NOW, at, booking, guest

SAM = Companion("sam@example.net", "Sam")


def test_companions_need_an_address_and_no_name() -> None:
    """S1.8."""
    assert faults([SAM, Companion("kim@example.net")], ["gus@example.net"]) == {}
    assert set(faults([SAM, Companion("kim at home", "Kim\nmy")], [])) == {"guests.1.email", "guests.1.name"}


@pytest.mark.parametrize("address", ["sam@example.net", "SAM@Example.net ", " Gus@example.NET"])
def test_nobody_is_brought_along_twice_and_nobody_brings_themselves(address: str) -> None:
    """S1.8."""
    assert set(faults([SAM, Companion(address)], ["gus@example.net"])) == {"guests.1.email"}


def test_a_companion_has_yet_to_answer_and_reads_what_the_booker_reads() -> None:
    """C32."""
    booker = guest(zone="Asia/Kolkata", language="fr")
    made = attendee(SAM, 2, booker)
    assert (made.zone, made.language, made.partstat) == ("Asia/Kolkata", "fr", Partstat.NEEDS_ACTION)


def test_who_joins_leaves_the_sequence_as_it_is_and_who_leaves_raises_it() -> None:
    """itip.md 1.6: one guest added, one guest removed."""
    meeting = booking()
    more = joined(meeting, attendee(SAM, 2, meeting.guest), actor=Actor.GUEST, at=NOW, sent=0).after
    fewer = left(more, 2, actor=Actor.GUEST, at=NOW, sent=0).after
    assert [(one.revision, one.sequence) for one in (meeting, more, fewer)] == [(0, 0), (1, 0), (2, 1)]


def test_no_number_is_given_twice() -> None:
    """C2: the link of who has left must never open the booking for another."""
    meeting = replace(booking(), attendees=(guest(), guest("Sam", "sam@example.net", number=2)))
    assert meeting.next_person == 3
    assert left(meeting, 2, actor=Actor.HOST, at=NOW, sent=0).after.next_person == 3


def test_a_booker_who_moves_the_meeting_answers_for_nobody_else() -> None:
    """RFC 6638 §3.2.8."""
    sam = replace(guest("Sam", "sam@example.net", number=2), partstat=Partstat.ACCEPTED)
    meeting = replace(booking(), attendees=(guest(), sam))
    after = rescheduled(meeting, at("2026-03-02 15:00"), actor=Actor.GUEST, at=NOW, sent=0).after
    assert [one.partstat for one in after.attendees] == [Partstat.ACCEPTED, Partstat.NEEDS_ACTION]


def test_what_the_booker_told_the_host_is_not_for_companions() -> None:
    """C32."""
    said = Answer(id="why", label="Why?", values=("a secret",))
    phone = Location(type=LocationType.GUEST_PHONE, value="+4915112345678")
    meeting = replace(booking(), notes="hush", answers=(said,), location=phone)
    assert as_seen_by(meeting, 1) == meeting
    seen = as_seen_by(meeting, 2)
    assert (seen.notes, seen.answers, seen.location.value) == ("", (), "")
