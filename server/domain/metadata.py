"""What programs keep beside a booking: names and plain values, which Daybook stores and makes nothing of."""

from collections.abc import Mapping
from typing import TypeAlias

from server.domain.attendees import has_controls

ENTRIES_MAX = 50
NAME_MAX = 40
VALUE_MAX = 500
INTEGER_MAX = 2**53
"""The largest integer that every JSON reader understands as it was meant."""

Value: TypeAlias = str | int | float | bool | None
Metadata: TypeAlias = tuple[tuple[str, Value], ...]


def fault(metadata: Metadata) -> str | None:
    """Return what is wrong with the metadata of a booking; None when all is well."""
    if len(metadata) > ENTRIES_MAX:
        return f"may have {ENTRIES_MAX} entries, not {len(metadata)}"
    for name, value in metadata:
        if not 1 <= len(name) <= NAME_MAX or has_controls(name):
            return f"must have names of 1 to {NAME_MAX} characters on one line"
        if isinstance(value, str) and (len(value) > VALUE_MAX or has_controls(value, besides="\n\r\t")):
            return f"must have values of at most {VALUE_MAX} characters that can be printed"
        if isinstance(value, int) and abs(value) > INTEGER_MAX:
            return "must have numbers that every program can read"
    return None


def of(values: Mapping[str, Value]) -> Metadata:
    """Return the metadata that a mapping holds, by name; equal mappings give equal metadata."""
    return tuple(sorted(values.items(), key=lambda entry: entry[0]))
