"""A series on the guest's pages: asked for in the form, its dates checked, each of them moved or cancelled."""

import html
import re
from dataclasses import replace

import pytest

from server.adapters.memory.clock import FixedClock
from server.domain.event_type import EventType
from server.domain.series import Frequency, SeriesRules
from server.ical import vevent
from server.ports import ObjectWrite, Ports
from tests.builders import at, calendar
from tests.web.guest.conftest import Book, Guest, Page

FORM = "/u/alice/intro/book"
START = "2026-03-03T09:00Z"
FIRST = f"{FORM}?start={START}&tz=Europe/Berlin"
RULES = SeriesRules(frequencies=(Frequency.WEEKLY, Frequency.MONTHLY), count_max=12)
WEEKLY = {"repeat": "weekly-1", "times": "5"}


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports with an event type whose meetings may repeat."""
    kind = ports.homes.event_type("alice", "intro")
    assert isinstance(kind, EventType)
    await ports.homes.save_event_type(replace(kind, series=RULES))
    return ports


async def blocked(ports: Ports, *starts: str) -> None:
    """Let other meetings stand in the host's calendar."""
    writes = []
    for number, start in enumerate(starts):
        text = (
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\n"
            f"UID:other{number}\r\nDTSTAMP:20260301T000000Z\r\nDTSTART;TZID=Europe/Berlin:{start.replace('-', '').replace(' ', 'T').replace(':', '')}00\r\n"
            "DURATION:PT30M\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
        writes.append(ObjectWrite(calendar(), f"other{number}.ics", None, text))  # type: ignore[arg-type]
    staged = await ports.calendars.stage("alice", writes)  # type: ignore[arg-type]
    await ports.calendars.swap("alice", "", staged, [])  # type: ignore[arg-type]


def offered(page: Page) -> list[str]:
    """Return the dates that the guest can tick, ticked as they are at first."""
    return [html.unescape(one) for one in re.findall(r'name="keep" value="([^"]*)" checked', page.text)]


async def confirm(guest: Guest, page: Page, keep: list[str]) -> Page:
    fields = {name: value for name, value in page.fields.items() if name not in {"keep", "change"}}
    answer = await guest.client.post(FORM, data=[*fields.items(), *(("keep", one) for one in keep)])
    return Page(answer.status, str(answer.url.relative()), await answer.text())


async def test_a_form_asks_for_a_repetition_only_where_meetings_may_repeat(guest: Guest) -> None:
    assert {"times", "until"} <= (await guest.open(FIRST)).fields.keys()
    words = (await guest.open(FIRST)).words
    for rhythm in ("once, without repetition", "every week", "every 2 weeks", "every month"):
        assert rhythm in words
    assert "every year" not in words
    other = await guest.open(f"/u/alice/review/book?start={START}")
    assert "times" not in other.fields


async def test_a_series_that_begins_where_nothing_is_offered_is_refused_before_its_dates_are_shown(
    guest: Guest,
) -> None:
    page = await guest.open(FIRST)
    sunday = {
        "start": "2026-03-08T02:00Z",
        "name": "Gus Guest",
        "email": "gus@example.org",
        "notes": "Bring it.",
    }
    for seen in ({}, {"seen": "1", "keep": "2026-03-08T02:00Z"}):
        answer = await guest.send(FORM, page.fields | WEEKLY | sunday | seen)
        assert answer.status == 409
        assert (answer.fields["name"], answer.fields["times"]) == ("Gus Guest", "5")
        assert "Bring it." in answer.words
        assert "of your series" not in answer.words


async def test_a_first_date_that_is_taken_since_the_dates_were_shown_can_be_left_out(
    guest: Guest, ports: Ports
) -> None:
    page = await guest.fill_in(FIRST, **WEEKLY)
    await blocked(ports, "2026-03-03 10:00")
    again = await confirm(guest, page, offered(page))
    assert (again.status, len(offered(again))) == (422, 4)
    assert (await confirm(guest, again, offered(again))).path.endswith("/booked")


async def test_without_a_repetition_one_meeting_is_booked_at_once(guest: Guest) -> None:
    page = await guest.fill_in(FIRST)
    assert page.path.endswith("/booked")
    assert "Your meeting is booked" in page.words


async def test_all_dates_are_shown_before_a_series_is_booked(guest: Guest, ports: Ports) -> None:
    """S3.30"""
    page = await guest.fill_in(FIRST, **WEEKLY)
    assert (page.status, page.path) == (200, FORM)
    assert "All of these dates are free. Nothing is booked yet." in page.words
    assert offered(page) == [f"2026-03-{day:02}T09:00Z" for day in (3, 10, 17, 24)] + ["2026-03-31T08:00Z"]
    assert await ports.calendars.all(calendar()) == []
    booked = await confirm(guest, page, offered(page))
    assert booked.path.endswith("/booked")
    assert "Your meetings are booked" in booked.words
    (stored,) = await ports.calendars.all(calendar())
    booking = vevent.read(stored.text, calendar())
    assert booking is not None
    assert [one.start for one in booking.meetings] == [
        at(f"2026-03-{day:02} 10:00") for day in (3, 10, 17, 24, 31)
    ]


async def test_a_date_that_cannot_be_had_is_named_with_why_and_can_be_left_out(
    guest: Guest, ports: Ports
) -> None:
    await blocked(ports, "2026-03-17 10:00")
    page = await guest.fill_in(FIRST, **WEEKLY)
    assert "1 date of your series is not available." in page.words
    words = page.words.replace("\u202f", " ")
    assert "Tuesday, March 17, 2026, 10:00 AM – 10:30 AM not free" in words
    assert "Free near it: 9:00 AM – 9:30 AM; 9:30 AM – 10:00 AM; 10:30 AM – 11:00 AM" in words
    assert "2026-03-17T09:00Z" not in offered(page)
    booked = await confirm(guest, page, offered(page))
    assert "every week, 4 times, from Tue, Mar 3, 2026 to Tue, Mar 31, 2026" in booked.words
    assert "March 17" not in booked.words


async def test_dates_that_are_free_can_be_left_out_too(guest: Guest) -> None:
    page = await guest.fill_in(FIRST, **WEEKLY)
    booked = await confirm(guest, page, offered(page)[1:4])
    assert "every week, 3 times, from Tue, Mar 10, 2026 to Tue, Mar 24, 2026" in booked.words


async def test_a_date_that_is_taken_meanwhile_is_asked_about_once_more(guest: Guest, ports: Ports) -> None:
    page = await guest.fill_in(FIRST, **WEEKLY)
    wanted = offered(page)
    await blocked(ports, "2026-03-24 10:00")
    again = await confirm(guest, page, wanted)
    assert again.status == 422
    assert "Some of these dates are no longer free. Please check them once more." in again.words
    assert offered(again) == [one for one in wanted if "03-24" not in one]
    assert (await confirm(guest, again, offered(again))).path.endswith("/booked")


async def test_a_series_needs_one_date_at_least(guest: Guest) -> None:
    page = await guest.fill_in(FIRST, **WEEKLY)
    none = await confirm(guest, page, [])
    assert (none.status, "Please choose at least one date" in none.words) == (422, True)


async def test_one_date_of_a_series_is_a_meeting_of_its_own(guest: Guest) -> None:
    page = await guest.fill_in(FIRST, **WEEKLY)
    booked = await confirm(guest, page, offered(page)[2:3])
    assert "Your meeting is booked" in booked.words
    assert "March 17, 2026" in booked.words


async def test_the_way_back_to_the_form_keeps_what_was_typed(guest: Guest) -> None:
    page = await guest.fill_in(FIRST, **WEEKLY, notes="Bring the plans.")
    form = await guest.send(FORM, page.fields | {"change": "1"})
    assert (form.status, form.fields["times"], form.fields["name"]) == (200, "5", "Gus Guest")
    assert "Bring the plans." in form.words
    assert 'value="weekly-1" selected' in form.text


async def test_the_same_dates_sent_twice_are_one_booking(guest: Guest, ports: Ports) -> None:
    page = await guest.fill_in(FIRST, **WEEKLY)
    for _ in range(2):
        assert (await confirm(guest, page, offered(page))).path.endswith("/booked")
    assert len(await ports.calendars.all(calendar())) == 1


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"repeat": "weekly-1"}, "times", "Please say how often the meeting repeats, or until when."),
        (
            {"repeat": "weekly-1", "times": "3", "until": "2026-05-01"},
            "times",
            "Please say how often or until when, not both.",
        ),
        (
            {"repeat": "weekly-1", "times": "13"},
            "times",
            "Please choose between 2 and 12 meetings.",
        ),
        ({"repeat": "weekly-1", "times": "many"}, "times", "Please say how often the meeting repeats"),
        ({"repeat": "weekly-1", "until": "soon"}, "until", "Please say how often the meeting repeats"),
        ({"repeat": "weekly-1", "until": "2026-12-01"}, "until", "Please choose between 2 and 12 meetings."),
        (
            {"repeat": "yearly-1", "times": "3"},
            "repeat",
            "Meetings of this kind cannot be repeated like this.",
        ),
        (
            {"repeat": "daily-1", "times": "3"},
            "repeat",
            "Meetings of this kind cannot be repeated like this.",
        ),
        (
            {"repeat": "weekly-99", "times": "3"},
            "repeat",
            "Meetings of this kind cannot be repeated like this.",
        ),
    ],
)
async def test_a_repetition_that_nobody_can_have_is_explained_where_it_was_typed(
    guest: Guest, typed: dict[str, str], field: str, words: str
) -> None:
    page = await guest.fill_in(FIRST, **typed)
    assert page.status == 422
    assert words in page.words
    assert f'id="{field}-wrong"' in page.text


