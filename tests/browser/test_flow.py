"""A guest's way from the booking page to the end of a booking, with and without scripts, from two other zones."""

import asyncio
import re

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.browser.conftest import Served, Visit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NOTES = "The tunnel, and\nwhat it costs."


async def _choose_zone(page: Page, zone: str, city: str, *, script: bool) -> None:
    if script:
        await expect(page.locator("#tz")).to_have_value(re.compile(city))
    else:
        await page.select_option("#tz", zone)
        await page.click("form.zone button")


def _slot(page: Page, start: str) -> Locator:
    return page.locator(f'.slot[href*="start={start}"]').first


async def _held(page: Page, address: re.Pattern[str]) -> asyncio.Event:
    """Keep the answer of an address back until the event is set."""
    let_go = asyncio.Event()

    async def hold(route: Route) -> None:
        await let_go.wait()
        await route.continue_()

    await page.route(address, hold)
    return let_go


@pytest.mark.parametrize("script", [True, False], ids=["with-scripts", "without-scripts"])
@pytest.mark.parametrize(
    ("zone", "city", "first", "before", "after", "starts"),
    [
        # Clocks change on 8 March in Los Angeles, so Berlin's nine o'clock moves from midnight to one.
        (
            "America/Los_Angeles",
            "Los Angeles",
            "2026-03-02",
            "00:00, Friday, 6 March (09:00 in Berlin)",
            "01:00, Monday, 9 March (09:00 in Berlin)",
            ("2026-03-06T08:00Z", "2026-03-09T08:00Z", "2026-03-09T08:30Z", "01:30"),
        ),
        # Clocks change on 29 March in Berlin and never in Kolkata.
        (
            "Asia/Kolkata",
            "Kolkata",
            "2026-03-23",
            "13:30, Friday, 27 March (09:00 in Berlin)",
            "12:30, Monday, 30 March (09:00 in Berlin)",
            ("2026-03-27T08:00Z", "2026-03-30T07:00Z", "2026-03-30T07:30Z", "13:00"),
        ),
    ],
    ids=["los-angeles", "kolkata"],
)
async def test_a_guest_books_moves_and_cancels_across_a_clock_change(
    visit: Visit,
    script: bool,
    zone: str,
    city: str,
    first: str,
    before: str,
    after: str,
    starts: tuple[str, str, str, str],
) -> None:
    """S1.1, S1.4, S1.5, S1.6, S1.9, S1.10, S1.27, S1.28, S1.29, S1.32, S1.35, S1.66, S1.67, S1.68, S1.70."""
    page = await visit(f"/u/anna/intro?hour=24&date={first}", zone=zone, script=script)
    await _choose_zone(page, zone, city, script=script)
    await expect(_slot(page, starts[0])).to_have_attribute("aria-label", before)
    await expect(page.locator(".note")).to_contain_text("Clocks in")
    await page.click("#later")
    await expect(_slot(page, starts[1])).to_have_attribute("aria-label", after)

    await _slot(page, starts[1]).click()
    await expect(page.locator("h1")).to_have_text("Your details")
    await expect(page.locator(".when")).to_contain_text(f"{after[:5]} –")
    await expect(page.locator(".when")).to_contain_text(city)
    await page.fill("#name", "Ana Guest")
    await page.fill("#email", "ana@example.net")
    await page.fill("#notes", NOTES)
    await page.click("#send")
    await expect(page.locator("h1")).to_have_text("Your meeting is booked")
    await expect(page.locator("main")).to_contain_text(city)
    await expect(page.locator("main")).to_contain_text("what it costs.")

    await page.click("#manage")
    await expect(page.locator("h1")).not_to_have_text("Your meeting is booked")
    await page.click("#reschedule")
    await expect(page.locator(".slot.is-own")).to_have_count(1)
    await _slot(page, starts[2]).click()
    await expect(page.locator("h1")).to_have_text("Move the meeting?")
    await page.click("#send")
    await expect(page.locator("h1")).to_have_text("Your meeting has been moved")
    await expect(page.locator(".ticket")).to_contain_text(f"{starts[3]} –")

    await page.click("#cancel")
    await page.fill("#reason", "The tunnel is flooded.")
    await page.click("#send")
    await expect(page.locator("h1")).to_have_text("This meeting is cancelled")
    await expect(page.locator("main")).to_contain_text("The tunnel is flooded.")
    await page.click("#again")
    await expect(page.locator("#title")).to_have_text("First conversation")


@pytest.mark.parametrize("script", [True, False], ids=["with-scripts", "without-scripts"])
async def test_a_lost_race_keeps_what_was_typed(visit: Visit, script: bool) -> None:
    day = "2026-04-07" if script else "2026-04-08"
    path = f"/u/anna/intro/book?start={day}T08:00Z&tz=Europe/Berlin"
    slow, fast = await visit(path, script=script), await visit(path, script=script)
    for page, name in ((fast, "Fast"), (slow, "Slow")):
        await page.fill("#name", name)
        await page.fill("#email", f"{name.lower()}@example.net")
        await page.fill("#notes", NOTES)
        await page.click("#send")
        await page.wait_for_selector("#faults, .stamp")
    await expect(slow.locator("#faults")).to_contain_text("no longer free")
    assert await slow.input_value("#notes") == NOTES
    await expect(slow.locator("input[type=radio]")).to_have_count(3)
    await slow.locator("input[type=radio]").nth(1).check()
    await slow.click("#send")
    await expect(slow.locator("h1")).to_have_text("Your meeting is booked")


