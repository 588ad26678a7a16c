"""Series in /v1: booked, listed, and changed meeting by meeting."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from server.domain.event_type import EventType
from server.domain.series import Frequency, SeriesRules
from server.ports import Ports
from tests.web.api_v1.conftest import Book, Client, Key, wish

FIVE = {"frequency": "WEEKLY", "count": 5}
DAYS = ["2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30"]

Answer = dict[str, object]


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports with an event type whose meetings may repeat."""
    kind = ports.homes.event_type("alice", "intro")
    assert isinstance(kind, EventType)
    rules = SeriesRules(frequencies=(Frequency.WEEKLY,), count_max=12)
    await ports.homes.save_event_type(replace(kind, series=rules))
    return ports


def statuses(made: Answer) -> list[tuple[str, str]]:
    found = made["occurrences"]
    assert isinstance(found, list)
    return [(one["date"], one["status"]) for one in found]


async def said(
    client: Client,
    made: Answer,
    path: str,
    body: object,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    token = "" if headers else f"?token={made['cancel_token']}"
    answer = await client.post(f"/v1/bookings/{made['id']}/{path}{token}", json=body, headers=headers)
    assert answer.status == status, await answer.text()
    found: Answer = await answer.json()
    return found


async def test_a_series_is_booked_with_its_occurrences(book: Book, client: Client) -> None:
    """S3.30, S3.31"""
    made: Answer = {**await book(recurring=FIVE)}
    assert made["recurring"] == {"frequency": "weekly", "interval": 1, "count": 5, "until": None}
    assert statuses(made) == [(day, "scheduled") for day in DAYS]
    answer = await client.get(f"/v1/bookings/{made['id']}/occurrences?token={made['cancel_token']}")
    listed = (await answer.json())["data"]
    assert listed[4] == {
        "date": "2026-03-30",
        "status": "scheduled",
        "start_time": "2026-03-30T08:00:00Z",
        "end_time": "2026-03-30T08:30:00Z",
        "reason": None,
    }


async def test_what_does_not_repeat_has_no_occurrences(book: Book) -> None:
    made: Answer = {**await book()}
    assert (made["recurring"], made["occurrences"]) == (None, [])


async def test_days_that_cannot_be_had_are_named_and_can_be_skipped(book: Book, client: Client) -> None:
    await book(start="2026-03-16T09:00:00Z")
    answer = await client.post("/v1/bookings", json=wish(recurring=FIVE))
    error = (await answer.json())["error"]
    assert (answer.status, error["code"]) == (409, "meetings_unavailable")
    assert error["details"]["conflicts"] == ["2026-03-16T09:00:00Z busy"]
    made: Answer = {**await book(recurring=FIVE | {"skip": ["2026-03-16"]})}
    assert statuses(made)[2] == ("2026-03-16", "skipped")


async def test_one_occurrence_is_cancelled(book: Book, client: Client) -> None:
    """S3.32, C41"""
    made: Answer = {**await book(recurring=FIVE)}
    after = await said(client, made, "occurrences/2026-03-16/cancel", {"reason": "A holiday."})
    assert after["status"] == "confirmed"
    assert statuses(after)[2] == ("2026-03-16", "cancelled")
    await said(client, made, "occurrences/2026-03-17/cancel", {}, status=404)
    await said(client, made, "occurrences/soon/cancel", {}, status=404)


async def test_one_occurrence_is_moved(book: Book, client: Client) -> None:
    made: Answer = {**await book(recurring=FIVE)}
    to = {"new_start_time": "2026-03-10T13:00:00Z"}
    after = await said(client, made, "occurrences/2026-03-09/reschedule", to)
    assert statuses(after)[1] == ("2026-03-09", "moved")


async def test_all_future_occurrences_are_cancelled(book: Book, client: Client, key: Key) -> None:
    """S3.33: also by a key, as the host."""
    made: Answer = {**await book(recurring=FIVE)}
    body = {"from_date": "2026-03-16", "reason": "We are done."}
    after = await said(client, made, "cancel-future", body, headers=await key())
    assert statuses(after) == [(day, "scheduled") for day in DAYS[:2]]


@pytest.mark.parametrize(
    ("recurring", "field"),
    [
        ({"frequency": "daily", "count": 5}, "recurring"),
        ({"frequency": "weekly"}, "recurring.count"),
        ({"frequency": "weekly", "count": 50}, "recurring.count"),
        ({"frequency": "weekly", "count": 5, "skip": ["2026-03-03"]}, "recurring.skip"),
    ],
)
async def test_a_series_that_cannot_be_is_refused(
    client: Client, recurring: dict[str, object], field: str
) -> None:
    answer = await client.post("/v1/bookings", json=wish(recurring=recurring))
    assert answer.status in {400, 422}
    assert field in (await answer.json())["error"]["details"]
