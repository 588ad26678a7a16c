"""What programs do to bookings by their keys."""

from typing import cast

import pytest

from server.adapters.memory.clock import FixedClock
from server.domain.event_type import ReschedulePolicy, Visibility
from server.domain.permissions import Permission
from server.ports import MailKind, Ports
from tests.builders import DAY, at, event_type, host, settle_in
from tests.usecases.booking.waits import set_up
from tests.web.api_v1.asking import Json, ask, code
from tests.web.api_v1.conftest import Book, Client, Key, wish


def later(ports: Ports, clock: str) -> None:
    """Let it be a later hour of the day."""
    cast(FixedClock, ports.clock).move_to(at(f"{DAY} {clock}"))


async def test_a_key_shows_a_booking_whole(client: Client, book: Book, key: Key) -> None:
    """S3.10, S3.11, S3.29, S5.41"""
    made = await book(metadata={"source": "web", "score": 3, "vip": True, "ref": None})
    status, found = await ask(client, "GET", f"/v1/bookings/{made['id']}", await key())
    assert status == 200
    assert found["metadata"] == {"source": "web", "score": 3, "vip": True, "ref": None}
    assert found["attendees"] == [
        {
            "id": 1,
            "name": "Gus Guest",
            "email": "gus@example.net",
            "timezone": "Asia/Kolkata",
            "is_primary": True,
            "response": "ACCEPTED",
            "attendance": None,
        }
    ]
    assert (found["host_id"], found["assigned_host"], found["cancel_token"]) == ("mem_1", None, None)
    assert (found["meeting_url"], found["duration_minutes"]) == ("https://meet.example/alice", 30)


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
async def test_a_key_is_shown_in_either_header(client: Client, book: Book, key: Key, header: str) -> None:
    made, text = await book(), (await key())["Authorization"]
    shown = {header: text if header == "Authorization" else text.removeprefix("Bearer ")}
    assert (await ask(client, "GET", f"/v1/bookings/{made['id']}", shown))[0] == 200


@pytest.mark.parametrize(
    "header", ["Bearer db_live_" + "a" * 44, "Bearer nonsense", "Bearer", "Basic YWxpY2U6eA=="]
)
async def test_a_wrong_key_is_refused_also_where_none_is_needed(client: Client, header: str) -> None:
    """S5.42: its program shall hear of it."""
    for path in ("/v1/bookings", "/v1/availability?event_type_id=alice/intro"):
        status, answer = await ask(client, "GET", path, {"Authorization": header})
        assert (status, code(answer)) == (401, "unauthorized")


async def test_without_a_key_nothing_is_listed(client: Client) -> None:
    """S5.41, S5.42"""
    status, answer = await ask(client, "GET", "/v1/bookings")
    assert (status, code(answer)) == (401, "unauthorized")


async def test_a_foreign_booking_is_not_found(client: Client, ports: Ports, book: Book, key: Key) -> None:
    """S5.43, C43: for every route alike, so that ids cannot be tried; a site key reaches all."""
    await settle_in(ports, host("bob", number=7))
    made, foreign = await book(), await key("bob")
    routes = [
        ("GET", ""),
        ("PATCH", ""),
        ("POST", "/cancel"),
        ("POST", "/reschedule"),
        ("POST", "/confirm"),
        ("POST", "/decline"),
        ("POST", "/attendees"),
        ("DELETE", "/attendees"),
        ("POST", "/attended"),
        ("POST", "/no-show"),
        ("POST", "/manage-link"),
    ]
    for method, path in routes:
        status, answer = await ask(client, method, f"/v1/bookings/{made['id']}{path}", foreign)
        assert (status, code(answer)) == (404, "not_found"), (method, path)
        other = (await ask(client, method, f"/v1/bookings/bk_nothing{path}", foreign))[1]
        assert {**cast(Json, other["error"]), "request_id": ""} == {
            **cast(Json, answer["error"]),
            "request_id": "",
        }
    assert (await ask(client, "GET", f"/v1/bookings/{made['id']}", await key(None)))[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("GET", "", Permission.VIEW),
        ("GET", "list", Permission.VIEW),
        ("PATCH", "", Permission.EDIT),
        ("POST", "/cancel", Permission.DELETE),
        ("POST", "/reschedule", Permission.EDIT),
        ("POST", "/confirm", Permission.EDIT),
        ("POST", "/manage-link", Permission.EDIT),
        ("POST", "book", Permission.EDIT),
    ],
)
async def test_a_key_needs_the_permission(
    client: Client, book: Book, key: Key, method: str, path: str, permission: Permission
) -> None:
    """C28, S2.52 to S2.54"""
    made = await book()
    without = await key(permissions=set(Permission) - {permission})
    at_ = "/v1/bookings" if path in {"list", "book"} else f"/v1/bookings/{made['id']}{path}"
    body = wish("2026-03-02T10:00:00Z") if path == "book" else {}
    status, answer = await ask(client, method, at_, without, **body)
    assert (status, code(answer)) == (403, "forbidden")


