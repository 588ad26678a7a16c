"""The number for a text message: asked only where one can be sent, and kept only then."""

from dataclasses import replace

import pytest
from pytest_aiohttp.plugin import AiohttpClient

from server.adapters.memory.texter import MemoryTexter
from server.domain.reminders import parse
from server.ical import vevent
from server.ports import Ports
from server.web.app import make_app
from server.web.options import WebOptions
from tests.builders import calendar
from tests.web.guest.conftest import Guest

FORM = "/u/alice/intro/book?start=2026-03-02T09:00Z&tz=Europe/Berlin"


@pytest.fixture
async def texted(ports: Ports) -> Ports:
    """Return ports with a gateway, and a host who reminds guests by text message."""
    intro = ports.homes.event_type("alice", "intro")
    assert intro is not None
    await ports.homes.save_event_type(replace(intro, reminders=(parse("1h guest sms"),)))
    return replace(ports, texter=MemoryTexter())


@pytest.fixture
async def asked(texted: Ports, options: WebOptions, aiohttp_client: AiohttpClient) -> Guest:
    return Guest(await aiohttp_client(make_app(texted, options)))


async def phone_of(ports: Ports) -> str:
    (stored,) = await ports.calendars.all(calendar())
    booking = vevent.read(stored.text, calendar())
    assert booking is not None
    return booking.guest.phone


async def test_the_number_is_kept_as_gateways_want_it(asked: Guest, texted: Ports) -> None:
    """S3.43"""
    assert 'autocomplete="tel"' in (await asked.open(FORM)).text
    page = await asked.fill_in(FORM, phone="0049 151 / 1234-5678")
    assert page.path.endswith("/booked")
    assert await phone_of(texted) == "+4915112345678"


async def test_the_number_may_stay_empty(asked: Guest, texted: Ports) -> None:
    page = await asked.fill_in(FORM, phone=" ")
    assert page.path.endswith("/booked")
    assert await phone_of(texted) == ""


async def test_a_number_without_its_country_is_asked_for_again_with_all_that_was_typed(asked: Guest) -> None:
    page = await asked.fill_in(FORM, phone="0151 12345678", notes="About the bridge.")
    assert page.status == 422
    assert 'href="#phone"' in page.text
    assert "with its country code" in page.words
    assert page.fields["phone"] == "0151 12345678"
    assert "About the bridge." in page.text


async def test_nobody_is_asked_where_no_message_can_leave(guest: Guest, ports: Ports) -> None:
    intro = ports.homes.event_type("alice", "intro")
    assert intro is not None
    await ports.homes.save_event_type(replace(intro, reminders=(parse("1h guest sms"),)))
    form = await guest.open(FORM)
    assert "phone" not in form.fields
    await guest.send(
        "/u/alice/intro/book",
        form.fields | {"name": "Gus", "email": "g@x.example", "phone": "+4915112345678"},
    )
    assert await phone_of(ports) == ""


async def test_nobody_is_asked_where_no_reminder_needs_it(
    texted: Ports, options: WebOptions, aiohttp_client: AiohttpClient
) -> None:
    review = texted.homes.event_type("alice", "review")
    assert review is not None
    await texted.homes.save_event_type(replace(review, reminders=(parse("1h guest,host"),)))
    guest = Guest(await aiohttp_client(make_app(texted, options)))
    assert "phone" not in (await guest.open(FORM.replace("intro", "review"))).fields


class TestOftenEnough:
    """A telephone is not flooded in its owner's name, whatever mail addresses are given with it."""

    @pytest.fixture
    def options(self) -> WebOptions:
        """Return a limit of two a day."""
        return WebOptions(
            form_seconds_min=0, pages_per_minute=0, changes_per_hour=0, mails_per_recipient_per_day=2
        )

    async def test_a_number_is_good_for_as_many_bookings_a_day_as_a_mail_address(self, asked: Guest) -> None:
        found = [
            await asked.fill_in(
                f"/u/alice/intro/book?start=2026-03-02T{start}Z",
                email=f"g{start[:2]}@{start[3:]}.example.net",
                phone=phone,
            )
            for start, phone in (
                ("09:00", "+4915112345678"),
                ("10:00", "0049 151 12345678"),
                ("11:00", "+49 (151) 12345678"),
            )
        ]
        assert [page.status for page in found] == [200, 200, 429]
        assert "phone number" in found[-1].words
