"""No way out for text messages."""

from server.ports import TextError


class NoTexter:
    """Stands where no gateway is configured."""

    is_configured = False

    async def send(self, to: str, text: str, id_: str) -> None:
        """Refuse; whoever asks first never comes here."""
        raise TextError("no SMS", permanent=False)
