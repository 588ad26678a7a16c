"""What guests read where nothing can be booked: full, away, on holiday."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from server.adapters.memory.clock import FixedClock
from server.domain.away import Away
from server.domain.event_type import EventType, Visibility
from server.domain.host import Host
from server.domain.hours import DateOverride
from server.domain.identity import Home
from server.domain.limits import Caps
from server.ports import Ports
from server.usecases.event_type.edit import edit
from server.usecases.host.change import change
from tests.builders import at, event_type, host, settle_in
from tests.web.guest.conftest import Book, Guest

PAGE = "/u/alice/intro?tz=Europe/Berlin&date=2026-03-02"
FORM = "/u/alice/intro/book?start={}&tz=Europe/Berlin"
VACATION = Away(first=date(2026, 3, 4), last=date(2026, 3, 6), message="At the lake.\nNo telephone.")


async def rule(ports: Ports, edited: Callable[[EventType], EventType]) -> None:
    await edit(ports, "alice", "intro", edited)


async def leave(ports: Ports, *ranges: Away) -> None:
    await change(ports, "alice", lambda one: replace(one, away=ranges))


async def test_a_day_that_is_full_says_so_and_the_others_have_their_times(
    guest: Guest, ports: Ports, book: Book
) -> None:
    await rule(ports, lambda one: replace(one, caps=Caps(per_day=1)))
    before = await guest.open(PAGE)
    assert "Fully booked" not in before.words
    await book()
    page = await guest.open(PAGE)
    assert page.words.count("Fully booked") == 2, "once for the eye, once for the ear"
    assert page.slots
    assert not any("start=2026-03-02" in slot for slot in page.slots)
    month = await guest.open(f"{PAGE}&view=month")
    assert 'aria-label="Monday, March 2, 2026, Fully booked"' in month.text


async def test_a_week_that_is_full_says_so_and_leads_to_the_next_free_time(
    guest: Guest, ports: Ports, book: Book
) -> None:
    await rule(ports, lambda one: replace(one, caps=Caps(per_week=1)))
    await book()
    page = await guest.open(PAGE)
    assert "This week is fully booked." in page.words
    assert "Next free time: Monday, March 9" in page.words
    assert (await guest.open("/u/alice/intro?tz=Europe/Berlin")).slots, "it opens where something is free"


async def test_a_form_for_a_full_day_says_so_and_offers_other_days(
    guest: Guest, ports: Ports, book: Book
) -> None:
    await rule(ports, lambda one: replace(one, caps=Caps(per_day=1)))
    form = await guest.open(FORM.format("2026-03-02T11:00Z"))
    await book()
    late = await guest.open(FORM.format("2026-03-02T11:00Z"))
    assert (late.status, "Fully booked" in late.words) == (409, True)
    typed = {"name": "Eve", "email": "eve@example.net", "notes": "Bridges"}
    sent = await guest.send("/u/alice/intro/book", form.fields | typed)
    assert (sent.status, "Fully booked" in sent.words) == (409, True)
    assert "Bridges" in sent.text, "what was typed is kept"
    assert 'value="2026-03-03T' in sent.text, "of another day"


async def test_who_has_their_share_is_told_so_on_the_form_and_keeps_what_was_typed(
    guest: Guest, ports: Ports, book: Book
) -> None:
    await rule(ports, lambda one: replace(one, guest_caps=Caps(per_day=1)))
    await book()
    page = await guest.fill_in(FORM.format("2026-03-02T11:00Z"), email="GUS@example.net", notes="Once more")
    assert page.status == 409
    assert "You have booked as many of these meetings as one person may." in page.words
    assert "Once more" in page.text
    assert (await guest.fill_in(FORM.format("2026-03-02T11:00Z"), email="eve@example.net")).status == 200


async def test_only_the_first_free_time_of_each_day_is_shown(guest: Guest, ports: Ports) -> None:
    await rule(ports, lambda one: replace(one, first_slot_only=True))
    assert len((await guest.open(PAGE)).slots) == 5


async def test_while_a_host_is_away_there_are_no_times_and_the_page_says_why(
    guest: Guest, ports: Ports
) -> None:
    await leave(ports, VACATION)
    page = await guest.open(PAGE)
    assert not any(f"start=2026-03-0{day}" in slot for slot in page.slots for day in (4, 5, 6))
    assert any("start=2026-03-03" in slot for slot in page.slots)
    assert "Alice Example is away: Mar 4 – 6, 2026. At the lake. No telephone." in page.words
    assert page.words.count("Away") == 2 * 3
    assert "instead" not in page.words
    assert "is away" not in (await guest.open("/u/alice/intro?tz=Europe/Berlin&date=2026-03-16")).words
    refused = await guest.open(FORM.format("2026-03-04T10:00Z"))
    assert refused.status == 409


async def test_the_profile_says_so_on_the_days_themselves(
    guest: Guest, ports: Ports, clock: FixedClock
) -> None:
    await leave(ports, VACATION)
    assert "is away" not in (await guest.open("/u/alice")).words
    clock.move_to(at("2026-03-06 23:00"))
    assert "Alice Example is away: Mar 4 – 6, 2026. At the lake." in (await guest.open("/u/alice")).words
    later = await guest.open("/u/alice/intro?tz=Europe/Berlin&date=2026-03-16")
    assert "is away" in later.words, "today it is true, whichever week is looked at"
    clock.move_to(at("2026-03-07 00:01"))
    assert "is away" not in (await guest.open("/u/alice")).words


async def test_a_deputy_is_named_with_the_same_meeting_or_their_page(guest: Guest, ports: Ports) -> None:
    await settle_in(ports, replace(host("bob", number=7), name="Bob"), event_type(home="bob", number=8))
    await leave(ports, replace(VACATION, deputy=Home("bob")))
    page = await guest.open(PAGE)
    assert "Meet Bob instead" in page.words
    assert "/u/bob/intro" in page.links
    await edit(ports, "bob", "intro", lambda one: replace(one, visibility=Visibility.PRIVATE))
    assert "/u/bob/intro" not in (await guest.open(PAGE)).links, "a cached page follows the deputy"
    assert "/u/bob" in (await guest.open(PAGE)).links
    await change(ports, "bob", lambda one: replace(one, disabled=True))
    assert "Bob" not in (await guest.open(PAGE)).words


async def test_who_moves_a_booking_is_sent_to_no_deputy(guest: Guest, ports: Ports, book: Book) -> None:
    await settle_in(ports, host("bob", number=7), event_type(home="bob", number=8))
    path = await book()
    await leave(ports, replace(VACATION, deputy=Home("bob")))
    page = await guest.open(f"{path}/reschedule?tz=Europe/Berlin&date=2026-03-02")
    assert "is away" in page.words
    assert "/u/bob/intro" not in page.links


async def test_an_event_type_can_be_away_alone(guest: Guest, ports: Ports) -> None:
    await rule(ports, lambda one: replace(one, away=(VACATION,)))
    assert "is away" in (await guest.open(PAGE)).words
    other = await guest.open("/u/alice/review?tz=Europe/Berlin&date=2026-03-02")
    assert "is away" not in other.words
    assert any("2026-03-04" in slot for slot in other.slots)


async def test_what_a_host_says_is_shown_as_text(guest: Guest, ports: Ports) -> None:
    await leave(ports, replace(VACATION, message="<script>alert(1)</script>"))
    page = await guest.open(PAGE)
    assert "<script>alert" not in page.text


async def test_a_holiday_is_called_by_its_name(guest: Guest, ports: Ports) -> None:
    def with_holiday(one: Host) -> Host:
        return replace(one, overrides=(DateOverride(date(2026, 3, 3), (), "Shrove Tuesday"),))

    await change(ports, "alice", with_holiday)
    page = await guest.open(PAGE)
    assert page.words.count("Holiday: Shrove Tuesday") == 2
    assert not any("2026-03-03" in slot for slot in page.slots)
