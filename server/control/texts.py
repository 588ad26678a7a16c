"""What operators type, as values of the domain; a fault is told for the field it stands in."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from msgspec import UNSET, UnsetType

from server.domain import reminders as all_reminders
from server.domain.companions import Companion
from server.domain.errors import Invalid
from server.domain.event_type import Location, LocationType
from server.domain.hours import DateOverride, Hours, parse_hours, parse_windows
from server.domain.identity import Home
from server.domain.reminders import Reminder
from server.domain.zones import is_zone

S = TypeVar("S")
T = TypeVar("T")
Overrides = dict[date, DateOverride | None]

CLOSED = "closed"
USUAL = "usual"
INHERIT = "inherit"
NONE = "none"
ALL = "all"
NONE = "none"

WITHOUT_VALUE = {
    "ask phone": LocationType.GUEST_PHONE,
    "ask place": LocationType.GUEST_PLACE,
    "room": LocationType.ROOM,
    NONE: LocationType.NONE,
}
"""Places that need no more words."""


class Texts:
    """Reads fields one by one and refuses all wrong ones together."""

    def __init__(self) -> None:
        self.faults: dict[str, str] = {}

    def read(self, field: str, reader: Callable[[S], T], text: S | UnsetType) -> T | UnsetType:
        """Return what `reader` makes of `text`; where it raises ValueError, note the fault and return UNSET."""
        if text is UNSET:
            return UNSET
        try:
            return reader(text)
        except ValueError as error:
            self.faults[field] = str(error)
            return UNSET

    def refuse(self) -> None:
        """Raise Invalid when any field was wrong."""
        if self.faults:
            raise Invalid("Some of what was given cannot be read.", self.faults)


def companion(text: str) -> Companion:
    """Return whom "Sam Example <sam@example.org>" or a bare address names; whether it is one is not asked here."""
    name, angle, rest = text.rpartition("<")
    return Companion(rest.rstrip().removesuffix(">"), name.strip()) if angle else Companion(text.strip())


def given(value: T | UnsetType, otherwise: T) -> T:
    """Return a value, or what holds when it is unset."""
    return otherwise if value is UNSET else value


def hours_or_inherited(text: str) -> Hours | None:
    """Return weekly hours; None for "inherit", which means the host's."""
    return None if text.strip().lower() == INHERIT else parse_hours(text)


def overrides(given: Iterable[str]) -> Overrides:
    """Return what each date shall be: "2026-12-24 closed", "2026-12-31 09:00-12:00", or "2026-12-24 usual"."""
    return dict(map(_override, given))


def reminders(given: Iterable[str]) -> tuple[Reminder, ...]:
    """Return reminders, the earliest first; "none" among them says that there are none."""
    lines = [text.strip() for text in given]
    if any(line.lower() == NONE for line in lines):
        if len(lines) > 1:
            raise ValueError(f"“{NONE}” cannot stand beside others")
        return ()
    return all_reminders.ordered(map(all_reminders.parse, lines))


def merged(present: Iterable[DateOverride], changes: Overrides) -> tuple[DateOverride, ...]:
    """Return the present overrides with the given dates put in their place, or taken out."""
    found: Overrides = {**{one.day: one for one in present}, **changes}
    return tuple(one for _, one in sorted(found.items()) if one is not None)


def _override(text: str) -> tuple[date, DateOverride | None]:
    first, _, rest = text.strip().partition(" ")
    day, windows = a_date(first), rest.strip().lower()
    if not windows:
        raise ValueError(f"“{text}” lacks its windows: write for instance “{first} closed”")
    if windows == USUAL:
        return day, None
    return day, DateOverride(day, () if windows == CLOSED else parse_windows(windows))


def a_date(text: str) -> date:
    """Return a date written like 2026-12-24."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"“{text}” is no date: write it as 2026-12-24") from None


def calendars(text: str) -> tuple[str, ...] | None:
    """Return names of calendars separated by commas; None for "all"."""
    names = tuple(dict.fromkeys(filter(None, (name.strip() for name in text.split(",")))))
    return None if names == (ALL,) else names


def calendars_or_inherited(text: str) -> tuple[str, ...] | None:
    """Return names of calendars separated by commas; None for "inherit", which means the host's."""
    return None if text.strip().lower() == INHERIT else calendars(text)


def homes(text: str) -> tuple[Home, ...]:
    """Return homes of hosts separated by commas; none for "none"."""
    names = dict.fromkeys(filter(None, (name.strip() for name in text.split(","))))
    return () if list(names) == [NONE] else tuple(map(Home, names))


def homes_or_all(text: str) -> tuple[Home, ...] | None:
    """Return homes of hosts separated by commas; None for "all"."""
    return None if text.strip() == ALL else homes(text)


def or_nothing(text: str) -> str:
    """Return a text, "" for "none"."""
    return "" if text.strip().lower() == NONE else text.strip()


def location_text(location: Location) -> str:
    """Return the text that `location` reads as this place; nothing for nowhere."""
    if location.type is LocationType.NONE:
        return ""
    words = {kind: text for text, kind in WITHOUT_VALUE.items()}
    prefix = {LocationType.PHONE: "phone: ", LocationType.IN_PERSON: "in person: "}.get(location.type, "")
    return words.get(location.type) or prefix + location.value


def location(text: str) -> Location:
    """Return the place that a text means: an address on the web, "phone: …", "in person: …", or any other text.

    "ask phone", "ask place" and "room" mean what is said for each booking; "none" means nowhere.
    """
    kinds = {"phone": LocationType.PHONE, "in person": LocationType.IN_PERSON, "link": LocationType.LINK}
    said = " ".join(text.lower().split())
    if said in WITHOUT_VALUE:
        return Location(type=WITHOUT_VALUE[said])
    kind, colon, rest = text.strip().partition(":")
    if colon and kind.strip().lower() in kinds:
        return Location(type=kinds[kind.strip().lower()], value=rest.strip())
    plain = Location(type=LocationType.TEXT, value=text.strip())
    if plain.url is not None:
        return Location(type=LocationType.LINK, value=plain.value)
    return plain if plain.value else Location()


def wall_time(day: str, clock: str, zone: str) -> datetime:
    """Return the instant at which clocks in `zone` show a date and a time; raises Invalid for one they never show."""
    texts = Texts()
    on = texts.read("date", a_date, day)
    time = texts.read("time", _a_time, clock)
    if not is_zone(zone):
        texts.faults["timezone"] = f"must be an IANA time zone like Europe/Berlin, not “{zone}”"
    texts.refuse()
    assert on is not UNSET
    assert time is not UNSET
    local = datetime(on.year, on.month, on.day, time[0], time[1], tzinfo=ZoneInfo(zone))
    at = local.astimezone(UTC)
    if at.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Invalid(
            "This time does not exist.", {"time": f"is skipped by the clocks of {zone} on {on.isoformat()}"}
        )
    return at


def _a_time(text: str) -> tuple[int, int]:
    try:
        found = datetime.strptime(text.strip(), "%H:%M")  # noqa: DTZ007 - only its hour and minute are read
    except ValueError:
        raise ValueError(f"“{text}” is no time: write it as 09:30") from None
    return found.hour, found.minute
