"""Programs that come by invite."""

from dataclasses import replace

import pytest

from server.domain.event_type import Visibility
from server.ports import Ports
from server.usecases.invite import change
from server.usecases.invite.open import token_of
from tests.builders import NOW, event_type, invite
from tests.web.api_v1.conftest import Client, wish

HUSH = replace(event_type("hush", number=8, title="Hush"), visibility=Visibility.INTERNAL)
ASKED = f"/v1/availability?event_type_id={HUSH.id}&start=2026-03-02&end=2026-03-02"


@pytest.fixture
async def token(ports: Ports) -> str:
    """Return the token of an invite to alice's internal event type."""
    await ports.homes.save_event_type(HUSH)
    (saved,) = await ports.homes.save_invites([invite(kind=HUSH)])
    return token_of(ports, saved)


async def test_an_invite_shows_the_free_times(client: Client, token: str) -> None:
    """C18."""
    assert (await client.get(ASKED)).status == 404
    answer = await client.get(f"{ASKED}&invite={token}")
    assert (answer.status, len((await answer.json())["slots"])) == (200, 16)


async def test_an_invite_books_once_and_a_repetition_is_no_second_use(client: Client, token: str) -> None:
    """C18."""
    body = wish(event_type_id="alice/hush", invite=token)
    key = {"Idempotency-Key": "one"}
    first = await client.post("/v1/bookings", json=body, headers=key)
    assert first.status == 201
    again = await client.post("/v1/bookings", json=body, headers=key)
    assert (again.status, (await again.json())["id"]) == (201, (await first.json())["id"])
    later = wish("2026-03-02T10:00:00Z", event_type_id="alice/hush", invite=token)
    refused = await client.post("/v1/bookings", json=later)
    assert (refused.status, (await refused.json())["error"]["code"]) == (404, "not_found")
    assert (await client.get(f"{ASKED}&invite={token}")).status == 404


async def test_an_invite_is_good_for_its_own_event_type_alone(client: Client, token: str) -> None:
    """C18."""
    body = wish(event_type_id="alice/intro", invite=token)
    assert (await client.post("/v1/bookings", json=body)).status == 404


async def test_a_revoked_invite_is_as_none(client: Client, ports: Ports, token: str) -> None:
    """C18."""
    await change.revoke(ports, invite().id, NOW)
    for answer in (
        await client.get(f"{ASKED}&invite={token}"),
        await client.post("/v1/bookings", json=wish(event_type_id="alice/hush", invite=token)),
    ):
        assert (answer.status, (await answer.json())["error"]["code"]) == (404, "not_found")
