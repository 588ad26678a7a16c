"""The booking page: week, month and list, zones and clocks."""

from dataclasses import replace

import pytest

from server.adapters.memory.clock import FixedClock
from server.domain.event_type import View
from server.i18n.catalogues import languages
from server.ports import Ports
from tests.builders import at, event_type
from tests.web.guest.conftest import Book, Client, Guest


async def test_the_page_of_a_meeting_stands_at_host_and_slug(guest: Guest) -> None:
    """S1.1."""
    page = await guest.open("/u/alice/intro")
    assert page.status == 200
    assert "Alice Example" in page.words
    assert "Introduction" in page.words


@pytest.mark.parametrize("path", ["/u/nobody/intro", "/u/alice/nothing", "/u/nobody", "/u/Alice/intro"])
async def test_what_is_not_there_cannot_be_told_from_what_is_hidden(
    guest: Guest, ports: Ports, path: str
) -> None:
    await ports.homes.save_event_type(event_type("hidden", number=9, enabled=False))
    hidden, missing = await guest.open("/u/alice/hidden"), await guest.open(path)
    assert hidden.status == missing.status == 404
    assert hidden.words == missing.words


async def test_the_week_is_shown_first_with_a_way_to_the_next(guest: Guest) -> None:
    """S1.5, C12."""
    page = await guest.open("/u/alice/intro?tz=Europe/Berlin", **{"Accept-Language": "en-GB"})
    assert "2–8 Mar 2026" in page.words
    assert len(page.slots) == 5 * 16
    following = next(link for link in page.links if "date=2026-03-09" in link)
    page = await guest.open(following, **{"Accept-Language": "en-GB"})
    assert "9–15 Mar 2026" in page.words
    assert any("date=2026-03-08" in link for link in page.links)


async def test_there_is_no_way_to_a_week_that_is_over_or_beyond_the_horizon(guest: Guest) -> None:
    assert 'id="earlier" role="link" aria-disabled="true"' in (await guest.open("/u/alice/intro")).text
    last = await guest.open("/u/alice/intro?date=2026-05-01")
    assert 'id="later" role="link" aria-disabled="true"' in last.text


@pytest.mark.parametrize("view", ["month", "list"])
async def test_month_and_list_are_one_click_away(guest: Guest, view: str) -> None:
    """C12."""
    week = await guest.open("/u/alice/intro")
    page = await guest.open(next(link for link in week.links if f"view={view}" in link))
    assert page.status == 200
    assert page.slots
    assert f'data-keep="view={view}" aria-current="true"' in page.text


async def test_an_event_type_may_open_in_another_view(guest: Guest, ports: Ports) -> None:
    """C12."""
    kind = ports.homes.event_type("alice", "intro")
    assert kind is not None
    await ports.homes.save_event_type(replace(kind, view=View.MONTH))
    assert '<table class="month"' in (await guest.open("/u/alice/intro")).text


async def test_the_page_opens_where_the_first_free_time_is(guest: Guest, ports: Ports) -> None:
    await ports.homes.save_event_type(event_type("later", number=9, notice_min=20 * 1440))
    page = await guest.open("/u/alice/later?tz=Europe/Berlin", **{"Accept-Language": "en-GB"})
    assert "16–22 Mar 2026" not in page.words
    assert "23–29 Mar 2026" in page.words
    assert page.slots[0].endswith("start=2026-03-23T08:00Z")


async def test_an_empty_week_leads_to_the_next_free_time(guest: Guest, ports: Ports) -> None:
    await ports.homes.save_event_type(event_type("later", number=9, notice_min=20 * 1440))
    page = await guest.open("/u/alice/later?tz=Europe/Berlin&date=2026-03-09")
    assert "Nothing is free in this week." in page.words
    assert "Next free time: Monday, March 23, 9:00 AM" in page.words.replace("\u202f", " ")
    assert any("date=2026-03-23" in link for link in page.links)