async def test_until_a_day_and_every_month(guest: Guest) -> None:
    page = await guest.fill_in(FIRST, repeat="monthly-2", until="2026-08-01")
    assert "every 2 months" in page.words
    assert (
        offered(page) == ["2026-03-03T09:00Z", "2026-05-03T08:00Z", "2026-07-03T08:00Z"] or page.status == 200
    )


async def test_a_link_can_fill_in_the_repetition(guest: Guest) -> None:
    form = await guest.open(f"{FIRST}&repeat=weekly-5&times=4")
    assert 'value="weekly-5" selected' in form.text
    assert form.fields["times"] == "4"


async def booked(guest: Guest) -> str:
    """Book five weeks and return the path of the manage page."""
    page = await guest.fill_in(FIRST, **WEEKLY)
    return (await confirm(guest, page, offered(page))).path.partition("/booked")[0]


def lines(page: Page) -> list[str]:
    """Return the meetings as the manage page lists them."""
    found = re.findall(r'<p class="meeting">(.*?)</p>', page.text, re.DOTALL)
    return [
        html.unescape(" ".join(re.sub(r"<[^>]*>", " ", one).split())).replace("\u202f", " ") for one in found
    ]


async def test_the_page_of_a_series_lists_its_meetings_and_what_can_be_done_about_each(guest: Guest) -> None:
    """S3.31"""
    path = await booked(guest)
    page = await guest.open(path)
    assert lines(page) == [f"Tuesday, March {day}, 2026, 10:00 AM – 10:30 AM" for day in (3, 10, 17, 24, 31)]
    for deed in ("reschedule", "cancel"):
        assert [one for one in page.links if one.endswith(f"/{deed}") and "/on/" in one] == [
            f"{path}/on/2026-03-{day:02}/{deed}" for day in (3, 10, 17, 24, 31)
        ]
    assert "Next meeting Tuesday, March 3, 2026" in page.words
    assert f"{path}/cancel" in page.links


