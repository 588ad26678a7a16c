"""A guest books a series, moves one of its meetings and cancels others, with and without scripts and a mouse."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WAYS = pytest.mark.parametrize(
    ("script", "form", "days"),
    [
        (True, "/u/nora/lesson/book?start=2026-03-09T13:00Z&tz=Europe/Berlin", "9 16 23 30"),
        (False, "/u/nora/lesson/book?start=2026-03-13T13:00Z&tz=Europe/Berlin", "13 20 27 3"),
    ],
    ids=["with-scripts", "without-scripts"],
)


async def _dates(page: Page) -> list[str]:
    """Return the days of the month that the page lists, and what is said of each."""
    lines = [" ".join(line.split()) for line in await page.locator(".meeting").all_inner_texts()]
    return [re.sub(r"^\w+, (\d+) .*?–\s\d\d:\d\d ?", r"\1 ", line).strip() for line in lines]


async def _ask(page: Page, form: str, times: str) -> None:
    await page.goto(form)
    await page.fill("#name", "Sara Idris")
    await page.fill("#email", "sara@example.net")
    await page.select_option("#repeat", "weekly-1")
    await page.fill("#times", times)
    await page.click("#send")
    await page.wait_for_selector("text=Check the dates")


@WAYS
async def test_a_series_is_booked_changed_and_cancelled(
    visit: Visit, script: bool, form: str, days: str
) -> None:
    """S3.30 to S3.33"""
    first, second, third, fourth = days.split()
    page = await visit(script=script, size=PHONE)
    await _ask(page, form, "6")
    assert await page.locator("[name=keep]").count() == 6
    await page.click("#change")
    await expect(page.locator("#times")).to_have_value("6")
    await expect(page.locator("#name")).to_have_value("Sara Idris")
    await page.fill("#times", "4")
    await page.click("#send")
    await page.wait_for_selector("text=Check the dates")
    assert await page.locator("[name=keep]").count() == 4
    await page.click("#send")
    await page.wait_for_selector("text=Your meetings are booked")
    assert await _dates(page) == [first, second, third, fourth]

    await page.locator(".deeds a", has_text="Move").nth(1).click()
    await page.wait_for_selector("text=Only this meeting of the series moves")
    await page.locator(f'.slot[href*="T14:00Z"][aria-label*=" {second} March"]').click()
    await page.wait_for_selector("text=Move the meeting?")
    await page.click("#send")
    await page.wait_for_selector("text=Your meetings have changed")
    moved = (await _dates(page))[1]
    assert moved.startswith(f"{second} moved, was:")

    await page.locator(".deeds a", has_text="Cancel").nth(2).click()
    await page.wait_for_selector("text=Cancel this meeting of the series?")
    await page.check("#which-later")
    await page.click("#send")
    await page.wait_for_selector("text=Your meetings have changed")
    assert await _dates(page) == [first, moved]

    await page.click("#cancel")
    await page.wait_for_selector("text=Cancel all meetings?")
    await page.click("#send")
    await page.wait_for_selector("text=These meetings are cancelled")


async def test_dates_are_chosen_with_the_keyboard_alone(visit: Visit) -> None:
    page = await visit()
    await _ask(page, "/u/nora/lesson/book?start=2026-03-12T13:00Z&tz=Europe/Berlin", "3")
    assert await page.evaluate("document.activeElement.tagName") == "H1"
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.name") == "keep"
    for key in ("Tab", "Space", "Tab", "Tab"):
        await page.keyboard.press(key)
    assert await page.evaluate("document.activeElement.id") == "send"
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=Your meetings are booked")
    assert await _dates(page) == ["12", "26"]
