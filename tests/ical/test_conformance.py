"""Generated rules and series against libical and recurring-ical-events: what differs is listed, and nothing else differs.

docs/conformance-recurrence.md has each class of differences with the sentence of RFC 5545 that decides it.
"""

import datetime as datetime_module
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from dateutil import rrule

from server.domain.intervals import Span
from server.ical.occurrences import occurrences
from server.ical.recurrence import Budget, expand, parse_rule
from server.ical.scan import scan
from tests.ical import libical
from tests.ical.generated import COARSE, Ruled, ruled
from tests.ical.generated_series import Written, written

pytestmark = pytest.mark.slow

RULES = 5_000
SERIES = 3_000
SEED = 5545
LAST_YEAR = 2045
AMPLE = 10**8
PAGE = Path(__file__).parents[2] / "docs" / "conformance-recurrence.md"
MARGIN = timedelta(days=1)
FORM = "%Y%m%dT%H%M%S"
# libical walks to 2582 for rules that never match again, and is stopped; those it refuses have no answer either.
UNANSWERED_MAX = 0.1

# --- what is known to differ ------------------------------------------------------------------------------------------

Known = Callable[[Ruled], bool]


def _has(*names: str) -> Known:
    return lambda one: all(name in one.parts for name in names)


def _is_mixed(one: Ruled) -> bool:
    """BYDAY has weekdays with a number and without."""
    numbered = {len(day) > 2 for day in one.parts.get("BYDAY", "").split(",")}
    return len(numbered) == 2


def _is_limit_from_the_end(one: Ruled) -> bool:
    """A negative BYMONTHDAY limits what another part or a shorter period gives."""
    chooses = one.parts["FREQ"] == "MONTHLY" or (one.parts["FREQ"] == "YEARLY" and "BYMONTH" in one.parts)
    return "-" in one.parts.get("BYMONTHDAY", "") and not (chooses and "BYDAY" not in one.parts)


def _is_set_of_times(one: Ruled) -> bool:
    """BYSETPOS counts times of day, or days of a period shorter than a month."""
    times = "BYHOUR" in one.parts or "BYMINUTE" in one.parts
    return "BYSETPOS" in one.parts and (times or one.parts["FREQ"] not in ("YEARLY", "MONTHLY"))


def _is_day_of_every_month(one: Ruled) -> bool:
    return one.parts["FREQ"] == "YEARLY" and "BYMONTHDAY" in one.parts and "BYMONTH" not in one.parts


def _is_stepped_week(one: Ruled) -> bool:
    return one.parts["FREQ"] == "WEEKLY" and one.parts["INTERVAL"] != "1" and "BYDAY" in one.parts


def _is_fine(*names: str) -> Known:
    return lambda one: one.parts["FREQ"] not in COARSE and any(name in one.parts for name in names)


