"""A stranger books in their own name and brings others along: what is done to the booking afterwards floods nobody."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from server.adapters.memory.clock import FixedClock
from server.domain.booking import Actor
from server.domain.identity import Home
from server.domain.series import Frequency, SeriesRules
from server.ports import Ports
from server.usecases.booking import links, look
from server.usecases.booking.cancel_occurrence import cancel_occurrence
from server.web.options import WebOptions
from tests.builders import event_type, host, settle_in
from tests.web.guest.conftest import Guest, Page
from tests.web.guest.test_series import offered

FORM = "/u/bob/walk/book"
FIRST = f"{FORM}?start=2026-03-03T09:00Z&tz=Europe/Berlin"
LIMIT = 6
DAYS = [str(date(2026, 3, 3) + timedelta(weeks=week)) for week in range(12)]
VICTIM = 2
"""The number of the first who was brought along."""

Send = Callable[[str, dict[str, str]], Awaitable[Page]]


@pytest.fixture
def options() -> WebOptions:
    """Return options that count mails alone."""
    return WebOptions(
        form_seconds_min=0, pages_per_minute=0, changes_per_hour=0, mails_per_recipient_per_day=LIMIT
    )


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports with an event type whose meetings may repeat, and to which others can be brought along."""
    rules = SeriesRules(frequencies=(Frequency.WEEKLY,), count_max=12)
    walk = replace(event_type("walk", number=4, home="bob", title="Walk"), guests_max=3, series=rules)
    class_ = replace(event_type("class", number=5, home="bob", title="Class"), seats=2)
    await settle_in(ports, host("bob", number=2, name="Bob Example"), walk, class_)
    return ports


@pytest.fixture
async def send(guest: Guest, ports: Ports) -> Send:
    """Book twelve weeks with two others; return what sends a form below the manage page, whose link changes each time."""
    typed = {"repeat": "weekly-1", "times": "12"}
    others = {"guest_email_1": "sam@example.net", "guest_email_2": "kim@example.net"}
    page = await guest.fill_in(FIRST, **typed, **others)
    fields = {name: value for name, value in page.fields.items() if name not in {"keep", "change"}}
    answer = await guest.client.post(FORM, data=[*fields.items(), *(("keep", one) for one in offered(page))])
    assert answer.status == 200

    async def sent(below: str, fields: dict[str, str]) -> Page:
        return await guest.send(await page_of(ports, look.OWNER) + below, fields)

    return sent


async def page_of(ports: Ports, person: int) -> str:
    (record,) = await ports.ledger.bookings(home=Home("bob"))
    looked = await look.by_record(ports, record)
    return links.manage_path(ports, looked.booking, record, person)


async def mails_to(ports: Ports, person: int) -> int:
    """Return how many mails one person is sent about the booking, the one of making it among them."""
    return Counter(mail.recipient for mail in await ports.ledger.mails() if mail.offset_min is None)[person]


async def test_single_cancellations_mail_nobody_more_than_the_limit(send: Send, ports: Ports) -> None:
    pages = [await send(f"/on/{day}/cancel", {"which": "one", "reason": ""}) for day in DAYS[:-1]]
    assert [page.status for page in pages] == [200] * (LIMIT - 1) + [429] * (12 - LIMIT)
    assert "can still cancel the whole booking" in pages[-1].words
    assert [await mails_to(ports, person) for person in (1, 2, 3)] == [LIMIT] * 3


async def test_ending_a_series_ever_earlier_mails_nobody_more_than_the_limit(
    send: Send, ports: Ports
) -> None:
    ended = [await send(f"/on/{day}/cancel", {"which": "later", "reason": ""}) for day in reversed(DAYS[1:])]
    assert ended[-1].status == 429
    assert await mails_to(ports, VICTIM) == LIMIT


