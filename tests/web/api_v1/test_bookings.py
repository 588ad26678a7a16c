"""POST /v1/bookings and what its token allows."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from server.domain.booking import Actor
from server.domain.event_type import ReschedulePolicy
from server.domain.identity import BookingId
from server.ports import Ports
from server.usecases.booking import decline, look
from tests.builders import NOW, calendar, event_type_id, span
from tests.usecases.booking.foreign import client_puts
from tests.usecases.booking.waits import set_up
from tests.web.api_v1.conftest import Book, Client, wish


async def error_of(client: Client, path: str, body: object) -> tuple[int, dict[str, object]]:
    answer = await client.post(path, json=body)
    return answer.status, (await answer.json())["error"]


async def test_a_booking_needs_no_login_and_answers_with_id_status_and_token(client: Client) -> None:
    """S5.3, S5.4, S5.11, S5.40, S5.41."""
    response = await client.post("/v1/bookings", json=wish())
    answer = await response.json()
    assert response.status == 201
    assert answer["id"].startswith("bk_")
    assert answer["cancel_token"].startswith("ctk_")
    assert {
        name: answer[name] for name in ("status", "event_type_id", "start_time", "end_time", "cancelled_at")
    } == {
        "status": "confirmed",
        "event_type_id": event_type_id(2),
        "start_time": "2026-03-02T09:00:00Z",
        "end_time": "2026-03-02T09:30:00Z",
        "cancelled_at": None,
    }


async def test_a_link_is_one_only_for_http_and_https(book: Book) -> None:
    """C31, S2.21."""
    assert (await book())["location"] == {  # type: ignore[comparison-overlap]
        "type": "link",
        "value": "https://meet.example/alice",
        "url": "https://meet.example/alice",
    }


async def test_a_body_that_comes_in_pieces_is_read_to_its_end(client: Client) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        whole = json.dumps(wish()).encode()
        yield whole[:10]
        await asyncio.sleep(0.05)
        yield whole[10:]

    answer = await client.post("/v1/bookings", data=pieces(), headers={"Content-Type": "application/json"})
    assert answer.status == 201


async def test_a_start_with_another_offset_is_the_same_instant(book: Book) -> None:
    assert (await book("2026-03-02T14:30:00+05:30"))["start_time"] == "2026-03-02T09:00:00Z"


async def test_a_taken_slot_is_a_conflict_and_never_a_fault(client: Client, book: Book) -> None:
    """S5.8, S5.39, S5.44."""
    await book()
    status, error = await error_of(client, "/v1/bookings", wish())
    assert (status, error["code"]) == (409, "conflict")


async def test_a_slot_that_a_calendar_client_filled_is_a_conflict(client: Client, ports: Ports) -> None:
    """S5.8."""
    await client_puts(ports, calendar(), "lunch", span("10:00-11:00"))
    assert (await error_of(client, "/v1/bookings", wish()))[0] == 409


async def test_a_storm_for_one_slot_has_one_winner(client: Client) -> None:
    """S5.39."""
    answers = await asyncio.gather(*(client.post("/v1/bookings", json=wish()) for _ in range(20)))
    assert sorted(answer.status for answer in answers) == [201] + [409] * 19


async def test_every_wrong_field_is_named_at_once(client: Client) -> None:
    """S5.47."""
    body = {"event_type_id": "alice/intro", "start_time": "2026-03-02T09:00:00", "invitee_name": 7}
    status, error = await error_of(client, "/v1/bookings", body)
    assert status == 422
    assert error["details"].keys() == {  # type: ignore[attr-defined]
        "start_time",
        "invitee_name",
        "invitee_email",
        "invitee_timezone",
    }


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe", b"null"])
async def test_a_body_that_is_no_object_is_refused(client: Client, body: bytes) -> None:
    answer = await client.post("/v1/bookings", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status, (await answer.json())["error"]["code"]) == (422, "validation_error")


async def test_a_body_that_is_too_large_is_refused(client: Client) -> None:
    answer = await client.post("/v1/bookings", json=wish(notes="x" * 100_000))
    assert answer.status == 413


async def test_a_past_start_is_a_validation_error(client: Client) -> None:
    """S5.31, C26."""
    status, error = await error_of(client, "/v1/bookings", wish("2026-02-27T09:00:00Z"))
    assert (status, error["code"]) == (422, "validation_error")


async def test_a_repeated_idempotency_key_makes_one_booking(client: Client) -> None:
    key = {"Idempotency-Key": "abc"}
    first, again = [await client.post("/v1/bookings", json=wish(), headers=key) for _ in range(2)]
    assert (await first.json())["id"] == (await again.json())["id"]


async def test_an_idempotency_key_opens_nobody_elses_booking(client: Client) -> None:
    """Programs count their keys, so strangers guess them: the answer would hold a guest's address and a token."""
    key = {"Idempotency-Key": "1"}
    await client.post("/v1/bookings", json=wish(), headers=key)
    other = wish("2026-03-02T10:00:00Z", invitee_name="Mal", invitee_email="mal@example.net")
    answer = await (await client.post("/v1/bookings", json=other, headers=key)).json()
    assert (answer["invitee_email"], answer["start_time"]) == ("mal@example.net", "2026-03-02T10:00:00Z")


