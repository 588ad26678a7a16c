"""Calendar objects in few words, and occurrences as a host in Berlin reads them: 06-01 10:00-11:00."""

from datetime import datetime
from zoneinfo import ZoneInfo

from server.ical.occurrences import Expansion, occurrences
from server.ical.scan import Component, scan

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600
DAY = 24 * HOUR


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


WINDOW = (at("2024-01-01"), at("2034-01-01"))


def calendar(*lines: str) -> Component:
    return scan("\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]))


def vevent(*lines: str, uid: str = "a") -> list[str]:
    return ["BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT"]


def expand(*lines: str, window: tuple[int, int] = WINDOW, zone: ZoneInfo = BERLIN) -> Expansion:
    return occurrences(calendar(*lines), *window, zone)


def shown(expansion: Expansion) -> list[str]:
    assert not expansion.complex
    return [span(one.start, one.end) for one in expansion.occurrences]


def span(start: int, end: int) -> str:
    first, last = datetime.fromtimestamp(start, BERLIN), datetime.fromtimestamp(end, BERLIN)
    same_day = first.date() == last.date()
    return f"{first:%m-%d %H:%M}-{last:%H:%M}" if same_day else f"{first:%m-%d %H:%M}-{last:%m-%d %H:%M}"
