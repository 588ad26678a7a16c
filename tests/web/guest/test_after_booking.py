"""What a guest meets once they have booked: the host's own words, or the host's own page."""

from dataclasses import replace

from pytest_aiohttp.plugin import AiohttpClient

from server.adapters.memory.mailer import MemoryMailer
from server.ports import Ports
from server.web.app import make_app
from server.web.options import WebOptions
from tests.web.guest.conftest import Guest

AT_TEN = "/u/alice/intro/book?start=2026-03-02T09:00Z&tz=Europe/Berlin"


async def _change(ports: Ports, **changes: str) -> None:
    intro = ports.homes.event_type("alice", "intro")
    assert intro is not None
    await ports.homes.save_event_type(replace(intro, **changes))  # type: ignore[arg-type]


async def test_the_hosts_words_stand_on_the_confirmation_and_nowhere_else(guest: Guest, ports: Ports) -> None:
    await _change(ports, thanks="See you!\nBring <coffee>.")
    page = await guest.fill_in(AT_TEN)
    assert "See you!\nBring &lt;coffee&gt;." in page.text
    assert "See you!" not in (await guest.open(page.path.partition("/booked")[0])).words


async def test_the_guest_is_led_to_the_hosts_page_at_once_and_by_a_link(guest: Guest, ports: Ports) -> None:
    await _change(ports, redirect_url="https://example.org/thanks")
    page = await guest.fill_in(AT_TEN)
    assert page.path.endswith("/booked")
    (onward,) = [link for link in page.links if link.startswith("https://example.org/thanks?booking=bk_")]
    assert '<meta http-equiv="refresh" content="0; url=https://example.org/thanks?booking=bk_' in page.text
    assert 'data-leave="https://example.org/thanks?booking=bk_' in page.text
    for secret in ("m_", "gus"):
        assert secret not in onward
    manage = await guest.open(page.path.partition("/booked")[0])
    assert "example.org/thanks" not in manage.text


async def test_who_gets_no_mail_is_not_led_away_from_the_only_link(
    ports: Ports, options: WebOptions, aiohttp_client: AiohttpClient
) -> None:
    """S1.54."""
    await _change(ports, redirect_url="https://example.org/thanks")
    silent = replace(ports, mailer=MemoryMailer(is_configured=False))
    page = await Guest(await aiohttp_client(make_app(silent, options))).fill_in(AT_TEN)
    assert 'http-equiv="refresh"' not in page.text
    assert "data-leave" not in page.text
    assert any(link.startswith("https://example.org/thanks?") for link in page.links)
