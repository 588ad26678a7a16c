"""WCAG 2.2 AA on every state that a guest can meet: by axe, by measuring, and without a mouse."""

import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.browser.conftest import Served, Visit
from tests.browser.states import STATES

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

RULES = {"rules": {"target-size": {"enabled": True}}}

NARROWEST = (320, 640)
"""What is left of 1280 pixels at 400 % (WCAG 1.4.10)."""

MEASURE = """() => {
    const seen = (box) => box.width > 0 && box.height > 0 && box.right > 0;
    const small = [...document.querySelectorAll('a, button, input, select, textarea, [role=option]')]
        .filter((e) => !e.closest('p, dd, li:not(:has(> .slot))') || e.matches('.slot, .button'))
        .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
        .filter(([, box]) => seen(box) && (box.width < 24 || box.height < 24));
    return {
        wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
        small: small.map(([text]) => text),
        headings: document.querySelectorAll('h1').length,
        lang: document.documentElement.lang,
    };
}"""


@pytest.mark.parametrize("state", STATES)
async def test_axe_finds_nothing_on_a_light_desk(visit: Visit, served: Served, state: str) -> None:
    page = await visit()
    await STATES[state](page, served.paths)
    results = await Axe().run(page, options=RULES)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("state", STATES)
async def test_the_narrowest_screen_in_the_dark_scrolls_one_way_and_axe_finds_nothing(
    visit: Visit, served: Served, state: str
) -> None:
    page = await visit(size=NARROWEST, scheme="dark")
    await STATES[state](page, served.paths)
    seen = await page.evaluate(MEASURE)
    assert seen == {"wide": False, "small": [], "headings": 1, "lang": "en"}
    results = await Axe().run(page, options=RULES)
    assert results.violations_count == 0, results.generate_report()


async def _focused(page: Page) -> str:
    found = await page.evaluate(
        "document.activeElement.getAttribute('aria-label')"
        " ?? document.activeElement.id + '|' + document.activeElement.textContent.trim()"
    )
    return str(found)


async def _tab_to(page: Page, part: str, most: int = 40) -> None:
    for _ in range(most):
        await page.keyboard.press("Tab")
        if part in await _focused(page):
            return
    raise AssertionError(f"{part} is not reached by the Tab key: at {await _focused(page)}")


async def test_times_are_crossed_with_arrows_and_are_one_stop_of_the_tab_key(visit: Visit) -> None:
    page = await visit("/u/anna/intro?tz=Europe/Berlin&date=2026-03-23")
    await page.keyboard.press("Tab")
    assert "Skip to the content" in await _focused(page)
    await _tab_to(page, "09:00, Monday, 23 March")
    seen = []
    for key in ("ArrowDown", "ArrowRight", "End", "Home"):
        await page.keyboard.press(key)
        seen.append(await _focused(page))
    assert seen == [
        "09:30, Monday, 23 March",
        "09:30, Tuesday, 24 March",
        "16:30, Tuesday, 24 March",
        "09:00, Tuesday, 24 March",
    ]
    await page.keyboard.press("Tab")
    assert "March" not in await _focused(page)
    await page.keyboard.press("Shift+Tab")
    assert await _focused(page) == "09:00, Tuesday, 24 March"


async def test_a_booking_is_made_moved_and_cancelled_with_the_keyboard_alone(visit: Visit) -> None:
    page = await visit("/u/anna/intro?tz=Europe/Berlin&date=2026-03-23")
    keyboard = page.keyboard
    await _tab_to(page, "09:00, Monday, 23 March")
    await keyboard.press("Enter")
    await page.wait_for_selector("#name")
    assert "Your details" in await _focused(page)
    for field, typed in (("name|", "Kay Board"), ("email|", "kay@example.net")):
        await _tab_to(page, field, 2)
        await keyboard.type(typed)
    await keyboard.press("Enter")
    await page.wait_for_selector("text=Your meeting is booked")
    assert "Your meeting is booked" in await _focused(page)

    for link, shown in (("reschedule|", ".slot.is-own"), ("your present time", "")):
        await _tab_to(page, link)
        await keyboard.press("Enter" if shown else "ArrowDown")
        await page.wait_for_selector(shown or "main")
    await keyboard.press("Enter")
    await page.wait_for_selector("text=Move the meeting?")
    await _tab_to(page, "send|")
    await keyboard.press("Enter")
    await page.wait_for_selector("text=Your meeting has been moved")

    for link, shown in (("cancel|", "#reason"), ("send|", "text=This meeting is cancelled")):
        await _tab_to(page, link)
        await keyboard.press("Enter")
        await page.wait_for_selector(shown)
    assert "This meeting is cancelled" in await _focused(page)


async def test_page_keys_turn_the_week(visit: Visit) -> None:
    page = await visit("/u/anna/intro?tz=Europe/Berlin&date=2026-03-09")
    await page.locator(".slot").first.focus()
    await page.keyboard.press("PageDown")
    await page.wait_for_selector("text=16–22 Mar 2026")
    await page.locator(".slot").first.focus()
    await page.keyboard.press("PageUp")
    await page.wait_for_selector("text=9–15 Mar 2026")


async def test_days_of_a_month_are_crossed_with_arrows_and_lead_to_their_times(visit: Visit) -> None:
    page = await visit("/u/anna/intro?tz=Europe/Berlin&view=month")
    await page.locator(".month a[tabindex='0']").focus()
    await page.keyboard.press("ArrowDown")
    label = await page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label.startswith("Thursday, 12 March 2026, ")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#day-2026-03-12")
    assert await page.evaluate("document.activeElement.id") == "day-2026-03-12"


async def test_one_stop_of_the_tab_key_is_there_before_anything_was_chosen(visit: Visit) -> None:
    for view in ("week", "month", "list"):
        page = await visit(f"/u/anna/intro?tz=Europe/Berlin&view={view}")
        fields = await page.locator("[data-roving]").all()
        for found in fields:
            assert await found.locator("a[tabindex='0']").count() == 1


async def test_focus_and_words_go_to_what_is_wrong(visit: Visit) -> None:
    page = await visit("/u/anna/intro/book?start=2026-03-23T08:00Z&tz=Europe/Berlin")
    await page.click("#send")
    await page.wait_for_selector("#faults")
    assert await page.evaluate("document.activeElement.id") == "faults"
    assert (await page.title()).startswith("Please check")
    await page.click("#faults a[href='#email']")
    assert await page.evaluate("document.activeElement.id") == "email"


async def test_changes_of_the_page_are_announced(visit: Visit) -> None:
    page = await visit("/u/anna/intro?tz=Europe/Berlin&date=2026-03-09")
    await page.click("#later")
    await expect(page.locator("#live")).to_have_text(re.compile("16–22 Mar 2026: .+ free times"))
    assert await page.evaluate("document.activeElement.id") == "later"
