"""Series as clients write them, from a seed: a generated rule with dates out of it, dates beside it and overrides."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random
from zoneinfo import ZoneInfo

from server.ical.recurrence import Budget, expand, parse_rule
from tests.ical.generated import Ruled, ruled

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago")
FLOATING = "America/Sao_Paulo"
MARGIN = timedelta(days=2)
STARTS = 200
STEPS = 1_000_000


@dataclass(slots=True)
class Written:
    """A calendar object, the window it is asked for, and by `features` what in it is out of the ordinary."""

    text: str
    ruled: Ruled
    kind: str
    zone: ZoneInfo
    features: set[str] = field(default_factory=set)
    marks: set[datetime] = field(default_factory=set)
    """The wall times at which EXDATE and RECURRENCE-ID point."""
    dates: set[datetime] = field(default_factory=set)
    """The wall times of RDATE."""
    days: set[date] = field(default_factory=set)
    """The days that an EXDATE takes out whole."""
    hidden: set[datetime] = field(default_factory=set)
    """The wall times at which overrides stand that an EXDATE points at."""

    @property
    def window(self) -> tuple[datetime, datetime]:
        """Return the window as instants."""
        return self.ruled.after.replace(tzinfo=UTC), self.ruled.before.replace(tzinfo=UTC)


def written(seed: int, count: int) -> Iterator[Written]:
    """Give `count` objects; a third of them has nothing but a rule."""
    dice = Random(seed)
    for one in ruled(seed, count):
        is_coarse = one.parts["FREQ"] in ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
        is_timed = "BYHOUR" in one.parts or "BYMINUTE" in one.parts or not is_coarse
        kind = dice.choice(
            ("zoned", "zoned", "utc", "floating")
            if is_timed
            else ("zoned", "zoned", "utc", "floating", "date")
        )
        zone = ZoneInfo(dice.choice(ZONES) if kind == "zoned" else "UTC" if kind == "utc" else FLOATING)
        yield _Writing(dice, one, kind, zone).written()


class _Writing:
    """One object while it is written."""

    def __init__(self, dice: Random, one: Ruled, kind: str, zone: ZoneInfo) -> None:
        self._dice = dice
        self._kind = kind
        self._zone = zone
        self._ruled = one
        window = (one.after - MARGIN, one.before + MARGIN)
        found = expand(parse_rule(one.rule), one.dtstart, *window, Budget(STEPS, STEPS))
        self._starts = list(islice(found, STARTS))
        self._features: set[str] = set()
        self._excluded: set[datetime] = set()
        self._marks: set[datetime] = set()
        self._dates: set[datetime] = set()
        self._hidden: set[datetime] = set()
        self._excluded_days: set[date] = set()

    def written(self) -> Written:
        master = [
            self._time("DTSTART", self._ruled.dtstart),
            self._length(self._ruled.dtstart),
            f"RRULE:{self._rule()}",
        ]
        others: list[list[str]] = []
        if self._dice.random() < 0.66:
            master += self._exceptions() + self._additions()
            others = self._overrides()
        bodies = [["UID:one", "DTSTAMP:20200101T000000Z", *lines] for lines in (master, *others)]
        self._dice.shuffle(bodies)
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//generated//EN"]
        for body in bodies:
            lines += ["BEGIN:VEVENT", *body, "END:VEVENT"]
        text = "\r\n".join([*lines, "END:VCALENDAR", ""])
        return Written(
            text,
            self._ruled,
            self._kind,
            self._zone,
            self._features,
            self._marks,
            self._dates,
            self._excluded_days,
            self._hidden,
        )

    def _rule(self) -> str:
        """Return the rule with its UNTIL in the form that RFC 5545 §3.3.10 asks for: DTSTART's, in UTC for a zone."""
        parts = self._ruled.parts
        if "UNTIL" in parts:
            until = datetime.fromisoformat(parts["UNTIL"])
            if self._kind == "date":
                parts["UNTIL"] = f"{until:%Y%m%d}"
            elif self._kind != "floating":
                parts["UNTIL"] = f"{until.replace(tzinfo=self._zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"
        return ";".join(f"{name}={value}" for name, value in parts.items())

    def _length(self, start: datetime) -> str:
        if self._kind == "date":
            return self._time("DTEND", start + timedelta(days=self._dice.choice((1, 1, 2))))
        minutes = self._dice.choice((30, 60, 90, 480))
        if self._dice.random() < 0.5:
            return f"DURATION:PT{minutes}M"
        return self._time("DTEND", start + timedelta(minutes=minutes))

    def _exceptions(self) -> list[str]:
        lines = []
        for start in self._some(3):
            form = self._dice.choice(("own", "own", "utc", "date", "none"))
            if form == "own":
                lines.append(self._time("EXDATE", start))
            elif form == "none":
                start += timedelta(days=1, minutes=7)
                lines.append(self._time("EXDATE", start))
            elif form == "date" and self._kind != "date":
                self._excluded_days.add(start.date())
                lines.append(f"EXDATE;VALUE=DATE:{start:%Y%m%d}")
            elif self._kind in ("zoned", "utc"):
                lines.append(f"EXDATE:{self._utc(start)}")
            else:
                continue
            (self._excluded_days.add(start.date()) if self._kind == "date" else self._excluded.add(start))
        return lines

    def _is_excluded(self, start: datetime) -> bool:
        return start in self._excluded or start.date() in self._excluded_days

    def _additions(self) -> list[str]:
        if self._dice.random() < 0.6:
            return []
        start = self._near(timedelta(hours=self._dice.randint(1, 400)))
        if self._kind != "date" and self._dice.random() < 0.4:
            self._features.add("RDATE with PERIOD")
            return [self._time("RDATE", start).replace("RDATE", "RDATE;VALUE=PERIOD", 1) + "/PT45M"]
        return [self._time("RDATE", start)]

    def _overrides(self) -> list[list[str]]:
        found = []
        for start in dict.fromkeys(self._some(2)):
            moved = start + timedelta(hours=self._dice.choice((-30, -2, 0, 1, 26, 700)))
            of = self._time("RECURRENCE-ID", start)
            if self._kind == "zoned" and self._dice.random() < 0.4:
                of = f"RECURRENCE-ID:{self._utc(start)}"
            if self._dice.random() < 0.15:
                self._features.add("THISANDFUTURE")
                of = of.replace("RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE", 1)
                if of.endswith("Z") and self._kind == "zoned":
                    self._features.add("THISANDFUTURE in UTC")
            self._note_hidden(of, start, moved)
            found.append([of, self._time("DTSTART", moved), self._length(moved)])
        if self._dice.random() < 0.1:
            stray = self._near(timedelta(days=1, minutes=11))
            self._note_hidden("", stray, stray)
            found.append(
                [self._time("RECURRENCE-ID", stray), self._time("DTSTART", stray), self._length(stray)]
            )
        return found

    def _note_hidden(self, of: str, start: datetime, moved: datetime) -> None:
        if self._is_excluded(start) or self._is_excluded(moved):
            self._hidden.add(moved)
            if "THISANDFUTURE" in of:
                self._features.add("EXDATE of THISANDFUTURE")

    def _near(self, by: timedelta) -> datetime:
        return (self._dice.choice(self._starts) if self._starts else self._ruled.after) + by

    def _some(self, most: int) -> list[datetime]:
        return self._dice.choices(self._starts, k=self._dice.randint(0, most)) if self._starts else []

    def _utc(self, naive: datetime) -> str:
        self._marks.add(naive)
        return f"{naive.replace(tzinfo=self._zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"

    def _time(self, name: str, naive: datetime) -> str:
        if name in ("EXDATE", "RECURRENCE-ID"):
            self._marks.add(naive)
        elif name == "RDATE":
            self._dates.add(naive)
        if self._kind == "date":
            return f"{name};VALUE=DATE:{naive:%Y%m%d}"
        if self._kind == "zoned":
            return f"{name};TZID={self._zone.key}:{naive:%Y%m%dT%H%M%S}"
        return f"{name}:{naive:%Y%m%dT%H%M%S}" + ("Z" if self._kind == "utc" else "")