async def test_a_key_cancels_for_the_host_and_both_are_mailed(
    client: Client, ports: Ports, book: Book, key: Key
) -> None:
    """S3.22, S3.23, S5.12, S5.15, S5.16, S5.18, S5.20, C7, C10"""
    made, hers = await book(), await key()
    status, ended = await ask(client, "POST", f"/v1/bookings/{made['id']}/cancel", hers, reason="Ill.")
    assert (status, ended["status"], ended["cancel_reason"], ended["cancelled_by"]) == (
        200,
        "cancelled",
        "Ill.",
        "api_key",
    )
    again = await ask(client, "POST", f"/v1/bookings/{made['id']}/cancel", hers)
    assert again == (200, ended)
    mails = [mail for mail in await ports.ledger.mails() if mail.kind is MailKind.CANCELLED]
    assert sorted(mail.recipient for mail in mails) == [0, 1]


async def test_guests_need_not_be_told_that_a_key_cancels(
    client: Client, ports: Ports, book: Book, key: Key
) -> None:
    """C9: the calendar object's cancellation is never suppressed. A guest cannot ask for that."""
    made, hers = await book(), await key()
    path = f"/v1/bookings/{made['id']}/cancel"
    status, answer = await ask(
        client, "POST", f"{path}?token={made['cancel_token']}", None, notify_attendee=False
    )
    assert (status, code(answer)) == (403, "not_yours")
    assert (await ask(client, "POST", path, hers, notify_attendee=False))[0] == 200
    kinds = {mail.kind for mail in await ports.ledger.mails() if mail.recipient == 1}
    assert MailKind.CANCELLED_BARE in kinds
    assert MailKind.CANCELLED not in kinds


async def test_a_key_that_cancels_for_the_guest_is_held_to_their_deadline(
    client: Client, ports: Ports, book: Book, key: Key
) -> None:
    """C6, S3.21, S3.24"""
    await set_up(ports, cancel_deadline_min=180)
    made, hers = await book(), await key()
    path = f"/v1/bookings/{made['id']}/cancel"
    status, answer = await ask(client, "POST", path, hers, cancelled_by="attendee")
    assert (status, code(answer)) == (409, "cancellation_deadline_passed")
    assert (await ask(client, "POST", path, hers, cancelled_by="nobody"))[0] == 422
    assert (await ask(client, "POST", path, hers, cancelled_by="host"))[0] == 200


async def test_a_key_moves_at_once_and_both_are_mailed(
    client: Client, ports: Ports, book: Book, key: Key
) -> None:
    """S3.26, S5.24, S5.25, S5.26, S5.28, C1, C10"""
    await set_up(ports, guest_reschedule_policy=ReschedulePolicy.APPROVE)
    made = await book()
    body = {"new_start_time": "2026-03-02T09:30:00Z", "reason": "Train."}
    status, moved = await ask(client, "POST", f"/v1/bookings/{made['id']}/reschedule", await key(), **body)
    assert (status, moved["status"], moved["start_time"], moved["id"]) == (
        200,
        "confirmed",
        "2026-03-02T09:30:00Z",
        made["id"],
    )
    mails = [mail for mail in await ports.ledger.mails() if mail.kind is MailKind.RESCHEDULED]
    assert sorted(mail.recipient for mail in mails) == [0, 1]


@pytest.mark.parametrize(
    ("start", "status"),
    [("2026-03-02T19:00:00Z", 409), ("2026-03-01T10:00:00Z", 422), ("2026-03-02T10:00:00Z", 409)],
)
async def test_a_key_is_offered_what_guests_are(
    client: Client, book: Book, key: Key, start: str, status: int
) -> None:
    """C36, S5.8, S5.31: outside hours, past, taken; the answer says what is free instead (S5.39)."""
    await book("2026-03-02T10:00:00Z")
    made, hers = await book(), await key()
    path = f"/v1/bookings/{made['id']}/reschedule"
    assert (await ask(client, "POST", path, hers, new_start_time=start))[0] == status
    answer = (await ask(client, "POST", "/v1/bookings", hers, **wish(start)))[1]
    details = cast(Json, cast(Json, answer["error"])["details"])
    assert ("nearest" in details) is (status == 409)


