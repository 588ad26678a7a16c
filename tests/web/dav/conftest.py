"""The whole web front end with the mount, over a real calendar store and everything else in memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import encode_basic_auth
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from pytest_aiohttp.plugin import AiohttpClient

import radicale_plugin
from server.adapters.calendars import RadicaleCalendars
from server.adapters.memory import memory_ports
from server.domain.identity import Home
from server.ports import Ports
from server.web import dav
from server.web.app import make_app
from tests.builders import BERLIN, NOW

Client = TestClient[Request, Application]

Login = tuple[str, str]

ALICE: Login = ("alice", "correct horse")
BOB: Login = ("bob", "battery staple")
BODY_MAX = 200_000
THREADS = 2


@dataclass(frozen=True, slots=True)
class Site:
    """A running front end and what stands behind it."""

    client: Client
    ports: Ports
    calendars: RadicaleCalendars


def authorization(login: Login | None) -> dict[str, str]:
    """Return the header with which a client signs in."""
    return {} if login is None else {"Authorization": encode_basic_auth(*login)}


@pytest.fixture
async def site(tmp_path: Path, aiohttp_client: AiohttpClient) -> AsyncIterator[Site]:
    """Return a site where alice and bob may sign in."""
    wsgi = radicale_plugin.make(
        tmp_path, lambda _: BERLIN, lambda home: [f"{home}@example.org"], lambda _: True
    )
    calendars = RadicaleCalendars(wsgi.storage)
    ports = memory_ports(NOW, calendars=calendars)
    for login, password in (ALICE, BOB):
        await calendars.create_home(Home(login))
        await ports.accounts.set_password(login, password)
    mount = dav.Mount(wsgi, threads=THREADS, body_bytes_max=BODY_MAX, sign_ins_per_minute=5)
    yield Site(await aiohttp_client(make_app(ports, faces=mount.routes())), ports, calendars)
    mount.close()
    calendars.close()
