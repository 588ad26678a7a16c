"""Names of things: opaque identifiers, so that mypy tells a slug from an href.

Home          "alice"            the folder of a principal; also the slug of the host's pages
CalendarPath  "alice/calendar"   a calendar within a home, without outer slashes
BookingId     "bk_" + 16 characters of base32 (80 random bits)
EventTypeId   "evt_" + 16 characters of base32
Uid           the UID of a VEVENT: a random UUID for bookings (RFC 7986 §5.3)
"""

import re
from collections.abc import Sequence
from typing import NewType

Home = NewType("Home", str)
Slug = NewType("Slug", str)
CalendarPath = NewType("CalendarPath", str)
Href = NewType("Href", str)
Etag = NewType("Etag", str)
Uid = NewType("Uid", str)
BookingId = NewType("BookingId", str)
EventTypeId = NewType("EventTypeId", str)

HOME = re.compile(r"[a-z0-9][a-z0-9-]{1,38}")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")

RESERVED_HOMES = frozenset(
    {
        "admin",
        "api",
        "b",
        "book",
        "booking",
        "calendar",
        "daybook",
        "dav",
        "docs",
        "feeds",
        "health",
        "healthz",
        "help",
        "host",
        "hosts",
        "login",
        "logout",
        "mail",
        "me",
        "metrics",
        "new",
        "private",
        "public",
        "root",
        "settings",
        "setup",
        "static",
        "system",
        "team",
        "teams",
        "u",
        "user",
        "users",
        "v1",
        "v2",
        "www",
    }
)
"""Homes that nobody may take, because a page or an address of the product has, or may get, that name."""


GROUP_MAX = 10
"""How many hosts one address can name."""


def group_name(home: Home, others: Sequence[Home]) -> str:
    """Return what stands for several hosts in an address, the first of them first."""
    return "+".join((home, *others))


def is_home(text: str) -> bool:
    """Tell whether `text` may name a host's or a team's home."""
    return HOME.fullmatch(text) is not None and text not in RESERVED_HOMES


def is_slug(text: str) -> bool:
    """Tell whether `text` may name an event type within a home."""
    return SLUG.fullmatch(text) is not None


def calendar_path(home: Home, name: str) -> CalendarPath:
    """Return the path of the calendar `name` of `home`."""
    return CalendarPath(f"{home}/{name}")


def home_of(calendar: CalendarPath) -> Home:
    """Return the home that `calendar` lies in."""
    return Home(calendar.partition("/")[0])


def superseded_uid(uid: Uid, revision: int) -> Uid:
    """Return the UID under which the history keeps a revision that was replaced by the next."""
    return Uid(f"{uid}-r{revision}")


def is_superseded(uid: Uid) -> bool:
    """Tell whether a UID names a superseded revision; `r` is no hexadecimal digit, so no UUID looks like that."""
    return _SUPERSEDED.search(uid) is not None


_SUPERSEDED = re.compile(r"-r\d+$")

HISTORY = "history"
"""The calendar of a home that keeps what bookings were; hidden from every CalDAV client, never busy."""

SANDBOX = "sandbox"
"""The calendar of a home that keeps the bookings of test keys; hidden as the history is, never busy (C38)."""

DEFAULT_CALENDAR = "calendar"
"""The calendar that a new home starts with."""
