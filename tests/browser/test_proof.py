"""A real browser solves the form's puzzle; one without scripts, or without https, is led through a mail instead."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.ports import MailKind, Ports
from server.web.app import make_app
from server.web.options import WebOptions
from tests.browser.conftest import Watch
from tests.builders import NOW, event_type, host, settle_in
from tests.system.running import PATIENCE_S

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

BITS = 12
FORM = "/u/alice/intro/book?start=2026-03-02T09:00Z&tz=Europe/Berlin"


@asynccontextmanager
async def guarded() -> AsyncIterator[tuple[Ports, int]]:
    """Serve a site that sets puzzles, on a port of this machine."""
    ports = memory_ports(NOW, calendars=MemoryCalendars())
    await settle_in(ports, host(), event_type())
    options = WebOptions(form_seconds_min=0, pages_per_minute=0, changes_per_hour=0, proof_of_work_bits=BITS)
    runner = web.AppRunner(make_app(ports, options), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield ports, runner.addresses[0][1]
    await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[tuple[Ports, int]]:
    async with guarded() as found:
        yield found


Open = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="session")
async def open_form(browser: Browser, site: tuple[Ports, int]) -> AsyncIterator[Open]:
    """Return what opens the form; `init` runs before any script of the page."""
    contexts, watches = [], []

    async def arrive(*, script: bool = True, init: str = "") -> Page:
        home = f"http://127.0.0.1:{site[1]}"
        watches.append(Watch(home))
        contexts.append(await browser.new_context(base_url=home, java_script_enabled=script, locale="en-GB"))
        contexts[-1].set_default_timeout(1000 * PATIENCE_S)
        page = await contexts[-1].new_page()
        page.on("request", watches[-1].on_request)
        page.on("console", watches[-1].on_console)
        page.on("pageerror", watches[-1].on_error)
        if init:
            await page.add_init_script(init)
        await page.goto(FORM)
        return page

    yield arrive
    for context in contexts:
        await context.close()
    assert [watch.broken for watch in watches] == [[]] * len(watches)


async def _send(page: Page) -> None:
    await page.fill("#name", "Gus Guest")
    await page.fill("#email", "gus@example.net")
    await page.click("#send")


async def _kinds(ports: Ports) -> set[MailKind]:
    return {mail.kind for mail in await ports.ledger.mails()}


async def test_the_puzzle_is_solved_while_the_form_is_filled_in(
    open_form: Open, site: tuple[Ports, int]
) -> None:
    page = await open_form()
    await _send(page)
    await expect(page.locator("h1")).to_have_text("Your meeting is booked")
    assert await _kinds(site[0]) == {MailKind.CONFIRMED}


async def test_a_form_that_comes_back_with_faults_goes_through_with_the_same_solution(
    open_form: Open, site: tuple[Ports, int]
) -> None:
    page = await open_form()
    await page.fill("#email", "nobody")
    await page.click("#send")
    await page.wait_for_selector("#faults")
    await _send(page)
    await expect(page.locator("h1")).to_have_text("Your meeting is booked")
    assert await _kinds(site[0]) == {MailKind.CONFIRMED}


async def test_without_scripts_the_way_leads_through_a_mail(open_form: Open, site: tuple[Ports, int]) -> None:
    page = await open_form(script=False)
    await expect(page.locator("noscript p, form .hint").last).to_contain_text("ask you by mail to confirm")
    await _send(page)
    await expect(page.locator("h1")).to_have_text("Please confirm your mail address")
    assert await _kinds(site[0]) == {MailKind.VERIFY}


@pytest.mark.parametrize(
    "init",
    [
        # What a browser gives to pages that came over plain http from elsewhere.
        "Object.defineProperty(crypto, 'subtle', { value: undefined })",
        "globalThis.Worker = class { constructor() { setTimeout(() => this.onerror(), 0); } postMessage() {} terminate() {} }",
    ],
    ids=["without https", "without workers"],
)
async def test_a_browser_that_cannot_solve_it_sends_the_form_all_the_same(
    open_form: Open, site: tuple[Ports, int], init: str
) -> None:
    page = await open_form(init=init)
    await _send(page)
    await expect(page.locator("h1")).to_have_text("Please confirm your mail address")
    assert await _kinds(site[0]) == {MailKind.VERIFY}
