"""What can be booked, made and changed by programs."""

from dataclasses import replace
from typing import cast

import pytest

from server.domain.permissions import Permission
from server.domain.reminders import parse
from server.ports import Ports
from tests.builders import event_type_id, host, settle_in
from tests.web.api_v1.asking import Json, ask, code
from tests.web.api_v1.conftest import Client, Key, wish

NEW = {"title": "Coaching", "slug": "coaching", "duration_minutes": 45}
MONDAY = {"day_of_week": 1, "start_time": "09:00:00", "end_time": "12:00:00"}


@pytest.fixture(autouse=True)
def far_ids(ports: Ports) -> None:
    """Let new ids begin far from those of the event types that there are: both count from one."""
    for _ in range(100):
        ports.ids.secret()


async def slots(client: Client, name: str, day: str = "2026-03-02") -> list[str]:
    _, answer = await ask(client, "GET", f"/v1/availability?event_type_id={name}&start={day}&end={day}")
    return [str(one["start_time"]) for one in cast(list[Json], answer["slots"])]


async def test_an_event_type_is_made_shown_changed_and_deleted(client: Client, key: Key) -> None:
    """S5.2, S3.24"""
    hers = await key()
    status, made = await ask(client, "POST", "/v1/event-types", hers, **NEW)
    assert status == 201
    assert str(made["id"]).startswith("evt_")
    assert (made["host"], made["guest_reschedule_policy"], made["url"]) == (
        "alice",
        "auto",
        "https://book.example/u/alice/coaching",
    )
    path = f"/v1/event-types/{made['id']}"
    changes = {
        "cancellation_deadline_minutes": 120,
        "duration_options": [45, 90],
        "buffer_after_minutes": 15,
        "location": {"type": "link", "value": "https://meet.example/a"},
        "reminder_intervals": [1440, 60],
        "booking_cap": 3,
        "booking_cap_period": "weekly",
        "slot_interval_minutes": 15,
        "max_guests": 2,
        "requires_confirmation": True,
    }
    status, changed = await ask(client, "PATCH", path, hers, **changes)
    assert (status, {**made, **changes, "booking_caps": changed["booking_caps"]}) == (200, changed)
    assert changed["booking_caps"] == {"day": None, "week": 3, "month": None, "year": None, "total": None}
    assert await ask(client, "GET", path, hers) == (200, changed)
    assert await ask(client, "DELETE", path, hers) == (200, changed)
    status, answer = await ask(client, "GET", path, hers)
    assert (status, code(answer)) == (404, "not_found")


async def test_an_event_type_that_is_made_can_be_booked(client: Client, key: Key) -> None:
    """S5.2, S5.4, S5.5, S5.7"""
    hers = await key()
    _, made = await ask(
        client, "POST", "/v1/event-types", hers, **NEW, duration_options=[45, 90], slot_interval_minutes=30
    )
    body = wish(event_type_id=made["id"], duration=90)
    status, booked = await ask(client, "POST", "/v1/bookings", None, **body)
    assert (status, booked["duration_minutes"]) == (201, 90)
    status, answer = await ask(client, "POST", "/v1/bookings", None, **{**body, "duration": 60})
    assert (status, code(answer)) == (422, "validation_error")


async def test_rules_say_when_it_can_be_booked_and_replace_one_another(client: Client, key: Key) -> None:
    """S5.50: 0 is Sunday; what was said before is gone."""
    hers, path = await key(), f"/v1/event-types/{event_type_id(2)}/availability"
    rules = {
        "timezone": "Europe/Berlin",
        "rules": [{**MONDAY, "end_time": "10:00"}, {**MONDAY, "day_of_week": 0}],
        "overrides": [{"date": "2026-03-09", "windows": []}],
    }
    status, _ = await ask(client, "PUT", path, hers, **rules)
    assert status == 200
    assert await slots(client, "alice/intro") == ["2026-03-02T08:00:00Z", "2026-03-02T08:30:00Z"]
    assert len(await slots(client, "alice/intro", "2026-03-08")) == 6
    assert await slots(client, "alice/intro", "2026-03-09") == []
    status, seen = await ask(client, "GET", path, hers)
    assert seen["rules"] == [
        {"day_of_week": 0, "start_time": "09:00:00", "end_time": "12:00:00"},
        {"day_of_week": 1, "start_time": "09:00:00", "end_time": "10:00:00"},
    ]
    await ask(client, "PUT", path, hers, rules=[], timezone=None)
    assert await slots(client, "alice/intro") == []
    await ask(client, "PUT", path, hers, rules=None)
    assert len(await slots(client, "alice/intro")) == 16


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ([{**MONDAY, "day_of_week": 7}], "rules"),
        ([{**MONDAY, "start_time": "9"}], "rules"),
        ([{**MONDAY, "start_time": "13:00"}], "rules"),
        ([MONDAY, MONDAY], "rules"),
        ([{**MONDAY, "end_time": "24:30"}], "rules"),
    ],
)
async def test_rules_that_cannot_be_are_refused(client: Client, key: Key, rules: object, field: str) -> None:
    """S5.47, S5.50"""
    path = f"/v1/event-types/{event_type_id(2)}/availability"
    status, answer = await ask(client, "PUT", path, await key(), rules=rules)
    details = cast(Json, cast(Json, answer["error"])["details"])
    assert (status, list(details)) == (422, [field])


