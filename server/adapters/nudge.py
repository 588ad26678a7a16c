"""A bell between a use case and the job that waits for it, within one event loop."""

import asyncio


class Bell:
    """Rung any number of times before it is heard, it wakes its waiter once."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake whoever waits, or the next one who will; call it from the event loop only."""
        self._rung.set()

    async def wait(self, timeout_s: float) -> bool:
        """Return True as soon as the bell is rung, False after `timeout_s` seconds of silence."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True
