"""No way in for mail: what comes back goes to the address that mails come from."""

from collections.abc import Sequence

from server.ports import Arrived


class NoInbox:
    """Stands where no Maildir is configured."""

    is_configured = False

    async def waiting(self, limit: int) -> Sequence[Arrived]:
        """Return nothing."""
        return []

    async def remove(self, name: str) -> None:
        """Do nothing."""

    async def put_aside(self, name: str) -> None:
        """Do nothing."""

    async def probe(self) -> None:
        """Do nothing."""
