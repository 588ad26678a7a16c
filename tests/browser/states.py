"""Every state that a guest can meet, and how to get there: for the accessibility tests and for the screenshots."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Page

Paths = dict[str, str]
Reach = Callable[[Page, Paths], Awaitable[None]]

INTRO = "/u/anna/intro"
SURVEY = "/u/anna/survey/book?start=2026-03-20T08:00Z&tz=Europe/Berlin&duration=90"
LESSONS = "/u/nora/lesson/book?start=2026-04-07T08:00Z&tz=Europe/Berlin"
FORM = f"{INTRO}/book?start=2026-03-20T08:00Z&tz=America/Los_Angeles"


def _at(path: str) -> Reach:
    async def reach(page: Page, _paths: Paths) -> None:
        await page.goto(path)
        await page.wait_for_selector("main:not([aria-busy])")

    return reach


def _booking(state: str, below: str = "") -> Reach:
    async def reach(page: Page, paths: Paths) -> None:
        await page.goto(paths[state] + below)
        await page.wait_for_selector("main:not([aria-busy])")

    return reach


async def _zone_open(page: Page, _paths: Paths) -> None:
    await page.goto(f"{INTRO}?tz=Europe/Berlin")
    await page.fill("#tz", "los")
    await page.wait_for_selector("[role=option]")


async def _faults(page: Page, _paths: Paths) -> None:
    await page.goto(FORM)
    await page.fill("#email", "ana at home")
    await page.fill("#notes", "About the footbridge.")
    await page.click("#send")
    await page.wait_for_selector("#faults")


async def _number_without_country(page: Page, _paths: Paths) -> None:
    await page.goto("/u/anna/review/book?start=2026-03-20T08:00Z")
    await page.fill("#phone", "0151 12345678")
    await page.click("#send")
    await page.wait_for_selector("#faults")


async def _questions_with_faults(page: Page, _paths: Paths) -> None:
    await page.goto(SURVEY)
    await page.fill("#name", "Ana Sousa")
    await page.check("[name=place][value=guest_phone]")
    await page.fill("#place_guest_phone", "call me")
    await page.select_option("#q_stage", "A sketch")
    await page.check("#q_days-1")
    await page.fill("#q_area", "big")
    await page.click("#send")
    await page.wait_for_selector("#faults")


async def _guest_faults(page: Page, _paths: Paths) -> None:
    await page.goto("/u/anna/walk/book?start=2026-03-20T08:00Z&tz=Europe/Berlin")
    await page.fill("#name", "Ana Guest")
    await page.fill("#email", "ana@example.net")
    await page.click(".guests > button")
    await page.fill("#guest_email_1", "ana@example.net")
    await page.click("#send")
    await page.wait_for_selector("#faults")


async def _reason_too_long(page: Page, paths: Paths) -> None:
    await page.goto(f"{paths['kept']}/cancel")
    await page.evaluate("document.querySelector('#reason').removeAttribute('maxlength')")
    await page.fill("#reason", "x" * 501)
    await page.click("#send")
    await page.wait_for_selector("#faults")


async def _answer_too_long(page: Page, paths: Paths) -> None:
    await page.goto(paths["answer"])
    await page.evaluate("document.querySelector('#reason').removeAttribute('maxlength')")
    await page.fill("#reason", "x" * 501)
    await page.click("#decline")
    await page.wait_for_selector("#faults")


async def _share_taken(page: Page, _paths: Paths) -> None:
    await page.goto("/u/mona/sitting/book?start=2026-03-30T08:00Z&tz=Europe/Berlin")
    await page.fill("#name", "Ravi Menon")
    await page.fill("#email", "Ravi@example.net")
    await page.fill("#notes", "In the blue coat, please.")
    await page.click("#send")
    await page.wait_for_selector("#faults")


async def _dates(page: Page, **typed: str) -> None:
    """Ask for a series and come to its dates, or back to the form."""
    await page.goto(LESSONS)
    for name, value in {"name": "Ana Sousa", "email": "ana@example.net", **typed}.items():
        await page.fill(f"#{name}", value)
    await page.select_option("#repeat", "weekly-1")
    await page.click("#send")


async def _free_dates(page: Page, _paths: Paths) -> None:
    await _dates(page, times="3")
    await page.wait_for_selector("[name=keep]")


async def _dates_with_conflicts(page: Page, _paths: Paths) -> None:
    await _dates(page, until="2026-05-05")
    await page.wait_for_selector("[name=keep]")


async def _no_date_chosen(page: Page, paths: Paths) -> None:
    await _free_dates(page, paths)
    for box in await page.locator("[name=keep]").all():
        await box.uncheck()
    await page.click("#send")
    await page.wait_for_selector("#faults")


async def _repetition_with_faults(page: Page, _paths: Paths) -> None:
    await _dates(page, times="40")
    await page.wait_for_selector("#faults")


STATES: dict[str, Reach] = {
    "form-with-repetition": _at(LESSONS),
    "form-with-repetition-and-faults": _repetition_with_faults,
    "dates": _free_dates,
    "dates-with-conflicts": _dates_with_conflicts,
    "dates-none-chosen": _no_date_chosen,
    "series-booked": _booking("series", "/booked"),
    "series-changed": _booking("series", "/changed"),
    "series": _booking("series"),
    "series-cancel-one": _booking("series", "/on/2026-03-31/cancel"),
    "series-cancel-all": _booking("series", "/cancel"),
    "series-move-one": _booking("series", "/on/2026-03-31/reschedule"),
    "series-move-one-confirm": _booking(
        "series", "/on/2026-03-31/reschedule/confirm?start=2026-03-31T12:00Z"
    ),
    "series-move-all": _booking("series", "/reschedule"),
    "series-move-all-confirm": _booking("series", "/reschedule/confirm?start=2026-03-10T12:00Z"),
    "series-ended": _booking("series-ended"),
    "landing": _at("/"),
    "profile": _at("/u/anna"),
    "week": _at(f"{INTRO}?tz=Europe/Berlin&date=2026-03-16"),
    "week-elsewhere": _at(f"{INTRO}?tz=America/Los_Angeles&date=2026-03-16"),
    "week-of-the-change": _at(f"{INTRO}?tz=America/Los_Angeles"),
    "week-by-twelve": _at(f"{INTRO}?tz=Asia/Kolkata&hour=12&date=2026-03-16"),
    "month": _at(f"{INTRO}?view=month&tz=Europe/Berlin"),
    "list": _at(f"{INTRO}?view=list&tz=Asia/Kolkata"),
    "week-without-times": _at("/u/anna/rare?tz=Europe/Berlin&date=2026-03-09"),
    "nothing-free": _at("/u/anna/closed?tz=Europe/Berlin"),
    "profile-away": _at("/u/mona"),
    "away": _at("/u/mona/portrait?tz=Europe/Berlin&date=2026-03-09"),
    "holiday-and-full-day": _at("/u/mona/portrait?tz=Europe/Berlin&date=2026-03-16"),
    "full-day-in-month": _at("/u/mona/portrait?tz=Europe/Berlin&date=2026-03-16&view=month"),
    "full-week": _at("/u/mona/sitting?tz=Europe/Berlin&date=2026-03-23"),
    "form-full": _at("/u/mona/portrait/book?start=2026-03-18T13:00Z&tz=Europe/Berlin"),
    "form-share-taken": _share_taken,
    "zone-locked": _at("/u/anna/review"),
    "zone-search": _zone_open,
    "form": _at(FORM),
    "form-with-faults": _faults,
    "group": _at("/u/anna+ben/intro?tz=Europe/Berlin&date=2026-03-16"),
    "group-form": _at("/u/anna+ben/intro/book?start=2026-03-20T08:00Z&tz=Europe/Berlin"),
    "group-booked": _booking("joint", "/booked"),
    "team": _at("/team/studio"),
    "team-week": _at("/team/studio/talk?tz=Europe/Berlin&date=2026-03-16"),
    "team-form": _at("/team/studio/talk/book?start=2026-03-20T09:00Z&tz=Europe/Berlin"),
    "team-booked": _booking("team-booked", "/booked"),
    "team-whom": _at("/team/studio/advice?tz=Europe/Berlin"),
    "team-whom-unknown": _at("/team/studio/advice?tz=Europe/Berlin&host=otto"),
    "team-chosen": _at("/team/studio/advice?tz=Europe/Berlin&date=2026-03-16&host=lena"),
    "team-chosen-form": _at("/team/studio/advice/book?host=lena&start=2026-03-20T11:00Z&tz=Europe/Berlin"),
    "team-of-all": _at("/team/studio/both?tz=Europe/Berlin&date=2026-03-16"),
    "team-all-booked": _booking("team-all-booked", "/booked"),
    "team-invited": _booking("team-invited", "?tz=Europe/Berlin"),
    "seats-week": _at("/u/hana/yoga?tz=Europe/Berlin&date=2026-03-16"),
    "seats-month": _at("/u/hana/yoga?view=month&tz=Europe/Berlin&date=2026-03-18"),
    "seats-form": _at("/u/hana/yoga/book?start=2026-03-17T08:00Z&tz=Europe/Berlin"),
    "seats-form-to-wait": _at("/u/hana/yoga/book?start=2026-03-18T08:00Z&tz=Europe/Berlin"),
    "seat-booked": _booking("seat", "/booked"),
    "seat": _booking("seat"),
    "seat-cancel": _booking("seat", "/cancel"),
    "seat-reschedule": _booking("seat", "/reschedule?date=2026-03-16"),
    "seat-left": _booking("seat-left"),
    "seat-put-in-line": _booking("seat-waiting", "/booked"),
    "seat-waiting": _booking("seat-waiting"),
    "seat-held": _booking("seat-held", "/seat"),
    "seat-lapsed": _booking("seat-lapsed"),
    "seat-unproven": _booking("seat-unproven"),
    "seat-address": _booking("seat-address"),
    "seat-gone": _booking("seat-gone"),
    "form-with-guests": _at("/u/anna/walk/book?start=2026-03-20T08:00Z&tz=Europe/Berlin"),
    "form-with-guest-faults": _guest_faults,
    "booked-with-guests": _booking("walk", "/booked"),
    "guests": _booking("walk", "/guests"),
    "companion": _booking("companion"),
    "companion-leaves": _booking("companion", "/leave"),
    "companion-refused": _booking("companion", "/cancel"),
    "companion-off": _booking("off"),
    "form-with-number": _at("/u/anna/review/book?start=2026-03-20T08:00Z"),
    "form-with-number-and-faults": _number_without_country,
    "week-with-durations": _at("/u/anna/survey?tz=Europe/Berlin&date=2026-03-16&duration=90"),
    "form-with-questions": _at(SURVEY),
    "form-with-questions-and-faults": _questions_with_faults,
    "booked-with-answers": _booking("surveyed", "/booked"),
    "form-taken": _at(f"{INTRO}/book?start=2026-03-12T14:00Z&tz=Europe/Berlin"),
    "invited": _booking("invited", "?tz=Europe/Berlin"),
    "invited-form": _booking("invited", "/book?start=2026-03-20T08:00Z&tz=Europe/Berlin"),
    "invite-used-up": _booking("used-up"),
    "invite-expired": _booking("expired"),
    "invite-revoked": _booking("revoked", "/book?start=2026-03-20T08:00Z"),
    "booked": _booking("kept", "/booked"),
    "moved": _booking("kept", "/moved"),
    "manage": _booking("kept"),
    "cancel": _booking("kept", "/cancel"),
    "cancel-with-fault": _reason_too_long,
    "cancelled": _booking("cancelled"),
    "reschedule": _booking("kept", "/reschedule"),
    "reschedule-month": _booking("kept", "/reschedule?view=month"),
    "reschedule-confirm": _booking("kept", "/reschedule/confirm?start=2026-03-13T09:00Z"),
    "reschedule-taken": _booking("kept", "/reschedule/confirm?start=2026-03-11T09:00Z"),
    "reschedule-same": _booking("kept", "/reschedule/confirm?start=2026-03-12T14:00Z"),
    "reschedule-cancelled": _booking("cancelled", "/reschedule"),
    "over": _booking("over"),
    "missing": _booking("missing"),
    "asked": _booking("asked"),
    "asked-elsewhen": _booking("asked-elsewhen"),
    "asking-elsewhen": _booking("asked", "/reschedule/confirm?start=2026-03-20T09:00Z"),
    "declined": _booking("declined"),
    "unproven": _booking("unproven"),
    "lapsed": _booking("lapsed"),
    "address": _booking("address"),
    "address-late": _booking("address-late"),
    "address-done": _booking("address-done"),
    "too-late": _booking("late", "/cancel"),
    "answer": _booking("answer"),
    "answer-elsewhen": _booking("answer-elsewhen"),
    "answer-with-fault": _answer_too_long,
    "answered": _booking("answered"),
    "replaced": _booking("replaced"),
    "not-found": _at("/u/nobody"),
}
