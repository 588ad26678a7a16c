"""Recurrence rules, and series with exceptions, from a seed: the same seed gives the same ones everywhere.

Only what RFC 5545 §3.3.10 allows: what it forbids has no right answer to compare.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
COARSE = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
FINE = ("HOURLY", "MINUTELY", "SECONDLY")
DAY = timedelta(days=1)
# How far a window reaches, so that it holds some dozens of occurrences at most.
REACH_DAYS = {
    "YEARLY": 2_500,
    "MONTHLY": 700,
    "WEEKLY": 300,
    "DAILY": 120,
    "HOURLY": 9,
    "MINUTELY": 1,
    "SECONDLY": 1,
}


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rule, the naive start it counts from, and the window it is asked for."""

    rule: str
    dtstart: datetime
    after: datetime
    before: datetime

    @property
    def parts(self) -> dict[str, str]:
        """Return the parts of the rule by name."""
        return dict(part.split("=") for part in self.rule.split(";"))


def ruled(seed: int, count: int) -> Iterator[Ruled]:
    """Give `count` rules with starts and windows."""
    dice = Random(seed)
    for _ in range(count):
        dtstart = _start(dice)
        rule = fine_rule(dice) if dice.random() < 0.15 else coarse_rule(dice, dtstart)
        reach = REACH_DAYS[rule.removeprefix("FREQ=").partition(";")[0]]
        after = dtstart + timedelta(days=dice.choice((-10, 0, 0, dice.randint(0, reach))))
        yield Ruled(rule, dtstart, after, after + timedelta(days=dice.randint(1, reach)))


def coarse_rule(dice: Random, dtstart: datetime) -> str:
    """Return a rule of days or longer."""
    freq = dice.choice(COARSE)
    parts = {"FREQ": freq, "INTERVAL": dice.choice("111112233457")}
    if freq == "YEARLY":
        _choose(dice, parts, BYWEEKNO=_signed(53), BYYEARDAY=_signed(366), chance=0.12)
    if freq != "WEEKLY":
        _choose(dice, parts, BYMONTHDAY=_signed(31))
    _choose(dice, parts, BYMONTH=_numbers(1, 12))
    _choose(dice, parts, BYHOUR=_numbers(0, 23), BYMINUTE=_numbers(0, 59), chance=0.1)
    _choose(dice, parts, BYDAY=_days(dice, freq, parts), chance=0.45)
    if dice.random() < 0.25 and any(name.startswith("BY") for name in parts):
        parts["BYSETPOS"] = _some(dice, ("1", "-1", "1", "-1", "2", "-2", "3"), 2)
    return _written(dice, parts, dtstart)


def fine_rule(dice: Random) -> str:
    """Return a rule of hours, minutes or seconds."""
    freq = dice.choice(FINE)
    parts = {"FREQ": freq, "INTERVAL": dice.choice(("1", "2", "3", "7", "25", "45", "90", "1000"))}
    if freq == "SECONDLY":
        parts["INTERVAL"] = dice.choice(("30", "45", "300", "1000", "21600"))
    _choose(
        dice, parts, BYDAY=WEEKDAYS, BYHOUR=_numbers(0, 23), BYMONTHDAY=_signed(31), BYMONTH=_numbers(1, 12)
    )
    if freq == "HOURLY":
        _choose(dice, parts, BYMINUTE=_numbers(0, 59))
        if "BYMINUTE" in parts and dice.random() < 0.5:
            parts["BYSETPOS"] = dice.choice(("1", "-1", "1,-1", "2"))
    return _written(dice, parts, None)


def _written(dice: Random, parts: dict[str, str], dtstart: datetime | None) -> str:
    ending = dice.random()
    if ending < 0.2:
        parts["COUNT"] = str(dice.randint(1, 30))
    elif ending < 0.4 and dtstart is not None:
        parts["UNTIL"] = f"{dtstart + timedelta(days=dice.randint(1, 1500)):%Y%m%dT%H%M%S}"
    if dice.random() < 0.4:
        parts["WKST"] = dice.choice(WEEKDAYS)
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _start(dice: Random) -> datetime:
    day = datetime(2019, 1, 1) + dice.randint(0, 3_000) * DAY
    if dice.random() < 0.15:
        # The days on which months, weeks and years are told apart.
        day = datetime(
            *dice.choice(((2024, 2, 29), (2023, 1, 31), (2020, 12, 31), (2026, 1, 1), (2021, 1, 3)))
        )
    return day + timedelta(hours=dice.randint(0, 23), minutes=dice.choice((0, 0, 0, 15, 30, 47)))


def _choose(dice: Random, parts: dict[str, str], chance: float = 0.25, **optional: tuple[str, ...]) -> None:
    for name, values in optional.items():
        if dice.random() < chance:
            parts[name] = _some(dice, values, 4)


def _days(dice: Random, freq: str, parts: dict[str, str]) -> tuple[str, ...]:
    if freq not in ("YEARLY", "MONTHLY") or "BYWEEKNO" in parts or dice.random() < 0.5:
        return WEEKDAYS
    most = 5 if freq == "MONTHLY" or "BYMONTH" in parts else 53
    numbered = tuple(number + day for number in _signed(most) for day in WEEKDAYS)
    return numbered if dice.random() < 0.7 else numbered[: 8 * len(WEEKDAYS)] + WEEKDAYS * 6


def _some(dice: Random, values: tuple[str, ...], most: int) -> str:
    chosen = set(dice.choices(values, k=dice.randint(1, most)))
    return ",".join(value for value in dict.fromkeys(values) if value in chosen)


def _numbers(least: int, most: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(least, most + 1))


def _signed(most: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(-most, most + 1) if number)
