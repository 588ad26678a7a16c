"""Requests that may be repeated, in memory."""

from dataclasses import replace

from server.ports import Remembered


class MemoryRepeats:
    """A dictionary by key, with when each was made."""

    def __init__(self) -> None:
        self._requests: dict[str, tuple[Remembered, int]] = {}

    async def begin_request(self, key: str, digest: str, at: int) -> Remembered | None:
        """Remember that a request with `key` begins, and return None; or return the one that had the key before."""
        if key in self._requests:
            return self._requests[key][0]
        self._requests[key] = Remembered(digest, None), at
        return None

    async def end_request(self, key: str, subject: str) -> None:
        """Remember what came of a request."""
        if key in self._requests:
            request, at = self._requests[key]
            self._requests[key] = replace(request, subject=subject), at

    async def forget_request(self, key: str) -> None:
        """Forget a request that came to nothing, so that it can be made again."""
        self._requests.pop(key, None)

    def delete_before(self, before: int) -> None:
        """Forget the requests that were made before an instant."""
        self._requests = {key: kept for key, kept in self._requests.items() if kept[1] >= before}