async def test_cancelling_by_token_ends_the_booking_and_frees_the_slot(client: Client, book: Book) -> None:
    """S5.12, S5.13, S5.14, S5.16: the reason is optional."""
    made = await book()
    path = f"/v1/bookings/{made['id']}/cancel?token={made['cancel_token']}"
    answer = await (await client.post(path, json={})).json()
    assert (answer["status"], answer["cancelled_at"]) == ("cancelled", "2026-03-02T07:00:00Z")
    assert (await book())["status"] == "confirmed"


async def test_cancelling_needs_no_body_at_all(client: Client, book: Book) -> None:
    made = await book()
    answer = await client.post(f"/v1/bookings/{made['id']}/cancel?token={made['cancel_token']}")
    assert answer.status == 200


async def test_cancelling_again_is_the_same_answer(client: Client, book: Book) -> None:
    """S5.20, C7."""
    made = await book()
    path = f"/v1/bookings/{made['id']}/cancel?token={made['cancel_token']}"
    first = await (await client.post(path, json={"reason": "ill"})).json()
    again = await client.post(path, json={"reason": "other"})
    assert (again.status, await again.json()) == (200, first)


async def test_moving_by_token_keeps_id_and_token(client: Client, book: Book) -> None:
    """S5.24, S5.25, S5.26."""
    made = await book()
    path = f"/v1/bookings/{made['id']}/reschedule?token={made['cancel_token']}"
    answer = await client.post(path, json={"new_start_time": "2026-03-02T10:00:00Z", "reason": "train"})
    after = await answer.json()
    assert (answer.status, after["start_time"], after["end_time"]) == (
        200,
        "2026-03-02T10:00:00Z",
        "2026-03-02T10:30:00Z",
    )
    assert (after["id"], after["cancel_token"]) == (made["id"], made["cancel_token"])


async def test_a_mailbox_is_not_flooded_by_moving_one_booking(client: Client, book: Book) -> None:
    """Each move is a mail; who may book in somebody's name may move what was booked."""
    made = await book()
    path = f"/v1/bookings/{made['id']}/reschedule?token={made['cancel_token']}"
    bodies = [{"new_start_time": f"2026-03-0{3 + at % 2}T10:00:00Z"} for at in range(20)]
    statuses = [(await client.post(path, json=body)).status for body in bodies]
    assert statuses == [200] * 19 + [429]
    assert (await client.post(path.replace("reschedule", "cancel"))).status == 200


async def test_moving_onto_a_taken_slot_is_a_conflict(client: Client, book: Book) -> None:
    """S5.25, S5.44."""
    await book("2026-03-02T10:00:00Z")
    made = await book()
    path = f"/v1/bookings/{made['id']}/reschedule?token={made['cancel_token']}"
    status, error = await error_of(client, path, {"new_start_time": "2026-03-02T10:00:00Z"})
    assert (status, error["code"]) == (409, "conflict")


async def test_moving_a_cancelled_booking_is_refused(client: Client, book: Book) -> None:
    """S5.30, S5.46, C8."""
    made = await book()
    query = f"token={made['cancel_token']}"
    await client.post(f"/v1/bookings/{made['id']}/cancel?{query}", json={})
    path = f"/v1/bookings/{made['id']}/reschedule?{query}"
    status, error = await error_of(client, path, {"new_start_time": "2026-03-02T10:00:00Z"})
    assert (status, error["code"]) == (409, "already_cancelled")


async def test_moving_into_the_past_is_a_validation_error(client: Client, book: Book) -> None:
    """S5.31."""
    made = await book()
    path = f"/v1/bookings/{made['id']}/reschedule?token={made['cancel_token']}"
    assert (await error_of(client, path, {"new_start_time": "2026-03-01T10:00:00Z"}))[0] == 422


