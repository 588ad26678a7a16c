"""What is written of a booking at a change of the clocks, read by ical.js in Chromium: the instants that are meant."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.ical.edges import ZONES, written

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

LIBRARY = Path(__file__).resolve().parents[1] / "vendor/ical.js/ical.es5.min.cjs"
READ = """texts => texts.map(text => {
    const calendar = new ICAL.Component(ICAL.parse(text));
    const vevent = new ICAL.Event(calendar.getFirstSubcomponent("vevent"));
    return [vevent.startDate, vevent.endDate].map(time => [time.toUnixTime(), time.zone.tzid]);
})"""


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