async def test_what_is_wrong_is_named_as_programs_know_it(client: Client, key: Key) -> None:
    """S5.47"""
    hers = await key()
    wrong = {**NEW, "duration_minutes": 0, "minimum_notice_minutes": -1, "timezone": "Nowhere", "slug": "A b"}
    status, answer = await ask(client, "POST", "/v1/event-types", hers, **wrong)
    details = cast(Json, cast(Json, answer["error"])["details"])
    assert status == 422
    assert set(details) == {"duration_minutes", "minimum_notice_minutes", "timezone", "slug"}
    status, answer = await ask(client, "POST", "/v1/event-types", hers, title="Only")
    assert set(cast(Json, cast(Json, answer["error"])["details"])) == {"slug", "duration_minutes"}


async def test_event_types_are_listed_page_by_page(client: Client, ports: Ports, key: Key) -> None:
    """S5.34"""
    await settle_in(ports, host("bob", number=7))
    hers, site = await key(), await key(None)
    await ask(client, "POST", "/v1/event-types", site, **NEW, host="bob")
    for mine, ids in ((hers, ["intro", "review"]), (site, ["intro", "review", "coaching"])):
        _, page = await ask(client, "GET", "/v1/event-types", mine)
        assert [one["slug"] for one in cast(list[Json], page["data"])] == ids
    _, page = await ask(client, "GET", f"/v1/event-types?limit=1&starting_after={event_type_id(2)}", site)
    assert ([one["slug"] for one in cast(list[Json], page["data"])], page["has_more"]) == (["review"], True)
    _, page = await ask(client, "GET", "/v1/event-types?host=bob", site)
    assert [one["slug"] for one in cast(list[Json], page["data"])] == ["coaching"]
    assert (await ask(client, "GET", "/v1/event-types?starting_after=evt_x", site))[0] == 422


async def test_whose_event_type_it_is_decides(client: Client, ports: Ports, key: Key) -> None:
    """S5.42, S5.43, C28, C43"""
    await settle_in(ports, host("bob", number=7))
    path = f"/v1/event-types/{event_type_id(2)}"
    routes = [
        ("GET", path),
        ("PATCH", path),
        ("DELETE", path),
        ("GET", f"{path}/availability"),
        ("PUT", f"{path}/availability"),
    ]
    foreign, trial = await key("bob"), await key(is_test=True)
    for method, at in routes:
        assert (await ask(client, method, at))[0] == 401
        assert (await ask(client, method, at, foreign, rules=None))[0] == 404
        needed = {"GET": Permission.VIEW, "DELETE": Permission.DELETE}.get(method, Permission.EDIT)
        weak = await key(permissions=set(Permission) - {needed})
        assert (await ask(client, method, at, weak, rules=None))[0] == 403
        tried = (await ask(client, method, at, trial, rules=None))[0]
        assert tried == (200 if method == "GET" else 403)
    assert (await ask(client, "POST", "/v1/event-types", foreign, **NEW, host="alice"))[0] == 404
    assert (await ask(client, "POST", "/v1/event-types", trial, **NEW))[0] == 403
    site = await key(None)
    assert (await ask(client, "POST", "/v1/event-types", site, **NEW))[0] == 422


async def test_an_event_type_is_made_once_under_an_idempotency_key(client: Client, key: Key) -> None:
    headers = {**await key(), "Idempotency-Key": "make"}
    first, again = [await ask(client, "POST", "/v1/event-types", headers, **NEW) for _ in range(2)]
    assert first == again


async def test_reminders_by_other_ways_stay_when_intervals_change(
    client: Client, ports: Ports, key: Key
) -> None:
    present = ports.homes.event_type("alice", "intro")
    assert present is not None
    both = (parse("2h guest sms"), parse("1d host"), parse("1d guest"))
    await ports.homes.save_event_type(replace(present, reminders=both))
    path = f"/v1/event-types/{event_type_id(2)}"
    _, changed = await ask(client, "PATCH", path, await key(), reminder_intervals=[60])
    assert changed["reminder_intervals"] == [60]
    saved = ports.homes.event_type("alice", "intro")
    assert saved is not None
    assert [str(one) for one in saved.reminders] == ["2h guest sms", "1d host", "1h guest"]
