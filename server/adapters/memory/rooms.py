"""Rooms that are opened, or not, as a test says."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.ports import RoomError


@dataclass
class MemoryRooms:
    """Answers with `answer`, or refuses with `error` while that is set; `asked` are the requests so far."""

    answer: str = "https://rooms.example/abc"
    error: str = ""
    asked: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    async def ask(self, address: str, headers: Mapping[str, str], body: bytes) -> str:
        """Return the answer; raises `RoomError`."""
        self.asked.append((address, headers, body))
        if self.error:
            raise RoomError(self.error)
        return self.answer
