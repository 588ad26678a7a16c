"""The clock of the machine."""

from datetime import UTC, datetime


class SystemClock:
    """The present, as the operating system knows it."""

    def now(self) -> datetime:
        """Return the present instant, aware and UTC."""
        return datetime.now(UTC)
