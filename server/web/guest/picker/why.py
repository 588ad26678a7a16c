"""Why a day has no free time, where there is more to say than that."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from server.domain.away import Away
from server.domain.intervals import Span, clip, intersect, merge, subtract
from server.usecases.booking import offer
from server.web.guest.picker import days
from server.web.guest.picker.asked import Asked

Why = Mapping[date, str]


def reasons(asked: Asked, first: date, last: date) -> Why:
    """Return for days of the guest, from today on, why they may have nothing free: away, a holiday, or full.

    A day that a host sets has the date of the host's clock at the guest's noon.
    """
    first = max(first, asked.today)
    count = (last - first).days + 1
    shown = [first + timedelta(days=at) for at in range(count)]
    full = _full_days(asked, shown)
    found = {day: _reason(asked, _hosts_date(asked, day), is_full=day in full) for day in shown}
    return {day: words for day, words in found.items() if words}


def is_full(asked: Asked, first: date, last: date) -> bool:
    """Tell whether all time that could be booked in a period is closed by caps."""
    span = days.instants(first, last, asked.zone)
    open_, full = _open(asked, span), _full(asked, span)
    return bool(open_ and full) and not subtract(open_, full)


def away_in(asked: Asked, first: date, last: date) -> tuple[Away, ...]:
    """Return when the host is away: in the period shown, and today."""
    start, end = _hosts_date(asked, max(first, asked.today)), _hosts_date(asked, last)
    today = days.local_date(asked.now, asked.host_zone)
    return tuple(
        sorted(
            (
                one
                for one in asked.event_type.away_ranges(asked.met)
                if (one.first <= end and one.last >= start) or one.first <= today <= one.last
            ),
            key=lambda one: one.dates,
        )
    )


def _full_days(asked: Asked, shown: Sequence[date]) -> frozenset[date]:
    """Return the days on which caps have closed time that could be booked otherwise."""
    if not shown:
        return frozenset()
    span = days.instants(shown[0], shown[-1], asked.zone)
    closed = intersect(_open(asked, span), full) if (full := _full(asked, span)) else []
    return frozenset(day for day in shown if clip(closed, days.instants(day, day, asked.zone)))


def _open(asked: Asked, span: Span) -> list[Span]:
    """Return the hours of what of `span` is neither too soon nor too far."""
    rules = asked.event_type.rules(asked.now).within(span)
    window = (rules.earliest, rules.latest)
    return clip(merge(offer.opened(asked.ports, asked.host, asked.event_type, window)), window)


def _full(asked: Asked, span: Span) -> list[Span]:
    found = offer.full(asked.ports, asked.host, asked.event_type, span, asked.now, without=asked.without)
    return merge(quota.span for quota in found)


def _reason(asked: Asked, day: date, *, is_full: bool) -> str:
    text = asked.reader.text
    if any(one.first <= day <= one.last for one in asked.event_type.away_ranges(asked.met)):
        return text("Away")
    for override in asked.event_type.date_overrides(asked.met):
        if override.day == day and override.reason and not override.windows:
            return text("Holiday: %(name)s", name=override.reason)
    return text("Fully booked") if is_full else ""


def _hosts_date(asked: Asked, day: date) -> date:
    start, end = days.instants(day, day, asked.zone)
    return days.local_date((start + end) // 2, asked.host_zone)
