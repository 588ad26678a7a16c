"""Time zones for people to choose from: by city and country, with the offset at the day in question."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel import Locale

from server.domain.zones import is_zone


@dataclass(frozen=True, slots=True)
class ZoneOption:
    """One line of the list; `name` is the IANA name, `label` what people read and search."""

    name: str
    label: str


def canonical(name: str) -> str | None:
    """Return the name by which the list knows a zone, None if there is no such zone; browsers still say Asia/Calcutta."""
    if name in _countries():
        return name
    if not is_zone(name):
        return None
    target = _links().get(name, name)
    return target if target in _countries() else name


def place(name: str, locale: Locale) -> str:
    """Return the place that a zone is named after, in the reader's words: "Kolkata"."""
    names = locale.time_zones.get(name) or {}
    city = names.get("city")
    return str(city) if city else name.rpartition("/")[2].replace("_", " ")


@lru_cache(maxsize=128)
def zone_options(day: date, locale: Locale) -> tuple[ZoneOption, ...]:
    """Return all zones by city, each with its country and its offset on `day`."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return tuple(
        ZoneOption(zone.key, f"{where} ({offset_text(zone, noon)})") for where, zone in _places(locale)
    )


@lru_cache(maxsize=32)
def _places(locale: Locale) -> tuple[tuple[str, ZoneInfo], ...]:
    """Return the words for every zone but its offset, in their order: that is what takes time."""
    found = [("UTC", ZoneInfo("UTC"))]
    for name, country in _countries().items():
        where = ", ".join(filter(None, (place(name, locale), locale.territories.get(country, ""))))
        found.append((where, ZoneInfo(name)))
    return tuple(sorted(found, key=lambda each: each[0]))


def offset_text(zone: ZoneInfo, at: datetime) -> str:
    """Return how far a zone's clocks are from UTC at an instant: "UTC+5:30"."""
    ahead = at.astimezone(zone).utcoffset()
    assert ahead is not None
    minutes = round(ahead.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


@cache
def _countries() -> Mapping[str, str]:
    """Return the zones that stand for a place of their own, each with its country (zone.tab of the IANA database)."""
    rows = (line.split("\t") for line in _read("zone.tab").splitlines() if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows if is_zone(row[2])}


@cache
def _links() -> Mapping[str, str]:
    rows = (line.split() for line in _read("tzdata.zi").splitlines() if line.startswith("L "))
    return {row[2]: row[1] for row in rows}


def _read(name: str) -> str:
    return files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
