"""An RRULE as a value, RFC 5545 §3.3.10.

Knows the grammar and the ranges of the parts. Parts that the RFC forbids in combination (BYMONTHDAY in a weekly rule,
say) are kept and limit the set, since stored calendars have them.
"""

from dataclasses import dataclass
from enum import IntEnum

from server.ical.values import Moment, parse_moment

RULE_CHARS_MAX = 4_000
INTERVAL_MAX = 1_000_000_000


class TooComplex(ValueError):
    """The rule is not understood, or its occurrences cost more than the bound: its time is taken as busy."""


class Freq(IntEnum):
    """How long a period of the rule is."""

    YEARLY = 0
    MONTHLY = 1
    WEEKLY = 2
    DAILY = 3
    HOURLY = 4
    MINUTELY = 5
    SECONDLY = 6


# The n-th (0: every) such weekday, Monday is 0.
WeekdayNum = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rule:
    """The parts of one RRULE; an absent list is empty, lists are sorted and free of repetitions."""

    freq: Freq
    interval: int = 1
    count: int | None = None
    until: Moment | None = None
    by_second: tuple[int, ...] = ()
    by_minute: tuple[int, ...] = ()
    by_hour: tuple[int, ...] = ()
    by_day: tuple[WeekdayNum, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_week_no: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    by_set_pos: tuple[int, ...] = ()
    week_start: int = 0


def parse_rule(text: str) -> Rule:
    """Return the rule that an RRULE value says; TooComplex names the part that is not understood."""
    if len(text) > RULE_CHARS_MAX:
        raise TooComplex(f"a rule of more than {RULE_CHARS_MAX} characters")
    parts = _parts(text)
    written = parts.pop("FREQ", "")
    if written not in Freq.__members__:
        raise TooComplex(f"FREQ={written} is not a frequency")
    until = parts.pop("UNTIL", None)
    count = parts.pop("COUNT", None)
    return Rule(
        freq=Freq[written],
        interval=_positive("INTERVAL", parts.pop("INTERVAL", "1")),
        count=None if count is None else _positive("COUNT", count),
        until=None if until is None else _until(until),
        by_day=_by_day(parts.pop("BYDAY", "")),
        week_start=_weekday(parts.pop("WKST", "MO")),
        **_numbers(parts),
    )


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for piece in text.strip().upper().split(";"):
        name, equals, value = piece.strip().partition("=")
        if not piece.strip():
            continue
        if not equals or name in parts:
            raise TooComplex(f"{piece[:40]!r} is not a part of a rule, or is there twice")
        parts[name] = value.strip()
    # RFC 7529: what these say is what is done without them.
    if parts.get("RSCALE") == "GREGORIAN":
        del parts["RSCALE"]
    if parts.get("SKIP") == "OMIT":
        del parts["SKIP"]
    return parts


def _positive(name: str, written: str) -> int:
    if not _is_digits(written) or len(written) > 18 or int(written) < 1:
        raise TooComplex(f"{name}={written[:40]} is not a positive number")
    return min(int(written), INTERVAL_MAX)


def _until(written: str) -> Moment:
    try:
        return parse_moment(written)
    except ValueError as bad:
        raise TooComplex(f"UNTIL: {bad}") from None


def _weekday(written: str) -> int:
    if written not in _WEEKDAYS:
        raise TooComplex(f"{written[:40]!r} is not a weekday")
    return _WEEKDAYS[written]


def _by_day(written: str) -> tuple[WeekdayNum, ...]:
    days: set[WeekdayNum] = set()
    for piece in filter(None, (each.strip() for each in written.split(","))):
        number = piece[:-2]
        nth = _number("BYDAY", number, 1, 53) if number else 0
        days.add((nth, _weekday(piece[-2:])))
    return tuple(sorted(days))


def _numbers(parts: dict[str, str]) -> dict[str, tuple[int, ...]]:
    lists: dict[str, tuple[int, ...]] = {}
    for name, written in parts.items():
        if name not in _RANGES:
            if name.startswith("X-"):
                continue
            raise TooComplex(f"the part {name[:40]} is not known")
        field, least, most, signed = _RANGES[name]
        pieces = filter(None, (each.strip() for each in written.split(",")))
        numbers = {_number(name, piece, least, most) for piece in pieces}
        if not signed and any(number < 0 for number in numbers):
            raise TooComplex(f"{name}={written[:40]} has a negative number")
        lists[field] = tuple(sorted(numbers))
    return lists


def _number(name: str, written: str, least: int, most: int) -> int:
    digits = written[1:] if written[:1] in ("+", "-") else written
    if not _is_digits(digits) or len(digits) > 4 or not least <= int(digits) <= most:
        raise TooComplex(f"{name}={written[:40]} is out of range")
    return int(written)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


_WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_RANGES = {
    "BYSECOND": ("by_second", 0, 60, False),
    "BYMINUTE": ("by_minute", 0, 59, False),
    "BYHOUR": ("by_hour", 0, 23, False),
    "BYMONTHDAY": ("by_month_day", 1, 31, True),
    "BYYEARDAY": ("by_year_day", 1, 366, True),
    "BYWEEKNO": ("by_week_no", 1, 53, True),
    "BYMONTH": ("by_month", 1, 12, False),
    "BYSETPOS": ("by_set_pos", 1, 366, True),
}
