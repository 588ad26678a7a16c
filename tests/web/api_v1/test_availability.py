"""GET /v1/availability."""

from dataclasses import replace

import pytest

from server.ports import Ports
from tests.builders import calendar, event_type_id, host, span
from tests.usecases.booking.foreign import client_puts
from tests.web.api_v1.conftest import Book, Client

MONDAY = "event_type_id=alice/intro&start=2026-03-02&end=2026-03-02&timezone=Europe/Berlin"


async def starts(client: Client, query: str) -> list[str]:
    answer = await client.get(f"/v1/availability?{query}")
    assert answer.status == 200, await answer.text()
    return [slot["start_time"] for slot in (await answer.json())["slots"]]


async def test_it_lists_the_free_slots_of_whole_days_in_utc(client: Client) -> None:
    """S5.38, C34: a date that ends a range is included."""
    found = await starts(client, MONDAY)
    assert (found[0], found[-1], len(found)) == ("2026-03-02T08:00:00Z", "2026-03-02T15:30:00Z", 16)


async def test_it_repeats_what_was_asked(client: Client) -> None:
    answer = await (await client.get(f"/v1/availability?{MONDAY}")).json()
    assert {name: answer[name] for name in ("event_type_id", "timezone", "start", "end")} == {
        "event_type_id": event_type_id(2),
        "timezone": "Europe/Berlin",
        "start": "2026-03-02",
        "end": "2026-03-02",
    }


async def test_an_event_type_is_named_by_id_or_by_host_and_slug(client: Client) -> None:
    by_id = await starts(client, MONDAY.replace("alice/intro", event_type_id(2)))
    assert by_id == await starts(client, MONDAY)


async def test_the_zone_asked_for_moves_the_days_and_not_the_instants(client: Client) -> None:
    """C16: the instants are the same in every zone."""
    week = "event_type_id=alice/intro&start=2026-03-02&end=2026-03-08"
    berlin = await starts(client, week + "&timezone=Europe/Berlin")
    assert await starts(client, week + "&timezone=America/Los_Angeles") == berlin


async def test_instants_are_half_open(client: Client) -> None:
    """C34: date-time ends are exclusive."""
    query = "event_type_id=alice/intro&start=2026-03-02T09:00:00Z&end=2026-03-02T10:00:00%2B00:00"
    assert await starts(client, query) == ["2026-03-02T09:00:00Z", "2026-03-02T09:30:00Z"]


async def test_a_booked_slot_is_gone(client: Client, book: Book) -> None:
    await book("2026-03-02T09:00:00Z")
    assert "2026-03-02T09:00:00Z" not in await starts(client, MONDAY)


async def test_an_event_of_a_calendar_client_shrinks_the_answer(client: Client, ports: Ports) -> None:
    """S1.48."""
    before = await starts(client, MONDAY)
    await client_puts(ports, calendar(), "lunch", span("12:00-13:00"))
    assert len(await starts(client, MONDAY)) == len(before) - 2


async def test_what_has_not_changed_is_not_sent_again(client: Client, book: Book) -> None:
    first = await client.get(f"/v1/availability?{MONDAY}")
    known = {"If-None-Match": first.headers["ETag"]}
    assert (await client.get(f"/v1/availability?{MONDAY}", headers=known)).status == 304
    await book("2026-03-02T09:00:00Z")
    assert (await client.get(f"/v1/availability?{MONDAY}", headers=known)).status == 200


async def test_what_was_answered_is_no_longer_known_once_it_is_hidden(client: Client, ports: Ports) -> None:
    first = await client.get(f"/v1/availability?{MONDAY}")
    kind = ports.homes.event_type("alice", "intro")
    assert kind is not None
    await ports.homes.save_event_type(replace(kind, enabled=False))
    known = {"If-None-Match": first.headers["ETag"]}
    assert (await client.get(f"/v1/availability?{MONDAY}", headers=known)).status == 404


async def test_what_was_answered_is_known_again_after_a_change_that_concerns_others(
    client: Client, ports: Ports
) -> None:
    first = await client.get(f"/v1/availability?{MONDAY}")
    known = {"If-None-Match": first.headers["ETag"]}
    await ports.homes.save_host(host("bob", number=99))
    for _ in range(2):
        assert (await client.get(f"/v1/availability?{MONDAY}", headers=known)).status == 304


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "event_type_id"),
        ("event_type_id=alice/intro", "start"),
        ("event_type_id=alice/intro&start=2026-03-02&end=soon", "end"),
        ("event_type_id=alice/intro&start=2026-03-02&end=2026-03-01", "end"),
        ("event_type_id=alice/intro&start=2026-03-02&end=2026-06-01", "end"),
        ("event_type_id=alice/intro&start=2026-03-02T09:00:00&end=2026-03-03", "start"),
        (f"{MONDAY}&timezone=x".replace("Europe/Berlin&timezone=x", "Mars"), "timezone"),
    ],
)
async def test_a_wrong_parameter_is_named(client: Client, query: str, field: str) -> None:
    """S5.47."""
    answer = await client.get(f"/v1/availability?{query}")
    error = (await answer.json())["error"]
    assert (answer.status, error["code"], field in error["details"]) == (422, "validation_error", True)


@pytest.mark.parametrize("name", ["alice/nothing", "nobody/intro", "evt_unknown"])
async def test_what_does_not_exist_is_not_found(client: Client, name: str) -> None:
    """S5.43."""
    answer = await client.get(f"/v1/availability?event_type_id={name}&start=2026-03-02&end=2026-03-02")
    assert (answer.status, (await answer.json())["error"]["code"]) == (404, "not_found")
