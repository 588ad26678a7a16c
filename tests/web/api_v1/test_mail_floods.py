"""What the bearer of a booking's token does in /v1 is counted for everybody who is mailed; what a key does is not."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from pytest_aiohttp.plugin import AiohttpClient

from server.domain.event_type import EventType
from server.domain.series import Frequency, SeriesRules
from server.ports import Ports
from server.web.app import make_app
from server.web.options import WebOptions
from tests.web.api_v1.conftest import Book, Client, Key

LIMIT = 4
DAYS = ["2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30", "2026-04-06"]
SIX = {"frequency": "WEEKLY", "count": 6}
SAM = 2
"""The number of the one who was brought along."""


@pytest.fixture
async def client(ports: Ports, aiohttp_client: AiohttpClient) -> Client:
    """Return a client of an application that counts mails alone, with an event type for series and additional guests."""
    kind = ports.homes.event_type("alice", "intro")
    assert isinstance(kind, EventType)
    rules = SeriesRules(frequencies=(Frequency.WEEKLY,), count_max=12)
    await ports.homes.save_event_type(replace(kind, series=rules, guests_max=3))
    options = WebOptions(pages_per_minute=0, changes_per_hour=0, mails_per_recipient_per_day=LIMIT)
    return await aiohttp_client(make_app(ports, options))


@pytest.fixture
async def made(book: Book) -> dict[str, str]:
    """Return a series of six weeks to which sam is brought along."""
    return await book(recurring=SIX, guests=[{"email": "sam@example.net"}])


async def said(
    client: Client,
    made: dict[str, str],
    path: str,
    body: object,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, dict[str, str]]:
    """Return status and error of a change; the token that opens the booking next is kept in `made`."""
    token = f"?token={made['cancel_token']}" if "Authorization" not in (headers or {}) else ""
    answer = await client.post(f"/v1/bookings/{made['id']}/{path}{token}", json=body, headers=headers)
    found = await answer.json()
    made["cancel_token"] = found.get("cancel_token") or made["cancel_token"]
    return answer.status, found.get("error", {})


async def mails(ports: Ports) -> int:
    return len([one for one in await ports.ledger.mails() if one.recipient == SAM and one.offset_min is None])


async def test_single_cancellations_mail_nobody_more_than_the_limit(
    client: Client, ports: Ports, made: dict[str, str]
) -> None:
    for day in DAYS[: LIMIT - 1]:
        assert (await said(client, made, f"occurrences/{day}/cancel", {}))[0] == 200
    status, error = await said(client, made, f"occurrences/{DAYS[-1]}/cancel", {})
    assert (status, error["code"], error["details"]["reason"]) == (429, "rate_limited", "mails")  # type: ignore[index]
    assert (await said(client, made, "cancel-future", {"from_date": DAYS[-1]}))[0] == 429
    assert await mails(ports) == LIMIT
    assert (await said(client, made, "cancel", {}))[0] == 200, "a host's time can always be freed"
    assert await mails(ports) == LIMIT + 1


@pytest.mark.parametrize(
    ("path", "day"), [("reschedule", DAYS[0]), (f"occurrences/{DAYS[2]}/reschedule", DAYS[2])]
)
async def test_moving_mails_nobody_more_than_the_limit(
    client: Client, ports: Ports, made: dict[str, str], path: str, day: str
) -> None:
    statuses = []
    for clock in ("10:00", "11:00", "12:00", "13:00"):
        statuses.append((await said(client, made, path, {"new_start_time": f"{day}T{clock}:00Z"}))[0])
    assert statuses == [200] * (LIMIT - 1) + [429]
    assert await mails(ports) == LIMIT


async def test_the_same_request_again_is_counted_once(client: Client, made: dict[str, str]) -> None:
    path, again = f"occurrences/{DAYS[0]}/cancel", {"Idempotency-Key": "once"}
    statuses = [(await said(client, made, path, {}, again))[0] for _ in range(LIMIT)]
    assert statuses == [200] * LIMIT
    for day in DAYS[1 : LIMIT - 1]:
        assert (await said(client, made, f"occurrences/{day}/cancel", {}))[0] == 200


async def test_a_hosts_program_is_not_limited(client: Client, made: dict[str, str], key: Key) -> None:
    program = await key()
    for day in DAYS[:5]:
        assert (await said(client, made, f"occurrences/{day}/cancel", {}, program))[0] == 200
