"""The public feed of an event type."""

from dataclasses import replace
from datetime import date, timedelta

import icalendar

from server.domain.away import Away
from server.domain.booking import Actor
from server.domain.limits import Caps
from server.ports import Ports
from server.usecases.booking import offer
from server.usecases.booking.create import NewBooking, create
from server.usecases.event_type.edit import edit
from server.usecases.feed.open_slots import SLOTS_MAX, open_slots
from server.usecases.host.change import change
from tests.builders import BERLIN, DAY, NOW, at, clock_times, epoch, event_type

NOW_S = int(NOW.timestamp())


def feed(ports: Ports, now: int = NOW_S) -> str:
    return open_slots(ports, *offer.find(ports, "alice", "intro"), now)


def slots(text: str) -> list[icalendar.Component]:
    return icalendar.Calendar.from_ical(text).walk("VEVENT")


def shown_starts(text: str) -> list[int]:
    return [int(vevent.decoded("DTSTART").timestamp()) for vevent in slots(text)]


def test_the_feed_shows_the_instants_that_the_booking_page_offers(ports: Ports) -> None:
    """C16: one engine, every face gives the same instants."""
    offered = offer.offer(ports, *offer.find(ports, "alice", "intro"), (NOW_S, NOW_S + 60 * 86_400), NOW_S)
    assert shown_starts(feed(ports)) == offered
    today = [start for start in offered if start < epoch(f"{DAY} 23:59")]
    assert (
        clock_times(today) == "09:00 09:30 10:00 10:30 12:30 13:00 13:30 14:00 14:30 15:00 15:30 16:00 16:30"
    )


async def test_the_feed_knows_days_away_caps_and_first_slots(ports: Ports) -> None:
    """C16: limits are part of the one engine."""
    away = (Away(first=date(2026, 3, 3), last=date(2026, 3, 6)),)
    await change(ports, "alice", lambda one: replace(one, away=away))
    await edit(ports, "alice", "intro", lambda one: replace(one, first_slot_only=True, caps=Caps(total=1)))
    found = shown_starts(feed(ports))[:2]
    assert found == [epoch(f"{DAY} 09:00"), epoch("2026-03-09 09:00")]
    wish = NewBooking(
        home="alice", slug="intro", start=at(f"{DAY} 09:00"), name="Gus", email="gus@example.net", zone=BERLIN
    )
    await create(ports, wish, Actor.GUEST, NOW)
    assert shown_starts(feed(ports)) == []


def test_each_slot_has_the_address_of_its_own_booking_form(ports: Ports) -> None:
    first = slots(feed(ports))[0]
    assert first["URL"] == "https://book.example/u/alice/intro/book?start=2026-03-02T08:00:00Z"


async def test_a_public_feed_tells_nothing_of_bookings_guests_or_what_keeps_the_host_busy(
    ports: Ports,
) -> None:
    wish = NewBooking(
        home="alice",
        slug="intro",
        start=at(f"{DAY} 10:00"),
        name="Gus Zebrafish",
        email="zebrafish@example.net",
        zone=BERLIN,
        notes="zebrafish",
    )
    before = feed(ports)
    booking = await create(ports, wish, Actor.GUEST, NOW)
    text = feed(ports)
    assert len(shown_starts(before)) - len(shown_starts(text)) == 1
    for word in (booking.uid, booking.id, "zebrafish", "dentist", "alice@example.org"):
        assert word.lower() not in text.lower()


def test_the_place_of_a_meeting_is_told_to_those_who_book_it_only(ports: Ports) -> None:
    host, _ = offer.find(ports, "alice", "intro")
    assert "meet.example" not in open_slots(
        ports, host, event_type(location="https://meet.example/secret"), NOW_S
    )


def test_a_slot_is_the_same_event_however_often_it_is_fetched(ports: Ports) -> None:
    """Equal slots give equal bytes: the next day only those that have passed are gone, and those come that are new."""
    texts = [feed(ports, int(moment.timestamp())) for moment in (NOW, NOW + timedelta(days=1))]
    before, after = ({str(vevent["UID"]): vevent.to_ical() for vevent in slots(text)} for text in texts)
    both = before.keys() & after.keys()
    assert (len(before.keys() - both), len(after.keys() - both)) == (13, 16)
    assert all(before[uid] == after[uid] for uid in both)


def test_a_feed_is_bounded(ports: Ports) -> None:
    host, _ = offer.find(ports, "alice", "intro")
    endless = event_type(step=5, horizon_days=730, weekly="always")
    text = open_slots(ports, host, endless, NOW_S)
    assert len(shown_starts(text)) == SLOTS_MAX
