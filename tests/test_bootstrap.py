"""What settings become: a site, a way out for mail, and ports over one data directory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import encode_basic_auth
from pytest_aiohttp.plugin import AiohttpClient

from server import bootstrap
from server.adapters.data_dir import DataDir
from server.adapters.mail.absent import NoMailer
from server.adapters.mail.smtp import Security, SmtpMailer
from server.bootstrap import Opened, mailer_of, opened, serve, site_of, smtp_server
from server.domain.booking import Actor, Booking
from server.domain.identity import Home
from server.settings.model import Listen, MailSecurity, MailSettings, Settings
from server.usecases.booking import create, look, offer
from server.usecases.booking.create import NewBooking
from server.usecases.event_type.create import create as create_event_type
from server.usecases.host.add import add
from server.web.app import make_app
from server.web.dav import Mount
from tests.builders import BERLIN, event_type, host


@asynccontextmanager
async def installation(data: Path, settings: Settings | None = None) -> AsyncIterator[Opened]:
    """Open an installation as a server does."""
    given = settings or Settings()
    with DataDir.own(data) as owned:
        async with opened(given, owned, site_of(given), NoMailer()) as parts:
            yield parts


async def settle(parts: Opened) -> None:
    """Let alice move in, with an event type that can be booked at any time."""
    await add(parts.ports, host())
    await create_event_type(parts.ports, event_type("intro", weekly="always"))


async def book(parts: Opened) -> Booking:
    """Book the first free slot of tomorrow."""
    ports, now = parts.ports, parts.ports.clock.now()
    found, at = offer.find(ports, "alice", "intro"), int(now.timestamp())
    start = offer.offer(ports, *found, (at + 86_400, at + 2 * 86_400), at)[0]
    wish = NewBooking(
        home="alice",
        slug="intro",
        start=datetime.fromtimestamp(start, UTC),
        name="Gus",
        email="gus@example.net",
        zone=BERLIN,
    )
    return await create.create(ports, wish, Actor.GUEST, now)


def test_mails_come_from_the_address_that_is_set_else_from_the_site() -> None:
    assert site_of(Settings(mail=MailSettings(sender="d@example.org"))).mail_address == "d@example.org"
    assert (
        site_of(Settings(base_url="https://book.example.org:8443")).mail_address == "daybook@book.example.org"
    )
    assert site_of(Settings(), "http://127.0.0.1:8000").mail_address == "daybook@localhost"
    assert site_of(Settings(), "http://[::1]:8000").mail_address == "daybook@localhost"


def test_a_base_url_that_is_set_wins_over_the_address_the_demonstration_listens_on() -> None:
    assert (
        site_of(Settings(base_url="https://book.example.org"), "http://127.0.0.1:1").link("u")
        == "https://book.example.org/u"
    )
    assert site_of(Settings(), "http://127.0.0.1:1").link("u") == "http://127.0.0.1:1/u"
    assert site_of(Settings()).link("u") is None


async def test_without_an_smtp_server_no_mail_can_leave() -> None:
    assert not mailer_of(MailSettings()).is_configured
    assert isinstance(mailer_of(MailSettings(host="smtp.example.org")), SmtpMailer)


@pytest.mark.parametrize("security", list(MailSecurity))
def test_every_way_to_keep_mail_private_is_known_to_the_mailer(security: MailSecurity) -> None:
    assert smtp_server(MailSettings(host="smtp.example.org", security=security)).security is Security(
        security.value
    )


async def test_what_was_written_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    async with installation(tmp_path) as parts:
        await settle(parts)
        booking = await book(parts)
        key = parts.ports.secret_key
    async with installation(tmp_path) as parts:
        assert (await look.by_id(parts.ports, booking.id)).booking == booking
        assert parts.ports.calendars.rows(Home("alice"))[0].shown.id == booking.id
        assert parts.ports.ledger.claims(Home("alice"), booking.span)
        assert parts.ports.secret_key == key


async def test_a_key_that_is_set_is_used_and_none_is_made(tmp_path: Path) -> None:
    async with installation(tmp_path, Settings(secret_key=b"k" * 32)) as parts:
        assert parts.ports.secret_key == b"k" * 32
    assert not (tmp_path / "secret.key").exists()


async def test_the_calendars_that_receive_bookings_are_kept_from_clients(
    tmp_path: Path, aiohttp_client: AiohttpClient
) -> None:
    async with installation(tmp_path) as parts:
        await add(parts.ports, host(), "alice's password")
        mount = Mount(parts.dav, body_bytes_max=10_000, sign_ins_per_minute=0)
        client = await aiohttp_client(
            make_app(parts.ports, faces=mount.routes()),
            headers={"Authorization": encode_basic_auth("alice", "alice's password")},
        )
        for name in ("work", "play"):
            assert (await client.request("MKCALENDAR", f"/dav/alice/{name}/")).status == 201
        await create_event_type(parts.ports, replace(event_type("intro"), receiving="work"))
        answers = {
            name: (await client.delete(f"/dav/alice/{name}/")).status for name in ("calendar", "work", "play")
        }
        mount.close()
    assert answers == {"calendar": 403, "work": 403, "play": 200}


async def test_a_connection_that_asks_nothing_whole_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever opens a thousand of them locks everybody out for an hour."""
    monkeypatch.setattr(bootstrap, "IDLE_S", 0.2)
    at: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    given = Settings(data=tmp_path, listen=Listen("127.0.0.1", 0))
    serving = asyncio.create_task(serve(given, demo=False, announce=lambda url, _: at.set_result(url)))
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(await at).port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x")
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()
    serving.cancel()
    await asyncio.wait([serving])
