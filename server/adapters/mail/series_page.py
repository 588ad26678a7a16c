"""What the templates of mails are given of a series: its rule in words, its dates, and what became of some of them."""

from dataclasses import dataclass, replace

from server.domain.booking import Booking
from server.domain.news import Difference, differences
from server.domain.series import Occurrence, OccurrenceStatus
from server.i18n.repetition import repetition
from server.i18n.translator import Translator
from server.ports import SERIES, Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class DatePart:
    """One meeting: `day` and `hours` as they are, or were for one that is `off`; `was` is when a moved one was to be."""

    day: str
    hours: str
    was: str
    off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPart:
    """A series: `rule` in words, all `dates` yet to come, and what is `news` to the reader.

    `single` is "moved" or "off" where the news are of one meeting, else "". `zone` is in force for all of them; with `is_off` none
    takes place.
    """

    rule: str
    zone: str
    dates: tuple[DatePart, ...]
    news: tuple[DatePart, ...]
    single: str
    is_off: bool


def series_part(letter: Letter, speaks: Translator, zone: str) -> SeriesPart | None:
    """Return the part of a letter that is about a series, None for one that is about none."""
    booking = letter.booking
    if booking.series is None:
        return None
    coming = sorted((one.start, one) for one in booking.meetings if one.end > booking.changed_at)
    news = news_of(letter)
    return SeriesPart(
        rule=repetition(booking, speaks, zone),
        zone=speaks.zone_of_all([one.start for one in booking.meetings] or [booking.start], zone),
        dates=tuple(_date(one, speaks, zone) for _, one in coming),
        news=tuple(_news(one, speaks, zone) for one in news),
        is_off=not booking.is_active,
        single="" if len(news) != 1 else "off" if news[0].after is None else "moved",
    )


def news_of(letter: Letter) -> tuple[Difference, ...]:
    """Return which meetings a letter about single ones tells of."""
    before = letter.known or letter.before
    if letter.kind not in SERIES or before is None or letter.booking.series is None:
        return ()
    return differences(before, letter.booking)


def focus_of(letter: Letter) -> Booking:
    """Return the meeting that a letter is about, with why it changed: of a series the one that did, else the first."""
    booking = letter.booking
    if booking.series is None:
        return booking
    news = news_of(letter)
    if len(news) == 1:
        told = next(
            (one for one in booking.occurrences if one.original == news[0].either.original), news[0].either
        )
        # Where it was to be, if it is off; what is said of it there, else of the whole change.
        return replace(booking.alone(news[0].either), reason=told.reason or booking.reason)
    first = min(booking.meetings, key=lambda one: one.start, default=None)
    return booking if first is None else booking.alone(first)


def before_of(letter: Letter) -> Booking | None:
    """Return the time that a letter's meeting had before, None where it had none or that is no news."""
    news = news_of(letter)
    if letter.booking.series is None or letter.kind not in SERIES:
        return letter.before
    if len(news) != 1 or news[0].before is None or news[0].after is None:
        return None
    return letter.booking.alone(news[0].before)


def _date(one: Occurrence, speaks: Translator, zone: str) -> DatePart:
    was = one.original if one.status is OccurrenceStatus.MOVED else None
    return DatePart(
        day=speaks.short_day(one.start, zone),
        hours=speaks.hours(one.start, one.end, zone),
        was="" if was is None else f"{speaks.short_day(was, zone)}, {speaks.hour(was, zone)}",
        off=False,
    )


def _news(one: Difference, speaks: Translator, zone: str) -> DatePart:
    was = one.before if one.after is not None else None
    return DatePart(
        day=speaks.short_day(one.either.start, zone),
        hours=speaks.hours(one.either.start, one.either.end, zone),
        was="" if was is None else f"{speaks.short_day(was.start, zone)}, {speaks.hour(was.start, zone)}",
        off=one.after is None,
    )
