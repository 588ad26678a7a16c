"""A gateway that keeps what it is given."""

from dataclasses import dataclass

from server.ports import TextError


@dataclass(frozen=True, slots=True)
class SentText:
    """One message as it was handed over."""

    to: str
    text: str
    id: str


class MemoryTexter:
    """Keeps messages; raises what stands in `refusals` first, one for each message."""

    def __init__(self, *, is_configured: bool = True) -> None:
        self.is_configured = is_configured
        self.sent: list[SentText] = []
        self.refusals: list[TextError] = []

    async def send(self, to: str, text: str, id_: str) -> None:
        """Keep one message."""
        if self.refusals:
            raise self.refusals.pop(0)
        self.sent.append(SentText(to, text, id_))