async def test_a_reload_of_the_confirmation_shows_it_again(visit: Visit) -> None:
    page = await visit("/u/anna/intro/book?start=2026-04-09T08:00Z&tz=Europe/Berlin")
    await page.fill("#name", "Ana Guest")
    await page.fill("#email", "ana@example.net")
    await page.click("#send")
    await expect(page.locator("h1")).to_have_text("Your meeting is booked")
    address = page.url
    await page.reload()
    await expect(page.locator("h1")).to_have_text("Your meeting is booked")
    assert page.url == address


async def test_nothing_on_the_way_loads_a_page_anew(visit: Visit, served: Served) -> None:
    page = await visit("/u/anna")
    await page.evaluate("window.stays = true")
    await page.click("text=First conversation")
    await page.click("#view-month")
    await page.wait_for_selector(".month")
    await page.click("#view-week")
    # Months have a #later of their own: the next step is the week's once the month is gone.
    await page.wait_for_selector(".month", state="detached")
    await page.click("#later")
    await page.wait_for_selector("text=9–15 Mar 2026")
    await page.locator(".slot").first.click()
    await page.click("#send")
    await page.wait_for_selector("#faults")
    await page.fill("#name", "Ana Guest")
    await page.fill("#email", "ana@example.net")
    await page.click("#send")
    await page.wait_for_selector("text=Your meeting is booked")
    assert await page.evaluate("window.stays") is True


async def test_the_way_back_leads_back(visit: Visit) -> None:
    page = await visit("/u/anna/intro?tz=Europe/Berlin&date=2026-03-09")
    await page.click("#later")
    await page.wait_for_selector("text=16–22 Mar 2026")
    await page.locator(".slot").first.click()
    await page.wait_for_selector("#name")
    await page.go_back()
    await page.wait_for_selector("text=16–22 Mar 2026")
    await page.go_back()
    await page.wait_for_selector("text=9–15 Mar 2026")


async def test_a_double_click_sends_once(visit: Visit) -> None:
    page = await visit("/u/anna/intro/book?start=2026-04-10T08:00Z&tz=Europe/Berlin")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    await page.fill("#name", "Ana Guest")
    await page.fill("#email", "ana@example.net")
    await page.dblclick("#send")
    await page.wait_for_selector("text=Your meeting is booked")
    assert sent.count("POST") == 1


WEEK = "/u/anna/intro?tz=Europe/Berlin&date=2026-03-09"
NEXT_WEEK = re.compile("[?&]date=2026-03-16")


async def test_next_pressed_twice_leads_two_weeks_on(visit: Visit) -> None:
    page = await visit(WEEK)
    let_go = await _held(page, NEXT_WEEK)
    await page.click("#later")
    await page.click("#later")
    let_go.set()
    await expect(page.locator("#period")).to_have_text("23–29 Mar 2026")
    await page.go_back()
    await expect(page.locator("#period")).to_have_text("16–22 Mar 2026")


async def test_view_and_clock_chosen_in_one_breath_both_hold(visit: Visit) -> None:
    page = await visit(WEEK)
    let_go = await _held(page, re.compile("[?&]view=list"))
    await page.click("#view-list")
    await page.click("#hour-12")
    let_go.set()
    await expect(page.locator("#hour-12")).to_have_attribute("aria-current", "true")
    await expect(page.locator("#view-list")).to_have_attribute("aria-current", "true")


async def test_a_zone_chosen_while_the_week_turns_is_that_of_the_next_week(visit: Visit) -> None:
    page = await visit(WEEK)
    let_go = await _held(page, NEXT_WEEK)
    await page.click("#later")
    await page.click("#tz")
    await page.keyboard.type("kolkata")
    await page.keyboard.press("Enter")
    let_go.set()
    await expect(page.locator("#tz")).to_have_value("Kolkata (UTC+5:30)")
    await expect(page.locator("#period")).to_have_text("16–22 Mar 2026")


async def test_a_time_taken_while_the_week_turns_is_the_time_that_was_seen(visit: Visit) -> None:
    page = await visit(WEEK)
    let_go = await _held(page, NEXT_WEEK)
    await page.click("#later")
    await _slot(page, "2026-03-13T08:00Z").click()
    await expect(page.locator("h1")).to_have_text("Your details")
    let_go.set()
    await expect(page.locator(".when")).to_contain_text("13 March")


async def test_no_click_takes_the_answer_away_from_who_has_sent_the_form(visit: Visit) -> None:
    page = await visit("/u/anna/intro/book?start=2026-04-16T08:00Z&tz=Europe/Berlin")
    await page.fill("#name", "Ana Guest")
    await page.fill("#email", "ana@example.net")
    let_go = await _held(page, re.compile("/book$"))
    await page.click("#send")
    await page.click("#other-time")
    let_go.set()
    await expect(page.locator("h1")).to_have_text("Your meeting is booked")


