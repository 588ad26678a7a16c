"""When a host is busy, as strangers and as the bearer of the secret address are told."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import cast

import icalendar
import pytest

from server.domain.away import Away
from server.domain.booking import Actor
from server.domain.errors import Invalid, NotFound
from server.domain.host import Host
from server.domain.identity import Home
from server.domain.limits import Caps
from server.ports import Ports
from server.usecases.booking.create import NewBooking, create
from server.usecases.event_type.edit import edit
from server.usecases.feed.free_busy import private_free_busy, public_free_busy
from server.usecases.host.change import change
from tests.builders import BERLIN, DAY, NOW, at, calendar, clock_times, epoch, event_type, span
from tests.usecases.booking.foreign import client_puts

NOW_S = int(NOW.timestamp())
TODAY = span("00:00-24:00")
DAY_S = 86_400


def parsed(text: str) -> icalendar.Component:
    [vfreebusy] = icalendar.Calendar.from_ical(text).subcomponents
    return vfreebusy


def told(text: str, kind: str = "BUSY") -> str:
    """Return the periods of one kind in Berlin's wall time."""
    lines = parsed(text).get("FREEBUSY", [])
    periods = cast(list[icalendar.vPeriod], lines if isinstance(lines, list) else [lines])
    spans = [(item.start, item.end) for item in periods if item.params["FBTYPE"] == kind]
    return " ".join("-".join(clock_times([int(edge.timestamp())]) for edge in pair) for pair in spans)


async def book(ports: Ports, clock: str, slug: str = "intro") -> None:
    wish = NewBooking(
        home="alice",
        slug=slug,
        start=at(f"{DAY} {clock}"),
        name="Gus",
        email="gus@example.net",
        zone=BERLIN,
    )
    await create(ports, wish, Actor.GUEST, NOW)


async def test_strangers_are_told_busy_time_within_the_hours_that_can_be_booked(
    ports: Ports, alice: Host
) -> None:
    await client_puts(ports, calendar(), "dinner", span("16:30-22:00"))
    await book(ports, "13:00")
    text = public_free_busy(ports, alice, TODAY, NOW_S)
    assert told(text) == "11:00-12:30 13:00-13:30 16:30-17:00"
    assert told(text, "BUSY-UNAVAILABLE") == "01:00-09:00 17:00-00:00"


async def test_days_away_and_days_that_are_full_are_unavailable_to_strangers(
    ports: Ports, alice: Host
) -> None:
    """As the booking page has it: nothing can be had on either."""
    away = (Away(first=date(2026, 3, 3), last=date(2026, 3, 3)),)
    alice = await change(ports, "alice", lambda one: replace(one, away=away))
    for kind in list(ports.homes.event_types(alice.home)):
        await edit(ports, "alice", kind.slug, lambda one: replace(one, caps=Caps(per_day=1)))
    both = (TODAY[0], TODAY[1] + DAY_S)
    assert told(public_free_busy(ports, alice, both, NOW_S), "BUSY-UNAVAILABLE") == "01:00-09:00 17:00-00:00"
    for kind in ports.homes.event_types(alice.home):
        await book(ports, "13:00" if kind.slug == "intro" else "15:00", kind.slug)
    assert told(public_free_busy(ports, alice, both, NOW_S), "BUSY-UNAVAILABLE") == "01:00-00:00"


async def test_what_keeps_a_host_busy_at_night_is_not_told_to_strangers(ports: Ports, alice: Host) -> None:
    before = public_free_busy(ports, alice, TODAY, NOW_S)
    await client_puts(ports, calendar(), "dinner", span("18:00-22:00"))
    assert public_free_busy(ports, alice, TODAY, NOW_S) == before


def test_nothing_is_told_to_strangers_about_the_past_or_beyond_the_horizon(ports: Ports, alice: Host) -> None:
    around = (TODAY[0] - 30 * DAY_S, TODAY[0] + 100 * DAY_S)
    shown = parsed(public_free_busy(ports, alice, around, NOW_S))
    assert shown.decoded("DTSTART") == datetime(2026, 3, 2, tzinfo=UTC)
    assert shown.decoded("DTEND") == datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize("window", [(-9, -2), (61, 70)])
