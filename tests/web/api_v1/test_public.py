"""What pages of other sites may do, and how much anybody may ask for."""

import pytest
from pytest_aiohttp.plugin import AiohttpClient

from server.ports import Ports
from server.web.app import make_app
from server.web.options import WebOptions
from tests.builders import event_type_id
from tests.web.api_v1.asking import ask, code
from tests.web.api_v1.conftest import Book, Client, Key, wish

OTHER = {"Origin": "https://shop.example", "Sec-Fetch-Site": "cross-site"}
WEEK = f"event_type_id={event_type_id(2)}&start=2026-03-02&end=2026-03-02"


async def test_pages_of_other_sites_look_book_and_cancel(client: Client) -> None:
    """S5.3, S5.13, S5.41: no cookie and no key is asked for, so any site may."""
    answers = [await client.get(f"/v1/availability?{WEEK}", headers=OTHER)]
    answers.append(await client.post("/v1/bookings", json=wish(), headers=OTHER))
    made = await answers[-1].json()
    path, token = f"/v1/bookings/{made['id']}", f"?token={made['cancel_token']}"
    answers.append(await client.get(path + token, headers=OTHER))
    answers.append(await client.post(f"{path}/cancel{token}", headers=OTHER))
    answers.append(await client.get("/v1/challenge", headers=OTHER))
    assert [answer.status for answer in answers] == [200, 201, 200, 200, 200]
    assert {answer.headers["Access-Control-Allow-Origin"] for answer in answers} == {"*"}
    assert not any("Access-Control-Allow-Credentials" in answer.headers for answer in answers)


async def test_a_browser_that_asks_beforehand_is_answered(client: Client) -> None:
    for path in (
        "availability",
        "bookings",
        "bookings/bk_x",
        "bookings/bk_x/cancel",
        "bookings/bk_x/reschedule",
    ):
        asked = {**OTHER, "Access-Control-Request-Method": "POST"}
        answer = await client.options(f"/v1/{path}", headers=asked)
        assert answer.status == 204
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        allowed = answer.headers["Access-Control-Allow-Headers"].lower()
        assert "idempotency-key" in allowed
        assert "authorization" not in allowed, "a page that strangers open is no place for a key"


async def test_refusals_can_be_read_from_other_sites_too(client: Client) -> None:
    answer = await client.post("/v1/bookings", json={}, headers=OTHER)
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (422, "*")


async def test_what_is_for_keys_is_not_for_other_sites(client: Client, book: Book) -> None:
    made = await book()
    for path in ("confirm", "attendees", "manage-link"):
        asked = {**OTHER, "Access-Control-Request-Method": "POST"}
        answer = await client.options(f"/v1/bookings/{made['id']}/{path}", headers=asked)
        assert answer.status == 405
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.fixture
async def strict(ports: Ports, aiohttp_client: AiohttpClient) -> Client:
    """Return a client of an application that allows little."""
    options = WebOptions(pages_per_minute=3, changes_per_hour=2, api_requests_per_minute=4)
    return await aiohttp_client(make_app(ports, options))


async def test_programs_are_told_how_much_they_may_still_ask_for(strict: Client, key: Key) -> None:
    hers = await key()
    answers = [await strict.get("/v1/bookings", headers=hers) for _ in range(5)]
    names = ("X-RateLimit-Limit", "X-RateLimit-Remaining")
    seen = [(one.status, *(int(one.headers[name]) for name in names)) for one in answers]
    assert seen == [(200, 4, 3), (200, 4, 2), (200, 4, 1), (200, 4, 0), (429, 4, 0)]
    answer = answers[-1]
    error = (await answer.json())["error"]
    assert error["code"] == "rate_limited"
    assert error["details"] == {
        "retry_after": 15,
        "limit": 4,
        "window": "1m",
        "reset_at": "2026-03-02T07:01:00Z",
    }
    assert answer.headers["Retry-After"] == "15"
    assert answer.headers["X-RateLimit-Reset"] == "2026-03-02T07:01:00Z"


async def test_a_key_has_its_own_share_and_who_has_none_shares_that_of_their_network(
    strict: Client, key: Key
) -> None:
    hers, site = await key(), await key(None)
    for _ in range(4):
        assert (await strict.get("/v1/bookings", headers=hers)).status == 200
    assert (await strict.get("/v1/bookings", headers=site)).status == 200
    public = [(await strict.get(f"/v1/availability?{WEEK}")).status for _ in range(4)]
    assert public == [200, 200, 200, 429]


async def test_who_bears_a_token_may_always_look_cancel_and_move(strict: Client) -> None:
    made = await (await strict.post("/v1/bookings", json=wish())).json()
    path, token = f"/v1/bookings/{made['id']}", f"?token={made['cancel_token']}"
    for _ in range(9):
        assert (await strict.get(path + token)).status == 200
    body = {"new_start_time": "2026-03-02T10:00:00Z"}
    assert (await strict.post(f"{path}/reschedule{token}", json=body)).status == 200
    assert (await strict.post(f"{path}/cancel{token}")).status == 200


async def test_wrong_keys_cannot_be_tried_for_long(client: Client, key: Key) -> None:
    wrong = {"Authorization": "Bearer db_live_" + "a" * 44}
    statuses = [(await client.get("/v1/bookings", headers=wrong)).status for _ in range(31)]
    assert statuses == [401] * 30 + [429]


async def test_a_booking_that_moves_does_not_stand_in_its_own_way(
    client: Client, book: Book, key: Key
) -> None:
    """S3.25, S5.25"""
    made = await book()
    path = f"/v1/availability?{WEEK}&exclude_booking={made['id']}"
    own = {"start_time": "2026-03-02T09:00:00Z", "end_time": "2026-03-02T09:30:00Z"}
    assert own not in (await ask(client, "GET", f"/v1/availability?{WEEK}"))[1]["slots"]  # type: ignore[operator]
    for query, headers in ((f"&token={made['cancel_token']}", None), ("", await key())):
        status, answer = await ask(client, "GET", path + query, headers)
        assert status == 200
        assert own in answer["slots"]  # type: ignore[operator]


async def test_where_a_booking_stands_is_not_told_to_strangers(client: Client, book: Book, key: Key) -> None:
    """S3.25: what is left out says when it is."""
    made = await book()
    path = f"/v1/availability?{WEEK}&exclude_booking={made['id']}"
    status, answer = await ask(client, "GET", path)
    assert (status, code(answer)) == (401, "unauthorized")
    other = await book("2026-03-03T10:00:00Z", event_type_id="alice/review")
    status, answer = await ask(client, "GET", f"{path}&token={other['cancel_token']}")
    assert (status, code(answer)) == (404, "not_found")
    wrong = f"/v1/availability?{WEEK}&exclude_booking={other['id']}"
    assert (await ask(client, "GET", wrong, await key()))[0] == 422


async def test_a_booking_is_a_file_for_calendar_programs(client: Client, book: Book, key: Key) -> None:
    """S3.40"""
    made = await book()
    for query, headers in ((f"?token={made['cancel_token']}", {}), ("", await key())):
        answer = await client.get(f"/v1/bookings/{made['id']}/ics{query}", headers=headers)
        assert answer.content_type == "text/calendar"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="booking.ics"'
        text = await answer.text()
        assert "METHOD:REQUEST" in text
        assert "gus@example.net" in text
    await ask(client, "POST", f"/v1/bookings/{made['id']}/cancel", await key())
    answer = await client.get(f"/v1/bookings/{made['id']}/ics", headers=await key())
    assert "METHOD:CANCEL" in await answer.text()