async def test_what_waits_for_its_host_is_confirmed_or_declined_by_key(
    client: Client, ports: Ports, key: Key, book: Book
) -> None:
    """S3.17, S3.19, S3.20, C5"""
    await set_up(ports, requires_confirmation=True)
    one, two, hers = await book(), await book("2026-03-02T10:00:00Z"), await key()
    status, confirmed = await ask(client, "POST", f"/v1/bookings/{one['id']}/confirm", hers)
    assert (status, confirmed["status"]) == (200, "confirmed")
    status, declined = await ask(client, "POST", f"/v1/bookings/{two['id']}/decline", hers, reason="Busy.")
    assert (status, declined["status"], declined["cancel_reason"]) == (200, "declined", "Busy.")
    status, answer = await ask(client, "POST", f"/v1/bookings/{two['id']}/confirm", hers)
    assert (status, code(answer)) == (409, "already_cancelled")


async def test_attendees_come_and_go_by_key(client: Client, ports: Ports, book: Book, key: Key) -> None:
    """S3.27, S3.28, S3.29"""
    await set_up(ports, guests_max=1)
    made, hers = await book(), await key()
    path = f"/v1/bookings/{made['id']}/attendees"
    for _ in range(2):
        status, found = await ask(client, "POST", path, hers, name="Fay", email="fay@example.net")
        assert (status, found["guests"]) == (200, [{"name": "Fay", "email": "fay@example.net"}])
    status, answer = await ask(client, "POST", path, hers, email="kim@example.net")
    assert (status, code(answer)) == (422, "guests_not_allowed")
    status, found = await ask(client, "DELETE", path, hers, email="FAY@example.net")
    assert (status, found["guests"]) == (200, [])
    status, answer = await ask(client, "DELETE", f"{path}?email=fay@example.net", hers)
    assert (status, code(answer)) == (404, "not_found")


async def test_metadata_is_replaced_and_links_stay_alive(client: Client, book: Book, key: Key) -> None:
    """S3.8, S3.36, S3.37"""
    made, hers = await book(metadata={"source": "web", "colour": "red"}), await key()
    path = f"/v1/bookings/{made['id']}"
    status, found = await ask(client, "PATCH", path, hers, metadata={"deal": "won"})
    assert (status, found["metadata"]) == (200, {"deal": "won"})
    assert (await ask(client, "GET", f"{path}?token={made['cancel_token']}"))[0] == 200
    status, answer = await ask(client, "PATCH", path, hers, metadata={"x": "y" * 501})
    assert (status, code(answer)) == (422, "validation_error")


async def test_metadata_of_a_new_booking_is_looked_at(client: Client) -> None:
    """S3.36"""
    for wrong in ({"x": {"y": 1}}, {"": 1}, {str(n): n for n in range(51)}):
        status, answer = await ask(client, "POST", "/v1/bookings", None, **wish(metadata=wrong))
        assert (status, code(answer)) == (422, "validation_error")


async def test_who_came_is_said_afterwards_of_each(
    client: Client, ports: Ports, book: Book, key: Key
) -> None:
    """S3.38, S3.39, C30, S2.33, S2.34"""
    await set_up(ports, guests_max=1)
    made, hers = await book(guests=["fay@example.net"]), await key()
    path = f"/v1/bookings/{made['id']}"
    status, answer = await ask(client, "POST", f"{path}/attended", hers)
    assert (status, code(answer)) == (409, "conflict")
    later(ports, "11:00")
    await ask(client, "POST", f"{path}/attended", hers)
    status, found = await ask(client, "POST", f"{path}/no-show", hers, attendee_email="fay@example.net")
    people = cast(list[Json], found["attendees"])
    assert (status, [one["attendance"] for one in people]) == (200, ["attended", "absent"])
    status, answer = await ask(client, "POST", f"{path}/no-show", hers, attendee_email="kim@example.net")
    assert (status, code(answer)) == (422, "validation_error")
    assert (await ports.ledger.mails()) == [
        mail for mail in await ports.ledger.mails() if mail.kind is MailKind.CONFIRMED
    ]


