"""Rooms over HTTP: one signed request, one small answer in JSON, `{"url": "https://…"}`."""

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp
import msgspec

from server.adapters.outbound import Forbidden, Guard, session
from server.domain.rooms import is_answer
from server.ports import RoomError

TIMEOUT_S = 5.0
ANSWER_BYTES_MAX = 16 * 1024


class _Answer(msgspec.Struct):
    url: str


class HttpRooms:
    """Asks the servers that hosts named; what they answer is believed only if it is a web address."""

    def __init__(self, guard: Guard, timeout_s: float = TIMEOUT_S) -> None:
        self._guard = guard
        self._timeout_s = timeout_s

    async def ask(self, address: str, headers: Mapping[str, str], body: bytes) -> str:
        """Send one request and return the address of the room; raises `RoomError`."""
        try:
            async with asyncio.timeout(self._timeout_s):
                answer = await self._post(address, headers, body)
        except TimeoutError as error:
            raise RoomError("timeout") from error
        except Forbidden as error:
            raise RoomError("private network") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise RoomError("connect") from error
        return _read(answer)

    async def _post(self, address: str, headers: Mapping[str, str], body: bytes) -> bytes:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        addresses = await self._guard.resolve(parts.hostname or "", port)
        if parts.scheme != "https" and not all(map(self._guard.is_private, addresses)):
            raise RoomError("not https")  # what is sent names the guest
        async with (
            session(addresses, self._timeout_s) as client,
            client.post(
                address,
                data=body,
                headers={**headers, "Content-Type": "application/json", "Accept": "application/json"},
                allow_redirects=False,
            ) as response,
        ):
            if not 200 <= response.status < 300:
                raise RoomError(str(response.status))
            return await _bounded(response)


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    answer = bytearray()
    async for chunk in response.content.iter_any():
        answer += chunk
        if len(answer) > ANSWER_BYTES_MAX:
            raise RoomError("too long")
    return bytes(answer)


def _read(answer: bytes) -> str:
    try:
        url = msgspec.json.decode(answer, type=_Answer).url.strip()
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RoomError("no url") from error
    if not is_answer(url):
        raise RoomError("no url")
    return url