async def test_nothing_free_at_all_is_said(guest: Guest, ports: Ports) -> None:
    await ports.homes.save_event_type(event_type("never", number=9, weekly="never"))
    for view in ("week", "month", "list"):
        page = await guest.open(f"/u/alice/never?view={view}")
        assert "Nothing is free" in page.words
        assert "no free time further ahead" in page.words


async def test_slots_are_shown_in_the_guests_zone(guest: Guest) -> None:
    """S1.4, S1.68."""
    page = await guest.open("/u/alice/intro?tz=Asia/Kolkata&hour=24")
    assert page.labels[0] == "13:30, Monday, March 2 (09:00 in Berlin)"
    assert page.slots[0].endswith("start=2026-03-02T08:00Z")


async def test_the_same_instants_are_offered_in_every_zone(guest: Guest) -> None:
    found = set()
    for zone in ("Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Apia"):
        page = await guest.open(f"/u/alice/intro?view=list&tz={zone}&date=2026-03-03")
        starts = {link.partition("start=")[2] for link in page.slots}
        found.add(frozenset(start for start in starts if "2026-03-04" < start < "2026-03-14"))
    assert len(found) == 1


async def test_any_zone_can_be_chosen_from_a_list_with_the_offset_of_the_day_shown(guest: Guest) -> None:
    """S1.4, S1.67."""
    winter = await guest.open("/u/alice/intro?tz=Europe/Berlin&date=2026-03-02")
    summer = await guest.open("/u/alice/intro?tz=Europe/Berlin&date=2026-04-06")
    assert '<option value="Europe/Paris">Paris, France (UTC+1)</option>' in winter.text
    assert '<option value="Europe/Paris">Paris, France (UTC+2)</option>' in summer.text
    assert winter.text.count("<option") > 400


async def test_the_zone_is_kept_across_weeks_views_clocks_and_into_the_form(guest: Guest) -> None:
    """S1.70."""
    page = await guest.open("/u/alice/intro?tz=Asia/Kolkata")
    kept = [link for link in page.links if link.startswith("/u/alice/intro") and ".ics" not in link]
    assert len(kept) > 80
    assert all("tz=Asia/Kolkata" in link for link in kept)
    form = await guest.open(page.slots[0])
    assert form.fields["tz"] == "Asia/Kolkata"
    assert "Kolkata (UTC+5:30)" in form.words


async def test_a_name_that_browsers_still_use_is_known(guest: Guest) -> None:
    """S1.66: Chromium says Asia/Calcutta."""
    page = await guest.open("/u/alice/intro?tz=Asia/Calcutta")
    assert '<option value="Asia/Kolkata" selected>Kolkata (UTC+5:30)</option>' in page.text


async def test_an_unknown_zone_is_said_and_the_hosts_is_shown(guest: Guest) -> None:
    page = await guest.open("/u/alice/intro?tz=Mars/Olympus")
    assert page.status == 200
    assert "time zone in the address is not known" in page.words
    assert '<option value="Europe/Berlin" selected>' in page.text


async def test_a_locked_zone_is_not_for_the_guest_to_choose(guest: Guest, ports: Ports) -> None:
    await ports.homes.save_event_type(replace(event_type("site", number=9), zone_locked=True))
    page = await guest.open("/u/alice/site?tz=Asia/Kolkata")
    assert "<select" not in page.text
    assert "All times are those of Berlin (UTC+1)." in page.words
    assert page.slots[0].endswith("book?start=2026-03-02T08:00Z")


@pytest.mark.parametrize(
    ("accept", "hour", "shown"),
    [
        ("en-US", "", "9:00 AM"),
        ("en-GB", "", "09:00"),
        ("en-GB", "&hour=12", "9:00 am"),
        ("en-US", "&hour=24", "09:00"),
    ],
)
async def test_clocks_go_by_the_readers_region_until_they_choose(
    guest: Guest, accept: str, hour: str, shown: str
) -> None:
    page = await guest.open(f"/u/alice/intro?tz=Europe/Berlin{hour}", **{"Accept-Language": accept})
    assert page.labels[0].startswith(f"{shown}, ")


