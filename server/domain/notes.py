"""What hosts note about a booking: for themselves, or for those who take part to read."""

from dataclasses import dataclass
from datetime import datetime

from server.domain.attendees import NOTES_MAX, has_controls

PER_BOOKING_MAX = 200


@dataclass(frozen=True, slots=True)
class Note:
    """One note; `number` is its own for the booking's life, who takes part reads only what is not private (C42)."""

    number: int
    content: str
    is_private: bool
    created_at: datetime


def fault(content: str) -> str | None:
    """Return what is wrong with the text of a note; None when all is well."""
    if not content.strip():
        return "must say something"
    if len(content) > NOTES_MAX:
        return f"may have {NOTES_MAX} characters, not {len(content)}"
    return "holds characters that cannot be printed" if has_controls(content, besides="\n\r\t") else None