@pytest.mark.parametrize("below", ["/reschedule/confirm", f"/on/{DAYS[3]}/reschedule/confirm"])
async def test_moving_mails_nobody_more_than_the_limit(send: Send, ports: Ports, below: str) -> None:
    """Whether one meeting moves or all do; who was brought along counts as who booked does."""
    day = DAYS[3] if "/on/" in below else DAYS[0]
    statuses = []
    for clock in ("09:30", "10:00", "10:30", "11:00", "11:30", "12:00", "12:30"):
        start = f"{day}T{clock}Z"
        statuses.append((await send(below, {"start": start})).status)
    assert statuses == [200] * (LIMIT - 1) + [429] * 2
    assert await mails_to(ports, VICTIM) == LIMIT


async def test_somebody_brought_along_and_taken_off_again_and_again_is_not_flooded(
    send: Send, ports: Ports
) -> None:
    for _ in range(LIMIT):
        await send("/guests", {"email": "vic@example.net", "name": ""})
        (record,) = await ports.ledger.bookings(home=Home("bob"))
        person = (await look.by_record(ports, record)).booking.attendees[-1].number
        await send(f"/guests/{person}/remove", {})
    counted = Counter(mail.recipient for mail in await ports.ledger.mails() if mail.offset_min is None)
    assert sum(count for person, count in counted.items() if person > 3) <= LIMIT, "all of them vic's"
    assert counted[look.OWNER] <= LIMIT


async def test_the_whole_booking_can_always_be_cancelled(send: Send, ports: Ports) -> None:
    for day in DAYS[:LIMIT]:
        await send(f"/on/{day}/cancel", {"which": "one", "reason": ""})
    page = await send("/cancel", {"reason": ""})
    assert (page.status, "These meetings are cancelled" in page.words) == (200, True)
    assert await mails_to(ports, VICTIM) == LIMIT + 1
    assert (await send("/cancel", {"reason": ""})).status == 200
    assert await mails_to(ports, VICTIM) == LIMIT + 1, "once"


async def test_there_is_room_again_after_a_while(send: Send, clock: FixedClock) -> None:
    tried = [await send(f"/on/{day}/cancel", {"which": "one", "reason": ""}) for day in DAYS[1 : LIMIT + 1]]
    assert tried[-1].status == 429
    clock.advance(hours=24 / LIMIT)
    done = await send(f"/on/{DAYS[LIMIT]}/cancel", {"which": "one", "reason": ""})
    assert done.status == 200


async def test_who_may_not_cancel_uses_up_nobodys_mails(send: Send, guest: Guest, ports: Ports) -> None:
    path = await page_of(ports, VICTIM)
    tries = [await guest.send(f"{path}/on/{day}/cancel", {"which": "one", "reason": ""}) for day in DAYS]
    assert {page.status for page in tries} == {403}
    assert (await send(f"/on/{DAYS[0]}/cancel", {"which": "one", "reason": ""})).status == 200


async def test_what_the_host_does_is_not_counted(send: Send, ports: Ports, clock: FixedClock) -> None:
    (record,) = await ports.ledger.bookings(home=Home("bob"))
    looked = await look.by_record(ports, record)
    for one in looked.booking.occurrences[1 : LIMIT + 2]:
        await cancel_occurrence(ports, looked, one.original, "", Actor.HOST, clock.now())
    assert (await send(f"/on/{DAYS[0]}/cancel", {"which": "one", "reason": ""})).status == 200


async def test_moving_a_seat_counts_the_mails_of_both_meetings(guest: Guest, ports: Ports) -> None:
    page = await guest.fill_in("/u/bob/class/book?start=2026-03-03T09:00Z&tz=Europe/Berlin")
    path, statuses = page.path.partition("/booked")[0], []
    for clock in ("10:00", "11:00", "12:00", "13:00", "14:00"):
        page = await guest.send(f"{path}/reschedule/confirm", {"start": f"2026-03-03T{clock}Z"})
        statuses.append(page.status)
        path = page.path.removesuffix("/moved") if page.status == 200 else path
    assert statuses[-1] == 429
    to_guest = [one for one in await ports.ledger.mails() if one.recipient > 0 and one.offset_min is None]
    assert len(to_guest) <= LIMIT
    assert (await guest.send(f"{path}/cancel", {"reason": ""})).status == 200