LIBICAL: dict[str, Known] = {
    "BYSETPOS of times, days and weeks": _is_set_of_times,
    "BYMONTHDAY from the end as a limit": _is_limit_from_the_end,
    "BYSETPOS of days from both ends": lambda one: (
        "BYSETPOS" in one.parts and "-" in one.parts.get("BYMONTHDAY", "")
    ),
    "BYMONTHDAY of every month of a year": _is_day_of_every_month,
    "INTERVAL of weeks": _is_stepped_week,
    "BYWEEKNO": _has("BYWEEKNO"),
    "INTERVAL of hours with BYHOUR": _is_fine("BYHOUR", "BYMINUTE"),
}
RECURRING: dict[str, Known] = {
    "BYDAY with and without numbers": _is_mixed,
    "BYWEEKNO without BYDAY": lambda one: "BYWEEKNO" in one.parts and "BYDAY" not in one.parts,
    "BYSETPOS in the first week": lambda one: one.parts["FREQ"] == "WEEKLY" and "BYSETPOS" in one.parts,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """What only we and only recurring-ical-events have at one start; `start` is the one it has in its series."""

    of: Written
    ours_only: frozenset[Span]
    theirs_only: frozenset[Span]
    start: int


def _is_hidden_override(difference: Difference) -> bool:
    of = difference.of
    if "EXDATE of THISANDFUTURE" in of.features:
        return True
    hidden = {_instant(_day(at) if of.kind == "date" else at, of.zone) for at in of.hidden}
    return not difference.theirs_only and {start for start, _ in difference.ours_only} <= hidden


def _day(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0)


def _is_wall_time_of_another_zone(difference: Difference) -> bool:
    """Nothing points at the instant that differs, but something at its wall time, in UTC or in the series' zone."""
    of = difference.of
    in_utc, local = _naive(difference.start, UTC), _naive(difference.start, of.zone)
    pointed = {_instant(mark, of.zone) for mark in of.marks}
    walls = of.marks | of.dates | {_naive(_instant(mark, of.zone), UTC) for mark in of.marks | of.dates}
    if difference.start in pointed:
        return False
    return bool({in_utc, local} & walls) or (in_utc.date() in of.days and local.date() not in of.days)


def _is_length_over_a_change(difference: Difference) -> bool:
    """Both have the start, and the clocks change about it or before the end."""
    zone = difference.of.zone
    instants = {at for span in difference.ours_only | difference.theirs_only for at in span}
    offsets = {_naive(at, zone) - _naive(at, UTC) for each in instants for at in (each - 3600, each)}
    return bool(difference.ours_only and difference.theirs_only) and len(offsets) > 1


def _naive(instant: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(instant, zone).replace(tzinfo=None, fold=0)


SERIES_KNOWN: dict[str, Callable[[Difference], bool]] = {
    "EXDATE and an override": _is_hidden_override,
    "One wall time in two zones": _is_wall_time_of_another_zone,
    "A length over a change of the clocks": _is_length_over_a_change,
    "THISANDFUTURE in UTC": lambda one: "THISANDFUTURE in UTC" in one.of.features,
    "PERIOD under THISANDFUTURE": lambda one: {"THISANDFUTURE", "RDATE with PERIOD"} <= one.of.features,
}

# --- asking -----------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop dateutil, which recurring-ical-events asks: on a rule that never matches again it walks to the year 9999."""
    stopped = ModuleType("datetime")
    vars(stopped).update(vars(datetime_module) | {"MAXYEAR": LAST_YEAR})
    monkeypatch.setattr(rrule, "datetime", stopped)


def ours(one: Ruled) -> list[str]:
    rule, budget = parse_rule(one.rule), Budget(AMPLE, AMPLE)
    return [f"{at:{FORM}}" for at in expand(rule, one.dtstart, one.after, one.before, budget)]


def asked_of_libical(one: Ruled) -> dict[str, str]:
    # An end of its own keeps libical from walking on for centuries.
    rule = one.rule if {"COUNT", "UNTIL"} & one.parts.keys() else f"{one.rule};UNTIL={one.before:{FORM}}"
    times = {"dtstart": one.dtstart, "after": one.after, "before": one.before}
    return {"ask": "starts", "rule": rule} | {name: f"{at:{FORM}}" for name, at in times.items()}


def of_recurring(one: Ruled) -> list[str] | None:
    """Return what recurring-ical-events says, which counts DTSTART as one whether or not the rule matches it."""
    rule = re.sub(r"UNTIL=\w+", r"\g<0>Z", one.rule)
    lines = ["UID:one", "DTSTAMP:20200101T000000Z", f"DTSTART:{one.dtstart:{FORM}}Z", f"RRULE:{rule}"]
    text = "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""])
    found = recurring(text, one.after.replace(tzinfo=UTC), one.before.replace(tzinfo=UTC), ZoneInfo("UTC"))
    return None if found is None else [f"{datetime.fromtimestamp(start, UTC):{FORM}}" for start, _ in found]


def recurring(text: str, after: datetime, before: datetime, zone: ZoneInfo) -> list[Span] | None:
    try:
        found = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(after, before)
    except ValueError:
        # dateutil notices that an INTERVAL never meets its BYHOUR, and the library takes it for a fault in UNTIL.
        return None
    return sorted((_instant(one["DTSTART"].dt, zone), _instant(one["DTEND"].dt, zone)) for one in found)


def _instant(at: datetime_module.date, zone: ZoneInfo) -> int:
    timed = at if isinstance(at, datetime) else datetime(at.year, at.month, at.day)
    return int((timed if timed.tzinfo else timed.replace(tzinfo=zone)).timestamp())


def _explained(one: Ruled, known: dict[str, Known]) -> Iterator[str]:
    return (name for name, is_so in known.items() if is_so(one))


# --- comparing --------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not libical.is_here(), reason="Debian's gir1.2-ical-3.0 and python3-gi are not installed")
def test_a_rule_gives_what_libical_gives_but_where_the_standard_says_otherwise() -> None:
    cases = list(ruled(SEED, RULES))
    answers = libical.asked([asked_of_libical(one) for one in cases])
    unanswered = sum(answer in (None, libical.GAVE_UP) for answer in answers)
    assert unanswered < UNANSWERED_MAX * RULES
    differing = [
        (one, ours(one), answer)
        for one, answer in zip(cases, answers, strict=True)
        if answer not in (None, libical.GAVE_UP) and answer != ours(one)
    ]
    assert [each for each in differing if not any(_explained(each[0], LIBICAL))] == []
    # Where libical differs the other library stands by us, but where it is known to err itself.
    alone = [one for one, mine, _ in differing if not any(_explained(one, RECURRING)) and _differs(one, mine)]
    assert alone == []
    assert {name for one, _, _ in differing for name in _explained(one, LIBICAL)} == set(LIBICAL)


def test_a_rule_gives_what_recurring_ical_events_gives_but_where_the_standard_says_otherwise() -> None:
    differing = [one for one in ruled(SEED, RULES) if _differs(one, ours(one))]
    assert [one for one in differing if not any(_explained(one, RECURRING))] == []
    assert {name for one in differing for name in _explained(one, RECURRING)} == set(RECURRING)


def _differs(one: Ruled, mine: list[str]) -> bool:
    theirs = of_recurring(one)
    first = f"{one.dtstart:{FORM}}"
    return theirs is not None and [at for at in theirs if at != first] != [at for at in mine if at != first]


def test_a_series_gives_what_recurring_ical_events_gives_but_where_the_standard_says_otherwise() -> None:
    differing = [
        difference
        for one in written(SEED, SERIES)
        if not any(_explained(one.ruled, RECURRING))
        for difference in _differences(one)
    ]
    unexplained = [one for one in differing if not any(is_so(one) for is_so in SERIES_KNOWN.values())]
    assert [(one.of.text, one.ours_only, one.theirs_only) for one in unexplained] == []
    assert {name for one in differing for name, is_so in SERIES_KNOWN.items() if is_so(one)} == set(
        SERIES_KNOWN
    )


def _differences(one: Written) -> Iterator[Difference]:
    after, before = one.window
    expansion = occurrences(scan(one.text), int(after.timestamp()), int(before.timestamp()), one.zone)
    if expansion.complex:
        # Too many to give within the bound, and so busy throughout: nothing to compare.
        return
    ours = {(each.start, each.end): each.recurrence_id or each.start for each in expansion.occurrences}
    # recurring-ical-events reads the window of floating times in UTC: so it is asked for more, and cut here.
    found = recurring(one.text, after - MARGIN, before + MARGIN, one.zone)
    if found is None:
        return
    theirs = {span for span in found if span[0] < before.timestamp() and span[1] > after.timestamp()}
    mine, other = ours.keys() - theirs, theirs - ours.keys()
    series_starts = {start: start for start, _ in other} | {span[0]: ours[span] for span in mine}
    for start, of in series_starts.items():
        here = [frozenset(span for span in each if span[0] == start) for each in (mine, other)]
        yield Difference(one, here[0], here[1], of)


def test_the_page_of_differences_names_them_all() -> None:
    rows = re.findall(r"^\| ([^|]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {*LIBICAL, *RECURRING, *SERIES_KNOWN} <= {row.strip() for row in rows}
