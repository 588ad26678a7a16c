"""The description of /v1, and whether what is answered is what it describes."""

import json
import re
from collections.abc import Mapping
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import ClientResponse
from pytest_aiohttp.plugin import AiohttpClient

from server.domain.permissions import Permission
from server.domain.site import Site
from server.ports import Ports
from server.web.api_v1.openapi import described
from server.web.api_v1.operations import OPERATIONS, Access, Operation
from server.web.app import make_app
from server.web.middleware.cross_origin import is_public
from server.web.options import WebOptions
from tests.builders import event_type_id, host, settle_in
from tests.usecases.booking.waits import set_up
from tests.web.api_v1.conftest import Client, Key, wish
from tests.web.api_v1.json_schema import faults, some

DOCUMENT = described(Site(name="Daybook", base_url="https://book.example", mail_address=""))
SCHEMAS = DOCUMENT["components"]["schemas"]
NAMES = [f"{one.method.value} {one.path}" for one in OPERATIONS]
ROUNDS = 8


@pytest.fixture
async def client(ports: Ports, aiohttp_client: AiohttpClient) -> Client:
    """Return a client that may ask as often as it likes."""
    options = WebOptions(
        pages_per_minute=0, changes_per_hour=0, api_requests_per_minute=0, mails_per_recipient_per_day=0
    )
    return await aiohttp_client(make_app(ports, options))


def test_the_document_is_whole() -> None:
    """S5.48: every reference leads somewhere, every operation has a name of its own and says what it does."""
    text = json.dumps(DOCUMENT)
    referred = set(re.findall(r"#/components/schemas/(\w+)", text))
    assert referred <= SCHEMAS.keys()
    found = [one for path in DOCUMENT["paths"].values() for one in path.values()]
    assert len({one["operationId"] for one in found}) == len(found) == len(OPERATIONS)
    assert all(one["summary"].endswith(".") or ")" in one["summary"] for one in found)
    assert DOCUMENT["openapi"] == "3.1.0"


async def test_the_document_is_served_to_any_site_and_kept(client: Client) -> None:
    """S5.48"""
    answer = await client.get("/openapi.json")
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    document = await answer.json()
    assert document["paths"].keys() == DOCUMENT["paths"].keys()
    again = await client.get("/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304


def test_what_other_sites_may_read_is_what_needs_no_key() -> None:
    for one in OPERATIONS:
        path = one.path.replace("{id}", "bk_x")
        if one.access is not Access.KEY:
            assert is_public(path), path
        elif "/bookings/{id}/" in one.path and not one.path.endswith("/notes"):
            assert not is_public(path), path


async def check(answer: ClientResponse, one: Operation) -> None:
    """Hold an answer to what the description says of it; a fault of ours is described nowhere."""
    responses = DOCUMENT["paths"][one.path][one.method.value.lower()]["responses"]
    assert answer.status != 500, await answer.text()
    assert str(answer.status) in responses, (answer.status, await answer.text())
    (kind, content) = next(iter(responses[str(answer.status)]["content"].items()))
    assert answer.content_type == kind
    if kind == "application/json":
        body = await answer.json()
        assert list(faults(body, content["schema"], SCHEMAS)) == []
        if answer.status >= 400:
            described_codes = responses[str(answer.status)]["description"]
            assert body["error"]["code"] in described_codes


async def ask(
    client: Client, one: Operation, id_: str, key: Mapping[str, str], query: Mapping[str, str], body: Any
) -> ClientResponse:
    path = one.path.replace("{id}", id_).replace("{date}", "2026-03-03") + (
        f"?{urlencode(query)}" if query else ""
    )
    return await client.request(one.method.value, path, headers=key, json=body)


async def made(client: Client, start: str) -> dict[str, Any]:
    found: dict[str, Any] = await (await client.post("/v1/bookings", json=wish(start))).json()
    return found


@pytest.mark.parametrize("one", OPERATIONS, ids=NAMES)
async def test_whatever_is_asked_the_answer_is_as_described(
    client: Client, ports: Ports, key: Key, one: Operation
) -> None:
    """S5.42 to S5.48: right, wrong and nearly right requests from a seed; none makes the server fail."""
    for _ in range(100):
        ports.ids.secret()
    await set_up(ports, guests_max=2)
    dice, hers = Random(f"{one.method.value} {one.path}"), await key()
    for number in range(ROUNDS):
        booking = await made(client, f"2026-03-0{3 + number % 3}T{8 + number % 8:02}:00:00Z")
        token = str(booking.get("cancel_token", "ctk_nothing"))
        id_ = event_type_id(3) if "event-types" in one.path else str(booking.get("id", "bk_nothing"))
        parameters = DOCUMENT["paths"][one.path][one.method.value.lower()]["parameters"]
        query = {
            item["name"]: str(some(item["schema"], SCHEMAS, dice))
            for item in parameters
            if item["in"] == "query" and (item["required"] or dice.random() < 0.4)
        }
        if "event_type_id" in query and dice.random() < 0.8:
            query["event_type_id"] = "alice/intro"
        caller = dice.choice((hers, {}))
        if not caller:
            query["token"] = token
        body = None if one.body is None else some(SCHEMAS[one.body.__name__], SCHEMAS, dice)
        await check(await ask(client, one, id_, caller, query, body), one)


@pytest.mark.parametrize("one", OPERATIONS, ids=NAMES)
async def test_who_asks_decides_what_is_answered(
    client: Client, ports: Ports, key: Key, one: Operation
) -> None:
    """S5.41, S5.42, S5.43, C28, C38, C43: no key, a wrong one, a foreign one, a test key, one without the permission."""
    await settle_in(ports, host("bob", number=7))
    booking = await made(client, "2026-03-03T10:00:00Z")
    is_own = "{id}" in one.path
    id_ = event_type_id(3) if "event-types" in one.path else str(booking["id"])
    weak = await key(permissions=set(Permission) - {one.permission} if one.permission else set(Permission))
    callers = {
        "nobody": {},
        "wrong": {"Authorization": "Bearer db_live_" + "a" * 44},
        "foreign": await key("bob"),
        "weak": weak,
        "test": await key(is_test=True),
    }
    query = {"email": "x@example.net"} if one.query and "email" in one.query.__struct_fields__ else {}
    body = {"host": "alice", "event_type_id": "alice/intro"} if one.body else None
    found = {}
    for who, caller in callers.items():
        answer = await ask(client, one, id_, caller, query, body)
        await check(answer, one)
        found[who] = answer.status
    assert found["wrong"] == 401
    if one.access is not Access.PUBLIC:
        assert found["nobody"] == 401
        assert found["weak"] == 403
        if is_own:
            assert found["foreign"] == 404
            is_booking = "bookings" in one.path
            assert found["test"] in ({404} if is_booking else {200, 403})
