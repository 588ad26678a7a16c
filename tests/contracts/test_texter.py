"""What every way out for text messages promises."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from server.adapters.memory.texter import MemoryTexter
from server.adapters.sms.gateway import Gateway, HttpTexter
from server.ports import Texter, TextError
from tests.adapters.sms.listening import gateway

NUMBER = "+4930123456"
MESSAGE = (NUMBER, "Tomorrow, 9 o'clock", "bk_1-7")


@dataclass
class Way:
    """A way out, what came out of it, and how to make it refuse."""

    texter: Texter
    arrived: Callable[[], list[tuple[str, str, str]]]
    refuse: Callable[[TextError], None]


@pytest.fixture(params=["memory", "http"])
async def way(request: pytest.FixtureRequest) -> AsyncIterator[Way]:
    if request.param == "memory":
        memory = MemoryTexter()
        yield Way(memory, lambda: [(one.to, one.text, one.id) for one in memory.sent], memory.refusals.append)
        return
    async with gateway() as fake:
        body = '["{to}", "{text}", "{id}"]'
        known = Gateway(url=f"{fake.url}/sms", headers=("Content-Type: application/json",), body=body)

        def arrived() -> list[tuple[str, str, str]]:
            return [tuple(json.loads(one.body)) for one in fake.asked if fake.status == 200]

        def refuse(error: TextError) -> None:
            fake.status = int(error.code)

        yield Way(HttpTexter(known), arrived, refuse)


async def test_a_message_arrives_with_its_number_and_name(way: Way) -> None:
    assert way.texter.is_configured
    await way.texter.send(*MESSAGE)
    assert way.arrived() == [MESSAGE]


@pytest.mark.parametrize("refusal", [TextError("400", permanent=True), TextError("503", permanent=False)])
async def test_a_refusal_says_whether_it_is_for_good(way: Way, refusal: TextError) -> None:
    way.refuse(refusal)
    with pytest.raises(TextError) as caught:
        await way.texter.send(*MESSAGE)
    assert (caught.value.code, caught.value.permanent) == (refusal.code, refusal.permanent)
    assert way.arrived() == []
