"""The part of the booking form that asks whether the meeting repeats."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from server.domain import series
from server.domain.series import COUNT_MIN, INTERVAL_MAX, Frequency, Recurrence, SeriesRules
from server.i18n.repetition import rhythm
from server.i18n.translator import Translator
from server.web.guest.form.given import REPEAT, TIMES, UNTIL, Given

ONCE = ""
RHYTHMS: Mapping[Frequency, tuple[int, ...]] = {
    Frequency.WEEKLY: (1, 2, 3, 4, 6, 8),
    Frequency.MONTHLY: (1, 2, 3, 6),
    Frequency.YEARLY: (1,),
}
"""What is offered of each; a link may ask for another number of weeks, months or years."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often it may repeat, and whether that is chosen."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatFields:
    """What to choose from, and what was typed: how many `times`, or `until` which day, from `first` on."""

    rhythms: tuple[Rhythm, ...]
    times: str
    times_max: int
    until: str
    first: str


def repeat_fields(
    rules: SeriesRules | None, given: Given, first: date, reader: Translator
) -> RepeatFields | None:
    """Return the part of the form, None where meetings do not repeat."""
    if rules is None:
        return None
    offered = [
        Recurrence(frequency=frequency, interval=interval, count=1)
        for frequency in rules.frequencies
        for interval in RHYTHMS[frequency]
    ]
    chosen = _rhythm(given.repeat)
    if chosen is not None and chosen.frequency in rules.frequencies and chosen not in offered:
        offered.append(chosen)
    return RepeatFields(
        rhythms=tuple(
            Rhythm(f"{one.frequency}-{one.interval}", rhythm(one, reader), one == chosen) for one in offered
        ),
        times=given.times,
        times_max=rules.count_max,
        until=given.until,
        first=first.isoformat(),
    )


def read(given: Given) -> Recurrence | None:
    """Return the rule that was asked for, None for a meeting that takes place once or a rule that cannot be read."""
    chosen = _rhythm(given.repeat)
    if chosen is None:
        return None
    times = given.times.strip()
    count = int(times) if times.isascii() and times.isdigit() and len(times) < 5 else None
    return Recurrence(
        frequency=chosen.frequency,
        interval=chosen.interval,
        count=count if times else None,
        until=_day(given.until),
    )


def faults(
    given: Given, rules: SeriesRules | None, start: datetime, zone: str, reader: Translator
) -> Mapping[str, str]:
    """Return what is wrong with how the meeting shall repeat, by field, in the reader's words."""
    if given.repeat == ONCE or rules is None:
        return {}
    wanted = read(given)
    if wanted is None or wanted.frequency not in rules.frequencies:
        return {REPEAT: reader.text("Meetings of this kind cannot be repeated like this.")}
    if given.times.strip() and given.until.strip():
        return {TIMES: reader.text("Please say how often or until when, not both.")}
    if wanted.count is None and wanted.until is None:
        field = UNTIL if given.until.strip() else TIMES
        return {field: reader.text("Please say how often the meeting repeats, or until when.")}
    found = series.faults(wanted, start, zone, rules)
    if "start" in found or "recurring.interval" in found:
        return {REPEAT: reader.text(next(iter(found.values())))}
    if found:
        words = reader.text(
            "Please choose between %(least)d and %(most)d meetings.",
            least=COUNT_MIN,
            most=rules.count_max,
        )
        return {UNTIL if wanted.until else TIMES: words}
    return {}


def _rhythm(text: str) -> Recurrence | None:
    name, _, number = text.strip().partition("-")
    if name not in set(Frequency):
        return None
    if number and not (number.isascii() and number.isdigit() and 1 <= len(number) <= 2):
        return None
    interval = int(number or 1)
    if not 1 <= interval <= INTERVAL_MAX:
        return None
    return Recurrence(frequency=Frequency(name), interval=interval, count=1)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
