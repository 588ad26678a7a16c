"""A booking in the host's calendar: what clients see, and what comes back when they have been at it."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain import metadata
from server.domain.booking import Actor, Attendance, Attendee, Booking, Organizer, Partstat, Status
from server.domain.event_type import Location, LocationType
from server.domain.identity import CalendarPath, Uid
from server.domain.questions import Answer
from server.ical import vevent
from server.ical.scan import Component, Property, scan, serialise
from tests.review import ADA, ALICE, REVIEW, moved

CALENDAR = REVIEW.calendar
HISTORY = CalendarPath("alice/history")

texts = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from("\r\n\x00\x0b\x85\u2028\u202e\ufeff\uffff\\;,:\"'<>"),
    max_size=40,
)
zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC", "Nowhere/Atall"])
instants = st.integers(1_700_000_000, 2_200_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
attendees = st.builds(
    Attendee,
    number=st.integers(1, 99),
    name=texts,
    email=texts,
    zone=zones,
    language=texts,
    partstat=st.sampled_from(Partstat),
    phone=st.sampled_from(["", "+4915112345678"]),
    attendance=st.sampled_from([None, *Attendance]),
)
answers = st.builds(Answer, id=texts, label=texts, values=st.lists(texts, min_size=1, max_size=3).map(tuple))
values = texts | st.integers(-(2**53), 2**53) | st.booleans() | st.none() | st.floats(-1e9, 1e9).map(float)
metadatas = st.dictionaries(texts, values, max_size=3).map(metadata.of)
ANSWER = Answer(id="topic", label="What is it about?", values=("Bridges", "Tunnels"))


@st.composite
def bookings(draw: st.DrawFn) -> Booking:
    start = draw(instants)
    return replace(
        REVIEW,
        number=draw(st.integers(0, 10**9)),
        title=draw(texts),
        start=start,
        end=start + timedelta(minutes=draw(st.integers(1, 1440))),
        zone=draw(zones),
        attendees=tuple(draw(st.lists(attendees, min_size=1, max_size=3))),
        created_at=draw(instants),
        changed_at=draw(instants),
        description=draw(texts),
        location=Location(type=draw(st.sampled_from(LocationType)), value=draw(texts)),
        buffer_before_min=draw(st.integers(0, 99)),
        buffer_after_min=draw(st.integers(0, 99)),
        notes=draw(texts),
        answers=tuple(draw(st.lists(answers, max_size=3))),
        status=draw(st.sampled_from(Status)),
        revision=draw(st.integers(0, 50)),
        sequence=draw(st.integers(0, 2**31 - 1)),
        reason=draw(texts),
        ended_by=draw(st.sampled_from([None, *Actor])),
        agreed=draw(st.none() | st.tuples(instants, instants)),
        answer_by=draw(st.none() | instants),
        holds_while_pending=draw(st.booleans()),
        is_invited=draw(st.booleans()),
        organizer=draw(st.none() | st.builds(Organizer, texts, texts)),
        metadata=draw(metadatas),
        last_note=draw(st.integers(0, 99)),
    )


def the_vevent(text: str) -> Component:
    return next(scan(text).children("VEVENT"))


def line(text: str, name: str) -> str:
    item = the_vevent(text).first(name)
    return "" if item is None else item.text()


def edited(text: str, change: Callable[[Property], Property | None], *added: Property) -> str:
    """Return `text` as a client writes it that put every property of the VEVENT through `change`."""
    calendar = scan(text)
    before = next(calendar.children("VEVENT"))
    kept = [new for item in before.properties if (new := change(item)) is not None]
    after = Component("VEVENT", (*kept, *added), before.components)
    return serialise(
        replace(calendar, components=tuple(after if c is before else c for c in calendar.components))
    )


def put(text: str, *items: Property, without: str = "") -> str:
    """Return `text` with `items` in place of the properties of their names, and `without` some others."""
    gone = {item.name for item in items} | set(without.split())
    return edited(text, lambda item: None if item.name in gone else item, *items)


# What is written ----------------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(bookings())
def test_every_fact_of_a_booking_comes_back(booking: Booking) -> None:
    assert vevent.read(vevent.stored(booking, ALICE), CALENDAR) == booking


@settings(max_examples=60, deadline=None)
@given(bookings())
def test_every_fact_comes_back_when_attendees_stay_out_of_the_calendar(booking: Booking) -> None:
    plain = vevent.stored(booking, replace(ALICE, attendees_in_calendar=False))
    assert vevent.read(plain, CALENDAR) == booking
    assert not {item.name for item in the_vevent(plain).properties} & {"ORGANIZER", "ATTENDEE"}


@settings(max_examples=60, deadline=None)
@given(texts, texts)
def test_no_text_of_a_person_adds_a_line(name: str, words: str) -> None:
    plain = replace(
        REVIEW, answers=(ANSWER, ANSWER), location=Location(type=LocationType.TEXT, value="Torstraße")
    )
    usual = [item.name for item in the_vevent(vevent.stored(plain, ALICE)).properties]
    bent = replace(
        plain,
        answers=(
            Answer(id="topic", label=words, values=(words,)),
            Answer(id="more", label="l", values=(words, words)),
        ),
        title="T" + words,
        notes="n" + words,
        description=words,
        location=Location(type=LocationType.TEXT, value="p" + words),
        attendees=(replace(ADA, name=name),),
    )
    text = vevent.stored(bent, replace(ALICE, name=name))
    assert [item.name for item in the_vevent(text).properties] == usual
    assert len(text.splitlines()) == text.count("\r\n")


def test_the_object_is_in_the_hosts_zone_with_the_rules_of_that_zone() -> None:
    """C11: DTSTART;TZID of the host with a VTIMEZONE."""
    calendar = scan(vevent.stored(REVIEW, ALICE))
    start = the_vevent(vevent.stored(REVIEW, ALICE)).first("DTSTART")
    assert start is not None
    assert (start.value, start.param("TZID")) == ("20261201T140000", "Europe/Berlin")
    (vtimezone,) = calendar.children("VTIMEZONE")
    tzid = vtimezone.first("TZID")
    assert tzid is not None
    assert tzid.value == "Europe/Berlin"


def test_daybook_mails_and_no_server_or_client_does() -> None:
    """C33: SCHEDULE-AGENT=CLIENT on organizer and attendees, no METHOD, Thunderbird told not to invite."""
    text = vevent.stored(REVIEW, ALICE)
    people = [item for item in the_vevent(text).properties if item.name in {"ORGANIZER", "ATTENDEE"}]
    assert [item.value for item in people] == ["mailto:alice@example.org", "mailto:ada@example.com"]
    assert all(item.param("SCHEDULE-AGENT") == "CLIENT" for item in people)
    assert line(text, "X-MOZ-SEND-INVITATIONS") == "FALSE"
    assert scan(text).first("METHOD") is None


def test_equal_bookings_give_equal_texts() -> None:
    assert vevent.stored(REVIEW, ALICE) == vevent.stored(replace(REVIEW), ALICE)


def test_a_waiting_booking_is_tentative() -> None:
    assert line(vevent.stored(replace(REVIEW, status=Status.PENDING), ALICE), "STATUS") == "TENTATIVE"


def test_notes_of_five_thousand_characters_fit_what_davx5_keeps() -> None:
    longest = replace(REVIEW, notes="\n" * 5000, description="ж" * 5000)
    written = the_vevent(vevent.stored(longest, ALICE)).properties
    assert all(len(item.value) <= 25_000 for item in written if item.name.startswith("X-"))


@pytest.mark.parametrize("hour", [0, 1])
def test_the_hour_that_comes_twice_keeps_its_instant(hour: int) -> None:
    booking = replace(
        REVIEW,
        start=datetime(2026, 10, 25, hour, 30, tzinfo=UTC),
        end=datetime(2026, 10, 25, hour + 1, 30, tzinfo=UTC),
    )
    assert vevent.read(vevent.stored(booking, ALICE), CALENDAR) == booking


# What clients do ----------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(bookings(), st.randoms(use_true_random=False))
def test_a_client_that_sorts_properties_and_drops_parameters_loses_nothing(
    booking: Booking, order: random.Random
) -> None:
    """DAVx5 rebuilds attendees without their parameters, Radicale sorts properties."""
    bare = edited(
        vevent.stored(booking, ALICE),
        lambda item: item if item.name.startswith("DT") else item._replace(params={}),
    )
    calendar = scan(bare)
    before = next(calendar.children("VEVENT"))
    shuffled = list(before.properties)
    order.shuffle(shuffled)
    after = Component("VEVENT", tuple(shuffled))
    parts = tuple(after if part is before else part for part in calendar.components)
    assert vevent.read(serialise(replace(calendar, components=parts)), CALENDAR) == booking


def test_a_client_that_rewrites_the_vtimezone_moves_nothing() -> None:
    wrong = Component(
        "VTIMEZONE",
        (Property("TZID", "Europe/Berlin"),),
        (
            Component(
                "STANDARD",
                (
                    Property("DTSTART", "19700101T000000"),
                    Property("TZOFFSETFROM", "+0000"),
                    Property("TZOFFSETTO", "+0000"),
                ),
            ),
        ),
    )
    calendar = scan(vevent.stored(REVIEW, ALICE))
    parts = (wrong, *calendar.children("VEVENT"))
    assert vevent.read(serialise(replace(calendar, components=parts)), CALENDAR) == REVIEW


@pytest.mark.parametrize(
    "times",
    [
        [Property("DTSTART", "20261201T150000Z"), Property("DTEND", "20261201T160000Z")],
        [Property("DTSTART", "20261201T160000", {"TZID": ("Europe/Berlin",)}), Property("DURATION", "PT1H")],
        [
            Property("DTSTART", "20261201T100000", {"TZID": ("America/New_York",)}),
            Property("DURATION", "PT1H"),
        ],
        [Property("DTSTART", "20261201T160000"), Property("DTEND", "20261201T170000")],
    ],
    ids=["UTC", "DURATION", "another zone", "floating"],
)
def test_a_meeting_dragged_by_the_host_is_where_the_calendar_shows_it(times: list[Property]) -> None:
    text = put(vevent.stored(REVIEW, ALICE), *times, without="DTEND DURATION")
    two_hours = timedelta(hours=2)
    assert vevent.read(text, CALENDAR) == replace(
        REVIEW, start=REVIEW.start + two_hours, end=REVIEW.end + two_hours
    )


def test_a_meeting_made_all_day_lasts_the_hosts_day() -> None:
    text = put(
        vevent.stored(REVIEW, ALICE), Property("DTSTART", "20261202", {"VALUE": ("DATE",)}), without="DTEND"
    )
    booking = vevent.read(text, CALENDAR)
    assert booking is not None
    assert (booking.start, booking.end) == (
        datetime(2026, 12, 1, 23, tzinfo=UTC),
        datetime(2026, 12, 2, 23, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("was", "shown", "is_now"),
    [
        (Status.CONFIRMED, "CANCELLED", Status.CANCELLED),
        (Status.PENDING, "CONFIRMED", Status.CONFIRMED),
        (Status.CONFIRMED, "TENTATIVE", Status.CONFIRMED),
        (Status.DECLINED, "CANCELLED", Status.DECLINED),
    ],
)
def test_the_state_is_what_the_calendar_says(was: Status, shown: str, is_now: Status) -> None:
    text = put(vevent.stored(replace(REVIEW, status=was), ALICE), Property("STATUS", shown))
    booking = vevent.read(text, CALENDAR)
    assert booking is not None
    assert booking.status is is_now


@pytest.mark.parametrize(
    ("shown", "place"),
    [
        ("https://other.example/room", Location(type=LocationType.LINK, value="https://other.example/room")),
        ("Café Central", Location(type=LocationType.TEXT, value="Café Central")),
    ],
)
def test_the_place_is_what_the_calendar_says(shown: str, place: Location) -> None:
    booking = vevent.read(put(vevent.stored(REVIEW, ALICE), Property("LOCATION", shown)), CALENDAR)
    assert booking is not None
    assert booking.location == place


def test_a_copy_with_another_uid_is_not_ours() -> None:
    assert vevent.read(put(vevent.stored(REVIEW, ALICE), Property("UID", "copy")), CALENDAR) is None


def test_a_raised_sequence_is_kept_as_the_floor_of_the_next_one() -> None:
    booking = vevent.read(put(vevent.stored(REVIEW, ALICE), Property("SEQUENCE", "5")), CALENDAR)
    assert booking is not None
    assert booking.sequence == 5


# What is written over -----------------------------------------------------------------------------------------------


def test_a_reschedule_is_the_same_object_at_another_time() -> None:
    """S1.41: the calendar object is updated in place, same UID."""
    text = vevent.revised(vevent.stored(REVIEW, ALICE), moved(REVIEW, 24), ALICE)
    assert vevent.read(text, CALENDAR) == moved(REVIEW, 24)
    assert line(text, "UID") == REVIEW.uid
    assert line(text, "SEQUENCE") == "1"


@settings(max_examples=40, deadline=None)
@given(bookings(), bookings())
def test_every_fact_is_written_over(before: Booking, after: Booking) -> None:
    assert vevent.read(vevent.revised(vevent.stored(before, ALICE), after, ALICE), CALENDAR) == after


def test_alarms_colours_and_people_of_the_host_stay() -> None:
    alarm = Component("VALARM", (Property("ACTION", "DISPLAY"), Property("TRIGGER", "-PT10M")))
    text = put(vevent.stored(REVIEW, ALICE), Property("COLOR", "tomato"))
    text = edited(text, lambda item: item, Property("ATTENDEE", "mailto:bob@work.example"))
    calendar = scan(text)
    before = next(calendar.children("VEVENT"))
    parts = tuple(
        replace(part, components=(alarm,)) if part is before else part for part in calendar.components
    )
    after = the_vevent(
        vevent.revised(serialise(replace(calendar, components=parts)), moved(REVIEW, 1), ALICE)
    )
    assert after.components == (alarm,)
    assert line(serialise(Component("VCALENDAR", (), (after,))), "COLOR") == "tomato"
    assert [item.value for item in after.all("ATTENDEE")] == [
        "mailto:ada@example.com",
        "mailto:bob@work.example",
    ]


def test_a_title_that_the_host_reworded_stays() -> None:
    text = put(vevent.stored(REVIEW, ALICE), Property("SUMMARY", "Ada (bring cake)"))
    assert line(vevent.revised(text, moved(REVIEW, 1), ALICE), "SUMMARY") == "Ada (bring cake)"


def test_an_all_day_meeting_that_did_not_move_stays_all_day() -> None:
    text = put(
        vevent.stored(REVIEW, ALICE), Property("DTSTART", "20261202", {"VALUE": ("DATE",)}), without="DTEND"
    )
    booking = vevent.read(text, CALENDAR)
    assert booking is not None
    assert line(vevent.revised(text, replace(booking, notes="more"), ALICE), "DTSTART") == "20261202"


# What is kept in the history ----------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(bookings())
def test_a_superseded_revision_reads_as_what_it_was(booking: Booking) -> None:
    text = vevent.superseded(vevent.stored(booking, ALICE), booking)
    assert vevent.read(text, HISTORY) == replace(booking, calendar=HISTORY)
    assert line(text, "UID") == f"{booking.uid}-r{booking.revision}"
    assert line(text, "RELATED-TO") == booking.uid
    assert line(text, "TRANSP") == "TRANSPARENT"


def test_an_ended_booking_keeps_its_uid_and_says_who_ended_it_and_why() -> None:
    end = replace(
        REVIEW, status=Status.CANCELLED, revision=1, sequence=1, reason="I am ill", ended_by=Actor.GUEST
    )
    text = vevent.ended(vevent.stored(REVIEW, ALICE), end)
    assert vevent.read(text, HISTORY) == replace(end, calendar=HISTORY)
    assert [line(text, name) for name in ("UID", "STATUS", "TRANSP")] == [
        REVIEW.uid,
        "CANCELLED",
        "TRANSPARENT",
    ]


def test_nothing_rings_for_a_meeting_that_was_cancelled() -> None:
    alarm = Component("VALARM", (Property("ACTION", "DISPLAY"), Property("TRIGGER", "-PT10M")))
    calendar = scan(vevent.stored(REVIEW, ALICE))
    parts = tuple(
        replace(part, components=(alarm,)) if part.name == "VEVENT" else part for part in calendar.components
    )
    text = serialise(replace(calendar, components=parts))
    assert the_vevent(vevent.ended(text, replace(REVIEW, status=Status.CANCELLED))).components == ()


def test_a_booking_whose_object_is_lost_still_ends_in_the_history() -> None:
    end = replace(REVIEW, status=Status.CANCELLED, uid=Uid("other"))
    assert vevent.read(vevent.ended("", end), HISTORY) == replace(end, calendar=HISTORY)
