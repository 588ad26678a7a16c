"""What calendar clients do to a host's calendars, done through the port: writes that are not Daybook's own."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from server.domain.identity import CalendarPath, Href, home_of
from server.domain.intervals import Span
from server.ports import ObjectWrite, Ports

CLIENT = "a client"
"""What stands for the intent of such a write: no ledger knows it."""


async def client_puts(
    ports: Ports, calendar: CalendarPath, name: str, span: Span
) -> Callable[[], Awaitable[None]]:
    """Put an opaque VEVENT into a calendar; return what removes it again."""
    href = Href(f"{name}.ics")
    start, end = (datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ") for at in span)
    text = "\r\n".join(
        (
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Somebody else//EN",
            "BEGIN:VEVENT",
            f"UID:{name}",
            "DTSTAMP:20260101T000000Z",
            f"DTSTART:{start}",
            f"DTEND:{end}",
            f"SUMMARY:{name}",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        )
    )
    await write(ports, calendar, href, text)

    async def remove() -> None:
        await write(ports, calendar, href, None)

    return remove


async def write(ports: Ports, calendar: CalendarPath, href: Href, text: str | None) -> None:
    """Write or remove an object past the use cases; its listeners see an intent that no ledger knows."""
    present = await ports.calendars.etag(calendar, href)
    home = home_of(calendar)
    staged = await ports.calendars.stage(home, [ObjectWrite(calendar, href, present, text)])
    await ports.calendars.swap(home, CLIENT, staged, ())