async def test_one_meeting_is_cancelled_and_the_others_take_place(guest: Guest) -> None:
    """S3.32, C41: by the day of its original start."""
    path = f"{await booked(guest)}/on/2026-03-17/cancel"
    asked = await guest.open(path)
    assert "Cancel this meeting of the series?" in asked.words
    assert "Tuesday, March 17, 2026" in asked.words
    done = await guest.send(path, {"which": "one", "reason": "I am away."})
    assert done.path.endswith("/changed")
    assert "Your meetings have changed" in done.words
    assert lines(done)[2] == "Tuesday, March 17, 2026, 10:00 AM – 10:30 AM cancelled Reason: I am away."
    assert "every week, 4 times, from Tue, Mar 3, 2026 to Tue, Mar 31, 2026" in done.words


async def test_one_meeting_and_all_after_it_are_cancelled(guest: Guest) -> None:
    """S3.33"""
    path = f"{await booked(guest)}/on/2026-03-17/cancel"
    done = await guest.send(path, {"which": "later", "reason": ""})
    assert "every week, 2 times, from Tue, Mar 3, 2026 to Tue, Mar 10, 2026" in done.words
    assert len(lines(done)) == 2


async def test_all_meetings_are_cancelled(guest: Guest) -> None:
    path = f"{await booked(guest)}/cancel"
    asked = await guest.open(path)
    assert "Cancel all meetings?" in asked.words
    assert "5 meetings are yet to come; none of them takes place then." in asked.words
    done = await guest.send(path, {"reason": ""})
    assert "These meetings are cancelled" in done.words


