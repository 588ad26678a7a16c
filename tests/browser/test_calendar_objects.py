"""What is written of a booking at a change of the clocks, read by ical.js in Chromium: the instants that are meant."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.ical import edges_of_series
from tests.ical.edges import ZONES, written

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

LIBRARY = Path(__file__).resolve().parents[1] / "vendor/ical.js/ical.es5.min.cjs"
READ = """texts => texts.map(text => {
    const calendar = new ICAL.Component(ICAL.parse(text));
    const vevent = new ICAL.Event(calendar.getFirstSubcomponent("vevent"));
    return [vevent.startDate, vevent.endDate].map(time => [time.toUnixTime(), time.zone.tzid]);
})"""

# What an expanded view asks of the library: every occurrence, with those that have left the rule where they are.
EXPAND = """texts => texts.map(text => {
    const calendar = new ICAL.Component(ICAL.parse(text));
    const components = calendar.getAllSubcomponents("vevent");
    const series = new ICAL.Event(components.find(one => !one.hasProperty("recurrence-id")));
    const starts = series.iterator();
    const found = [];
    for (let start = starts.next(); start; start = starts.next()) {
        const one = series.getOccurrenceDetails(start);
        found.push([one.startDate.toUnixTime(), one.endDate.toUnixTime()]);
    }
    return found.sort((one, other) => one[0] - other[0]);
})"""


async def test_ical_js_shows_the_occurrences_of_every_series(browser: Browser) -> None:
    """S3.30, S3.31: as Thunderbird and Nextcloud expand them, mailed and stored."""
    objects = edges_of_series.written()
    page = await browser.new_page()
    await page.add_script_tag(path=LIBRARY)
    answers = await page.evaluate(EXPAND, [one.text for one in objects])
    await page.close()
    wrong = [
        f"{one.name}: {read}, not {one.spans}"
        for one, read in zip(objects, answers, strict=True)
        if [tuple(span) for span in read] != list(one.spans)
    ]
    assert wrong == []


async def test_ical_js_reads_the_instants_of_every_mail_and_object(browser: Browser) -> None:
    """C11: ical.js, as Thunderbird and Nextcloud use it, knows no zone but by the VTIMEZONE beside the time."""
    objects = written()
    page = await browser.new_page()
    await page.add_script_tag(path=LIBRARY)
    answers = await page.evaluate(READ, [one.text for one in objects])
    await page.close()
    wrong = [
        f"{one.name}: {read}, not {one.span}"
        for one, read in zip(objects, answers, strict=True)
        if [at for at, _ in read] != list(one.span) or not set(zones_in(read)) <= {one.zone, "UTC"}
    ]
    assert wrong == []
    by_zone = {
        one.zone for one, read in zip(objects, answers, strict=True) if zones_in(read) == [one.zone] * 2
    }
    assert by_zone == set(ZONES)


def zones_in(read: list[tuple[float, str]]) -> list[str]:
    """Return by which zones ical.js has read start and end: "floating" where it found none."""
    return [zone for _, zone in read]
