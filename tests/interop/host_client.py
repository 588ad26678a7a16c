"""What a host does in a calendar client, whichever it is."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypedDict, cast

ACCOUNT = ("demo", "demo")
PATH = "/dav/demo/calendar/"
"""The default calendar of the demo host, to which every client is subscribed."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A meeting as the client shows it; a series by its first occurrence."""

    uid: str
    title: str
    start: datetime
    end: datetime


class Driver(Protocol):
    """A running client, signed in at `/dav/` and subscribed to the calendar; it knows the actions below by name."""

    def do(self, action: str, *values: object) -> object:
        """Do one action in the client and return what comes of it; instants are epoch seconds."""
        ...

    def close(self) -> None:
        """End the client."""
        ...


class HostClient:
    """The host at a client."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def calendars(self) -> list[str]:
        """Return the paths of the calendars that the client finds on its own, told no more than `/dav/`."""
        return cast(list[str], self._driver.do("calendars"))

    def shown(self) -> list[Shown]:
        """Synchronise, and return what the client shows; what changed elsewhere may take it a moment."""
        found = cast(list[_Fields], self._driver.do("shown"))
        return [
            Shown(
                one["uid"],
                one["title"],
                datetime.fromtimestamp(one["start"], UTC),
                datetime.fromtimestamp(one["end"], UTC),
            )
            for one in found
        ]

    def add(self, title: str, start: datetime, end: datetime) -> None:
        """Enter a meeting."""
        self._driver.do("add", title, start.timestamp(), end.timestamp())

    def move(self, uid: str, start: datetime, end: datetime) -> None:
        """Drag a meeting to another time."""
        self._driver.do("move", uid, start.timestamp(), end.timestamp())

    def rename(self, uid: str, title: str) -> None:
        """Give a meeting another title."""
        self._driver.do("rename", uid, title)

    def delete(self, uid: str) -> None:
        """Delete a meeting."""
        self._driver.do("delete", uid)

    def close(self) -> None:
        """End the client."""
        self._driver.close()


class _Fields(TypedDict):
    uid: str
    title: str
    start: float
    end: float
