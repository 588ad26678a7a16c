"""How many requests of one account are worked on at once: a client that asks for everything keeps nobody else waiting."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from aiohttp import web

RETRY_AFTER_S = 2


def come_back() -> web.HTTPServiceUnavailable:
    """Return the answer to what finds no place in a line."""
    return web.HTTPServiceUnavailable(headers={"Retry-After": str(RETRY_AFTER_S)})


class Turns:
    """At most `at_once` requests of an account under way, `waiting_max` more in its line; the next is told to come back.

    A turn lasts from before the body is read: who sends slowly fills a line of their own.
    """

    def __init__(self, at_once: int, waiting_max: int) -> None:
        self._at_once = at_once
        self._places = at_once + waiting_max
        self._here: Counter[str] = Counter()
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, user: str) -> AsyncIterator[None]:
        """Wait for a turn of `user`, and hold it; answers 503 when the line is full."""
        if self._here[user] >= self._places:
            raise come_back()
        turn = self._turns.get(user)
        if turn is None:
            turn = self._turns[user] = asyncio.Semaphore(self._at_once)
        self._here[user] += 1
        try:
            async with turn:
                yield
        finally:
            self._here[user] -= 1
            if not self._here[user]:
                del self._here[user]
