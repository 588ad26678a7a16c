"""A bell between a use case and the job that waits for it, within one event loop."""

import asyncio


class Bell:
    """Rung any number of times before it is heard, it wakes its waiter once, `pause_s` seconds after the first ring."""

    def __init__(self, pause_s: float = 0) -> None:
        self._pause_s = pause_s
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake whoever waits, or the next one who will; call it from the event loop only."""
        self._rung.set()

    async def wait(self, timeout_s: float) -> bool:
        """Return True when the bell was rung and the pause is over, False after `timeout_s` seconds of silence."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._rung.wait()
        except TimeoutError:
            return False
        await asyncio.sleep(self._pause_s)
        self._rung.clear()
        return True