async def test_a_new_manage_link_kills_the_one_before(client: Client, book: Book, key: Key) -> None:
    """S2.30, S2.31, S2.32, C2"""
    made, hers = await book(), await key()
    path = f"/v1/bookings/{made['id']}"
    status, link = await ask(client, "POST", f"{path}/manage-link", hers)
    assert status == 200
    assert str(link["url"]).startswith("https://book.example/b/intro/manage/m_")
    assert (await ask(client, "GET", f"{path}?token={made['cancel_token']}"))[0] == 404
    assert (await ask(client, "GET", f"{path}?token={link['cancel_token']}"))[0] == 200


async def test_a_key_books_what_strangers_cannot_see_and_only_with_its_host(
    client: Client, ports: Ports, key: Key
) -> None:
    """C17, C18: on its own host's types as the host's program, elsewhere as anybody."""
    hidden = event_type("hidden", number=8, title="Hidden")
    await settle_in(ports, host("bob", number=7), hidden)
    await set_up(ports, "intro", visibility=Visibility.PRIVATE)
    hers, his = await key(), await key("bob")
    assert (await ask(client, "POST", "/v1/bookings", hers, **wish()))[0] == 201
    assert (await ask(client, "POST", "/v1/bookings", his, **wish("2026-03-02T10:00:00Z")))[0] == 404
    body = wish("2026-03-02T10:00:00Z", event_type_id="bob/hidden")
    assert (await ask(client, "POST", "/v1/bookings", hers, **body))[0] == 201


async def test_a_test_key_sees_and_makes_test_bookings_alone(
    client: Client, ports: Ports, book: Book, key: Key
) -> None:
    """C38: no mail, no calendar; what is real is not there for it, nor the other way round."""
    real, hers, trial = await book("2026-03-02T10:00:00Z"), await key(), await key(is_test=True)
    before = await ports.ledger.mails()
    status, made = await ask(client, "POST", "/v1/bookings", trial, **wish())
    assert (status, [one["is_test"] for one in (made, cast(Json, real))]) == (201, [True, False])
    for key_, id_ in ((trial, real["id"]), (hers, made["id"])):
        assert (await ask(client, "GET", f"/v1/bookings/{id_}", key_))[0] == 404
    for key_, id_ in ((trial, made["id"]), (hers, real["id"])):
        listed = cast(list[Json], (await ask(client, "GET", "/v1/bookings", key_))[1]["data"])
        assert [one["id"] for one in listed] == [id_]
    assert (await ask(client, "POST", f"/v1/bookings/{made['id']}/cancel", trial))[1]["status"] == "cancelled"
    assert await ports.ledger.mails() == before
    assert (await ask(client, "POST", "/v1/bookings", None, **wish()))[0] == 201


async def test_a_test_key_books_with_nobody_else(client: Client, ports: Ports, key: Key) -> None:
    """C38"""
    await settle_in(ports, host("bob", number=7))
    status, _ = await ask(client, "POST", "/v1/bookings", await key("bob", is_test=True), **wish())
    assert status == 404


async def test_two_durations_that_differ_are_no_wish(client: Client, key: Key) -> None:
    """S5.5, S5.6, S5.7: `duration` and `duration_minutes` are one wish."""
    both = wish(duration=30, duration_minutes=60)
    status, answer = await ask(client, "POST", "/v1/bookings", await key(), **both)
    assert (status, code(answer)) == (422, "validation_error")
    assert (await ask(client, "POST", "/v1/bookings", None, **wish(duration=30)))[0] == 201


async def test_notes_are_for_hosts_and_what_is_not_private_for_guests_too(
    client: Client, book: Book, key: Key
) -> None:
    """S3.34, S3.35, C42"""
    made, hers = await book(), await key()
    path = f"/v1/bookings/{made['id']}/notes"
    await ask(client, "POST", path, hers, content="Pays late.")
    headers = {**hers, "Idempotency-Key": "plans"}
    body = {"content": "Bring the plans.", "is_private": False}
    _, (status, found) = [await ask(client, "POST", path, headers, **body) for _ in range(2)]
    notes = [
        {"id": 1, "content": "Pays late.", "is_private": True, "created_at": "2026-03-02T07:00:00Z"},
        {"id": 2, "content": "Bring the plans.", "is_private": False, "created_at": "2026-03-02T07:00:00Z"},
    ]
    assert (status, found) == (201, {"data": notes})
    assert await ask(client, "GET", path, hers) == (200, {"data": notes})
    guests = await ask(client, "GET", f"{path}?token={made['cancel_token']}")
    assert guests == (200, {"data": notes[1:]})
    assert (await ask(client, "POST", f"{path}?token={made['cancel_token']}", None, content="x"))[0] == 401
