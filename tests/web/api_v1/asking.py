"""Requests of programs, and what is read from their answers."""

from collections.abc import Mapping
from typing import cast

from tests.web.api_v1.conftest import Client

Json = dict[str, object]


async def ask(
    client: Client, method: str, path: str, key: Mapping[str, object] | None = None, **body: object
) -> tuple[int, Json]:
    headers = {str(name): str(value) for name, value in (key or {}).items()}
    answer = await client.request(method, path, headers=headers, json=body or None)
    return answer.status, await answer.json()


def code(answer: Json) -> object:
    return cast(Json, answer["error"])["code"]
