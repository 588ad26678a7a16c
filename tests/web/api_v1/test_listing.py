"""Lists of bookings for programs: filtered, in order, page by page."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from server.adapters.memory.clock import FixedClock
from server.domain.event_type import ReschedulePolicy
from server.domain.identity import BookingId, Home, Href
from server.ical import vevent
from server.ports import Ports
from tests.builders import DAY, NOW, at, booking, calendar, event_type, event_type_id, host, settle_in
from tests.usecases.booking.foreign import write
from tests.usecases.booking.waits import set_up
from tests.web.api_v1.asking import Json, ask, code
from tests.web.api_v1.conftest import Book, Client, Key, wish

TIMES = ("08:00", "09:00", "10:00", "11:00", "12:00")


async def ids(client: Client, query: str, key: dict[str, str]) -> list[str]:
    status, answer = await ask(client, "GET", f"/v1/bookings?{query}", key)
    assert status == 200, answer
    return [str(one["id"]) for one in cast(list[Json], answer["data"])]


@pytest.fixture
async def made(ports: Ports, book: Book) -> list[str]:
    """Return the ids of five bookings, the newest first; each is made a minute after the one before."""
    found = []
    for clock in TIMES:
        found.append((await book(f"2026-03-02T{clock}:00Z"))["id"])
        cast(FixedClock, ports.clock).advance(minutes=1)
    return found[::-1]


async def test_the_newest_booking_comes_first_and_pages_follow_one_another(
    client: Client, key: Key, made: list[str]
) -> None:
    """S5.32, S5.34, S3.12, C13"""
    hers, seen, after = await key(), [], ""
    for _ in range(3):
        query = "limit=2" + (f"&starting_after={after}" if after else "")
        status, page = await ask(client, "GET", f"/v1/bookings?{query}", hers)
        data = cast(list[Json], page["data"])
        assert status == 200
        seen += [one["id"] for one in data]
        assert page["has_more"] is (len(seen) < len(made))
        after = str(seen[-1])
    assert seen == made
    assert await ids(client, "limit=2&offset=3", hers) == made[3:]


async def test_a_page_goes_on_where_the_one_before_ended_whatever_was_booked_since(
    client: Client, key: Key, made: list[str], book: Book
) -> None:
    """S5.34"""
    await book("2026-03-02T14:00:00Z")
    assert await ids(client, f"limit=2&starting_after={made[1]}", await key()) == made[2:4]


async def test_lists_are_filtered_by_state(
    client: Client, ports: Ports, key: Key, made: list[str], book: Book
) -> None:
    """S5.32, S3.13, S3.17, C5"""
    hers = await key()
    await ask(client, "POST", f"/v1/bookings/{made[0]}/cancel", hers)
    await set_up(ports, requires_confirmation=True)
    waits = (await book("2026-03-02T13:00:00Z"))["id"]
    cast(FixedClock, ports.clock).move_to(at(f"{DAY} 11:00"))  # 10:00 UTC: the first two are over
    await ask(client, "POST", f"/v1/bookings/{made[4]}/no-show", hers)
    found = {
        state: await ids(client, f"status={state}", hers)
        for state in ("pending", "cancelled", "confirmed", "upcoming", "past", "completed", "no_show")
    }
    assert found == {
        "pending": [waits],
        "cancelled": [made[0]],
        "confirmed": made[1:],
        "upcoming": made[1:3],
        "past": made[3:],
        "completed": [made[3]],
        "no_show": [made[4]],
    }
    assert await ids(client, "status=pending,cancelled", hers) == [waits, made[0]]


async def test_lists_are_filtered_by_day_event_type_and_person(
    client: Client, key: Key, made: list[str], book: Book
) -> None:
    """S5.33, S3.14, S3.15, S3.16, C34: dates whole and inclusive, instants exact."""
    hers = await key()
    other = await book("2026-03-03T09:00:00Z", event_type_id="alice/review", invitee_email="Fay@example.net")
    assert await ids(client, "start_date=2026-03-02&end_date=2026-03-02", hers) == made
    assert await ids(client, "start_date=2026-03-03", hers) == [other["id"]]
    assert await ids(client, "end_date=2026-03-01", hers) == []
    exact = "start_date=2026-03-02T09:00:00Z&end_date=2026-03-02T11:00:00Z"
    assert await ids(client, exact, hers) == made[2:4]
    far = "start_date=2026-03-03&timezone=Pacific/Auckland"
    assert await ids(client, far, hers) == [other["id"], made[0], made[1]]
    assert await ids(client, f"event_type_id={event_type_id(3)}", hers) == [other["id"]]
    assert await ids(client, f"event_type_id={event_type_id(3)},alice/intro&limit=9", hers) == [
        other["id"],
        *made,
    ]
    assert await ids(client, "event_type_id=evt_nothing", hers) == []
    assert await ids(client, "attendee_email=fay@EXAMPLE.net", hers) == [other["id"]]


async def test_a_host_sees_theirs_and_the_site_all(
    client: Client, ports: Ports, key: Key, made: list[str]
) -> None:
    """S2.56, S5.15, S5.36, C43"""
    await settle_in(ports, host("bob", number=7))
    assert await ids(client, "", await key("bob")) == []
    site = await key(None)
    assert await ids(client, "", site) == made
    assert await ids(client, "assigned_host_id=mem_1", site) == made
    assert await ids(client, "assigned_host_id=mem_7", site) == []
    assert await ids(client, "assigned_host_id=mem_99", site) == []


async def test_what_waits_for_its_guests_address_is_not_listed(
    client: Client, ports: Ports, key: Key, book: Book
) -> None:
    await set_up(ports, confirm_address=True)
    made = await book()
    hers = await key()
    assert await ids(client, "", hers) == []
    assert (await ask(client, "GET", f"/v1/bookings/{made['id']}", hers))[0] == 404


async def test_a_booking_is_listed_once_whatever_it_was_before(
    client: Client, ports: Ports, key: Key, book: Book
) -> None:
    await set_up(ports, guest_reschedule_policy=ReschedulePolicy.AUTO)
    made, hers = await book(), await key()
    body = {"new_start_time": "2026-03-02T10:00:00Z"}
    await ask(client, "POST", f"/v1/bookings/{made['id']}/reschedule", hers, **body)
    assert await ids(client, "", hers) == [made["id"]]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("offset=-1", "offset"),
        ("status=lost", "status"),
        ("start_date=monday", "start_date"),
        ("end_date=2026-03-02T10:00:00", "end_date"),
        ("timezone=Nowhere", "timezone"),
        ("starting_after=bk_nothing", "starting_after"),
    ],
)
async def test_what_a_query_cannot_mean_is_named(client: Client, key: Key, query: str, field: str) -> None:
    """S5.47"""
    status, answer = await ask(client, "GET", f"/v1/bookings?{query}", await key())
    details = cast(Json, cast(Json, answer["error"])["details"])
    assert (status, code(answer), list(details)) == (422, "validation_error", [field])


async def test_a_booking_of_a_host_who_was_disabled_is_still_the_sites(
    client: Client, ports: Ports, key: Key, made: list[str]
) -> None:
    alice = ports.homes.host("alice")
    assert alice is not None
    site = await key(None)
    await ports.homes.save_host(replace(alice, disabled=True))
    assert await ids(client, "", site) == made


async def forge(ports: Ports, who: str, id_: str, **facts: object) -> None:
    """Let a host write into their own calendar that it holds another's booking."""
    record = await ports.ledger.booking(BookingId(id_))
    person = ports.homes.host(who)
    assert record is not None
    assert person is not None
    own = {"id": record.id, "uid": record.uid, "home": person.home, "calendar": calendar(who)}
    said = replace(booking("16:00-16:30"), **own | facts)  # type: ignore[arg-type]
    await write(ports, calendar(who), Href(f"{record.uid}.ics"), vevent.stored(said, person))


