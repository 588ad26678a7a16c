"""Link scanners: programs that fetch every address of every mail before its reader sees it change nothing at all."""

import html
import re
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from pytest_aiohttp.plugin import AiohttpClient

from server.ports import MailKind
from server.resources import templates_dir
from server.web.app import make_app
from server.web.options import WebOptions
from tests.correspondence import Correspondence, Received
from tests.every_mail import live
from tests.installations import installation

pytestmark = pytest.mark.slow

SITE = "https://book.example"
HOPS_MAX = 5
TWICE = ("GET", "HEAD", "HEAD", "GET")
REPLACED = 4
"""How many older mails are scanned again at each step; all of them are at the end."""

_ADDRESS = re.compile(r"https?://[^\s\"'<>()]+")
_HREF = re.compile(r'(?:href|action)="([^"]+)"')

Client = TestClient[Request, Application]


def addresses(mails: Iterable[Received]) -> set[str]:
    """Return the paths of our own that stand anywhere in mails: in texts, in HTML, in headers, in calendar objects."""
    texts = [text for mail in mails for text in texts_of(mail)]
    found = {html.unescape(one) for text in texts for one in _ADDRESS.findall(text)}
    return {one.removeprefix(SITE) for one in found if one.startswith(SITE)}


def texts_of(mail: Received) -> list[str]:
    """Return the headers of a mail and the texts of its parts, the lines of calendar objects unfolded."""
    parts = [part for part in mail.message.walk() if not part.is_multipart()]
    bodies = [bytes(part.get_payload(decode=True)).decode() for part in parts]
    return [
        *(str(value) for value in mail.message.values()),
        *(body.replace("\r\n ", "").replace("\\n", "\n").replace("\\,", ",") for body in bodies),
    ]


def state(data: Path) -> dict[str, object]:
    """Return every file of an installation with its bytes, and every row of its ledger."""
    files = {
        str(path.relative_to(data)): path.read_bytes()
        for path in sorted(data.rglob("*"))
        if path.is_file() and not path.name.startswith("ledger.db")
    }
    with sqlite3.connect(data / "ledger.db") as ledger:
        return {**files, "ledger": list(ledger.iterdump())}


async def fetch(client: Client, method: str, path: str) -> ClientResponse:
    """Fetch a path and follow where it leads within the site."""
    for _ in range(HOPS_MAX):
        answer = await client.request(method, path, allow_redirects=False)
        await answer.read()
        if answer.status not in {301, 302, 303, 307, 308}:
            return answer
        target = urlsplit(answer.headers["Location"])
        if target.netloc not in {"", urlsplit(SITE).netloc}:
            return answer
        path = target._replace(scheme="", netloc="").geturl()
    raise AssertionError(f"{path} leads in circles")


async def scan(client: Client, paths: Iterable[str], methods: Sequence[str]) -> dict[str, int]:
    """Fetch each path by each method; return how each was answered last."""
    statuses: dict[str, int] = {}
    for path in sorted(paths):
        for method in methods:
            answer = await fetch(client, method, path)
            assert answer.status < 500, f"{method} {path}"
            statuses[path] = answer.status
    return statuses


async def linked(client: Client, paths: Iterable[str]) -> set[str]:
    """Return where the pages at these paths lead, forms included: a scanner may follow anything."""
    pages = [await (await fetch(client, "GET", path)).text() for path in sorted(paths)]
    found = {html.unescape(one) for page in pages for one in _HREF.findall(page)}
    return {one.removeprefix(SITE) for one in found if one.startswith((SITE, "/")) and "#" not in one}


async def test_fetching_every_address_of_every_mail_changes_nothing(
    tmp_path: Path, aiohttp_client: AiohttpClient
) -> None:
    """S1.18, S1.19, S1.28: at every step of a booking's life, with links that still hold and links that were replaced."""
    options = WebOptions(pages_per_minute=0, changes_per_hour=0)
    async with installation(tmp_path / "data") as parts:
        post = await Correspondence.begun(parts.ports)
        client = await aiohttp_client(make_app(post.ports, options))
        seen = 0
        async for step in live(post):
            before = state(tmp_path / "data")
            new, old = addresses(post.received[seen:]), addresses(post.received[:seen][-REPLACED:])
            answers = await scan(client, new, TWICE)
            assert set(answers.values()) <= {200}, (step, answers)
            await scan(client, old - new, TWICE)
            await scan(client, await linked(client, new) - new, ("GET", "HEAD"))
            assert state(tmp_path / "data") == before, step
            seen = len(post.received)
        before = state(tmp_path / "data")
        await scan(client, addresses(post.received), TWICE)
        assert state(tmp_path / "data") == before
    assert {mail.kind for mail in post.received} == set(MailKind)
    assert {folder.name for folder in (templates_dir() / "email").iterdir() if folder.is_dir()} == set(
        MailKind
    )
