"""Knows how much of anything the server takes on for one request of a client."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one object and of one answer."""

    object_bytes: int = 8_000_000
    attendees: int = 5_000
    occurrences: int = 100_000
