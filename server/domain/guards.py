"""Whom the operator and the hosts keep out, and how much one guest may have open. All of it is about new bookings only."""

from collections.abc import Iterable
from dataclasses import dataclass

from server.domain.attendees import EMAIL_MAX, domain_of

PATTERNS_MAX = 1_000
WRONG_PATTERN = "must be mail addresses, whole domains like @example.org, or either with * for any characters: @*.example.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """The operator's guards: addresses that may not book, and how many bookings to come one address may have with a host.

    0 is no such limit. `hold_min` is how long a time is held for who has yet to confirm their mail address.
    """

    blocked: tuple[str, ...] = ()
    open_per_address: int = 0
    hold_min: int = 15


def mailbox(address: str) -> str:
    """Return what leads to the same mailbox however it is written: without case, and without what follows a `+`."""
    local, _, domain = _delivered(address).rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _delivered(address: str) -> str:
    """Return an address without case, its domain as mail goes there: letters that only look different make no other one."""
    local, _, domain = address.strip().casefold().rpartition("@")
    return f"{local}@{domain_of(domain).rstrip('.')}"


def is_blocked(address: str, patterns: Iterable[str]) -> bool:
    """Tell whether `address`, or the mailbox it leads to, is one of those that `patterns` mean."""
    plain = address.strip().casefold()
    written = {plain, _delivered(plain), mailbox(plain)}
    return any(_matches(_whole(pattern), one) for pattern in patterns for one in written)


def fault(patterns: Iterable[str]) -> str | None:
    """Return what is wrong with a list of patterns, None when nothing is."""
    found = tuple(patterns)
    if len(found) > PATTERNS_MAX:
        return f"may be {PATTERNS_MAX}, not {len(found)}"
    return None if all(map(_is_pattern, found)) else WRONG_PATTERN


def _is_pattern(text: str) -> bool:
    plain = text.strip()
    sound = len(plain) <= EMAIL_MAX and plain.isprintable() and " " not in plain
    # A star alone would block everybody, which is what switching the event type off is for.
    return sound and plain.count("@") == 1 and plain.rpartition("@")[2].strip("*.") != ""


def _whole(pattern: str) -> str:
    local, _, domain = pattern.strip().casefold().rpartition("@")
    labels = (one if "*" in one else domain_of(one) for one in domain.split("."))
    return f"{local or '*'}@{'.'.join(labels)}"


def _matches(pattern: str, text: str) -> bool:
    """Compare by the parts between stars, each found at its first place: time stays linear whatever the pattern is."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == first
    *middle, last = rest
    if not text.startswith(first):
        return False
    at = len(first)
    for part in middle:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - len(last) >= at and text.endswith(last)