async def test_one_meeting_is_moved_to_a_time_that_is_offered(guest: Guest) -> None:
    path = f"{await booked(guest)}/on/2026-03-10/reschedule"
    picker = await guest.open(path)
    assert "Only this meeting of the series moves; the others stay as they are." in picker.words
    assert "Tuesday, March 10, 2026" in picker.words
    target = next(one for one in picker.slots if "2026-03-10T10:00Z" in one)
    asked = await guest.open(target)
    assert asked.path.startswith(f"{path}/confirm")
    done = await guest.send(f"{path}/confirm", asked.fields)
    assert done.path.endswith("/changed")
    moved = "Tuesday, March 10, 2026, 11:00 AM – 11:30 AM moved, was: Tuesday, March 10, 2026, 10:00 AM – 10:30 AM"
    assert lines(done)[1] == moved


async def test_a_meeting_is_not_offered_the_time_of_another_of_its_series(guest: Guest) -> None:
    path = f"{await booked(guest)}/on/2026-03-10/reschedule"
    picker = await guest.open(f"{path}?date=2026-03-17")
    assert [one for one in picker.slots if "2026-03-17T09:00Z" in one] == []
    assert [one for one in picker.slots if "2026-03-17T09:30Z" in one] != []
    refused = await guest.send(f"{path}/confirm", {"start": "2026-03-17T09:00Z"})
    assert (refused.status, "This time is no longer free" in refused.words) == (409, True)


async def test_all_meetings_move_along_with_the_next(guest: Guest) -> None:
    path = f"{await booked(guest)}/reschedule"
    asked = await guest.open(f"{path}/confirm?start=2026-03-03T13:00Z")
    assert "All meetings of the series that are yet to come move along with the next one." in asked.words
    done = await guest.send(f"{path}/confirm", asked.fields)
    assert done.path.endswith("/changed")
    assert [one.partition("2026, ")[2][:7] for one in lines(done)] == ["2:00 PM"] * 5


async def test_meetings_that_cannot_all_move_stay_where_they_are(guest: Guest, ports: Ports) -> None:
    path = await booked(guest)
    await blocked(ports, "2026-03-24 14:00")
    refused = await guest.send(f"{path}/reschedule/confirm", {"start": "2026-03-03T13:00Z"})
    assert refused.status == 409
    assert "not every meeting of the series can be had. They all stay where they are." in refused.words
    assert lines(await guest.open(path))[0].endswith("10:00 AM – 10:30 AM")


async def test_what_has_begun_can_no_longer_be_changed(guest: Guest, clock: FixedClock) -> None:
    path = await booked(guest)
    clock.move_to(at("2026-03-10 10:05"))
    page = await guest.open(path)
    assert [one.partition("AM ")[2][-4:] for one in lines(page)][:3] == ["over", "over", "0 AM"]
    assert f"{path}/on/2026-03-10/cancel" not in page.links
    assert (await guest.open(f"{path}/on/2026-03-10/cancel")).path == path
    assert "Next meeting Tuesday, March 17, 2026" in page.words
    done = await guest.send(f"{path}/cancel", {"reason": ""})
    assert "every week, 2 times, from Tue, Mar 3, 2026 to Tue, Mar 10, 2026" in done.words


@pytest.mark.parametrize("day", ["2026-03-04", "2026-02-30", "0000-00-00"])
async def test_a_day_without_a_meeting_is_no_page(guest: Guest, day: str) -> None:
    assert (await guest.open(f"{await booked(guest)}/on/{day}/cancel")).status == 404


async def test_a_meeting_that_does_not_repeat_has_no_days(guest: Guest, book: Book) -> None:
    assert (await guest.open(f"{await book()}/on/2026-03-02/cancel")).status == 404
