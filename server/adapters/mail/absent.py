"""No way out for mail: bookings work, and each mail waits to be sent by hand."""

from server.ports import MailError


class NoMailer:
    """Stands where no SMTP server is configured."""

    is_configured = False

    async def send(self, message: bytes, sender: str, recipient: str) -> None:
        """Refuse; whoever asks first never comes here."""
        raise MailError("no SMTP", permanent=False)