async def test_a_form_that_cannot_be_sent_says_so_and_keeps_its_text(visit: Visit) -> None:
    page = await visit("/u/anna/intro/book?start=2026-04-13T08:00Z&tz=Europe/Berlin")
    await page.fill("#name", "Ana Guest")
    await page.fill("#email", "ana@example.net")
    await page.context.set_offline(True)
    await page.click("#send")
    await expect(page.locator(".faults")).to_contain_text("cannot be reached")
    assert await page.input_value("#name") == "Ana Guest"
    await page.context.set_offline(False)
    await page.click("#send")
    await expect(page.locator("h1")).to_have_text("Your meeting is booked")


async def test_a_refusal_that_is_not_about_the_text_leaves_it_alone(visit: Visit) -> None:
    page = await visit("/u/anna/intro/book?start=2026-04-14T08:00Z&tz=Europe/Berlin")
    await page.fill("#notes", NOTES)
    wait = "<main><h1>Please wait a little</h1><p class='lead'>Try again in 2 minutes.</p></main>"
    await page.route(
        "**/book", lambda route: route.fulfill(status=429, content_type="text/html; charset=utf-8", body=wait)
    )
    await page.click("#send")
    await expect(page.locator(".faults")).to_have_text("Please wait a little. Try again in 2 minutes.")
    assert await page.input_value("#notes") == NOTES
    assert await page.evaluate("document.activeElement.className") == "faults"


async def test_who_chooses_another_time_need_not_type_again(visit: Visit) -> None:
    """WCAG 3.3.7."""
    page = await visit("/u/anna/intro/book?start=2026-04-15T08:00Z&tz=Europe/Berlin")
    await page.fill("#name", "Ana Guest")
    await page.fill("#notes", NOTES)
    await page.click("#other-time")
    await page.locator(".slot").nth(2).click()
    await page.wait_for_selector("#name")
    assert await page.input_value("#name") == "Ana Guest"
    assert await page.input_value("#notes") == NOTES
    assert await page.input_value("#confirm_url") == ""


async def test_a_zone_is_found_by_typing_part_of_its_city_or_country(visit: Visit) -> None:
    """S1.4, S1.67."""
    page = await visit("/u/anna/intro?date=2026-03-16", zone="Europe/Berlin")
    await page.click("#tz")
    await page.keyboard.type("sao brazil")
    await expect(page.locator("[role=option]")).to_have_text(["Sao Paulo, Brazil (UTC−3)"])
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/u/anna/intro?*tz=America*")
    await expect(page.locator("#tz")).to_have_value("Sao Paulo (UTC−3)")
    assert await page.evaluate("document.activeElement.id") == "tz"


async def test_leaving_the_search_for_a_zone_changes_nothing(visit: Visit) -> None:
    page = await visit("/u/anna/intro?date=2026-03-16", zone="Europe/Berlin")
    before = page.url
    await page.click("#tz")
    await page.keyboard.type("kolk")
    await page.keyboard.press("Escape")
    assert await page.input_value("#tz") == "Berlin (UTC+1)"
    assert page.url == before


async def test_view_and_clock_are_remembered_on_this_device(visit: Visit) -> None:
    page = await visit("/u/anna/intro?date=2026-03-16")
    await page.click("#view-list")
    await page.click("#hour-12")
    await page.wait_for_selector("#hour-12[aria-current]")
    again = await page.context.new_page()
    await again.goto("/u/anna/intro")
    await expect(again.locator("#view-list")).to_have_attribute("aria-current", "true")
    await expect(again.locator("#hour-12")).to_have_attribute("aria-current", "true")


async def test_without_scripts_the_hosts_zone_is_shown_and_said(visit: Visit) -> None:
    page = await visit("/u/anna/intro", zone="Asia/Kolkata", script=False)
    assert await page.locator("#tz option:checked").inner_text() == "Berlin (UTC+1)"


@pytest.mark.parametrize("script", [True, False], ids=["with-scripts", "without-scripts"])
async def test_who_has_booked_is_led_to_the_hosts_own_page(visit: Visit, script: bool) -> None:
    page = await visit(script=script)
    await page.route(
        "https://elsewhere.example/**",
        lambda route: route.fulfill(content_type="text/html", body="<title>Thanks</title>"),
    )
    day = "2026-03-23" if script else "2026-03-24"
    await page.goto(f"/u/anna/led?tz=Europe/Berlin&date={day}&name=Ana+Sousa&q_topic=Tunnels")
    await _slot(page, f"{day}T09:00Z").click()
    await expect(page.locator("#name")).to_have_value("Ana Sousa")
    await expect(page.locator("#q_topic")).to_have_value("Tunnels")
    await page.fill("#email", "ana@example.net")
    await page.click("#send")
    await page.wait_for_url(re.compile(r"https://elsewhere\.example/thanks\?from=daybook&booking=bk_"))
    assert "ana" not in page.url
