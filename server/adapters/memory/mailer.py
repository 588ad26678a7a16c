"""A way out for mail that keeps what was handed over."""

from dataclasses import dataclass

from server.ports import MailError


@dataclass(frozen=True, slots=True)
class SentMail:
    """One message as it was handed over."""

    message: bytes
    sender: str
    recipient: str


class MemoryMailer:
    """Keeps messages in `sent`; `refusals` are raised, first one first, before anything is kept."""

    def __init__(self, *, is_configured: bool = True) -> None:
        self.is_configured = is_configured
        self.sent: list[SentMail] = []
        self.refusals: list[MailError] = []

    async def send(self, message: bytes, sender: str, recipient: str) -> None:
        """Keep one message; raises the next of `refusals`."""
        if self.refusals:
            raise self.refusals.pop(0)
        self.sent.append(SentMail(message, sender, recipient))