@pytest.mark.parametrize("said", [{}, {"home": Home("alice")}, {"co_hosts": (Home("alice"),)}])
async def test_what_a_host_writes_into_her_calendar_opens_nobody_elses_booking(
    client: Client, ports: Ports, key: Key, made: list[str], said: dict[str, object]
) -> None:
    await settle_in(ports, host("bob", number=2))
    for id_ in made:
        await forge(ports, "bob", id_, **said)
    hers = await key("bob")
    assert await ids(client, "", hers) == []
    status, answer = await ask(client, "GET", f"/v1/bookings?starting_after={made[0]}", hers)
    assert (status, code(answer)) == (422, "validation_error")
    assert await ids(client, "limit=5", await key(None)) == made
    assert await ids(client, "", await key()) == made


async def test_pages_are_as_long_as_they_would_be_without_what_is_made_up(
    client: Client, ports: Ports, key: Key, made: list[str], book: Book
) -> None:
    await settle_in(ports, host("bob", number=2), event_type("own", number=9, home="bob"))
    own = [(await book(f"2026-03-02T{at}:00Z", event_type_id="bob/own"))["id"] for at in TIMES[:3]]
    for id_ in made:
        await forge(ports, "bob", id_, created_at=NOW + timedelta(days=1))
    hers, seen = await key("bob"), []
    for offset in range(3):
        status, page = await ask(client, "GET", f"/v1/bookings?limit=1&offset={offset}", hers)
        seen += [one["id"] for one in cast(list[Json], page["data"])]
        assert (status, page["has_more"]) == (200, offset < 2)
    assert sorted(map(str, seen)) == sorted(own)
    assert len(await ids(client, f"limit=1&starting_after={seen[0]}", hers)) == 1


async def test_a_test_booking_is_not_listed_to_a_live_key_whatever_a_calendar_says(
    client: Client, ports: Ports, key: Key
) -> None:
    body = wish()
    status, made = await ask(client, "POST", "/v1/bookings", await key(is_test=True), **body)
    assert status == 201
    await forge(ports, "alice", str(made["id"]))
    assert await ids(client, "", await key()) == []
    assert await ids(client, "", await key(is_test=True)) == [made["id"]]


async def test_whose_event_type_is_not_theirs_to_see_learns_no_zone_of_it(
    client: Client, ports: Ports, key: Key, book: Book
) -> None:
    await settle_in(ports, host("bob", number=2, zone="UTC"), event_type("own", number=9, home="bob"))
    far = replace(event_type("far", number=8), zone="Pacific/Auckland")
    await ports.homes.save_event_type(far)
    one = await book("2026-03-02T12:00:00Z", event_type_id="bob/own")  # in Auckland the third has begun
    day = "start_date=2026-03-02&end_date=2026-03-02"
    for named in ("alice/far", far.id, "evt_nothing"):
        query = f"event_type_id={named},bob/own&{day}"
        assert await ids(client, query, await key("bob")) == [one["id"]]
    assert await ids(client, f"event_type_id=alice/far,bob/own&{day}", await key(None)) == []
