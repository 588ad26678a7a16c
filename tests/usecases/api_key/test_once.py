"""Requests that come again under the same Idempotency-Key."""

import asyncio

import pytest

from server.adapters.memory import memory_ports
from server.domain.errors import Conflict, Invalid, KeyReused
from server.usecases.api_key.once import Request, once
from tests.builders import NOW

ONE = Request("key_a", "1", b"POST /v1/bookings {}")


async def test_the_same_request_is_done_once_also_at_the_same_time() -> None:
    ports, runs = memory_ports(NOW), []

    async def work(digest: str) -> str:
        runs.append(digest)
        await asyncio.sleep(0)
        return f"bk_{len(runs)}"

    at_once = await asyncio.gather(*(once(ports, ONE, NOW, work) for _ in range(20)))
    later = await once(ports, ONE, NOW, work)
    assert {*at_once, later} == {"bk_1"}
    assert len(runs) == 1


@pytest.mark.parametrize("other", [Request("key_a", "2", ONE.said), Request("key_b", "1", b"other")])
async def test_another_key_or_asker_is_another_request(other: Request) -> None:
    ports, runs = memory_ports(NOW), []

    async def work(digest: str) -> str:
        runs.append(digest)
        return f"bk_{len(runs)}"

    assert [await once(ports, one, NOW, work) for one in (ONE, other)] == ["bk_1", "bk_2"]


async def test_another_request_under_the_same_key_is_refused_also_while_the_first_runs() -> None:
    ports, begun, go_on = memory_ports(NOW), asyncio.Event(), asyncio.Event()

    async def slow(_: str) -> str:
        begun.set()
        await go_on.wait()
        return "bk_1"

    async def never(_: str) -> str:
        raise AssertionError

    other = Request(ONE.asker, ONE.key, b"other")
    first = asyncio.ensure_future(once(ports, ONE, NOW, slow))
    await begun.wait()
    with pytest.raises(KeyReused):
        await once(ports, other, NOW, never)
    go_on.set()
    assert await first == "bk_1"
    with pytest.raises(KeyReused):
        await once(ports, other, NOW, never)


async def test_what_was_refused_may_be_asked_for_again_in_other_words() -> None:
    ports = memory_ports(NOW)

    async def refuse(_: str) -> str:
        raise Conflict("Taken.")

    async def work(_: str) -> str:
        return "bk_1"

    with pytest.raises(Conflict):
        await once(ports, ONE, NOW, refuse)
    assert await once(ports, Request(ONE.asker, ONE.key, b"other"), NOW, work) == "bk_1"


async def test_what_a_crash_left_unfinished_runs_again() -> None:
    ports = memory_ports(NOW)
    key, said = ONE.digests(ports.secret_key)
    await ports.ledger.begin_request(key, said, 0)

    async def work(_: str) -> str:
        return "bk_1"

    assert await once(ports, ONE, NOW, work) == "bk_1"


@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb"])
async def test_what_cannot_be_a_key_is_refused(key: str) -> None:
    async def never(_: str) -> str:
        raise AssertionError

    with pytest.raises(Invalid):
        await once(memory_ports(NOW), Request("key_a", key, b""), NOW, never)