@pytest.mark.parametrize("verb", ["cancel", "reschedule"])
@pytest.mark.parametrize("token", ["ctk_AAAA", "nonsense"])
async def test_without_its_token_a_booking_is_not_found(
    client: Client, book: Book, verb: str, token: str
) -> None:
    made = await book()
    body = {"new_start_time": "2026-03-02T10:00:00Z"}
    status, error = await error_of(client, f"/v1/bookings/{made['id']}/{verb}?token={token}", body)
    assert (status, error["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["", "/cancel", "/reschedule"])
async def test_who_shows_neither_token_nor_key_is_told_that_one_is_needed(
    client: Client, book: Book, path: str
) -> None:
    """S5.41, S5.42"""
    made = await book()
    ask = client.post if path else client.get
    answer = await ask(f"/v1/bookings/{made['id']}{path}")
    assert (answer.status, (await answer.json())["error"]["code"]) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_token_shows_its_booking(client: Client, book: Book) -> None:
    """S3.11, S3.18: what programs keep beside it and who came are not for guests."""
    made = await book(metadata={"source": "web"})
    answer = await client.get(f"/v1/bookings/{made['id']}?token={made['cancel_token']}")
    found = await answer.json()
    assert answer.status == 200
    assert found == {**made, "cancel_token": None}
    assert (found["metadata"], found["attendees"]) == (None, None)


async def test_the_token_of_one_booking_is_none_for_another(client: Client, book: Book) -> None:
    one, two = await book(), await book("2026-03-02T10:00:00Z")
    path = f"/v1/bookings/{one['id']}/cancel?token={two['cancel_token']}"
    assert (await error_of(client, path, {}))[0] == 404


async def test_a_refusal_carries_code_message_and_request_id(client: Client) -> None:
    _, error = await error_of(client, "/v1/bookings", {})
    assert error.keys() == {"code", "message", "details", "request_id"}


async def test_what_its_host_must_confirm_is_answered_as_pending(
    client: Client, ports: Ports, book: Book
) -> None:
    """S5.1, S1.16, C5: 201, and the token works while it waits."""
    await set_up(ports, requires_confirmation=True)
    made = await book()
    assert made["status"] == "pending"
    path = f"/v1/bookings/{made['id']}/cancel?token={made['cancel_token']}"
    ended = await (await client.post(path, json={})).json()
    assert ended["status"] == "cancelled"


@pytest.mark.parametrize(("policy", "status"), [("approve", "pending"), ("auto", "confirmed")])
async def test_another_time_is_pending_where_the_host_must_agree_and_the_token_stays(
    client: Client, ports: Ports, book: Book, policy: str, status: str
) -> None:
    """S5.26, C1, C2: id and token are the same, start and end show the new time at once."""
    await set_up(ports, guest_reschedule_policy=ReschedulePolicy(policy))
    made = await book()
    path = f"/v1/bookings/{made['id']}/reschedule?token={made['cancel_token']}"
    answer = await client.post(path, json={"new_start_time": "2026-03-02T11:00:00Z"})
    moved = await answer.json()
    assert answer.status == 200
    assert (moved["status"], moved["start_time"], moved["end_time"]) == (
        status,
        "2026-03-02T11:00:00Z",
        "2026-03-02T11:30:00Z",
    )
    assert (moved["id"], moved["cancel_token"]) == (made["id"], made["cancel_token"])


async def test_a_declined_booking_says_so_and_cannot_be_moved(
    client: Client, ports: Ports, book: Book
) -> None:
    """S5.30, S5.46, C5, C8"""
    await set_up(ports, requires_confirmation=True)
    made = await book()
    looked = await look.by_id(ports, BookingId(made["id"]))
    await decline.decline(ports, looked, "On leave.", Actor.HOST, NOW)
    token = made["cancel_token"]
    path = f"/v1/bookings/{made['id']}/reschedule?token={token}"
    status, error = await error_of(client, path, {"new_start_time": "2026-03-02T11:00:00Z"})
    assert (status, error["code"]) == (409, "already_cancelled")
    ended = await (await client.post(f"/v1/bookings/{made['id']}/cancel?token={token}", json={})).json()
    assert (ended["status"], ended["cancel_reason"]) == ("declined", "On leave.")


async def test_after_the_deadline_a_token_neither_cancels_nor_moves(
    client: Client, ports: Ports, book: Book
) -> None:
    """C6"""
    await set_up(ports, cancel_deadline_min=180, reschedule_deadline_min=180)
    made = await book()
    base, token = f"/v1/bookings/{made['id']}", made["cancel_token"]
    status, error = await error_of(client, f"{base}/cancel?token={token}", {})
    assert (status, error["code"]) == (409, "cancellation_deadline_passed")
    move = {"new_start_time": "2026-03-02T13:00:00Z"}
    status, error = await error_of(client, f"{base}/reschedule?token={token}", move)
    assert (status, error["code"]) == (409, "reschedule_deadline_passed")
