"""An inbox in memory."""

from collections.abc import Sequence

from server.ports import Arrived


class MemoryInbox:
    """Messages by name; what was put aside is kept as well. Not configured, it stays empty."""

    def __init__(self, *, is_configured: bool = True) -> None:
        self.is_configured = is_configured
        self.messages: dict[str, bytes] = {}
        self.aside: dict[str, bytes] = {}

    async def waiting(self, limit: int) -> Sequence[Arrived]:
        """Return messages that wait."""
        return [Arrived(name, self.messages[name]) for name in sorted(self.messages)[:limit]]

    async def remove(self, name: str) -> None:
        """Remove a message."""
        self.messages.pop(name, None)

    async def put_aside(self, name: str) -> None:
        """Keep a message that does not wait any more."""
        if name in self.messages:
            self.aside[name] = self.messages.pop(name)

    async def probe(self) -> None:
        """Do nothing: memory can always be read."""