async def test_a_clock_change_in_view_is_noted(guest: Guest) -> None:
    changing = await guest.open("/u/alice/intro?tz=America/Los_Angeles&date=2026-03-02")
    assert (
        "Clocks in Los Angeles change on Sunday, March 8: from then on it is UTC−7 there." in changing.words
    )
    before = await guest.open("/u/alice/intro?tz=America/Los_Angeles&date=2026-03-10")
    assert "Clocks in" not in before.words


async def test_what_is_booked_is_offered_no_more_at_once(guest: Guest, book: Book) -> None:
    path = "/u/alice/intro?tz=Europe/Berlin"
    assert any("T09:00Z" in link for link in (await guest.open(path)).slots)
    await book("2026-03-02T09:00Z")
    assert not any("2026-03-02T09:00Z" in link for link in (await guest.open(path)).slots)


async def test_time_that_passes_takes_slots_with_it(guest: Guest, clock: FixedClock) -> None:
    path = "/u/alice/intro?tz=Europe/Berlin"
    assert "T08:00Z" in (await guest.open(path)).slots[0]
    clock.move_to(at("2026-03-02 09:10"))
    assert "T08:30Z" in (await guest.open(path)).slots[0]


async def test_a_browser_that_has_the_page_gets_no_second_copy(client: Client) -> None:
    first = await client.get("/u/alice/intro")
    second = await client.get("/u/alice/intro", headers={"If-None-Match": first.headers["ETag"]})
    assert (second.status, await second.read()) == (304, b"")


async def test_the_page_differs_by_language_and_says_so(client: Client) -> None:
    answer = await client.get("/u/alice/intro")
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "query",
    [
        "date=9999-12-31",
        "date=0001-01-01",
        "date=x",
        "view=year",
        "hour=13",
        "tz=" + "A/" * 3000,
        "date=2026-02-30",
    ],
)
async def test_a_nonsensical_address_shows_the_page_all_the_same(guest: Guest, query: str) -> None:
    for view in ("", "&view=month", "&view=list"):
        assert (await guest.open(f"/u/alice/intro?{query}{view}")).status == 200


async def test_a_day_of_the_month_says_how_often_it_is_free(guest: Guest) -> None:
    page = await guest.open("/u/alice/intro?view=month&tz=Europe/Berlin", **{"Accept-Language": "en-GB"})
    assert 'aria-label="Tuesday, 3 March 2026, 16 free times"' in page.text
    assert 'role="link" aria-disabled="true" aria-label="Saturday, 7 March 2026, no free times"' in page.text


async def test_a_day_of_the_month_shows_its_times(guest: Guest) -> None:
    page = await guest.open("/u/alice/intro?view=month&tz=Europe/Berlin&date=2026-03-04")
    assert len(page.slots) == 16
    assert all("start=2026-03-04" in link for link in page.slots)


async def test_a_host_has_a_page_with_what_can_be_booked(guest: Guest, ports: Ports) -> None:
    await ports.homes.save_event_type(event_type("hidden", number=9, title="Hidden", enabled=False))
    page = await guest.open("/u/alice")
    assert "Alice Example Bridges." in page.words
    assert {"/u/alice/intro", "/u/alice/review"} <= set(page.links)
    assert "Hidden" not in page.words


async def test_the_front_door_names_no_host(guest: Guest) -> None:
    page = await guest.open("/")
    assert page.status == 200
    assert "https://book.example/dav/" in page.words
    assert "alice" not in page.text.lower()


@pytest.mark.parametrize("tag", languages())
async def test_the_page_speaks_the_readers_language_and_says_which(guest: Guest, tag: str) -> None:
    page = await guest.open("/u/alice/intro", **{"Accept-Language": f"eo,{tag};q=0.9,en;q=0.1"})
    assert f'<html lang="{tag}" dir="ltr">' in page.text


async def test_a_language_that_is_not_spoken_is_answered_in_english(guest: Guest) -> None:
    page = await guest.open("/u/alice/intro", **{"Accept-Language": "eo"})
    assert '<html lang="en" dir="ltr">' in page.text
