"""The guest pages over ports in memory, and a guest who reads and fills in forms without a browser."""

import html
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from pytest_aiohttp.plugin import AiohttpClient

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.adapters.memory.clock import FixedClock
from server.ports import Ports
from server.web.app import make_app
from server.web.options import WebOptions
from tests.builders import NOW, event_type, host, settle_in

Client = TestClient[Request, Application]

_TAG = re.compile(r"<(?:input|textarea|option|button)\b[^>]*>")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')


@dataclass(frozen=True)
class Page:
    """An answer as a guest meets it."""

    status: int
    path: str
    text: str

    @property
    def links(self) -> list[str]:
        """Return where the page leads."""
        return [html.unescape(found) for found in re.findall(r'href="([^"]*)"', self.text)]

    @property
    def slots(self) -> list[str]:
        """Return where its slots lead."""
        return [
            html.unescape(found) for found in re.findall(r'<a class="slot[^"]*" href="([^"]*)"', self.text)
        ]

    @property
    def labels(self) -> list[str]:
        """Return the whole names of its slots."""
        found = re.findall(r'<a class="slot[^"]*" href="[^"]*" aria-label="([^"]*)"', self.text)
        return [html.unescape(name) for name in found]

    @property
    def fields(self) -> dict[str, str]:
        """Return the names and values of the inputs in its forms, except those of choices."""
        found = (dict(_ATTRIBUTE.findall(tag)) for tag in _TAG.findall(self.text))
        return {
            field["name"]: html.unescape(field.get("value", ""))
            for field in found
            if "name" in field and field.get("type") != "radio"
        }

    @property
    def words(self) -> str:
        """Return the text that is read, with tags left out and white space made blanks."""
        body = self.text.partition("<main")[2]
        return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", body).split()))

    @property
    def title(self) -> str:
        """Return the page's title."""
        found = re.search(r"<title>(.*?)</title>", self.text, re.DOTALL)
        assert found is not None
        return html.unescape(found.group(1))


@dataclass(frozen=True)
class Guest:
    """Follows links and sends forms."""

    client: Client

    async def open(self, path: str, **headers: str) -> Page:
        """Return the page at `path`."""
        answer = await self.client.get(path, headers=headers)
        return Page(answer.status, str(answer.url.relative()), await answer.text())

    async def send(self, path: str, fields: dict[str, str], **headers: str) -> Page:
        """Return the page that sending a form leads to."""
        answer = await self.client.post(path, data=fields, headers=headers)
        return Page(answer.status, str(answer.url.relative()), await answer.text())

    async def fill_in(self, path: str, **typed: str) -> Page:
        """Open the form at `path`, fill it in, send it."""
        form = await self.open(path)
        answers = {"name": "Gus Guest", "email": "gus@example.net", "notes": ""}
        return await self.send(path.partition("?")[0], form.fields | answers | typed)


@pytest.fixture
def clock() -> FixedClock:
    """Return a clock that shows Monday, 2 March 2026, 08:00 in Berlin."""
    return FixedClock(NOW)


@pytest.fixture
async def ports(clock: FixedClock) -> Ports:
    """Return ports with the host alice, whose event types are `intro` and `review`."""
    made = memory_ports(NOW, calendars=MemoryCalendars(), clock=clock)
    intro = event_type(location="https://meet.example/alice")
    review = event_type("review", number=3, title="Review", minutes=60, buffers=(10, 15))
    await settle_in(made, replace(host(), about="Bridges."), intro, review)
    return made


@pytest.fixture
def options() -> WebOptions:
    """Return options without limits and without a least time: they are tests of their own."""
    return WebOptions(form_seconds_min=0, pages_per_minute=0, changes_per_hour=0)


@pytest.fixture
async def client(ports: Ports, options: WebOptions, aiohttp_client: AiohttpClient) -> Client:
    """Return a client of an application over `ports`."""
    return await aiohttp_client(make_app(ports, options))


@pytest.fixture
def guest(client: Client) -> Guest:
    """Return a guest."""
    return Guest(client)


Book = Callable[..., Awaitable[str]]


@pytest.fixture
def book(guest: Guest) -> Book:
    """Return what books a start and returns the path of the manage page."""

    async def made(start: str = "2026-03-02T09:00Z", zone: str = "Europe/Berlin", **typed: str) -> str:
        page = await guest.fill_in(f"/u/alice/intro/book?start={start}&tz={zone}", **typed)
        assert page.status == 200, page.words
        return page.path.partition("/booked")[0]

    return made
