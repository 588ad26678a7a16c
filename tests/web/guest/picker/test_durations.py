"""A guest who chooses how long: on the booking page, on the form, and when a booking moves."""

from dataclasses import replace

import pytest

from server.ical import vevent
from server.ports import Ports
from tests.builders import calendar
from tests.web.guest.conftest import Guest

PAGE = "/u/alice/intro?tz=Europe/Berlin&date=2026-03-02"
AT_TEN = "/u/alice/intro/book?start=2026-03-02T09:00Z&tz=Europe/Berlin"


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return ports where `intro` lasts 15, 30 or 60 minutes, 30 without a choice."""
    intro = ports.homes.event_type("alice", "intro")
    assert intro is not None
    await ports.homes.save_event_type(replace(intro, duration_options=(15, 30, 60)))
    return ports


async def _length_s(ports: Ports) -> int:
    (stored,) = await ports.calendars.all(calendar())
    booking = vevent.read(stored.text, calendar())
    assert booking is not None
    return booking.span[1] - booking.span[0]


async def test_the_booking_page_offers_the_durations_as_links(guest: Guest) -> None:
    """S5.5, S5.6."""
    page = await guest.open(PAGE)
    assert 'id="duration-30"' in page.text
    assert page.text.count('aria-current="true" id="duration-') == 1
    longer = next(link for link in page.links if "duration=60" in link)
    hours = await guest.open(longer)
    assert len(hours.slots) < len(page.slots)
    assert all("duration=60" in slot for slot in hours.slots)
    assert "duration" not in page.slots[0]


async def test_the_chosen_duration_goes_through_the_form_into_the_booking(guest: Guest, ports: Ports) -> None:
    """S5.5."""
    page = await guest.fill_in(f"{AT_TEN}&duration=60")
    assert page.path.endswith("/booked")
    assert await _length_s(ports) == 3600


async def test_without_a_choice_the_default_is_booked(guest: Guest, ports: Ports) -> None:
    """S5.6."""
    await guest.fill_in(AT_TEN)
    assert await _length_s(ports) == 1800


async def test_a_duration_that_is_not_offered_is_refused(guest: Guest, ports: Ports) -> None:
    """S5.7."""
    assert (await guest.open(f"{AT_TEN}&duration=45")).status == 422
    form = await guest.open(AT_TEN)
    sent = form.fields | {"name": "Gus", "email": "gus@example.net", "duration": "45"}
    assert (await guest.send("/u/alice/intro/book", sent)).status == 422
    assert await ports.calendars.all(calendar()) == []


async def test_the_profile_tells_all_durations(guest: Guest) -> None:
    assert "15 minutes / 30 minutes / 1 hour" in (await guest.open("/u/alice")).words


async def test_a_booking_that_moves_keeps_its_length(guest: Guest, ports: Ports) -> None:
    page = await guest.fill_in(f"{AT_TEN}&duration=60")
    path = page.path.partition("/booked")[0]
    picker = await guest.open(f"{path}/reschedule?duration=15")
    assert 'id="duration-' not in picker.text
    assert not any("16:30" in label or "4:30" in label for label in picker.labels)
    moved = await guest.fill_in(f"{path}/reschedule/confirm?start=2026-03-03T09:00Z")
    assert "10:00" in moved.words
    assert await _length_s(ports) == 3600
