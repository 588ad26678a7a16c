"""A guest's way to a team: from its page to whom they want to meet, and back for somebody else, with and without scripts."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("script", [True, False], ids=["with-scripts", "without-scripts"])
async def test_a_guest_chooses_a_member_of_a_team_and_meets_them(visit: Visit, script: bool) -> None:
    """S2.44, S3.9"""
    page = await visit("/team/studio", zone="Europe/Lisbon", script=script)
    await page.click("text=Advice")
    await expect(page.locator("h2")).to_have_text("Whom do you want to meet?")
    await page.click("#host-anna")
    await expect(page.locator(".host")).to_have_text("Anna Weber (Studio for bridges)")
    await page.click("text=Meet somebody else")
    await page.click("#host-lena")
    await expect(page.locator(".host")).to_have_text("Lena Fischer (Studio for bridges)")
    await page.click(f"#view-{'list' if script else 'month'}")
    await expect(page).to_have_url(re.compile("host=lena"))
    await page.locator(".slot").last.click()
    await expect(page.locator("h1")).to_have_text("Your details")
    await page.fill("#name", "Gus Guest")
    await page.fill("#email", "gus@example.net")
    await page.click("#send")
    await expect(page.locator("h1")).to_have_text("Your meeting is booked")
    await expect(page.locator(".ticket-facts")).to_contain_text("Lena Fischer (Studio for bridges)")
