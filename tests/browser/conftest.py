"""A served Daybook, Chromium, and visitors who notice every broken promise of the pages.

Everything here lives in one event loop for the whole session: a browser is started once.
"""

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Playwright, Request, async_playwright, expect

from tests.system.running import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
DESKTOP = (1280, 860)
PHONE = (390, 844)

Scheme = Literal["light", "dark"]


@dataclass(frozen=True)
class Served:
    """A running Daybook: where it is, the manage paths of bookings by their state, and all that it ever logged."""

    url: str
    paths: dict[str, str]
    log: Path


ELSEWHERE = "https://elsewhere.example/"
"""Where a host leads those who have booked."""


@dataclass
class Watch:
    """What must not happen on any page: requests elsewhere, violated policies, errors of scripts."""

    home: str
    broken: list[str] = field(default_factory=list)

    def on_request(self, request: Request) -> None:
        """Note a request that leaves the site."""
        if request.is_navigation_request() and request.url.startswith(ELSEWHERE):
            return
        if urlsplit(request.url).scheme != "data" and not request.url.startswith(self.home):
            self.broken.append(f"request to {request.url}")

    def on_console(self, message: ConsoleMessage) -> None:
        """Note an error, but for the refusals that tests provoke."""
        if (
            message.type in {"error", "warning"}
            and "status of 4" not in message.text
            and "ERR_INTERNET" not in message.text
        ):
            self.broken.append(f"console: {message.text}")

    def on_error(self, error: Exception) -> None:
        """Note an error of a script."""
        self.broken.append(f"script: {error}")


expect.set_options(timeout=1000 * PATIENCE_S)

Visit = Callable[..., Awaitable[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what looks at the log of the whole session come last in it."""
    items.sort(key=lambda item: item.path.name == "test_log.py" and item.path.parent.name == "browser")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """Return a Daybook in a process of its own."""
    log = tmp_path_factory.mktemp("served") / "log.jsonl"
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.browser.serve"),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
        )
    assert process.stdout is not None
    try:
        told = json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE_S))
        drain = asyncio.create_task(process.stdout.read())
        yield Served(told.pop("url"), told, log)
    finally:
        process.terminate()
        await process.wait()
    await drain


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Return Chromium."""
    async with async_playwright() as playwright:
        running = await launch(playwright)
        yield running
        await running.close()


async def launch(playwright: Playwright) -> Browser:
    """Start Debian's Chromium."""
    path = shutil.which("chromium")
    assert path, "the browser tests need Chromium: .ci/install-test-needs"
    return await playwright.chromium.launch(
        executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"]
    )


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, served: Served) -> AsyncIterator[Visit]:
    """Return what opens a fresh browser for a visitor; at the end none may have met anything broken."""
    watch = Watch(served.url)
    contexts = []

    async def arrive(
        path: str = "",
        *,
        zone: str = "Europe/Berlin",
        locale: str = "en-GB",
        script: bool = True,
        size: tuple[int, int] = DESKTOP,
        scheme: Scheme = "light",
    ) -> Page:
        context = await browser.new_context(
            base_url=served.url,
            viewport={"width": size[0], "height": size[1]},
            locale=locale,
            timezone_id=zone,
            java_script_enabled=script,
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(1000 * PATIENCE_S)
        page = await context.new_page()
        page.on("request", watch.on_request)
        page.on("console", watch.on_console)
        page.on("pageerror", watch.on_error)
        if path:
            await page.goto(path)
            await page.wait_for_selector("main:not([aria-busy])")
        return page

    yield arrive
    for context in contexts:
        await context.close()
    assert watch.broken == []


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the checkout."""
    return ROOT