def test_a_window_of_which_strangers_may_know_nothing_is_refused(
    ports: Ports, alice: Host, window: tuple[int, int]
) -> None:
    days = (TODAY[0] + window[0] * DAY_S, TODAY[0] + window[1] * DAY_S)
    with pytest.raises(Invalid):
        public_free_busy(ports, alice, days, NOW_S)


def test_a_host_whom_nobody_can_book_tells_strangers_nothing(ports: Ports, alice: Host) -> None:
    with pytest.raises(Invalid):
        public_free_busy(ports, replace(alice, home=Home("bob")), TODAY, NOW_S)


def test_a_host_can_switch_public_free_busy_off(ports: Ports, alice: Host) -> None:
    with pytest.raises(NotFound):
        public_free_busy(ports, replace(alice, freebusy_public=False), TODAY, NOW_S)


async def test_the_hours_of_all_event_types_count_together(ports: Ports, alice: Host) -> None:
    evening = event_type("evening", number=9, weekly="mon 19:00-21:00")
    await ports.homes.save_event_type(evening)
    text = public_free_busy(ports, alice, TODAY, NOW_S)
    assert told(text, "BUSY-UNAVAILABLE") == "01:00-09:00 17:00-19:00 21:00-00:00"


async def test_an_event_type_is_bookable_within_its_own_horizon_only(ports: Ports, alice: Host) -> None:
    soon = event_type("soon", number=9, weekly="always", horizon_days=1)
    await ports.homes.save_event_type(soon)
    window = (epoch("2026-03-02 00:00"), epoch("2026-03-04 00:00"))
    text = public_free_busy(ports, alice, window, NOW_S)
    assert told(text, "BUSY-UNAVAILABLE") == "01:00-09:00 17:00-00:00"


async def test_the_bearer_of_the_secret_address_is_told_everything(ports: Ports, alice: Host) -> None:
    await client_puts(ports, calendar(), "dinner", span("18:00-22:00"))
    await book(ports, "13:00")
    text = private_free_busy(ports, alice, TODAY, NOW_S)
    assert told(text) == "11:00-12:30 13:00-13:30 18:00-22:00"
    assert told(text, "BUSY-UNAVAILABLE") == ""


async def test_free_busy_names_no_guest_no_booking_and_no_title(ports: Ports, alice: Host) -> None:
    await book(ports, "13:00")
    [row] = ports.calendars.rows(alice.home)
    for text in (public_free_busy(ports, alice, TODAY, NOW_S), private_free_busy(ports, alice, TODAY, NOW_S)):
        assert not [word for word in (row.uid, row.shown.id, "Gus", "gus@", "dentist") if word in text]
    assert alice.email not in public_free_busy(ports, alice, TODAY, NOW_S)


def test_free_busy_is_a_published_object_that_stays_the_same_all_day(ports: Ports, alice: Host) -> None:
    """RFC 5546 §3.3.1: ORGANIZER, UID, DTSTAMP, DTSTART and DTEND must be there."""
    text = public_free_busy(ports, alice, TODAY, NOW_S)
    shown = parsed(text)
    assert "METHOD:PUBLISH\r\n" in text
    assert shown["ORGANIZER"] == "mailto:daybook@book.example"
    assert shown["URL"] == "https://book.example/feeds/alice.ifb"
    assert {"UID", "DTSTAMP", "DTSTART", "DTEND"} <= set(shown)
    assert public_free_busy(ports, alice, TODAY, NOW_S + 3600) == text


def test_without_a_window_the_next_six_weeks_are_told(ports: Ports, alice: Host) -> None:
    for told_of in (public_free_busy, private_free_busy):
        shown = parsed(told_of(ports, alice, (None, None), NOW_S))
        assert shown.decoded("DTSTART") == datetime(2026, 3, 2, tzinfo=UTC)
        assert shown.decoded("DTEND") == datetime(2026, 4, 13, tzinfo=UTC)


@pytest.mark.parametrize("days", [(0, 401), (5, 5), (5, 4), (-801, -800), (700, 801)])
def test_a_window_that_is_empty_too_long_or_too_far_is_refused(
    ports: Ports, alice: Host, days: tuple[int, int]
) -> None:
    window = (TODAY[0] + days[0] * DAY_S, TODAY[0] + days[1] * DAY_S)
    with pytest.raises(Invalid) as raised:
        private_free_busy(ports, alice, window, NOW_S)
    assert raised.value.fields
